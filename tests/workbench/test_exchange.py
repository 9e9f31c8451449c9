"""Processes from files in pages: the report first, then a version; and every version out as files."""

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from bpmn_io import BpmnModdle
from flask import Flask
from sqlalchemy import Engine, func, select

from process_models.exchange.bpmn_export import export_bpmn
from process_models.exchange.bpmn_import import import_bpmn
from process_models.graph.documents import write_graph
from process_models.values.canonical import digest
from tests.building import graph_of
from tests.process_models.exchange.bpmn_texts import bpmn
from tests.workbench.people import Visitor, everything
from workbench import database
from workbench.data.example import PROCESS
from workbench.processes import store

SERVICE = "service/household-claims"
TABLE = b"step,next\nAsk,Answer (60 %); Refuse (40 %)\nAnswer,\nRefuse,\n"
"""A table of steps."""
DRAWN = bpmn(
    '<startEvent id="s"/><task id="a" name="Ask"/><exclusiveGateway id="x" name="Known?"/>'
    '<task id="b" name="Look up"/><endEvent id="e"><terminateEventDefinition/></endEvent>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="x"/>'
    '<sequenceFlow id="f3" sourceRef="x" targetRef="e" name="yes (70 %)"/>'
    '<sequenceFlow id="f4" sourceRef="x" targetRef="b" name="no"/>'
    '<sequenceFlow id="f5" sourceRef="b" targetRef="e"/><sequenceFlow id="f6" sourceRef="b" targetRef="gone"/>'
)


@pytest.fixture
def nora(app: Flask) -> Visitor:
    return Visitor(app, "nora")


@pytest.fixture
def samir(app: Flask) -> Visitor:
    return Visitor(app, "samir")


def bring(who: Visitor, content: bytes, name: str, into: str = SERVICE) -> Any:
    return who.post("/processes/file", {"into": into, "file": (io.BytesIO(content), name)})


def report(who: Visitor, content: bytes, name: str, into: str = SERVICE) -> str:
    """Bring a file in and return the address of its report."""
    answer = bring(who, content, name, into)
    assert answer.status_code == 303, unescape(answer.text)
    return str(answer.location)


def keep(who: Visitor, address: str, name: str = "Brought in", base: int = 0) -> Any:
    return who.post(f"{address}/keep", {"name": name, "base": str(base)})


def head(engine: Engine, process: str = PROCESS) -> Any:
    with database.reading(engine) as db:
        found = store.head(db, process)
        return found, store.graph(db, found)


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_report_comes_first_and_nothing_is_a_process_before_it_is_kept(nora: Visitor, engine: Engine) -> None:
    with database.reading(engine) as db:
        before = {one.id for one in store.processes(db)}

    page = words_of(nora.get(report(nora, DRAWN, "Known.bpmn")).text)

    assert "Known.bpmn: 10 kept, 1 simplified, 1 dropped of 12 elements" in page
    assert "One of its ends is missing or is no flow node, so it leads nowhere." in page
    assert "It ends the whole case" in page
    assert "Nothing is kept yet" in page
    with database.reading(engine) as db:
        assert {one.id for one in store.processes(db)} == before


def test_a_kept_file_begins_a_process_and_its_report_stays_beside_the_version(nora: Visitor, app: Flask) -> None:
    address = report(nora, DRAWN, "Known.bpmn")

    kept = keep(nora, address, "Known or not")
    reader = Visitor(app, "grace")

    assert kept.location.endswith("/processes/known-or-not/map")
    assert "Look up" in reader.get(kept.location).text
    assert address in reader.get("/processes/known-or-not/versions").text
    page = words_of(reader.get(address).text)
    assert "It was kept as version 1 of Known or not" in page
    assert "1 dropped" in page


def test_a_file_becomes_the_next_version_and_tells_before_what_it_changes(nora: Visitor, engine: Engine) -> None:
    old, _graph = head(engine)
    address = report(nora, TABLE, "steps.csv", f"process/{PROCESS}")

    page = nora.get(address).text
    kept = keep(nora, address, base=old.n)

    assert "What it would change of" in page
    assert kept.location.endswith(f"/processes/{PROCESS}/map")
    new, graph = head(engine)
    assert (new.n, new.parent, new.staffing) == (old.n + 1, old.n, old.staffing)
    assert new.verb == "brought in steps.csv"
    assert {"Ask", "Answer", "Refuse"} <= {step.name for step in graph.steps}


