"""Exact small stories: what the engine must do, minute by minute."""

import pytest

from process_models.graph.steps import Kind, ShareRow
from process_models.values.calendars import DAY, HOUR, MINUTE, instant
from process_models.values.distributions import Exponential, Fixed
from process_models.values.errors import ModelError
from simulations.plan import plan
from simulations.reference import play
from simulations.scenario import Away, Backlog, Stream
from tests.building import graph_of
from tests.simulations.playing import (
    gives_up,
    hours,
    patience,
    pool,
    scenario,
    shop,
    story,
    takes,
    weekly,
)

TEN = graph_of("start a, a end")
"""One step of ten minutes."""
BY_URGENCY = scenario(
    streams=(
        Stream(id="calls", per_hour=weekly("1"), priority=1),
        Stream(id="emergencies", per_hour=weekly("1"), priority=0),
    )
)


def minutes(happenings):
    return [(time / MINUTE, case) for time, case in happenings]


def test_one_head_takes_cases_one_after_another_in_the_order_in_which_they_came():
    told = story(shop(TEN, pool("team", 1)), scenario(), 0, 4 * MINUTE, 5 * MINUTE)

    assert minutes(told.of("BEGIN")) == [(0, 0), (10, 1), (20, 2)]
    assert minutes(told.of("CLOSE")) == [(10, 0), (20, 1), (30, 2)]


def test_an_emergency_goes_first_but_interrupts_nobody():
    told = story(shop(TEN, pool("team", 1)), BY_URGENCY, 0, MINUTE, 2 * MINUTE, 3 * MINUTE, streams=(0, 0, 1, 1))

    assert minutes(told.of("BEGIN")) == [(0, 0), (10, 2), (20, 3), (30, 1)]


def test_work_that_ends_exactly_at_closing_time_ends_then_and_the_next_waits_until_opening():
    team = pool("team", 1, hours((9, 17)), finish=False)

    told = story(shop(TEN, team), scenario(), 17 * HOUR - 10 * MINUTE, 17 * HOUR - 5 * MINUTE)

    assert told.of("LEAVE", "a") == [(17 * HOUR, 0), (DAY + 9 * HOUR + 10 * MINUTE, 1)]
    assert told.of("BEGIN", "a")[1] == (DAY + 9 * HOUR, 1)


@pytest.mark.parametrize(("finish", "done"), [(True, 17 * HOUR + 4 * MINUTE), (False, DAY + 9 * HOUR + 4 * MINUTE)])
def test_at_the_end_of_a_shift_work_in_hand_is_finished_or_pauses(finish, done):
    team = pool("team", 1, hours((9, 17)), finish=finish)

    told = story(shop(TEN, team), scenario(), 17 * HOUR - 6 * MINUTE)

    assert told.of("LEAVE", "a") == [(done, 0)]


def test_a_person_in_overtime_takes_up_nothing_new():
    team = pool("team", 1, hours((9, 17)))

    told = story(shop(TEN, team), scenario(), 17 * HOUR - 6 * MINUTE, 17 * HOUR - MINUTE)

    assert told.of("BEGIN", "a") == [(17 * HOUR - 6 * MINUTE, 0), (DAY + 9 * HOUR, 1)]


def test_a_person_freed_at_an_instant_saves_the_caller_whose_patience_ends_then():
    patient = gives_up(graph_of("start a, a end", made={"a": patience(Fixed(10 * MINUTE))}), "a", "end")
    hasty = gives_up(graph_of("start a, a end", made={"a": patience(Fixed(10 * MINUTE - 1))}), "a", "end")
    team = pool("team", 1)

    saved = story(shop(patient, team), scenario(), 0, 0)
    lost = story(shop(hasty, team), scenario(), 0, 0)

    assert saved.of("BEGIN") == [(0, 0), (10 * MINUTE, 1)]
    assert saved.of("GIVE_UP") == []
    assert lost.of("GIVE_UP") == [(10 * MINUTE - 1, 1)]
    assert lost.lines[-1][1] == "CLOSE"
    assert [line[5] for line in lost.lines if line[1] == "CLOSE" and line[2] == 1] == [1]


def test_who_gives_up_goes_on_where_the_flow_leads_and_takes_no_one_s_time():
    graph = gives_up(
        graph_of("start a, a end, b end", made={"a": patience(Fixed(3 * MINUTE)), "b": {"role": "other"}}), "a", "b"
    )

    told = story(
        shop(graph, pool("team", 1), pool("others", 1), clerk=("team",), other=("others",)), scenario(), 0, 0, 0
    )

    assert minutes(told.of("BEGIN", "b")) == [(3, 1), (13, 2)]
    assert minutes(told.of("CLOSE")) == [(10, 0), (13, 1), (23, 2)]


def test_nobody_begins_while_everybody_is_away():
    away = Away(id="outing", pool="team", heads=2, start=100, end=200)

    told = story(
        shop(graph_of("start a, a end", made={"a": takes(Fixed(30))}), pool("team", 2)),
        scenario(away=(away,)),
        *range(0, 400, 10),
    )

    began = [time for time, _ in told.of("BEGIN")]
    assert any(time >= 200 for time in began)
    assert not any(100 <= time < 200 for time in began)
    assert [time for time, _ in told.of("LEAVE", "a") if 100 <= time < 200]


