"""Expected visits and costs, against chains worked out by hand."""

import pytest

from process_models.graph.measures import case_cost, shares_at, visits
from process_models.graph.steps import Flow, ShareRow, Timing
from process_models.values.distributions import Fixed
from process_models.values.errors import ModelError
from tests.building import GUESS, design_of, graph_of


def test_a_loop_of_one_in_five_makes_a_quarter_more_visits():
    graph = graph_of("start a, a b, b end 0.8, b a 0.2")

    assert visits(graph).of == pytest.approx({"start": 1, "a": 1.25, "b": 1.25, "end": 1})


def test_a_join_counts_once_whatever_its_branches():
    graph = graph_of("start fork, fork a, fork b, fork c, a join, b join, c join, join d, d end")

    assert visits(graph).of["d"] == pytest.approx(1)
    assert visits(graph).of["c"] == pytest.approx(1)


def test_shares_of_the_second_visit_hold_from_the_second_visit():
    rows = (
        ShareRow(id="r1", flow="b-end", visit_from=2, share="1"),
        ShareRow(id="r2", flow="b-a", visit_from=2, share="0"),
    )
    graph = graph_of("start a, a b, b end 0.6, b a 0.4", rows=rows)

    assert visits(graph).of["b"] == pytest.approx(1.4)


def test_shares_may_depend_on_where_a_case_came_from():
    rows = (
        ShareRow(id="r1", flow="c-end", came_from="b", share="1"),
        ShareRow(id="r2", flow="c-b", came_from="b", share="0"),
    )
    graph = graph_of("start c, c end 0.5, c b 0.5, b c", rows=rows)

    assert visits(graph).of["c"] == pytest.approx(1.5)
    assert shares_at(graph, "c", 1, "b") == {"c-b": 0, "c-end": 1}
    assert float(shares_at(graph, "c", 2, "start")["c-b"]) == 0.5


def test_a_case_costs_its_visits_times_work_times_rate_and_what_is_paid_beside():
    graph = graph_of(
        "start a, a b, b end 0.8, b a 0.2",
        made={"a": {"time": Timing(Fixed(1_800_000), GUESS)}, "b": {"time": Timing(Fixed(0), GUESS), "unit_cost": 100}},
    )

    assert case_cost(design_of(graph, rate=4000)) == pytest.approx(1.25 * (0.5 * 4000 + 100))


def test_with_abandonment_the_figure_is_marked_as_not_exact():
    graph = graph_of("start a, a end, b end")
    leaving = Flow(id="x", source="a", target="end", kind="abandon")

    assert visits(graph).exact
    assert not visits(graph.__class__(id="g", name="g", steps=graph.steps, flows=(*graph.flows, leaving))).exact


def test_a_graph_without_a_way_out_cannot_be_counted():
    with pytest.raises(ModelError, match="for ever"):
        visits(graph_of("start a, a a"))
