"""What a graph denies: skipped, turned round, unknown, unfinished; and what it allows, also side by side."""

from collections import Counter

import pytest

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step
from process_models.logs.conformance import Denied, conformance, practice, replay
from process_models.logs.discovery import discover
from process_models.logs.parallel import END, START
from process_models.method.facts import Practice

KINDS = {"start": Kind.START, "end": Kind.END}


def drawn(*flows: str, kinds: dict[str, Kind] | None = None, abandon: tuple[str, ...] = ()) -> StepGraph:
    """Return a graph of flows such as ``a b``; letters are steps of work named by their capital."""
    pairs = [tuple(flow.split()) for flow in (*flows, *abandon)]
    known = KINDS | (kinds or {})
    names = sorted({name for pair in pairs for name in pair})
    steps = tuple(Step(id=name, kind=known.get(name, Kind.WORK), name=name.upper()) for name in names)
    return StepGraph(
        id="drawn",
        name="Drawn",
        steps=steps,
        flows=tuple(
            Flow(id=f"{a}--{b}", source=a, target=b, kind="abandon" if f"{a} {b}" in abandon else "normal")
            for a, b in pairs
        ),
    )


def paths(*ways: str) -> Counter:
    return Counter((START, *way, END) for way in ways)


LINE = drawn("start a", "a b", "b c", "c end")
SIDE = drawn("start f", "f a", "a b", "b j", "f c", "c j", "j d", "d end", kinds={"f": Kind.FORK, "j": Kind.JOIN})
CHOICE = drawn(
    "start x", "x a", "x y", "y b", "y c", "a end", "b end", "c end", kinds={"x": Kind.CHOICE, "y": Kind.CHOICE}
)


def test_a_case_that_follows_the_graph_fits():
    found = replay(LINE, paths("ABC", "ABC"))

    assert (found.cases, found.fitting, found.share, found.denied) == (2, 2, 1.0, ())


def test_a_step_passed_by_is_named_with_the_cases_that_did():
    found = replay(LINE, paths("AC", "AC", "ABC"))

    assert found.denied == (Denied("A", "C", 2, 2, ("B",)),)
    assert found.skipped_steps == (("B", 2),)
    assert found.fitting == 1


def test_steps_turned_round_are_denied_once_each_and_not_ever_after():
    found = replay(LINE, paths("BAC"))

    assert [(one.step, one.next, one.skipped) for one in found.denied] == [
        ("", "B", ("A",)),
        ("A", "C", ("B",)),
        ("B", "A", ()),
    ]


def test_a_step_the_graph_does_not_have_is_unknown_and_the_rest_still_fits():
    found = replay(LINE, paths("AXBC", "AXBC"))

    assert found.denied == (Denied("A", "X", 2, 2, (), unknown=True),)
    assert found.unknown_steps == (("X", 2),)


def test_a_case_that_stops_early_is_denied_its_end():
    found = replay(LINE, paths("AB", "ABC"))

    assert found.denied == (Denied("B", "", 1, 1, ("C",)),)


def test_a_move_that_a_case_makes_twice_counts_twice_and_the_case_once():
    loop = drawn("start a", "a b", "b a", "b c", "c end")

    found = replay(loop, paths("ABACABC"))

    assert {(one.step, one.next): (one.count, one.cases) for one in found.denied} == {
        ("A", "C"): (1, 1),
        ("C", "A"): (1, 1),
    }
    assert replay(LINE, paths("ABABABC")).denied[0] == Denied("B", "A", 2, 1, ())


@pytest.mark.parametrize("way", ["ABCD", "ACBD", "CABD"])
def test_any_order_of_branches_is_allowed(way):
    assert replay(SIDE, paths(way)).fitting == 1


def test_going_on_before_a_branch_is_done_is_denied():
    found = replay(SIDE, paths("ABD", "BACD"))

    assert {(one.step, one.next): one.skipped for one in found.denied if one.next == "D"} == {
        ("B", "D"): ("C",),
        ("C", "D"): ("B",),
    }
    assert ("", "B") in {(one.step, one.next) for one in found.denied}
    assert found.fitting == 0


def test_choices_pass_without_a_row_and_exclude_each_other():
    assert replay(CHOICE, paths("A", "B", "C")).fitting == 3
    assert {(one.step, one.next) for one in replay(CHOICE, paths("AB")).denied} == {("A", "B")}


def test_giving_up_before_a_step_is_allowed_where_a_flow_says_so():
    graph = drawn("start a", "a b", "b c", "c end", abandon=("b end",))

    assert replay(graph, paths("A", "ABC")).fitting == 2
    assert replay(graph, paths("A", "ABC", "AB")).denied == (Denied("B", "", 1, 1, ("C",)),)


def test_steps_that_the_log_never_names_are_taken_as_passed_and_listed():
    found = replay(drawn("start a", "a w", "w c", "c end", kinds={"w": Kind.WAIT}), paths("AC"))

    assert (found.fitting, found.unrecorded) == (1, ("W",))


def test_names_are_told_without_case_and_blanks():
    assert replay(LINE, Counter({(START, " a", "B", "c ", END): 4})).fitting == 4


def test_unstructured_parallel_work_is_replayed_too():
    graph = drawn(
        "start f", "f a", "f b", "a g", "g c", "g d", "b j", "c j", "d k", "j k", "k end",
        kinds={"f": Kind.FORK, "g": Kind.FORK, "j": Kind.JOIN, "k": Kind.JOIN},
    )  # fmt: skip

    found = replay(graph, paths("ABCD", "BACD", "ADCB", "ADC"))

    assert found.fitting == 3
    assert found.denied[0].step == "C"


def test_practice_says_how_often_a_step_is_done_and_whether_the_procedure_has_it():
    seen = paths("ABX", "AB", "A", "AX")
    happened = drawn("start a", "a b", "b x", "x end")

    assert practice(happened, seen, LINE) == {
        "a": Practice(True, 1.0),
        "b": Practice(True, 0.5),
        "x": Practice(False, 0.5),
    }
    assert practice(LINE, seen) == {"a": Practice(True, 1.0), "b": Practice(True, 0.5)}


def test_a_discovered_graph_denies_exactly_what_its_account_left_out(uci, uci_columns):
    found = discover(uci, uci_columns, noise="0.05")

    held = conformance(found.graph, uci)

    assert held.fitting == found.account.explained < held.cases == 4003
    assert {(one.step, one.next) for one in held.denied} <= {(a, b) for a, b, _ in found.account.left_out_moves}
