"""The JSON Schemas that are published: made from the code, true of real documents, and not of broken ones."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from process_models.graph.design import Design
from process_models.graph.documents import read_graph, write_design, write_graph
from process_models.logs.discovery import discover
from process_models.logs.events import events
from process_models.logs.example import claims_log
from process_models.logs.guessing import guess
from process_models.logs.reading import read as read_log
from process_models.values.calendars import MINUTE
from process_models.values.canonical import canonical, read
from process_models.values.errors import ModelError
from scripts.schemas import LIMITS, schemas
from simulations.scenario import Scenario
from tests.conftest import ROOT
from tests.simulations.golden_plays import claims

FOLDER = ROOT / "docs" / "schemas"
Break = Callable[[dict[str, Any]], None]


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((FOLDER / f"{name}-1.json").read_text("utf-8")))


@cache
def discovered() -> str:
    """Return the graph file of the example log."""
    frame = read_log(claims_log().encode()).frame
    columns = guess(frame).columns
    assert columns is not None
    return write_graph(discover(events(frame, columns), columns).graph, report={"read": len(frame)})


DESIGN, SCENARIO = claims(MINUTE)
DOCUMENTS = {
    "graph-file": discovered,
    "design": lambda: write_design(DESIGN),
    "scenario": lambda: canonical(SCENARIO).decode(),
}
READERS: dict[str, Callable[[str], object]] = {
    "graph-file": read_graph,
    "design": lambda text: read(text, Design),
    "scenario": lambda text: read(text, Scenario),
}


def test_the_schemas_kept_are_those_that_the_code_makes() -> None:
    made = schemas()

    assert {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.json")} == made, "run: make docs"


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_schema_is_one_and_real_documents_fit_it(name: str) -> None:
    schema = validator(name)

    schema.check_schema(schema.schema)
    assert [error.message for error in schema.iter_errors(json.loads(DOCUMENTS[name]()))] == []


def test_a_graph_of_the_example_log_says_all_that_a_schema_should_know() -> None:
    graph = json.loads(discovered())["graph"]

    assert len(graph["steps"]) > 10
    assert {"time", "figures"} <= {name for step in graph["steps"].values() for name in step}


def put(*path: str | int) -> Callable[[object], Break]:
    """Return a function that makes a breaker which puts a value at a place; ``*`` stands for any one key."""

    def with_value(value: object) -> Break:
        def broken(document: dict[str, Any]) -> None:
            here: Any = document
            for name in path[:-1]:
                here = here[next(iter(here))] if name == "*" else here[name]
            here[path[-1]] = value

        return broken

    return with_value


def renamed(document: dict[str, Any]) -> None:
    steps = document["graph"]["steps"]
    steps["two words"] = steps.pop(next(iter(steps)))


BROKEN: dict[str, tuple[str, Break]] = {
    "a newer format": ("graph-file", put("format")(2)),
    "no graph": ("graph-file", lambda document: document.pop("graph") and None),
    "an unknown field of a step": ("graph-file", put("graph", "steps", "*", "colour")("red")),
    "an unknown kind of step": ("graph-file", put("graph", "steps", "*", "kind")("THINK")),
    "an id with a blank": ("graph-file", renamed),
    "a share as a number": ("graph-file", put("graph", "flows", "*", "share")(1)),
    "a share with trailing zeros": ("graph-file", put("graph", "flows", "*", "share")("0.50")),
    "a share above one": ("graph-file", put("graph", "flows", "*", "share")("1.5")),
    "a score off the scale": (
        "graph-file",
        put("graph", "steps", "*", "scores")(
            {"cost": {"value": 3, "provenance": {"kind": "judged", "grade": "D", "source": "x"}}}
        ),
    ),
    "a lens that is none": (
        "graph-file",
        put("graph", "steps", "*", "scores")(
            {"speed": {"value": 1, "provenance": {"kind": "judged", "grade": "D", "source": "x"}}}
        ),
    ),
    "a distribution without its type": (
        "graph-file",
        put("graph", "steps", "*", "time")(
            {"distribution": {"ms": 5}, "provenance": {"kind": "judged", "grade": "D", "source": "x"}}
        ),
    ),
    "a price below zero": ("graph-file", put("graph", "steps", "*", "unit_cost")(-1)),
    "half a head": ("design", put("staffing", "pools", "*", "shifts", "*", "heads")(1.5)),
    "fewer than no heads": ("design", put("staffing", "pools", "*", "shifts", "*", "heads")(-1)),
    "an eighth day": ("design", put("staffing", "pools", "*", "shifts", "*", "spans", 0, "day")(7)),
    "a span before midnight": ("design", put("staffing", "pools", "*", "shifts", "*", "spans", 0, "start")(-1)),
    "a span beyond midnight": ("design", put("staffing", "pools", "*", "shifts", "*", "spans", 0, "end")(86_400_001)),
    "a week of 24 hours": ("scenario", put("streams", "*", "per_hour")(["1"] * 24)),
    "a priority of 256": ("scenario", put("streams", "*", "priority")(256)),
    "an unknown rule of draining": ("scenario", put("drain")("never")),
    "a number beyond what JSON keeps": ("scenario", put("period")(2**53 + 1)),
    "no start": ("scenario", lambda document: document.pop("start") and None),
}


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_what_is_broken_fits_neither_the_schema_nor_the_reader(what: str) -> None:
    name, breaking = BROKEN[what]
    document = json.loads(DOCUMENTS[name]())
    assert validator(name).is_valid(document)

    breaking(document)

    assert not validator(name).is_valid(document)
    if what != "a number beyond what JSON keeps":  # refused when it is written, not when it is read
        with pytest.raises(ModelError):
            READERS[name](json.dumps(document))


def test_every_limit_of_a_field_is_one_that_is_broken_above() -> None:
    named = {"Flow.share", "Score.value", "Shift.heads", "Span.day", "Span.end", "Span.start", "Step.unit_cost"}

    assert set(LIMITS) == named | {"Stream.per_hour", "Stream.priority"}


def test_a_document_with_its_defaults_spelt_out_is_the_same_document() -> None:
    scenario = json.loads(canonical(SCENARIO))

    scenario["format"] = 1
    scenario["drain"] = SCENARIO.drain

    assert validator("scenario").is_valid(scenario)
    assert read(json.dumps(scenario), Scenario) == SCENARIO
