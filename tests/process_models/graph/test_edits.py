"""Edits by hand: what they change, what they keep, and what happens when two people edit at once."""

import pytest

from process_models.graph.checks import faults
from process_models.graph.compare import compare
from process_models.graph.edits import (
    AddBetween,
    AddStep,
    ChangeStep,
    Conflict,
    Connect,
    Disconnect,
    MoveBefore,
    RemoveDependency,
    RemoveStep,
    SetDependency,
    SetObligation,
    SetShares,
    reapply,
)
from process_models.graph.narration import in_words
from process_models.graph.steps import Dependency, Flow, ShareRow
from process_models.values.errors import ModelError
from tests.building import Obligation, graph_of, step

BASE = graph_of("start a, a b 0.7, a c 0.3, b end, c end")


def test_a_step_added_after_another_takes_over_what_left_it():
    graph = AddStep(step("new"), after="a").apply(BASE)

    assert {flow.target for flow in graph.ways("new")} == {"b", "c"}
    assert [flow.target for flow in graph.ways("a")] == ["new"]
    assert faults(graph) == ()


def test_a_removed_step_passes_its_shares_on():
    graph = RemoveStep("a").apply(BASE)

    assert {(f.source, f.target, f.share) for f in graph.ways("start")} == {
        ("start", "b", "0.7"),
        ("start", "c", "0.3"),
    }


def test_a_removed_loop_keeps_the_shares_at_one():
    graph = RemoveStep("b").apply(graph_of("start a, a b 0.6, a end 0.4, b a 0.5, b end 0.5"))

    assert {(f.target, f.share) for f in graph.ways("a")} == {("a", "0.3"), ("end", "0.7")}
    assert faults(graph) == ()


def test_the_start_cannot_be_removed():
    with pytest.raises(ModelError, match="cannot be taken out"):
        RemoveStep("start").apply(BASE)


def test_connecting_and_disconnecting_keep_the_shares_at_one():
    connected = Connect(Flow(id="a-end", source="a", target="end", share="0.1")).apply(BASE)

    assert {(f.target, f.share) for f in connected.ways("a")} == {("b", "0.63"), ("c", "0.27"), ("end", "0.1")}
    assert {f.share for f in Disconnect("a-c").apply(connected).ways("a")} == {"0.863013699", "0.136986301"}


def test_overall_shares_keep_the_odds_ratios_of_conditional_rows():
    rows = tuple(
        ShareRow(id=f"a-{to}.v{visit}", flow=f"a-{to}", visit_from=visit, share=share, count=count)
        for to, visit, share, count in [
            ("b", 1, "0.8", 80),
            ("c", 1, "0.2", 20),
            ("b", 2, "0.5", 50),
            ("c", 2, "0.5", 50),
        ]
    )
    base = graph_of("start a, a b 0.65, a c 0.35, b end, c end", rows=rows)

    graph = SetShares("a", (("a-b", "0.4"), ("a-c", "0.6"))).apply(base)

    share = {row.id: float(row.share) for row in graph.rows}
    odds = {visit: share[f"a-b.v{visit}"] / share[f"a-c.v{visit}"] for visit in (1, 2)}
    assert odds[1] / odds[2] == pytest.approx(4)
    assert (share["a-b.v1"] + share["a-b.v2"]) / 2 == pytest.approx(0.4)
    assert faults(graph) == ()


def test_an_edit_of_something_else_is_applied_to_the_newest_graph():
    head = ChangeStep(step("b", name="Theirs")).apply(BASE)

    graph = reapply(ChangeStep(step("c", name="Ours")), BASE, head)

    assert (graph.by_id["b"].name, graph.by_id["c"].name) == ("Theirs", "Ours")


def test_two_edits_of_one_step_are_shown_and_neither_overwrites_the_other():
    head = ChangeStep(step("b", name="Theirs")).apply(BASE)

    with pytest.raises(Conflict) as conflict:
        reapply(ChangeStep(step("b", name="Ours")), BASE, head)

    assert (conflict.value.place, conflict.value.head.name) == ("step b", "Theirs")


def test_an_edit_of_shares_conflicts_with_another_of_the_same_step():
    head = SetShares("a", (("a-b", "0.5"), ("a-c", "0.5"))).apply(BASE)

    with pytest.raises(Conflict):
        reapply(SetShares("a", (("a-b", "0.9"), ("a-c", "0.1"))), BASE, head)


