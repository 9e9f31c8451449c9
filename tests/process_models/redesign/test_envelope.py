"""What a draft breaks: obligations whichever way a case goes, dependencies, locks, envelope, boundary, the graph."""

import pytest

from process_models.graph.design import Shift
from process_models.graph.steps import Dependency, Flow
from process_models.redesign.envelope import Envelope, Lock, Rules, breaches
from process_models.redesign.moves import ChangeRole, ChangeShare, ChangeStaffing, Merge, Parallelise, Remove, Reorder
from process_models.redesign.obligations import out_of_order, uncovered, unrecorded, violated
from process_models.redesign.options import derive
from tests.building import WEEKDAYS, Obligation, design_of, graph_of

EYES = Obligation(id="O7", name="Two pairs of eyes", basis="code", needs_record=True, before=("pay",))


def covered_by(sketch, *steps, **duty):
    made = {id: {"covers": ("O7",), "records": ("O7",)} for id in steps}
    duty = Obligation(**{"id": "O7", "name": "Two pairs of eyes", "basis": "code", "needs_record": True, **duty})
    return graph_of(sketch, made=made, obligations=(duty,)), duty


@pytest.mark.parametrize(
    ("sketch", "steps", "open_way"),
    [
        ("start a, a check, check end", ["check"], False),
        ("start a, a check 0.5, a end 0.5, check end", ["check"], True),
        ("start a, a check 0.5, a check2 0.5, check end, check2 end", ["check", "check2"], False),
        ("start a, a check 0.5, a check2 0.5, check end, check2 end", ["check"], True),
        ("start fork, fork check, fork b, check join, b join, join end", ["check"], False),
        ("start fork, fork a, fork b, a check 0.5, a join 0.5, check join, b join, join end", ["check"], True),
        ("start fork, fork a, fork b, a end2 0.5, a check 0.5, check join, b join, join end", ["check"], True),
        ("start a, a check 0.9, a a 0.1, check end", ["check"], False),
        ("start a, a end", [], True),
    ],
)
def test_an_obligation_is_covered_when_no_case_can_complete_without_its_steps(sketch, steps, open_way):
    graph, duty = covered_by(sketch, *steps)

    assert uncovered(graph, duty) is open_way
    assert unrecorded(graph, duty) is open_way


def test_giving_up_is_no_completion():
    graph, duty = covered_by("start a, a check, check end", "check")
    leaving = Flow(id="x", source="a", target="end", kind="abandon")

    assert not uncovered(graph.__class__(id="g", name="g", steps=graph.steps, flows=(*graph.flows, leaving)), duty)


def test_an_obligation_counts_from_the_step_on_which_it_applies():
    graph, duty = covered_by("start a, a end 0.5, a b 0.5, b check, check end", "check", applies_from="b")

    assert not uncovered(graph, duty)


def test_an_obligation_on_paid_cases_may_be_met_before_it_applies():
    sketch = "start decide, decide refused 0.2, decide check 0.8, check pay, pay end"
    always, duty = covered_by(sketch, "check", applies_from="pay")
    sometimes, _ = covered_by("start decide, decide pay 0.2, decide check 0.8, check pay, pay end", "check")

    assert not uncovered(always, duty)
    assert uncovered(sometimes, duty)


def test_a_step_reached_before_the_duty_is_met_is_named():
    graph, _ = covered_by("start a, a check 0.8, a pay 0.2, check pay, pay end", "check")

    assert out_of_order(graph, EYES) == ("pay",)


def test_a_dependency_is_kept_through_a_join_but_not_beside_it():
    need = Dependency("d", "b", "a", "data")

    assert not violated(graph_of("start fork, fork a, fork c, a join, c join, join b, b end"), need)
    assert violated(graph_of("start fork, fork a, fork b, a join, b join, join end"), need)


BASE = design_of(
    graph_of(
        "start a, a b, b check, check pay, pay end",
        made={"check": {"covers": ("O7",), "records": ("O7",), "role": "senior"}},
        obligations=(EYES,),
        dependencies=(Dependency("d1", "b", "a", "data", "the claim number"), Dependency("d2", "check", "a", "data")),
    )
)


def broken(*moves, **rules):
    return [(breach.sentence.id, breach.basis) for breach in breaches(BASE, derive(BASE, moves), moves, Rules(**rules))]


def test_a_draft_that_breaks_nothing_is_free():
    assert broken(ChangeRole("b", "senior")) == []


def test_removing_the_only_covering_step_breaks_cover_record_and_order():
    assert broken(Remove("check")) == [("breaks_cover", "code"), ("breaks_record", "code"), ("breaks_order", "code")]


def test_paying_before_the_check_breaks_the_order():
    assert broken(Reorder("check", "end")) == [("breaks_order", "code")]


def test_doing_at_once_what_depends_on_each_other_is_marked():
    assert broken(Parallelise("a", "b")) == [("breaks_data", "dependency")]


def test_what_a_merged_step_gave_is_given_by_the_step_it_became():
    merged = Merge(first="a", second="b", name="Both", role="clerk")

    assert [one for one in broken(merged) if one[1] == "dependency"] == []


def test_locks_name_their_reason():
    lock = Lock(id="L2", kind="step", target="check", reason="The regulator looks at it this year.")

    [breach] = breaches(BASE, ChangeRole("check", "clerk").apply(BASE), (), Rules(locks=(lock,)))

    assert breach.text == "“Check” is locked (L2): The regulator looks at it this year."


@pytest.mark.parametrize(
    ("kind", "target", "move"),
    [
        ("flow", "b-check", Remove("check")),
        ("role", "senior", ChangeRole("b", "senior")),
        ("obligation", "O7", Remove("check")),
        ("role", "clerk", ChangeStaffing("clerks", (Shift(id="days", spans=WEEKDAYS, heads=9),))),
    ],
)
def test_flows_roles_and_obligations_can_be_locked(kind, target, move):
    assert ("breaks_lock", "lock") in broken(move, locks=(Lock(id="L", kind=kind, target=target, reason="Agreed."),))


def test_the_envelope_limits_moves_and_heads():
    more = ChangeStaffing("clerks", (Shift(id="days", spans=WEEKDAYS, heads=5),))
    fewer = ChangeStaffing("clerks", (Shift(id="days", spans=WEEKDAYS, heads=1),))

    assert broken(more, envelope=Envelope(moves=("remove",), extra_heads=2)) == [
        ("breaks_permitted", "envelope"),
        ("breaks_heads", "envelope"),
    ]
    assert broken(fewer) == [("breaks_fewer_heads", "envelope")]


def test_what_lies_outside_the_boundary_stays():
    assert broken(ChangeRole("b", "senior"), in_scope=frozenset({"check"})) == [("breaks_boundary", "boundary")]


def test_a_design_left_without_heads_is_marked():
    none = ChangeStaffing("seniors", (Shift(id="none", spans=(), heads=0),))

    assert broken(none, envelope=Envelope(fewer_heads=None)) == [("no_heads", "graph")]


def test_a_share_that_sends_everybody_past_the_check_breaks_nothing_while_the_way_is_the_only_one():
    assert broken(ChangeShare("b", (("b-check", "1"),))) == []
