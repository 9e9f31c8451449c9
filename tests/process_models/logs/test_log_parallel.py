"""Parallel work is told from choice: generated logs with known truth, and published ones."""

import random
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from process_models.graph.blocks import structure as blocks_of
from process_models.graph.checks import CHECKS
from process_models.graph.measures import visits as expected_visits
from process_models.graph.steps import Kind
from process_models.logs.columns import Meaning
from process_models.logs.conformance import conformance
from process_models.logs.discovery import discover
from process_models.logs.events import Events, events
from process_models.logs.guessing import guess
from process_models.logs.reading import read
from process_models.logs.visits import visits

Truth = str | tuple
"""A letter, or ("seq" | "and" | "xor", part …), ("opt", share, part), ("loop", share, part, way back)."""


def played(truth: Truth, luck: random.Random) -> str:
    """Return one way through a truth; branches of an "and" come in any order."""
    if isinstance(truth, str):
        return truth
    kind, *parts = truth
    if kind == "seq":
        return "".join(played(part, luck) for part in parts)
    if kind == "xor":
        return played(luck.choice(parts), luck)
    if kind == "opt":
        return played(parts[1], luck) if luck.random() < parts[0] else ""
    if kind == "loop":
        way = played(parts[1], luck)
        while luck.random() < parts[0]:
            way += played(parts[2], luck) + played(parts[1], luck)
        return way
    branches = [list(played(part, luck)) for part in parts]
    turns = [n for n, branch in enumerate(branches) for _ in branch]
    luck.shuffle(turns)
    return "".join(branches[n].pop(0) for n in turns)


def generated(log, truth: Truth, cases: int = 600, seed: int = 3) -> Events:
    luck = random.Random(seed)  # noqa: S311  a test's own luck
    return log(*(played(truth, luck) for _ in range(cases)))


def branches(graph) -> set[frozenset[str]]:
    """Return each block as the set of its branches, a branch as the names of its steps of work."""
    found = blocks_of(graph)
    assert not found.unstructured
    return {
        frozenset(
            "".join(sorted(graph.by_id[id].name for id in branch if graph.by_id[id].kind is Kind.WORK))
            for branch in block.branches
        )
        for block in found.blocks
    }


TRUTHS = {
    "two steps": (("seq", "A", ("and", "B", "C"), "D"), {frozenset("BC")}),
    "three steps": (("seq", "A", ("and", "B", "C", "D"), "E"), {frozenset("BCD")}),
    "long branches": (
        ("seq", "A", ("and", ("seq", "B", "C"), ("seq", "D", "E", "F")), "G"),
        {frozenset(("BC", "DEF"))},
    ),
    "a choice within": (("seq", "A", ("and", ("xor", "B", "C"), "D"), "E"), {frozenset(("BC", "D"))}),
    "an optional branch": (("seq", "A", ("and", "B", ("opt", 0.4, "C")), "D"), {frozenset("BC")}),
    "an optional step": (("seq", "A", ("and", ("seq", "B", ("opt", 0.3, "C")), "D"), "E"), {frozenset(("BC", "D"))}),
    "nested": (
        ("seq", "A", ("and", ("seq", "B", ("and", "C", "D"), "E"), "F"), "G"),
        {frozenset(("BCDE", "F")), frozenset("CD")},
    ),
    "a loop within": (("seq", "A", ("and", ("loop", 0.2, "B", "C"), "D"), "E"), {frozenset(("BC", "D"))}),
    "in a loop": (("seq", "A", ("loop", 0.3, ("and", "B", "C"), "D"), "E"), {frozenset("BC")}),
    "two blocks": (("seq", ("and", "A", "B"), "C", ("and", "D", "E")), {frozenset("AB"), frozenset("DE")}),
    "the whole": (("and", "A", "B"), {frozenset("AB")}),
}
ALONE = {
    "sequence": ("seq", "A", "B", "C"),
    "choice": ("seq", "A", ("xor", "B", "C"), "D"),
    "choice in a loop": ("seq", ("loop", 0.4, ("seq", "A", ("xor", "B", "C")), "E"), "D"),
    "free choice again and again": ("loop", 0.5, ("xor", "A", "B", "C"), ""),
    "ping-pong": ("seq", "A", ("loop", 0.5, "B", "C"), "D"),
    "optional steps": ("seq", "A", ("opt", 0.5, "B"), ("opt", 0.5, "C"), "D"),
}


