"""Work that is saved up, heads that set up, and who goes first in a queue."""

import pytest

from process_models.graph.design import Design, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.steps import Kind, Saving, Step
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.errors import ModelError
from simulations.outcomes import cases, visits
from simulations.plan import plan
from simulations.scenario import Stream
from simulations.story import Replay, Stretch
from simulations.unplayed import unplayed
from tests.building import graph_of
from tests.simulations.playing import ALWAYS, pool, scenario, shop, story, weekly

TEN = graph_of("start a, a end")
"""One step of ten minutes."""


def saving(step="a", **rule) -> Design:
    return shop(graph_of(f"start {step}, {step} end", made={step: {"saving": Saving(**rule)}}), pool("team", 9))


def minutes(happenings):
    return [(time / MINUTE, case) for time, case in happenings]


def test_three_letters_go_on_together_as_soon_as_there_are_three():
    told = story(saving(cases=3), scenario(), 0, 4 * MINUTE, 9 * MINUTE, 10 * MINUTE)

    assert minutes(told.of("RELEASE")) == minutes(told.of("BEGIN")) == [(9, 0), (9, 1), (9, 2)]
    assert minutes(told.of("CLOSE")) == [(19, 0), (19, 1), (19, 2)]


def test_nobody_is_held_longer_than_stated_and_takes_all_others_along():
    told = story(saving(within=15 * MINUTE), scenario(), 0, 4 * MINUTE, 20 * MINUTE)

    assert minutes(told.of("RELEASE")) == [(15, 0), (15, 1), (35, 2)]


def test_of_number_and_time_whichever_is_first_counts():
    told = story(saving(cases=2, within=15 * MINUTE), scenario(), 0, 4 * MINUTE, 20 * MINUTE)

    assert minutes(told.of("RELEASE")) == [(4, 0), (4, 1), (35, 2)]


def test_a_wait_that_is_saved_up_begins_for_all_at_once():
    told = story(saving("wait", cases=2), scenario(), 0, 4 * MINUTE)

    assert minutes(told.of("LEAVE", "wait")) == [(14, 0), (14, 1)]


def test_being_saved_up_is_waiting_with_a_cause_of_its_own():
    told = story(saving(cases=2), scenario(), 0, 4 * MINUTE)
    visited = visits(told.plan, told.trace)

    assert cases(told.plan, told.trace, visited)["wait"].tolist() == [4 * MINUTE, 0]
    assert Replay(told.plan, told.trace).story(0)[0].stretches == (Stretch(0, 4 * MINUTE, "batching"),)
    assert visited["held"].max() == 4 * MINUTE


def test_a_rule_that_is_played_is_no_longer_told_as_left_out():
    noted = graph_of("start a, a end", made={"a": {"batch": "daily run"}})
    played = graph_of("start a, a end", made={"a": {"batch": "daily run", "saving": Saving(cases=5)}})

    assert len(unplayed(shop(noted, pool("team", 1)))) == 1
    assert unplayed(shop(played, pool("team", 1))) == ()


def test_saving_without_a_rule_or_before_no_work_is_refused():
    with pytest.raises(ModelError, match="number of cases or a time"):
        Saving()
    with pytest.raises(ModelError, match="before work"):
        Step(id="x", kind=Kind.END, name="X", saving=Saving(cases=2))


def setting(heads=1, between="steps") -> Pool:
    return Pool(
        id="team",
        name="Team",
        rate=6000,
        shifts=(Shift(id="all", spans=ALWAYS, heads=heads),),
        setup=3 * MINUTE,
        setup_between=between,
    )


IN_TURN = graph_of("start a, a b, b end")
"""Two steps of ten minutes, one after the other."""