def test_a_version_given_out_as_bpmn_comes_back_as_the_same_version(nora: Visitor, engine: Engine) -> None:
    old, _graph = head(engine)
    given = nora.get(f"/processes/{PROCESS}/files/bpmn").data
    address = report(nora, given, "claims.bpmn", f"process/{PROCESS}")

    page = words_of(nora.get(address).text)
    kept = keep(nora, address, base=old.n)

    assert "The process is the same as when this file was given out." in page
    assert kept.status_code == 303
    assert head(engine)[0] == old
    assert f"The file holds what version {old.n} holds already" in nora.get(kept.location).text


def test_somebody_quicker_is_not_overwritten(nora: Visitor, samir: Visitor, engine: Engine) -> None:
    old, _graph = head(engine)
    first = report(nora, TABLE, "steps.csv", f"process/{PROCESS}")
    second = report(samir, DRAWN, "known.bpmn", f"process/{PROCESS}")
    keep(nora, first, base=old.n)
    before = head(engine)

    answer = keep(samir, second, base=old.n)

    assert answer.status_code == 409
    assert "Nothing was overwritten" in unescape(answer.text)
    assert head(engine) == before


def test_a_file_that_waits_is_there_for_its_owner_only(nora: Visitor, samir: Visitor, engine: Engine) -> None:
    address = report(nora, TABLE, "steps.csv")
    before = everything(engine)

    answers = [samir.get(address), samir.get(f"{address}/report.csv"), keep(samir, address)]
    answers += [samir.post(f"{address}/away"), samir.post(f"{address}/choose", {"part": "all"})]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert everything(engine) == before
    assert address.rsplit("/", 1)[1] not in samir.get("/processes/").text


def test_a_file_is_made_a_version_once(nora: Visitor, engine: Engine) -> None:
    address = report(nora, TABLE, "steps.csv")
    keep(nora, address)
    before = everything(engine)

    again = keep(nora, address)

    assert again.status_code == 404
    assert everything(engine) == before


def test_a_file_thrown_away_leaves_nothing(nora: Visitor, engine: Engine) -> None:
    address = report(nora, TABLE, "steps.csv")

    nora.post(f"{address}/away")

    assert nora.get(address).status_code == 404
    with database.reading(engine) as db:
        assert db.scalar(select(func.count()).select_from(store.brought_file)) == 0


def test_a_file_waits_thirty_days(nora: Visitor, engine: Engine) -> None:
    report(nora, TABLE, "old.csv")
    with time_machine.travel("2100-01-01T00:00:00Z", tick=True), database.transaction(engine) as db:
        store.forget_brought(db, database.now())
        left = db.scalar(select(func.count()).select_from(store.brought_file))

    assert left == 0


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "", "No file was sent"),
        (b"", "x.bpmn", "The file is empty"),
        (b"<definitions", "x.bpmn", "not well-formed XML"),
        (b"<html/>", "x.bpmn", "begins with “html”"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "x.bpmn", "declares entities"),
        (b"PK\x03\x04", "x.xlsx", "no readable workbook"),
        (b"a,b\n1,2\n", "x.csv", "Call it “step”; found: a, b"),
        (b"step,next\nAsk,Anser\nAnswer,\n", "x.csv", "Row 2: no step is called “Anser”. Did you mean “Answer”?"),
        (b"graph LR", "x.mmd", "only goes out"),
        (b"x", "x.docx", "nobody can say what kind of file"),
        (b"", "x.json", "not readable JSON"),
        (b'{"a": 1}', "x.json", "This is not a graph file"),
        (b'{"format": 99, "graph": {}}', "x.json", "format 99"),
    ],
)
def test_a_refused_file_says_beside_the_field_where_and_what_to_do(
    nora: Visitor, engine: Engine, content: bytes, name: str, words: str
) -> None:
    before = everything(engine)

    answer = bring(nora, content, name)

    assert answer.status_code == 422
    fault = re.search(r'<p class="fault".*?</p>', unescape(answer.text), re.S)
    assert fault
    assert words in fault[0]
    assert everything(engine) == before