@pytest.mark.parametrize("name", TRUTHS)
def test_parallel_work_is_found_as_it_was_generated(name, log, plain):
    truth, wanted = TRUTHS[name]
    cases = generated(log, truth)

    found = discover(cases, plain)

    assert branches(found.graph) == wanted
    assert found.account.explained == found.account.cases
    assert conformance(found.graph, cases).fitting == found.account.cases
    assert not [fault for check in CHECKS for fault in check(found.graph) if fault.weight == "fault"]
    assert "log_account_parallel" in {note.id for note in found.account.notes}


@pytest.mark.parametrize("name", TRUTHS)
def test_expected_visits_of_parallel_work_are_those_of_the_log(name, log, plain):
    cases = generated(log, TRUTHS[name][0])
    graph = discover(cases, plain).graph

    counted = visits(cases)["step"].value_counts() / cases.cases
    expected = expected_visits(graph)

    tolerance = 1e-6 if expected.exact else 0.02
    for step in graph.of_kind(Kind.WORK):
        assert expected.of[step.id] == pytest.approx(counted[step.name], rel=tolerance)


@pytest.mark.parametrize("name", ALONE)
def test_what_is_no_parallel_work_is_not_claimed(name, log, plain):
    found = discover(generated(log, ALONE[name]), plain)

    assert not found.graph.of_kind(Kind.FORK)
    assert found.account.explained == found.account.cases


def test_parallel_work_survives_noise_and_the_account_says_what_was_lost(log, plain):
    luck = random.Random(5)  # noqa: S311  a test's own luck
    truth = TRUTHS["long branches"][0]
    ways = [played(truth, luck) for _ in range(600)]
    for n in range(0, 600, 50):
        letters = list(ways[n])
        luck.shuffle(letters)
        ways[n] = "".join(letters)

    found = discover(log(*ways), plain, noise="0.05")

    assert branches(found.graph) == {frozenset(("BC", "DEF"))}
    assert 0.97 <= found.account.explained_share < 1
    assert found.account.left_out_moves


def test_parallel_work_needs_fewer_flows_than_its_orders(log, plain):
    cases = generated(log, ("seq", "A", ("and", "B", "C", "D", "E"), "F"))
    moves = {
        move for way in set(cases.frame.groupby("case", observed=True)["step"].agg("".join)) for move in pairwise(way)
    }

    assert len(discover(cases, plain).graph.flows) < len(moves)


def test_spans_that_overlap_run_side_by_side_even_in_one_order(table, plain):
    rows = []
    for n in range(30):
        spans = (("A", 9, 10), ("B", 10, 13), ("C", 11, 12), ("D", 13, 14))
        rows += [(f"c{n}", step, f"2026-01-05 {start}:00", f"2026-01-05 {end}:00") for step, start, end in spans]
    columns = msgspec.structs.replace(plain, start="begun", meaning=Meaning.SPANS)

    found = discover(events(table(rows, "case", "step", "begun", "time"), columns), columns)

    assert branches(found.graph) == {frozenset("BC")}


def test_the_loan_applications_have_parallel_checks(shared_data: Path):
    table = read(shared_data / "twin/LoanApp.csv.gz").table
    columns = guess(table).columns
    log = events(table, columns)

    found = discover(log, columns)

    assert branches(found.graph) == {frozenset(("Check credit history", "AML check", "Appraise property"))}
    assert conformance(found.graph, log).fitting == found.account.cases
