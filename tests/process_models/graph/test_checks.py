"""Faults point to the step and say what to do."""

import pytest

from process_models.graph.checks import CHECKS, faults, staffing_faults
from process_models.graph.design import Shift
from process_models.graph.steps import Flow, Lane, ShareRow, Timing
from process_models.redesign.moves import ChangeStaffing
from process_models.values.clocks import Clock, Moment
from process_models.values.distributions import Fixed
from tests.building import GUESS, Obligation, design_of, graph_of

SOUND = "start a, a b 0.7, a refused 0.3, b end"


def ids(graph):
    return [(fault.sentence.id, fault.step) for fault in faults(graph)]


def test_a_sound_graph_has_no_faults():
    assert ids(graph_of(SOUND)) == []


@pytest.mark.parametrize(
    ("sketch", "found"),
    [
        ("a b, b end", ("no_start", "")),
        ("start a, start2 a, a end", ("many_starts", "start2")),
        ("start a, a b, b a", ("no_end", "")),
        ("start a, a end 0.5, a start 0.5", ("start_entered", "start")),
        ("start a, a end, end b, b end", ("end_left", "end")),
        ("start a, a end, b end", ("unreachable", "b")),
        ("start a, a end 0.5, a b 0.5", ("dead_end", "b")),
        ("start a, a end 0.5, a b 0.5, b c, c b", ("never_ending", "b")),
        ("start a, a end 0.5, a b 0.4, b end", ("uneven_shares", "a")),
        ("start fork, fork a, fork b, a end, b end", ("unstructured_no_join", "fork")),
        (
            "start choice, choice choice2 0.5, choice end 0.5, choice2 choice 0.5, choice2 a 0.5, a end",
            ("idle_loop", "choice"),
        ),
    ],
)
def test_each_fault_names_its_step(sketch, found):
    assert found in ids(graph_of(sketch))


def test_every_fault_says_what_is_wrong_in_words():
    graph = graph_of("start a, a end 0.5, a b 0.4, b end")

    assert [fault.text for fault in faults(graph)] == [
        "The shares that leave “A” add up to 0.9, not to 1. Correct one of them."
    ]


def test_all_faults_are_told_at_once():
    graph = graph_of("start a, a b 0.4, a c 0.4, b end, d end")

    assert {"unreachable", "dead_end", "uneven_shares"} <= {id for id, _ in ids(graph)}


def test_conditional_shares_must_add_up_for_each_condition():
    rows = (
        ShareRow(id="r1", flow="a-b", visit_from=2, share="0.5"),
        ShareRow(id="r2", flow="a-refused", visit_from=2, share="0.4"),
    )

    assert ("uneven_rows", "a") in ids(graph_of(SOUND, rows=rows))


def test_a_patience_needs_a_way_out():
    patient = {"a": {"patience": Timing(Fixed(1000), GUESS)}}

    assert ("patience_and_way", "a") in ids(graph_of(SOUND, made=patient))


def test_a_clock_must_speak_of_steps_that_are_there():
    duty = Obligation(
        id="O1", name="Answer", basis="law", clock=Clock(Moment("start", "leave"), Moment("gone", "enter"), 1)
    )

    assert ("clock_without_step", "") in ids(graph_of(SOUND, obligations=(duty,)))


def test_what_is_not_known_is_a_gap_not_a_fault():
    graph = graph_of(SOUND, made={"a": {"time": None, "role": ""}})

    assert {(fault.sentence.id, fault.weight) for fault in faults(graph)} == {
        ("missing_time", "gap"),
        ("missing_role", "gap"),
    }


@pytest.mark.parametrize("who", [{"lane": Lane.CUSTOMER}, {"lane": Lane.EXTERNAL}, {"automation": "automatic"}])
def test_a_machine_a_customer_and_others_outside_need_no_role(who):
    assert faults(graph_of(SOUND, made={"a": {"role": "", **who}})) == ()


def test_a_step_without_heads_is_named():
    design = ChangeStaffing("clerks", (Shift(id="none", spans=(), heads=0),)).apply(design_of(graph_of(SOUND)))

    assert {(fault.sentence.id, fault.step) for fault in staffing_faults(design)} == {
        ("no_heads", "a"),
        ("no_heads", "b"),
    }


def test_each_check_is_listed_once():
    assert len(set(CHECKS)) == len(CHECKS)


def test_flows_to_unknown_steps_are_refused_when_the_graph_is_made():
    with pytest.raises(ValueError, match="not there: b"):
        graph_of(SOUND).__class__(id="g", name="g", flows=(Flow(id="f", source="b", target="b"),))
