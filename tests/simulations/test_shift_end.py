"""At the end of a shift work is finished, pauses, is handed over or begun anew."""

import pytest

from process_models.graph.design import Design, Pool, RoleStaffing, Shift, Staffing
from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.distributions import Fixed
from simulations.outcomes import HANDED_OVER, cases, pools, stints, visits
from simulations.plan import plan
from simulations.story import Replay, Stretch
from simulations.trace import Row
from tests.building import graph_of
from tests.simulations.playing import gives_up, hours, patience, scenario, story, takes

LONG = graph_of("start a, a end", made={"a": takes(Fixed(30 * MINUTE))})


def two_shifts(graph=LONG, unfinished="hand over", late=(17, 24), finish=False) -> Design:
    """One pool with an early and a late shift of one head each, paid 6000 an hour."""
    shifts = (Shift(id="early", spans=hours((9, 17)), heads=1), Shift(id="late", spans=hours(late), heads=1))
    team = Pool(id="team", name="Team", rate=6000, shifts=shifts, finish=finish, unfinished=unfinished)
    return Design(graph=graph, staffing=Staffing((team,), (RoleStaffing("clerk", ("team",)),)))


@pytest.mark.parametrize(
    ("unfinished", "done"), [("hand over", 17 * HOUR + 20 * MINUTE), ("restart", 17 * HOUR + 30 * MINUTE)]
)
def test_the_late_shift_takes_up_what_the_early_one_leaves(unfinished, done):
    told = story(two_shifts(unfinished=unfinished), scenario(), 17 * HOUR - 10 * MINUTE)

    assert told.of("PUT_BACK") == [(17 * HOUR, 0)]
    assert told.of("BEGIN") == [(17 * HOUR - 10 * MINUTE, 0), (17 * HOUR, 0)]
    assert told.of("LEAVE", "a") == [(done, 0)]


def test_work_that_ends_at_closing_time_is_not_handed_over():
    told = story(two_shifts(), scenario(), 17 * HOUR - 30 * MINUTE)

    assert told.of("PUT_BACK") == []
    assert told.of("LEAVE", "a") == [(17 * HOUR, 0)]


def test_a_pool_that_finishes_hands_nothing_over():
    told = story(two_shifts(finish=True), scenario(), 17 * HOUR - 10 * MINUTE)

    assert told.of("PUT_BACK") == []


def test_work_handed_over_goes_before_who_came_later():
    told = story(two_shifts(late=(18, 24)), scenario(), 17 * HOUR - 10 * MINUTE, 17 * HOUR - 5 * MINUTE)

    assert told.of("BEGIN")[1:] == [(18 * HOUR, 0), (18 * HOUR + 20 * MINUTE, 1)]


def test_who_was_served_once_does_not_give_up_after_the_shift():
    graph = graph_of("start a, a end", made={"a": {**takes(Fixed(30 * MINUTE)), **patience(Fixed(15 * MINUTE))}})

    told = story(
        two_shifts(gives_up(graph, "a", "end"), late=(18, 24)),
        scenario(),
        17 * HOUR - 20 * MINUTE,
        17 * HOUR - 10 * MINUTE,
    )

    assert told.of("GIVE_UP") == [(17 * HOUR + 5 * MINUTE, 1)]
    assert told.of("LEAVE", "a") == [(18 * HOUR + 10 * MINUTE, 0)]


def test_a_case_that_ended_meanwhile_is_not_taken_up_again():
    graph = graph_of(
        "start fork, fork a, fork b, a join, b choice, choice refused 1, choice c 0, c join, join end",
        made={"a": takes(Fixed(30 * MINUTE)), "b": takes(Fixed(5 * MINUTE), role="expert"), "c": takes(Fixed(0))},
    )
    design = two_shifts(graph)
    expert = Pool(id="x", name="X", shifts=(Shift(id="all", spans=hours((0, 24)), heads=1),))
    staffing = Staffing((*design.staffing.pools, expert), (*design.staffing.roles, RoleStaffing("expert", ("x",))))

    told = story(Design(graph=graph, staffing=staffing), scenario(), 17 * HOUR - 10 * MINUTE)

    assert told.of("PUT_BACK") == told.of("WITHDRAW", "a") == told.of("CLOSE") == [(17 * HOUR, 0)]


def test_waits_work_and_cost_of_a_visit_that_was_handed_over_add_up():
    told = story(two_shifts(late=(18, 24)), scenario(), 17 * HOUR - 10 * MINUTE)
    visited = visits(told.plan, told.trace)
    [visit] = visited[visited["step"] == told.plan.steps.index("a")].to_dict("records")
    table = cases(told.plan, told.trace, visited)

    assert visit["began"] == 17 * HOUR - 10 * MINUTE
    assert visit["left"] == 18 * HOUR + 20 * MINUTE
    assert (visit["wait"], visit["worked"], visit["how"]) == (HOUR, 30 * MINUTE, "left")
    assert told.plan.groups[visit["group"]] == ("team", "late")
    assert table[["wait", "worked", "cost"]].to_numpy().tolist() == [[HOUR, 30 * MINUTE, 3000]]
    assert pools(told.plan, told.trace, visited)["worked"].tolist() == [30 * MINUTE]


def test_what_begins_anew_is_worked_and_paid_twice():
    told = story(two_shifts(unfinished="restart"), scenario(), 17 * HOUR - 10 * MINUTE)

    table = cases(told.plan, told.trace, visits(told.plan, told.trace))

    assert table[["worked", "cost"]].to_numpy().tolist() == [[40 * MINUTE, 4000]]


def test_the_story_tells_both_hands_and_the_wait_between():
    told = story(two_shifts(late=(18, 24)), scenario(), 17 * HOUR - 10 * MINUTE)

    first, second = Replay(told.plan, told.trace).story(0)

    assert (first.how, second.how) == (HANDED_OVER, "left")
    assert second.stretches == (Stretch(17 * HOUR, 18 * HOUR, "unavailability"),)


def test_work_longer_than_any_shift_is_never_finished_anew_but_is_by_handing_over():
    graph = graph_of("start a, a end", made={"a": takes(Fixed(10 * HOUR))})
    asked = scenario(period=DAY, drain_limit=3 * DAY)
    over = {kind: story(two_shifts(graph, kind), asked, 9 * HOUR) for kind in ("hand over", "restart")}

    assert over["hand over"].of("LEAVE", "a") == [(19 * HOUR, 0)]
    assert over["restart"].of("LEAVE", "a") == []
    parts = stints(over["restart"].plan, over["restart"].trace)
    assert (parts["how"] == HANDED_OVER).sum() == (over["restart"].trace.rows[:, 1] == Row.PUT_BACK).sum() >= 6


def test_only_what_is_not_finished_changes_the_plan():
    digests = {plan(two_shifts(unfinished=kind, finish=True), scenario()).digest for kind in ("pause", "restart")}
    others = {plan(two_shifts(unfinished=kind), scenario()).digest for kind in ("pause", "hand over", "restart")}

    assert len(digests) == 1
    assert len(others) == 3