def test_a_head_sets_up_before_another_step_than_its_last_but_not_before_its_first():
    told = story(shop(IN_TURN, setting()), scenario(), 0)

    assert minutes(told.of("LEAVE", "a") + told.of("LEAVE", "b")) == [(10, 0), (23, 0)]
    table = cases(told.plan, told.trace, visits(told.plan, told.trace))
    assert table[["worked", "cost"]].to_numpy().tolist() == [[23 * MINUTE, 2300]]


def test_who_did_such_work_last_takes_it_and_need_not_set_up():
    told = story(shop(IN_TURN, setting(heads=2)), scenario(), 0, 40 * MINUTE, 41 * MINUTE)

    assert minutes(told.of("LEAVE", "a")) == [(10, 0), (50, 1), (54, 2)]
    assert minutes(told.of("LEAVE", "b")) == [(20, 0), (63, 1), (67, 2)]


def test_between_types_it_is_the_case_that_makes_the_difference():
    streams = (
        Stream(id="calls", case_type="query", per_hour=weekly("1")),
        Stream(id="letters", case_type="claim", per_hour=weekly("1")),
    )
    told = story(shop(TEN, setting(between="types")), scenario(streams=streams), 0, 0, 0, streams=(0, 0, 1))

    assert minutes(told.of("LEAVE", "a")) == [(10, 0), (20, 1), (33, 2)]


def queue(order="first", ageing=0) -> Design:
    return Design(graph=TEN, staffing=Staffing((pool("team", 1),), (RoleStaffing("clerk", ("team",), order, ageing),)))


def test_who_came_last_goes_first_where_the_queue_says_so():
    told = story(queue("last"), scenario(), 0, MINUTE, 2 * MINUTE)

    assert minutes(told.of("BEGIN")) == [(0, 0), (10, 2), (20, 1)]


def test_who_is_due_next_goes_first_where_the_queue_says_so():
    streams = (
        Stream(id="calls", per_hour=weekly("1"), due=2 * HOUR),
        Stream(id="mails", per_hour=weekly("1"), due=HOUR),
    )
    told = story(queue("due"), scenario(streams=streams), 0, MINUTE, 2 * MINUTE, 3 * MINUTE, streams=(0, 0, 1, 1))

    assert minutes(told.of("BEGIN")) == [(0, 0), (10, 2), (20, 3), (30, 1)]


def test_after_half_an_hour_a_letter_counts_as_much_as_a_call():
    streams = (
        Stream(id="calls", per_hour=weekly("1")),
        Stream(id="letters", per_hour=weekly("1"), priority=1),
    )
    times = [0, MINUTE, 5 * MINUTE, 15 * MINUTE, 25 * MINUTE, 35 * MINUTE]
    asked = scenario(streams=streams)

    plain = story(queue(), asked, *times, streams=(0, 1, 0, 0, 0, 0))
    aged = story(queue(ageing=25 * MINUTE), asked, *times, streams=(0, 1, 0, 0, 0, 0))

    assert [case for _, case in plain.of("BEGIN")] == [0, 2, 3, 4, 5, 1]
    assert minutes(aged.of("BEGIN"))[:4] == [(0, 0), (10, 2), (20, 3), (30, 1)]


def test_ageing_goes_with_who_came_first_only():
    with pytest.raises(ModelError, match="clerk"):
        RoleStaffing("clerk", ("team",), "last", MINUTE)


def test_what_is_left_alone_changes_no_digest():
    plain = plan(shop(TEN, pool("team", 1)), scenario()).digest

    assert plan(queue(), scenario()).digest == plain
    assert plan(queue("last"), scenario()).digest != plain
    assert plan(queue(ageing=1), scenario()).digest != plain
    assert (
        plan(shop(TEN, setting()), scenario()).digest != plan(shop(TEN, pool("team", 1, rate=6000)), scenario()).digest
    )
    due = scenario(streams=(Stream(id="phone", per_hour=weekly("6"), due=HOUR),))
    assert plan(queue(), due).digest == plain
    assert plan(queue("due"), due).digest != plan(queue("due"), scenario()).digest