def test_a_head_who_leaves_finishes_first_and_the_rest_stay_as_many_as_they_are():
    away = Away(id="leave", pool="team", heads=1, start=MINUTE, end=HOUR)

    told = story(shop(TEN, pool("team", 2)), scenario(away=(away,)), 0, 0, 0, 0)

    assert minutes(told.of("BEGIN")) == [(0, 0), (0, 1), (10, 2), (20, 3)]


def test_rework_joins_its_queue_anew_behind_those_who_wait():
    graph = graph_of(
        "start a, a check, check end 0.5, check a 0.5",
        made={"check": {"kind": Kind.CHOICE, "role": "", "time": None}},
        rows=(
            ShareRow(id="1", flow="check-a", visit_from=1, share="1"),
            ShareRow(id="2", flow="check-a", visit_from=2, share="0"),
            ShareRow(id="3", flow="check-end", visit_from=2, share="1"),
        ),
    )

    told = story(shop(graph, pool("team", 1)), scenario(), 0, MINUTE)

    assert minutes(told.of("BEGIN")) == [(0, 0), (10, 1), (20, 0), (30, 1)]


def test_where_a_case_came_from_may_decide_where_it_goes():
    graph = graph_of(
        "start first 0.5, start choice1 0.5, first choice1, choice1 end 0.5, choice1 refused 0.5",
        rows=(
            ShareRow(id="0", flow="start-first", visit_from=1, share="1"),
            ShareRow(id="1", flow="choice1-refused", came_from="first", share="1"),
        ),
    )

    told = story(shop(graph, pool("team", 3)), scenario(), 0, 0, 0)

    assert len(told.of("ENTER", "refused")) == 3
    assert told.of("ENTER", "end") == []


def test_branches_run_side_by_side_and_the_join_waits_for_the_last():
    graph = graph_of("start fork, fork a, fork b, a join, b join, join c, c end", made={"b": takes(Fixed(25 * MINUTE))})

    told = story(shop(graph, pool("team", 2)), scenario(), 0)

    assert minutes(told.of("BEGIN")) == [(0, 0), (0, 0), (25, 0)]
    assert minutes(told.of("ENTER", "join")) == [(10, 0), (25, 0)]
    assert minutes(told.of("LEAVE", "join")) == [(25, 0)]
    assert minutes(told.of("CLOSE")) == [(35, 0)]


def test_an_end_in_one_branch_empties_queues_but_lets_work_in_hand_be_finished():
    graph = graph_of(
        "start fork, fork a, fork b, fork c, fork wait, a choice, choice end 1, choice join 0, b join, c join, wait join,"
        "join late, late end",
        made={"b": takes(Fixed(25 * MINUTE)), "wait": takes(Fixed(HOUR))},
    )

    told = story(shop(graph, pool("team", 2)), scenario(), 0)

    assert minutes(told.of("BEGIN")) == [(0, 0), (0, 0)]
    assert [line[3] for line in told.lines if line[1] == "WITHDRAW"] == ["c", "wait"]
    assert minutes(told.of("WITHDRAW")) == [(10, 0), (10, 0)]
    assert told.of("ENTER", "late") == []
    assert minutes(told.of("CLOSE")) == [(25, 0)]


def test_giving_up_in_one_branch_ends_the_case_as_given_up():
    graph = gives_up(
        graph_of(
            "start fork, fork a, fork b, a join, b join, join end",
            made={"b": {"role": "expert", **patience(Fixed(3 * MINUTE))}},
        ),
        "b",
        "end",
    )
    away = Away(id="gone", pool="experts", heads=1, start=0, end=DAY)
    staffed = shop(graph, pool("team", 1), pool("experts", 1), clerk=("team",), expert=("experts",))

    told = story(staffed, scenario(away=(away,)), 0)

    assert minutes(told.of("GIVE_UP")) == [(3, 0)]
    assert minutes(told.of("LEAVE", "a")) == [(10, 0)]
    assert told.of("LEAVE", "join") == []
    assert [(line[0] / MINUTE, line[5]) for line in told.lines if line[1] == "CLOSE"] == [(10, 1)]


def test_work_goes_to_the_preferred_pool_first_and_a_pool_may_do_several_roles():
    graph = graph_of("start a, a b, b end", made={"b": {"role": "expert"}})
    staffed = shop(graph, pool("juniors", 1), pool("seniors", 1), clerk=("juniors", "seniors"), expert=("seniors",))

    told = story(staffed, scenario(), 0, MINUTE, 2 * MINUTE)

    assert [told.group(case, "a") for case in (0, 1, 2)] == ["juniors", "seniors", "juniors"]
    assert [told.group(case, "b") for case in (0, 1, 2)] == ["seniors"] * 3
    assert minutes(told.of("BEGIN", "b")) == [(11, 0), (21, 1), (31, 2)]