def two_pools() -> bytes:
    parts = [
        f'<process id="{name}"><startEvent id="{name}-s" name="Call {name}"/><task id="{name}-t" name="Do {name}"/>'
        f'<endEvent id="{name}-e"/><sequenceFlow id="{name}-f" sourceRef="{name}-s" targetRef="{name}-t"/>'
        f'<sequenceFlow id="{name}-g" sourceRef="{name}-t" targetRef="{name}-e"/></process>'
        for name in ("desk", "garage")
    ]
    pools = "".join(f'<participant id="p-{n}" name="The {n}" processRef="{n}"/>' for n in ("desk", "garage"))
    message = '<messageFlow id="m" sourceRef="desk-t" targetRef="garage-s"/>'
    body = f'<collaboration id="c">{pools}{message}</collaboration>{"".join(parts)}'
    return f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">{body}</definitions>'.encode()


def test_of_a_file_with_several_processes_one_can_be_taken(nora: Visitor, engine: Engine) -> None:
    address = report(nora, two_pools(), "pools.bpmn")
    page = words_of(nora.get(address).text)

    nora.post(f"{address}/choose", {"part": "garage"})
    chosen = words_of(nora.get(address).text)
    keep(nora, address, "The garage")

    assert "The file draws 2 processes" in page
    assert "The garage, 3 steps, begins with “Call garage”" in page
    assert "It belongs to another process of the file" in chosen
    assert {step.name for step in head(engine, "the-garage")[1].steps} == {"Call garage", "Do garage", "End"}


def test_a_process_that_a_file_does_not_draw_cannot_be_taken(nora: Visitor, engine: Engine) -> None:
    address = report(nora, two_pools(), "pools.bpmn")
    before = everything(engine)

    answer = nora.post(f"{address}/choose", {"part": "attic"})

    assert answer.status_code == 422
    assert everything(engine) == before


def test_a_file_without_steps_is_reported_but_makes_no_version(nora: Visitor) -> None:
    address = report(nora, bpmn(""), "nothing.bpmn")

    answer = keep(nora, address)

    assert "The file draws no steps." in words_of(nora.get(address).text)
    assert answer.status_code == 409


def test_a_graph_file_of_strangers_may_carry_any_report(nora: Visitor) -> None:
    body = json.loads(write_graph(graph_of("start a, a end")))
    body["report"] = {"elements": [7, {"id": 3}, {"id": "a", "became": "kept", "in": ["a", None, "x"]}], "remarks": 1}
    body["report"]["parts"] = [{"id": 1}, "two"]

    page = nora.get(report(nora, json.dumps(body).encode(), "g.json"))

    assert page.status_code == 200
    assert "1 kept, 0 simplified, 0 dropped of 1 elements" in words_of(page.text)


def test_names_of_strangers_are_text_on_the_page_and_in_the_csv(nora: Visitor) -> None:
    nasty = '<startEvent id="s"/><task id="a" name="=cmd|&lt;script&gt;alert(1)&lt;/script&gt;"/>'
    flow = '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
    address = report(nora, bpmn(nasty + flow), "<b>.bpmn")

    page, table = nora.get(address).text, nora.get(f"{address}/report.csv").data.decode("utf-8-sig")

    assert "<script>alert" not in page
    assert "<b>.bpmn" not in page
    rows = list(csv.DictReader(io.StringIO(table)))
    assert next(row for row in rows if row["id"] == "a")["name"].startswith("'=cmd")
    assert {row["became"] for row in rows} == {"kept", "simplified"}


def test_the_report_as_csv_has_every_element_that_the_page_counts(nora: Visitor) -> None:
    address = report(nora, DRAWN, "Known.bpmn")

    rows = list(csv.DictReader(io.StringIO(nora.get(f"{address}/report.csv").data.decode("utf-8-sig"))))

    assert len(rows) == 12
    assert sum(row["became"] == "dropped" and bool(row["reason"]) for row in rows) == 1


