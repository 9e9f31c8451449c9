"""Each move changes what it says and nothing else, and replaying moves gives the same design."""

import pytest
from msgspec.structs import replace

from process_models.graph.blocks import structure
from process_models.graph.checks import faults
from process_models.graph.design import Shift
from process_models.graph.measures import visits, work_per_case
from process_models.graph.steps import Dependency, Kind, Lane
from process_models.redesign.moves import (
    MOVES,
    AssignPools,
    Automate,
    Bypass,
    ChangeMeans,
    ChangeOwner,
    ChangeRole,
    ChangeShare,
    ChangeStaffing,
    ChangeWork,
    Insert,
    KeepCase,
    Merge,
    MergePools,
    Outsource,
    Parallelise,
    Relocate,
    Remove,
    Reorder,
    Split,
    Triage,
    Unbatch,
    kind_of,
)
from process_models.redesign.obligations import uncovered, violated
from process_models.redesign.options import Option, derive, option, rebase, stages
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.canonical import canonical, digest, read
from process_models.values.clocks import Clock, Moment
from process_models.values.errors import ModelError
from process_models.values.sentences import say
from process_models.values.words import HARD
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
        (
            Split(step="b", name="Rest", role="clerk", share="0.4"),
            "Cut “B” in two: “Rest”, 40% of its time, is done by clerk.",
        ),
        (Insert(flow="a-b", name="Look", time=5 * MINUTE), f"Put “Look” (5{HARD}min) between “A” and “B”."),
        (Bypass("b", "0.4"), "Send only 40% of cases to “B”; the others go on."),
        (Relocate("b", Lane.CUSTOMER), "Let “B” be done in the customer lane, by the customer."),
        (ChangeWork("b", "0.5", 120), "Do “B” in 50% of its time, for 1.20 more a visit."),
        (ChangeMeans("b", ("CRM", "Ledger"), "York"), "Do “B” with CRM, Ledger and York."),
        (ChangeOwner("b", "Claims"), "Let Claims answer for “B”."),
        (Unbatch("b"), "Do “B” case by case instead of saving work up."),
        (
            Automate(step="b", time=5000, exceptions="0.1"),
            f"Let a machine do “B” in 5{HARD}s; 10% of cases still go to people.",
        ),
        (
            Triage(step="b", name="Quick", role="clerk", share="0.4", factor="0.5", misrouted="0.1"),
            "Let “Quick” (clerk) treat 40% of the cases for “B”; 10% of those come back to it.",
        ),
        (
            Outsource(step="b", wait=48 * HOUR, price=250),
            f"Let another organisation do “B” within 2.0{HARD}d on average, for 2.50 a visit.",
        ),
        (AssignPools("clerk", ("clerks",)), "Let Clerks do the work of clerk, in this order."),
        (MergePools(("clerks", "x"), "All"), "Let Clerks and x share one queue as “All”."),
        (KeepCase("person", ("a", "b")), "Let one person stay with a case through “A” and “B”."),
    ],
)
def test_every_move_says_what_it_does(move, words):
    assert say(move.sentence(LATE)) == words


def test_every_kind_of_move_says_what_it_does_in_a_test():
    [words] = [mark for mark in test_every_move_says_what_it_does.pytestmark if mark.name == "parametrize"]

    assert {kind_of(row[0]) for row in words.args[1]} == set(MOVES)


# Moves that lead cases another way


def test_a_step_that_stands_for_another_serves_those_who_need_it():
    graph = graph_of("start a, a b, b end", dependencies=(Dependency("d", "b", "a", "data"),))
    triage = Triage(step="a", name="Quick", role="clerk", share="0.4", factor="0.5", misrouted="0")

    after = derive(design_of(graph), (triage,)).graph

    assert [violated(after, dep) for dep in after.dependencies] == [False]
    assert visits(after).of[triage.made] == pytest.approx(0.4)


def test_what_a_step_needs_its_stand_in_needs_too():
    graph = graph_of("start a, a b, b end", dependencies=(Dependency("d", "b", "a", "data"),))

    after = derive(design_of(graph), (Automate(step="b", time=1000, exceptions="0.2"),)).graph

    assert sorted((dep.step, dep.needs) for dep in after.dependencies) == sorted(
        [("b", "a"), (Automate(step="b", time=1000, exceptions="0.2").made, "a")]
    )