def test_cases_that_wait_at_the_start_go_on_from_their_step():
    graph = graph_of("start a, a b, b end")
    asked = scenario(
        backlog=(Backlog(id="b", cases=2, stream="phone"),), streams=(Stream(id="phone", per_hour=weekly("0")),)
    )

    trace = play(plan(shop(graph, pool("team", 1)), asked), 1, 0)

    assert trace.cases[:, 0].tolist() == [0, 0]
    assert [(row[0] / MINUTE, row[2]) for row in trace.rows.tolist() if row[1] == 6] == [(10, 0), (20, 1)]


def test_play_stops_at_the_end_of_the_period_or_goes_on_until_nobody_is_left():
    times = [DAY - 15 * MINUTE, DAY - 14 * MINUTE, DAY - 13 * MINUTE]

    stopped = story(shop(TEN, pool("team", 1)), scenario(drain="stop"), *times)
    drained = story(shop(TEN, pool("team", 1)), scenario(), *times)
    limited = story(shop(TEN, pool("team", 1)), scenario(drain_limit=5 * MINUTE), *times)

    assert [case for _, case in stopped.of("CLOSE")] == [0]
    assert [case for _, case in drained.of("CLOSE")] == [0, 1, 2]
    assert limited.of("CLOSE")[-1] == (DAY + 5 * MINUTE, 1)


def test_a_shift_starts_at_its_local_hour_before_and_after_clocks_are_changed():
    asked = scenario(start="2026-03-28T00:00", zone="Europe/Berlin", period=3 * DAY)
    begin = asked.begin

    told = story(shop(TEN, pool("team", 1, hours((9, 17)))), asked, 0, 20 * HOUR, 40 * HOUR)

    expected = [instant(f"2026-03-{day}T09:00", "Europe/Berlin") - begin for day in (28, 29, 30)]
    assert [time for time, _ in told.of("BEGIN")] == expected
    assert expected[1] - expected[0] == 23 * HOUR


def test_work_that_takes_no_time_is_done_at_once_in_the_order_of_cases():
    graph = graph_of("start a, a b, b end", made={"a": takes(Fixed(0)), "b": takes(Fixed(0))})

    told = story(shop(graph, pool("team", 1)), scenario(), 5, 5, 5)

    assert told.of("CLOSE") == [(5, 0), (5, 1), (5, 2)]
    assert {time for time, *_ in told.lines} == {5}


def test_a_case_that_never_stops_going_round_is_refused_by_name():
    graph = graph_of("start a, a end 0.000000001, a a 0.999999999", made={"a": takes(Fixed(1), name="Endless check")})

    with pytest.raises(ModelError, match="Endless check"):
        story(shop(graph, pool("team", 1)), scenario(), 0)


def test_patience_runs_in_wall_time_while_the_shop_is_closed():
    graph = gives_up(graph_of("start a, a end", made={"a": patience(Fixed(2 * HOUR))}), "a", "end")

    told = story(shop(graph, pool("team", 1, hours((9, 17)))), scenario(), 18 * HOUR)

    assert told.of("GIVE_UP") == [(20 * HOUR, 0)]


def test_luck_may_be_drawn_and_still_every_case_is_accounted_for():
    graph = graph_of("start a, a end 0.8, a a 0.2", made={"a": takes(Exponential(8 * MINUTE))})
    played = plan(shop(graph, pool("team", 2)), scenario())

    trace = play(played, 3, 0)

    assert (trace.rows[:, 1] == 6).sum() == len(trace.cases) > 100


def test_what_happens_at_one_instant_happens_in_the_order_of_cases_whoever_began_first():
    graph = graph_of(
        "start a, a b, b end", made={"a": takes(Fixed(11 * MINUTE)), "b": takes(Fixed(9 * MINUTE), role="expert")}
    )
    staffed = shop(graph, pool("team", 2), pool("experts", 2), clerk=("team",), expert=("experts",))

    told = story(staffed, scenario(), 0, 9 * MINUTE)

    assert [line[2:4] for line in told.lines if line[1] == "LEAVE" and line[0] == 20 * MINUTE] == [(0, "b"), (1, "a")]


def test_people_are_assigned_only_when_all_that_follows_from_an_event_has_happened():
    graph = graph_of("start a, a fork, fork b, fork c, b join, c join, join end")

    told = story(shop(graph, pool("team", 1)), BY_URGENCY, 0, MINUTE, streams=(1, 0))

    assert minutes(told.of("BEGIN")) == [(0, 0), (10, 0), (20, 0), (30, 1), (40, 1), (50, 1)]


def test_a_join_waits_for_all_branches_each_time_round():
    graph = graph_of(
        "start fork, fork a, fork b, a join, b join, join choice, choice fork 0.5, choice end 0.5",
        made={"b": takes(Fixed(25 * MINUTE))},
        rows=(
            ShareRow(id="1", flow="choice-fork", visit_from=1, share="1"),
            ShareRow(id="2", flow="choice-end", visit_from=2, share="1"),
        ),
    )

    told = story(shop(graph, pool("team", 2)), scenario(), 0)

    assert minutes(told.of("LEAVE", "join")) == [(25, 0), (50, 0)]
    assert minutes(told.of("CLOSE")) == [(50, 0)]
