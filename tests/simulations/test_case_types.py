"""Cases of different types go different ways and take different times."""

import pytest

from process_models.graph.checks import faults
from process_models.graph.measures import visits
from process_models.graph.steps import ShareRow, TypeTime
from process_models.graph.wiring import connected
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.distributions import Fixed
from process_models.values.errors import ModelError
from simulations import kernel
from simulations.plan import plan
from simulations.scenario import Stream
from simulations.trace import Row
from tests.building import Flow, graph_of
from tests.simulations.playing import pool, scenario, shop, story, takes, weekly

TWO = (
    Stream(id="letters", case_type="claim", per_hour=weekly("3")),
    Stream(id="calls", case_type="query", per_hour=weekly("5")),
)
OF_CLAIMS = (
    ShareRow(id="1", flow="choice-long", case_type="claim", share="1"),
    ShareRow(id="2", flow="choice-short", case_type="claim", share="0"),
)


def desk(**fields):
    """A choice that sends everything the short way, but for what rows say."""
    sketch = "start choice, choice long 0, choice short 1, long end, short end"
    return graph_of(sketch, made={"long": takes(Fixed(30 * MINUTE)), "short": takes(Fixed(5 * MINUTE))}, **fields)


def test_cases_of_a_type_take_the_way_of_their_type_and_others_the_usual_one():
    told = story(shop(desk(rows=OF_CLAIMS), pool("team", 2)), scenario(streams=TWO), 0, 0, streams=(0, 1))

    assert told.plan.streams == ("calls", "letters")
    assert told.of("LEAVE", "short") == [(5 * MINUTE, 0)]
    assert told.of("LEAVE", "long") == [(30 * MINUTE, 1)]


def test_the_first_row_that_fits_is_that_of_the_type_then_that_of_the_way_it_came():
    rows = (
        *OF_CLAIMS,
        ShareRow(id="3", flow="choice-long", came_from="start", share="0"),
        ShareRow(id="4", flow="choice-short", came_from="start", share="1"),
    )
    made = plan(shop(desk(rows=rows), pool("team", 1)), scenario(streams=TWO))

    choice = made.steps.index("choice")
    part = slice(made.vptr[choice], made.vptr[choice + 1])
    assert made.vtype[part].tolist() == [0, -1, -1]
    assert made.vfrom[part].tolist() == [-1, made.steps.index("start"), -1]


def test_a_step_takes_twice_as_long_for_one_type_and_no_time_for_another():
    made = {"a": takes(Fixed(10 * MINUTE), type_times=(TypeTime("claim", "2"), TypeTime("query", "0")))}
    design = shop(graph_of("start a, a end", made=made), pool("team", 2))

    told = story(design, scenario(streams=TWO), 0, 0, streams=(0, 1))

    assert told.plan.streams == ("calls", "letters")
    assert told.of("LEAVE", "a") == [(0, 0), (20 * MINUTE, 1)]


def test_over_a_day_exactly_the_claims_take_the_long_way():
    made = plan(shop(desk(rows=OF_CLAIMS), pool("team", 9)), scenario(streams=TWO))
    trace = kernel.play(made, 1, 0)

    claims = (trace.cases[:, 1] == made.streams.index("letters")).sum()
    entered = trace.rows[trace.rows[:, 1] == Row.ENTER]
    assert (entered[:, 3] == made.steps.index("long")).sum() == claims > 30


def test_a_plan_without_differences_between_types_is_the_plan_it_was():
    plain = [Stream(id=one.id, per_hour=one.per_hour) for one in TWO]
    rows = (ShareRow(id="1", flow="choice-long", case_type="complaint", share="1"),)

    digests = {
        plan(shop(graph, pool("team", 1)), scenario(streams=streams)).digest
        for graph in (desk(), desk(rows=rows))
        for streams in (tuple(plain), TWO)
    }

    assert len(digests) == 1


def test_shares_of_a_type_must_add_up_and_are_told_with_their_type():
    [fault] = faults(desk(rows=(ShareRow(id="1", flow="choice-long", case_type="claim", share="0.4"),)))

    assert fault.sentence.id == "uneven_rows"
    assert "case type claim, add up to 0.4" in fault.text
    assert not faults(desk(rows=OF_CLAIMS))


def test_expected_visits_say_that_they_pass_over_types():
    assert visits(desk()).exact
    assert not visits(desk(rows=OF_CLAIMS)).exact


def test_a_new_way_takes_its_share_of_every_type():
    wider = connected(desk(rows=OF_CLAIMS), Flow(id="new", source="choice", target="end", share="0.2"))

    shares = {(row.flow, row.case_type): row.share for row in wider.rows}
    assert shares == {
        ("choice-long", "claim"): "0.8",
        ("choice-short", "claim"): "0",
        ("new", "claim"): "0.2",
    }


def test_a_factor_below_zero_is_refused():
    with pytest.raises(ModelError, match="claim"):
        TypeTime("claim", "-1")


def test_times_by_type_change_only_the_type_they_name():
    asked = scenario(streams=TWO, period=6 * HOUR)
    graphs = [
        graph_of("start a, a end", made={"a": takes(Fixed(MINUTE), type_times=by)})
        for by in ((), (TypeTime("claim", "3"),))
    ]
    both = [kernel.play(plan(shop(graph, pool("team", 40)), asked), 1, 0) for graph in graphs]

    took = [
        {case: time - trace.cases[case, 0] for time, kind, case, *_ in trace.rows.tolist() if kind == Row.CLOSE}
        for trace in both
    ]
    claims = set((both[0].cases[:, 1] == 1).nonzero()[0].tolist())
    assert all(took[1][case] == (3 if case in claims else 1) * ms for case, ms in took[0].items())