@pytest.mark.parametrize("kind", ["bpmn", "json", "csv", "xlsx", "mermaid", "dot", "svg"])
def test_every_version_is_given_out_as_every_kind(nora: Visitor, engine: Engine, kind: str) -> None:
    _old, graph = head(engine)

    page = nora.get(f"/processes/{PROCESS}/files?version=1")
    answer = nora.get(f"/processes/{PROCESS}/files/{kind}")

    assert f"/processes/{PROCESS}/files/{kind}?version=1" in page.text
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    body = answer.data
    if kind == "bpmn":
        assert digest(import_bpmn(body).graph) == digest(graph)
    elif kind == "xlsx":
        assert body[:2] == b"PK"
    elif kind == "svg":
        assert ElementTree.fromstring(body).tag.endswith("svg")
    else:
        assert graph.steps[0].name in body.decode("utf-8-sig")


def test_a_graph_file_of_a_version_carries_the_report_of_its_file(nora: Visitor) -> None:
    keep(nora, report(nora, DRAWN, "Known.bpmn"), "Known or not")

    body = json.loads(nora.get("/processes/known-or-not/files/json").data)

    assert body["report"]["source"] == "BPMN 2.0"
    assert len(body["report"]["elements"]) == 12


def test_what_cannot_be_given_out_is_refused_with_the_reason(nora: Visitor, engine: Engine) -> None:
    bell = graph_of("start a, a end")
    bad = write_graph(bell).replace('"name": "A"', '"name": "A\\u0007"')
    keep(nora, report(nora, bad.encode(), "bell.json"), "Bell")

    answer = nora.get("/processes/bell/files/bpmn")

    assert answer.status_code == 422
    assert "U+0007" in unescape(answer.text)
    assert nora.get("/processes/bell/files/nothing").status_code == 404


def test_every_shared_file_is_reported_and_kept(nora: Visitor, shared_data: Path) -> None:
    for file in sorted((shared_data / "bpmn").rglob("*.bpmn"))[::6]:
        address = report(nora, file.read_bytes(), file.name)

        assert nora.get(address).status_code == 200
        assert keep(nora, address, file.stem).status_code == 303


def test_the_same_graph_out_of_a_file_and_out_of_the_page_is_one_document(nora: Visitor, engine: Engine) -> None:
    graph = graph_of("start ask, ask answer, answer end")

    keep(nora, report(nora, export_bpmn(graph), "ours.bpmn"), "Ours")

    assert head(engine, "ours")[0].graph == digest(graph)


def test_the_example_process_comes_back_as_it_was_through_us_and_through_another_tool(
    nora: Visitor, engine: Engine
) -> None:
    _old, graph = head(engine)
    assert all([graph.obligations, graph.promises, graph.rows, graph.dependencies, graph.roles, graph.hours])
    model = BpmnModdle()

    given = nora.get(f"/processes/{PROCESS}/files/bpmn").data
    elsewhere = model.to_xml(model.from_xml(given.decode()).root_element).xml.encode()

    for found in (import_bpmn(given), import_bpmn(elsewhere)):
        assert digest(found.graph) == digest(graph)
        assert [remark.id for remark in found.account.remarks] == ["bpmn_ours_same"]


def test_what_other_tools_put_on_steps_goes_out_with_later_versions_too(nora: Visitor, engine: Engine) -> None:
    vendor = '<extensionElements><v:rank xmlns:v="urn:vendor" n="1"/></extensionElements></task>'
    keep(nora, report(nora, DRAWN.replace(b'name="Ask"/>', f'name="Ask">{vendor}'.encode()), "Known.bpmn"), "Known")
    first = nora.get("/processes/known/files/bpmn").data
    nora.post("/processes/known/steps/b/remove", {"base": "1"})

    later = nora.get("/processes/known/files/bpmn").data

    assert head(engine, "known")[0].n == 2
    assert b'rank n="1"' in first
    assert b'rank n="1"' in later


PLAYED = """<q:processSimulationInfo xmlns:q="http://www.qbp-simulator.com/Schema201212" id="i">
<q:arrivalRateDistribution type="EXPONENTIAL" mean="0" arg1="1800"/><q:timetables>
<q:timetable id="day" default="true"><q:rules><q:rule fromTime="09:00:00" toTime="17:00:00" fromWeekDay="MONDAY"
 toWeekDay="FRIDAY"/></q:rules></q:timetable><q:timetable id="odd"><q:rules><q:rule fromTime="noon"/></q:rules>
</q:timetable></q:timetables><q:resources><q:resource id="r1" name="Clerk" totalAmount="4" timetableId="day"/>
</q:resources><q:elements><q:element elementId="a"><q:durationDistribution type="FIXED" mean="600"/>
<q:resourceIds><q:resourceId>r1</q:resourceId></q:resourceIds></q:element></q:elements></q:processSimulationInfo>"""
PLAYABLE = DRAWN.replace(b'<process id="p">', f'{PLAYED}<process id="p">'.encode())
"""The same file with people, hours, a time and arrivals for a simulation."""