@pytest.mark.parametrize(
    "move",
    [
        Automate(step="b", time=1000, exceptions="0.2"),
        Triage(step="b", name="Quick", role="clerk", share="0.4", factor="0.5", misrouted="0.1"),
        ChangeWork("b", "0.5"),
        Outsource(step="b", wait=1000, price=100),
        Split(step="b", name="Rest", role="clerk", share="0.5"),
    ],
)
def test_a_duty_stays_covered_when_its_step_is_done_in_another_way(move):
    duty = Obligation(id="O", name="Look twice", basis="law")
    design = design_of(graph_of("start a, a b, b end", made={"b": {"covers": ("O",)}}, obligations=(duty,)))

    after = move.apply(design).graph

    assert not uncovered(after, duty)
    assert faults(after) == ()


def test_a_duty_is_not_covered_when_cases_go_round_its_step():
    duty = Obligation(id="O", name="Look twice", basis="law")
    design = design_of(graph_of("start a, a b, b end", made={"b": {"covers": ("O",)}}, obligations=(duty,)))

    assert uncovered(Bypass("b", "0.5").apply(design).graph, duty)


def test_a_cut_step_keeps_its_time_its_ways_and_its_obligations():
    graph = graph_of("start a, a b 0.7, a refused 0.3, b end", made={"a": {"rejects": True, "covers": ("O",)}})
    move = Split(step="a", name="Second half", role="expert", share="0.25")

    after = move.apply(design_of(graph)).graph

    assert {(f.source, f.target, f.share) for f in after.flows} == {
        ("start", "a", "1"),
        ("a", move.made, "1"),
        (move.made, "b", "0.7"),
        (move.made, "refused", "0.3"),
        ("b", "end", "1"),
    }
    assert work_per_case(after) == work_per_case(graph)
    assert (after.by_id["a"].rejects, after.by_id[move.made].rejects) == (False, True)
    assert (after.by_id["a"].covers, after.by_id[move.made].covers) == (("O",), ())


def test_cases_that_come_back_to_a_step_still_come_when_others_go_round_it():
    after = Bypass("b", "0.4").apply(design_of(graph_of("start a, a b, b c, c b 0.5, c end 0.5"))).graph

    assert visits(after).of["b"] == pytest.approx(0.4 + 1.0)


def test_merged_pools_have_the_heads_of_all_at_their_mean_rate():
    design = design_of(graph_of("start a, a b, b end", made={"b": {"role": "expert"}}))
    pools = tuple(replace(p, rate=6000 if p.id == "experts" else 3000) for p in design.staffing.pools)
    design = replace(design, staffing=replace(design.staffing, pools=pools))
    move = MergePools(("clerks", "experts"), "Everybody")

    staffing = move.apply(design).staffing

    [pool] = staffing.pools
    assert (pool.heads, pool.rate) == (4, 4500)
    assert {entry.pools for entry in staffing.roles} == {(move.made,)}


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (Split(step="start", name="x", role="clerk", share="0.5"), "is not WORK"),
        (Split(step="a", name="x", role="clerk", share="2"), "does not lie between"),
        (Insert(flow="nowhere", name="x", time=0), "no flow"),
        (Insert(flow="a-b", name="x", time=0, back="0.5"), "which step cases go back to"),
        (Bypass("start", "0.5"), "is not WORK or WAIT"),
        (Automate(step="refused", time=1, exceptions="0"), "is not WORK"),
        (AssignPools("clerk", ("nobody",)), "no pool"),
        (AssignPools("clerk", ()), "Name a pool"),
        (MergePools(("clerks",), "x"), "no pool"),
        (KeepCase("person", ("a",)), "at least two steps"),
        (Outsource(step="end", wait=1, price=1), "is not WORK"),
    ],
)
def test_a_move_that_cannot_be_made_says_why(move, words):
    with pytest.raises(ModelError, match=words):
        move.apply(LATE)
