"""Tables say exactly what happened, and sums add up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.evidence.satisfaction import Feature
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Obligation, Promise
from process_models.values.calendars import DAY, HOUR, MINUTE, Calendar
from process_models.values.clocks import Clock, Moment
from process_models.values.distributions import Exponential, Fixed
from simulations.outcomes import cases, pools, sums, visits
from simulations.plan import plan
from simulations.reference import play
from simulations.scenario import Away
from tests.building import graph_of
from tests.simulations.playing import gives_up, hours, patience, pool, scenario, shop, story, takes

LETTERS = graph_of(
    "start a, a wait, wait b, b end",
    made={
        "a": {"nature": "contact", "unit_cost": 7},
        "wait": takes(Fixed(30 * MINUTE)),
        "b": {"nature": "contact", "role": "expert", **takes(Fixed(20 * MINUTE))},
    },
)


def with_clocks(graph: StepGraph, promises=(), obligations=(), hours=None) -> StepGraph:
    fields = {name: getattr(graph, name) for name in graph.__struct_fields__}
    return StepGraph(**{**fields, "promises": promises, "obligations": obligations, "hours": hours})


def told(design, asked, *times, features=()):
    played = story(design, asked, *times)
    visited = visits(played.plan, played.trace)
    return played, visited, cases(played.plan, played.trace, visited, features, {})


def test_a_case_s_times_contacts_and_cost_add_up():
    staffed = shop(
        LETTERS, pool("team", 1, rate=3000), pool("experts", 1, rate=6000), clerk=("team",), expert=("experts",)
    )

    _, visited, table = told(staffed, scenario(), 0, 4 * MINUTE)

    assert table["time"].tolist() == [60 * MINUTE, 80 * MINUTE - 4 * MINUTE]
    assert table["wait"].tolist() == [0, 6 * MINUTE + 10 * MINUTE]
    assert table["worked"].tolist() == [30 * MINUTE] * 2
    assert table["contacts"].tolist() == [2, 2]
    assert table["cost"].tolist() == [500 + 2000 + 7] * 2
    assert table["status"].tolist() == ["completed"] * 2
    assert visited[visited["case"] == 1]["wait"].tolist()[:1] == [6 * MINUTE]


def test_cost_is_rounded_once_a_case():
    graph = graph_of("start a, a b, b end", made={"a": takes(Fixed(1000)), "b": takes(Fixed(1000))})

    _, _, table = told(shop(graph, pool("team", 1, rate=900)), scenario(), 0)

    assert table["cost"].tolist() == [0]  # twice a quarter of a unit: a tie that goes to the even one
    _, _, table = told(shop(graph, pool("team", 1, rate=1800)), scenario(), 0)
    assert table["cost"].tolist() == [1]  # two halves, each of which would go to 0 on its own


def test_pauses_between_shifts_are_neither_work_nor_waiting():
    team = pool("team", 1, hours((9, 17)), finish=False)

    played, visited, table = told(shop(graph_of("start a, a end"), team), scenario(), 17 * HOUR - 4 * MINUTE)

    assert visited.set_index("step").loc[played.plan.steps.index("a"), "worked"] == 10 * MINUTE
    assert table["wait"].tolist() == [0]
    assert table["time"].tolist() == [16 * HOUR + 10 * MINUTE]


def test_utilisation_is_work_in_the_period_by_heads_who_are_there_while_it_is_open():
    team = pool("team", 2, hours((9, 17)), rate=1000)
    away = Away(id="trip", pool="team", heads=1, start=8 * HOUR, end=13 * HOUR)

    played, visited, _ = told(shop(graph_of("start a, a end"), team), scenario(away=(away,)), *(9 * HOUR,) * 6)
    table = pools(played.plan, played.trace, visited).set_index("pool")

    assert table.loc["team", "worked"] == 60 * MINUTE
    assert table.loc["team", "present"] == 12 * HOUR
    assert table.loc["team", "paid"] == 16_000
    assert table.loc["team", "utilisation"] == pytest.approx(1 / 12)


def test_work_beyond_the_period_does_not_count_for_utilisation():
    team = pool("team", 1)

    played, visited, _ = told(shop(graph_of("start a, a end"), team), scenario(), DAY - 4 * MINUTE, DAY - 3 * MINUTE)

    assert pools(played.plan, played.trace, visited)["worked"].tolist() == [4 * MINUTE]


def test_with_a_warm_up_only_cases_and_work_from_then_on_are_counted():
    team = pool("team", 2, hours((9, 17)), rate=1000)
    away = Away(id="trip", pool="team", heads=1, start=8 * HOUR, end=13 * HOUR)
    times = (11 * HOUR + 55 * MINUTE, 12 * HOUR, 12 * HOUR + 30 * MINUTE)

    played = story(shop(graph_of("start a, a end"), team), scenario(away=(away,)), *times)
    every, later = (sums(played.plan, played.trace, since=since) for since in (0, 12 * HOUR))

    assert (every["completed"], later["completed"]) == (3, 2)
    assert (every["time"], later["time"]) == ((10 + 15 + 10) * MINUTE, (15 + 10) * MINUTE)
    assert (every["worked:team"], later["worked:team"]) == (30 * MINUTE, 25 * MINUTE)
    assert (every["present:team"], later["present:team"]) == (12 * HOUR, 9 * HOUR)
    assert (every["paid:team"], later["paid:team"]) == (16_000, 10_000)
    assert later["visits:a"] == 2


def test_clocks_tell_kept_missed_or_not_known():
    within = Clock(Moment("start", "enter"), Moment("end", "leave"), 15 * MINUTE, "wall")
    never = Clock(Moment("refused", "enter"), Moment("end", "leave"), HOUR)
    graph = with_clocks(
        graph_of("start a, a end 1, a refused 0"),
        promises=(Promise("soon", "Soon", within), Promise("odd", "Odd", never)),
        obligations=(Obligation(id="law", name="Law", basis="law", clock=within),),
    )

    played, _, table = told(
        shop(graph, pool("team", 1)), scenario(drain_limit=6 * MINUTE), 0, 0, DAY - MINUTE, DAY - MINUTE
    )

    assert table["promise:soon"].tolist() == [1, 0, -1, -1]
    assert table["promise:odd"].tolist() == [-1] * 4
    assert table["promise"].tolist() == table["obligation"].tolist() == [1, 0, -1, -1]
    added = sums(played.plan, played.trace)
    assert (added["yes:promise"], added["known:promise"], added["known:promise:odd"]) == (1, 2, 0)
    assert (added["unfinished"], added["completed"], added["arrived"]) == (2, 2, 4)


def test_a_clock_in_working_time_stands_still_at_night_and_during_the_steps_it_names():
    answered = Clock(Moment("a", "enter"), Moment("b", "leave"), 30 * MINUTE, pauses=("wait",))
    graph = with_clocks(LETTERS, promises=(Promise("soon", "Soon", answered),), hours=Calendar(hours((9, 17))))
    staffed = shop(graph, pool("team", 1), pool("experts", 1), clerk=("team",), expert=("experts",))

    _, _, table = told(staffed, scenario(), 9 * HOUR, 12 * HOUR, 12 * HOUR, 16 * HOUR + 50 * MINUTE)

    assert table["promise:soon"].tolist() == [1, 1, 0, 1]


def test_who_gives_up_is_not_right_first_time_and_not_satisfied():
    graph = gives_up(graph_of("start a, a end", made={"a": patience(Fixed(MINUTE))}), "a", "end")
    quick = Feature(id="q", name="Quick", outcome="time", points=((0, "100"), (20 * MINUTE, "0")))

    _, _, table = told(shop(graph, pool("team", 1)), scenario(), 0, 0, features=(quick,))

    assert table["status"].tolist() == ["completed", "gave up"]
    assert table["first_time_right"].tolist() == [1, 0]
    assert table["satisfaction"].tolist() == [5000, 0]
    assert table["cost"].tolist() == [0, 0]


def test_the_wait_of_who_gives_up_or_is_still_there_counts_up_to_that_moment():
    graph = gives_up(graph_of("start a, a end", made={"a": patience(Fixed(MINUTE))}), "a", "end")
    leaving = told(shop(graph, pool("team", 1)), scenario(), 0, 0)[1]
    staying = told(shop(graph_of("start a, a end"), pool("team", 1)), scenario(drain="stop"), DAY - 6000, DAY - 4000)[1]

    assert leaving[leaving["how"] == "gave_up"]["wait"].tolist() == [MINUTE]
    assert staying[staying["began"] < 0]["wait"].max() == 4000
    assert staying["worked"].sum() == 6000


def test_a_step_that_was_given_up_was_never_left():
    graph = gives_up(graph_of("start a, a end", made={"a": patience(Fixed(MINUTE))}), "a", "end")
    done = Clock(Moment("start", "enter"), Moment("a", "leave"), HOUR)

    played = told(shop(with_clocks(graph, (Promise("done", "Done", done),)), pool("team", 1)), scenario(), 0, 0)

    assert played[2]["promise:done"].tolist() == [1, -1]


def test_heads_away_beyond_the_period_are_missed_only_within_it():
    away = Away(id="trip", pool="team", heads=1, start=20 * HOUR, end=30 * HOUR)

    played, visited, _ = told(shop(graph_of("start a, a end"), pool("team", 1)), scenario(away=(away,)), 0)

    assert pools(played.plan, played.trace, visited)["present"].tolist() == [20 * HOUR]


def test_rework_is_not_right_first_time():
    graph = graph_of("start a, a end 0.5, a a 0.5")
    played = plan(shop(graph, pool("team", 5)), scenario())
    trace = play(played, 1, 0)
    visited = visits(played, trace)
    table = cases(played, trace, visited)

    entries = visited[visited["step"] == played.steps.index("a")].groupby("case").size()
    assert (table["first_time_right"] == (entries == 1)).all()
    assert 0.3 < table["first_time_right"].mean() < 0.7


SKETCHES = st.sampled_from(
    [
        graph_of("start a, a b, b end 0.7, b a 0.3", made={"a": takes(Exponential(9 * MINUTE))}),
        gives_up(
            graph_of(
                "start fork, fork a, fork b, a join, b join, join choice, choice fork 0.3, choice end 0.7",
                made={"a": takes(Exponential(9 * MINUTE)), "b": patience(Exponential(20 * MINUTE))},
            ),
            "b",
            "end",
        ),
        graph_of("start fork, fork a, fork choice, a join, choice refused 0.3, choice join 0.7, join wait, wait end"),
    ]
)


@settings(max_examples=25, deadline=None)
@given(SKETCHES, st.integers(1, 3), st.integers(0, 99), st.sampled_from(["stop", "empty"]), st.booleans())
def test_nobody_is_lost_and_nobody_does_two_things_at_once(graph, heads, seed, drain, finish):
    team = pool("team", heads, hours((8, 18)), finish=finish)
    made = plan(shop(graph, team), scenario(drain=drain))
    trace = play(made, seed, 0)
    visited = visits(made, trace)
    table = cases(made, trace, visited)
    added = sums(made, trace)

    assert added["arrived"] == added["completed"] + added["gave_up"] + added["unfinished"] == len(trace.cases)
    if drain == "empty":
        assert added["unfinished"] == 0
    assert trace.rows[:, 0].tolist() == sorted(trace.rows[:, 0].tolist())
    assert (table["time"] >= 0).all()
    assert (visited["wait"] >= 0).all()
    assert visited["worked"].sum() == table["worked"].sum()
    begun = visited[visited["began"] >= 0]
    busy = [(time, 1) for time in begun["began"]] + [(time, -1) for time in begun["left"] if time >= 0]
    at_once = most = 0
    for _, change in sorted(busy):
        at_once += change
        most = max(most, at_once)
    assert most <= heads