def test_an_obligation_is_tied_to_steps():
    duty = Obligation(id="O1", name="Two pairs of eyes", basis="code", needs_record=True)

    graph = SetObligation(duty, covered_by=("b",), recorded_by=("c",)).apply(BASE)

    assert (graph.by_id["b"].covers, graph.by_id["c"].records, graph.obligation("O1")) == (("O1",), ("O1",), duty)


def test_a_difference_tells_what_a_picture_does_not_show():
    duty = Obligation(id="O1", name="Two pairs of eyes", basis="code")
    after = SetObligation(duty, covered_by=("b",)).apply(ChangeStep(step("c", unit_cost=250)).apply(BASE))

    assert compare(BASE, after).sentences == (
        "Step “B”: covers nothing → O1.",
        "Step “C”: unit cost 0 → 250.",
        "Obligation “Two pairs of eyes” is added.",
    )


def test_equal_graphs_have_no_difference():
    assert not compare(BASE, graph_of("start a, a b 0.7, a c 0.3, b end, c end"))


def test_a_flow_led_elsewhere_is_told_as_one_that_goes_and_one_that_comes():
    after = AddStep(step("new"), after="start").apply(BASE)

    assert set(compare(BASE, after).sentences) == {
        "Step “New” is added.",
        "Flow “New → A” is added.",
        "Flow “Start → A” goes.",
        "Flow “Start → New” is added.",
    }


NEED = Dependency("c-needs-a", "c", "a", "data", "the file")


def test_a_dependency_is_added_changed_and_taken_out():
    added = SetDependency(NEED).apply(BASE)
    changed = SetDependency(Dependency("c-needs-a", "c", "a", "rule")).apply(added)

    assert added.dependencies == (NEED,)
    assert [need.kind for need in changed.dependencies] == ["rule"]
    assert RemoveDependency("c-needs-a").apply(changed) == BASE


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (SetDependency(Dependency("d", "c", "c", "data")), "cannot need itself"),
        (SetDependency(Dependency("d", "c", "gone", "data")), "gone"),
        (RemoveDependency("d"), "no dependency"),
    ],
)
def test_a_dependency_that_cannot_be_is_refused(edit, says):
    with pytest.raises(ModelError, match=says):
        edit.apply(BASE)


def test_two_edits_of_one_dependency_are_shown_and_those_of_others_kept():
    base = SetDependency(NEED).apply(BASE)
    head = SetDependency(Dependency("c-needs-a", "c", "a", "rule", "policy")).apply(base)

    other = reapply(SetDependency(Dependency("b-needs-a", "b", "a", "data")), base, head)
    with pytest.raises(Conflict) as conflict:
        reapply(RemoveDependency("c-needs-a"), base, head)

    assert [need.id for need in other.dependencies] == ["b-needs-a", "c-needs-a"]
    assert in_words(conflict.value.base) == "c needs a (data): the file"


def test_a_dependency_does_not_come_back_on_a_step_that_was_taken_out():
    head = RemoveStep("a").apply(BASE)

    with pytest.raises(Conflict):
        reapply(SetDependency(NEED), BASE, head)


def test_a_step_put_between_two_takes_only_the_cases_of_that_way():
    graph = AddBetween(step("new"), "a-b").apply(BASE)

    assert {(flow.target, flow.share) for flow in graph.ways("a")} == {("new", "0.7"), ("c", "0.3")}
    assert [(flow.target, flow.share) for flow in graph.ways("new")] == [("b", "1")]
    assert faults(graph) == ()


def test_a_step_moved_before_another_is_met_by_all_that_go_there():
    graph = MoveBefore("c", "b").apply(graph_of("start a, a b 0.7, a end 0.3, b c, c b 0.1, c end 0.9"))

    assert [flow.target for flow in graph.ways("c")] == ["b"]
    assert {(flow.target, flow.share) for flow in graph.ways("a")} == {("c", "0.7"), ("end", "0.3")}
    assert {flow.target for flow in graph.ways("b")} == {"b", "end"}
    assert faults(graph) == ()


@pytest.mark.parametrize("before", ["start", "b"])
def test_a_step_cannot_be_moved_before_the_start_or_itself(before):
    with pytest.raises(ModelError, match="cannot be put before"):
        MoveBefore("b", before).apply(BASE)


def test_a_step_is_put_on_a_way_again_unless_the_way_was_changed_meanwhile():
    elsewhere = ChangeStep(step("c", description="Longer")).apply(BASE)
    on_it = Disconnect("a-b").apply(BASE)

    assert "new" in reapply(AddBetween(step("new"), "a-b"), BASE, elsewhere).by_id
    with pytest.raises(Conflict, match="flow a-b"):
        reapply(AddBetween(step("new"), "a-b"), BASE, on_it)
