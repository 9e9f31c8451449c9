"""Each move changes what it says and nothing else, and replaying moves gives the same design."""

import pytest

from process_models.graph.blocks import structure
from process_models.graph.checks import faults
from process_models.graph.design import Shift
from process_models.graph.measures import visits, work_per_case
from process_models.graph.steps import Dependency, Kind
from process_models.redesign.moves import (
    MOVES,
    ChangeRole,
    ChangeShare,
    ChangeStaffing,
    Merge,
    Parallelise,
    Remove,
    Reorder,
)
from process_models.redesign.options import Option, derive, option, rebase, stages
from process_models.values.calendars import MINUTE
from process_models.values.canonical import canonical, digest, read
from process_models.values.clocks import Clock, Moment
from process_models.values.errors import ModelError
from process_models.values.sentences import say
from tests.building import WEEKDAYS, Obligation, design_of, graph_of

LATE = design_of(graph_of("start a, a b, b check, check refused 0.3, check c 0.7, c end"))


def flows(design):
    return {(f.source, f.target, f.share) for f in design.graph.flows}


def test_removing_a_step_leads_past_it():
    assert ("a", "check", "1") in flows(Remove("b").apply(LATE))


def test_merging_makes_one_step_that_takes_as_long_as_both_less_the_set_up():
    move = Merge(first="a", second="b", name="Take and register", role="clerk", saved=2 * MINUTE)

    design = move.apply(LATE)

    assert {s.id for s in design.graph.steps} == {"start", move.made, "check", "refused", "c", "end"}
    assert work_per_case(LATE.graph) - work_per_case(design.graph) == pytest.approx(2 * MINUTE)
    assert design.graph.by_id[move.made].time.provenance.grade == "D"
    assert faults(design.graph) == ()


def test_a_merge_carries_clocks_and_dependencies_over_to_the_new_step():
    duty = Obligation(id="O", name="In time", basis="law", clock=Clock(Moment("a", "enter"), Moment("b", "leave"), 5))
    graph = graph_of("start a, a b, b end", obligations=(duty,), dependencies=(Dependency("d", "b", "a", "data"),))
    move = Merge(first="a", second="b", name="Both", role="clerk")

    after = move.apply(design_of(graph)).graph

    assert (after.obligations[0].clock.start.step, after.obligations[0].clock.end.step) == (move.made, move.made)
    assert (after.obligations[0].id, after.dependencies) == ("O", ())


def test_steps_that_do_not_follow_each_other_are_not_merged():
    with pytest.raises(ModelError, match="not the only step after"):
        Merge(first="a", second="c", name="x", role="clerk").apply(LATE)


def test_a_knock_out_moved_forward_takes_its_refusals_with_it():
    design = Reorder("check", "a").apply(LATE)

    assert flows(design) == {
        ("start", "check", "1"),
        ("check", "refused", "0.3"),
        ("check", "a", "0.7"),
        ("a", "b", "1"),
        ("b", "c", "1"),
        ("c", "end", "1"),
    }
    assert visits(design.graph).of["b"] == pytest.approx(0.7)


def test_a_step_moved_back_and_forth_gives_the_same_digest():
    there_and_back = derive(LATE, (Reorder("check", "a"), Reorder("check", "c")))

    assert {f[:2] for f in flows(there_and_back)} == {f[:2] for f in flows(LATE)}


def test_two_steps_done_at_once_stand_between_a_fork_and_a_join():
    design = Parallelise("a", "b").apply(LATE)

    [block] = structure(design.graph).blocks
    assert block.branches == (("a",), ("b",))
    assert faults(design.graph) == ()
    assert visits(design.graph).of["check"] == pytest.approx(1)


def test_a_decision_after_parallel_work_is_taken_once_both_are_done():
    design = Parallelise("b", "check").apply(LATE)

    choice = next(s for s in design.graph.steps if s.kind is Kind.CHOICE)
    assert {(f.target, f.share) for f in design.graph.ways(choice.id)} == {("refused", "0.3"), ("c", "0.7")}
    assert faults(design.graph) == ()


def test_steps_with_side_ways_are_not_done_at_once():
    with pytest.raises(ModelError, match="nowhere else"):
        Parallelise("check", "c").apply(LATE)


def test_a_role_a_share_and_a_staffing_are_changed():
    design = derive(
        LATE,
        (
            ChangeRole("b", "expert"),
            ChangeShare("check", (("check-refused", "0.1"), ("check-c", "0.9"))),
            ChangeStaffing("clerks", (Shift(id="days", spans=WEEKDAYS, heads=5),)),
        ),
    )

    assert design.graph.by_id["b"].role == "expert"
    assert design.graph.flow_by_id["check-c"].share == "0.9"
    assert design.staffing.pool("clerks").heads == 5


def test_replaying_the_moves_gives_the_same_digest():
    moves = (Parallelise("a", "b"), Reorder("check", "c"), Merge(first="check", second="c", name="m", role="clerk"))[:1]

    assert option(LATE, moves).design == digest(derive(LATE, moves)) == option(LATE, moves).design


def test_undo_is_the_design_before():
    moves = (Remove("b"), Remove("a"))

    assert stages(LATE, moves)[:2] == (LATE, Remove("b").apply(LATE))


def test_an_option_is_a_document_whose_moves_stay_in_order():
    made = option(LATE, (Remove("b"), ChangeRole("a", "expert")))

    assert read(canonical(made), Option) == made


def test_rebasing_lists_the_moves_that_no_longer_apply():
    newer = Remove("b").apply(LATE)

    kept, lost = rebase((Remove("a"), Remove("b")), newer)

    assert kept == (Remove("a"),)
    assert [(one.move, "no step" in str(one.why)) for one in lost] == [(Remove("b"), True)]


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (Remove("b"), "Remove “B”."),
        (Reorder("check", "a"), "Do “Check” directly before “A”."),
        (Parallelise("a", "b"), "Do “A” and “B” at the same time."),
        (ChangeRole("b", "expert"), "Give “B” to expert; today it is done by clerk."),
        (ChangeShare("check", (("check-c", "0.9"),)), "After “Check”, send 90% to “C”."),
        (Merge(first="a", second="b", name="Both", role="clerk"), "Merge “A” and “B” into “Both”, done by clerk."),
        (ChangeStaffing("clerks", ()), "Staff Clerks with 0 heads; today there are 2."),
    ],
)
def test_every_move_says_what_it_does(move, words):
    assert say(move.sentence(LATE)) == words


def test_there_are_seven_kinds_of_move():
    assert set(MOVES) == {"remove", "merge", "reorder", "parallelise", "change_role", "change_share", "change_staffing"}