def test_people_of_a_file_are_told_apart_from_its_elements_and_come_with_the_process(
    nora: Visitor, engine: Engine
) -> None:
    address = report(nora, PLAYABLE, "Known.bpmn")

    page = words_of(nora.get(address).text)
    rows = list(csv.DictReader(io.StringIO(nora.get(f"{address}/report.csv").data.decode("utf-8-sig"))))
    nora.post(f"{address}/keep", {"name": "Known", "base": "0", "people": "y"})

    assert "Known.bpmn: 10 kept, 1 simplified, 1 dropped of 12 elements" in page
    assert "Of 5 parts of the data for a simulation (qbp), 4 were kept, 0 simplified, 1 dropped." in page
    assert "These hours cannot be read" in page
    assert "Clerk: 4 people" in page
    assert "80.0 cases come in a week, up to 2.00 in an hour." in page
    assert [row["became"] for row in rows[12:] if row["element"] == "simulation: hours"] == ["kept", "dropped"]
    kept, graph = head(engine, "known")
    with database.reading(engine) as db:
        staffing = store.staffing(db, kept)
    assert [(pool.name, pool.heads) for pool in staffing.pools] == [("Clerk", 4)]
    assert [(role.id, role.pools) for role in staffing.roles] == [("Clerk", ("clerk",))]
    assert graph.by_id["a"].role == "Clerk"


def test_a_process_with_people_keeps_its_own_unless_somebody_takes_those_of_the_file(
    nora: Visitor, engine: Engine
) -> None:
    old, _graph = head(engine)
    address = report(nora, PLAYABLE, "Known.bpmn", f"process/{PROCESS}")

    page = nora.get(address).text
    keep(nora, address, base=old.n)
    first = head(engine)[0]
    again = report(nora, PLAYABLE, "Known.bpmn", f"process/{PROCESS}")
    nora.post(f"{again}/keep", {"base": str(first.n), "people": "y"})

    box = re.search(r'<input[^>]*name="people"[^>]*>', page)
    assert box is not None
    assert "checked" not in box[0]
    assert "too, in place of " in words_of(page)
    assert first.staffing == old.staffing
    assert head(engine)[0].staffing not in (old.staffing, first.staffing)


@pytest.mark.parametrize("found", [7, {"maker": 1}, {"maker": "x", "parts": [], "staffing": {}, "per_hour": ["1"]}])
def test_a_graph_file_of_strangers_brings_no_people_that_do_not_fit(nora: Visitor, found: Any) -> None:
    body = json.loads(write_graph(graph_of("start a, a end"), report={"simulation": found}))
    address = report(nora, json.dumps(body).encode(), "g.json")

    page = nora.get(address)

    assert page.status_code == 200
    assert "People and arrivals beside the process" not in page.text
    assert keep(nora, address, "Stranger").status_code == 303


def test_a_textbook_model_of_bpmn_can_be_given_out_and_read_again_without_a_second_guess(
    nora: Visitor, engine: Engine, shared_data: Path
) -> None:
    data = (shared_data / "bpmn/pm4py/ch7_CreditAppSimulation.bpmn").read_bytes()
    address = report(nora, data, "credit.bpmn")
    nora.post(f"{address}/keep", {"name": "Credit", "base": "0", "people": "y"})
    kept, graph = head(engine, "credit")
    with database.reading(engine) as db:
        staffing = store.staffing(db, kept)

    again = report(nora, nora.get("/processes/credit/files/bpmn").data, "again.bpmn", "process/credit")
    keep(nora, again, base=kept.n)

    assert {pool.name: pool.heads for pool in staffing.pools} == {"Clerk": 3, "Credit Officer": 3, "System": 1}
    assert {step.role for step in graph.steps if step.time is not None} >= {"Clerk", "Credit Officer"}
    assert head(engine, "credit")[0] == kept
