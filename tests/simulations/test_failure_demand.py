"""Who gives up and calls again, contacts that only waiting brings, and what hinders work."""

import numpy as np
import pytest

from process_models.graph.design import Learning, Pool, Shift
from process_models.graph.steps import CallingAgain, Chasing, Kind, Step, Timing
from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.distributions import Fixed
from process_models.values.errors import ModelError
from simulations import kernel
from simulations.hindrances import WEEK
from simulations.plan import plan
from simulations.scenario import Outage, Slowdown
from tests.building import GUESS, graph_of
from tests.simulations.playing import ALWAYS, gives_up, pool, scenario, shop, story, takes

TEN = graph_of("start a, a end")
"""One step of ten minutes."""


def minutes(happenings):
    return [(time / MINUTE, case) for time, case in happenings]


def hotline(share: str):
    """Ten minutes of work, five of patience; who gives up comes back after an hour with a share."""
    again = CallingAgain(share=share, after=Timing(Fixed(HOUR), GUESS))
    fields = {"patience": Timing(Fixed(5 * MINUTE), GUESS), "calling_again": again}
    return shop(gives_up(graph_of("start a, a end", made={"a": fields}), "a", "end"), pool("team", 1))


def test_who_gave_up_comes_back_after_an_hour_as_a_case_of_its_own():
    told = story(hotline("0.999999999"), scenario(), 0, 2 * MINUTE)

    assert minutes(told.of("GIVE_UP")) == [(7, 1)]
    assert minutes(told.of("BEGIN")) == [(0, 0), (67, 2)]
    assert told.trace.cases.tolist() == [[0, 0, 0], [2 * MINUTE, 0, 1], [67 * MINUTE, 0, -2]]


def test_of_many_who_give_up_the_stated_share_comes_back():
    made = plan(hotline("0.4"), scenario(period=60 * DAY))
    trace = kernel.play(made, 1, 0)

    gave_up = (trace.rows[:, 1] == 4).sum()
    back = (trace.cases[:, 2] < 0).sum()
    assert gave_up > 2000
    assert back / gave_up == pytest.approx(0.4, abs=0.035)


def test_nobody_comes_back_with_a_share_of_none():
    assert (kernel.play(plan(hotline("0"), scenario()), 1, 0).cases[:, 2] >= 0).all()


def test_calling_again_needs_patience_and_a_share_below_one():
    with pytest.raises(ModelError, match="call again"):
        Step(id="a", kind=Kind.WORK, name="A", calling_again=CallingAgain(share="0.5", after=Timing(Fixed(1), GUESS)))


def test_a_case_that_waits_is_chased_every_so_often_by_contacts_that_nobody_chases():
    graph = graph_of(
        "start wait, wait end, start chat 0, chat end",
        made={"wait": takes(Fixed(HOUR), chasing=Chasing(after=20 * MINUTE, every=15 * MINUTE, step="chat"))},
    )
    told = story(shop(graph, pool("team", 1)), scenario(), 0)

    assert minutes(told.of("ENTER", "chat")) == [(20, 1), (35, 2), (50, 3)]
    assert told.trace.cases[:, 2].tolist() == [0, -1, -1, -1]


def test_chasing_stops_when_somebody_takes_up_the_work():
    graph = graph_of("start a, a end", made={"a": {"chasing": Chasing(after=6 * MINUTE, every=3 * MINUTE)}})

    told = story(shop(graph, pool("team", 1)), scenario(), 0, 0)

    assert minutes(told.of("ENTER", "start")) == [(0, 0), (0, 1), (6, 2), (9, 3)]
    assert minutes(told.of("CLOSE")) == [(10, 0), (20, 1), (30, 2), (40, 3)]


def test_contacts_that_chase_leave_the_luck_of_all_others_alone():
    chased = graph_of("start a, a end", made={"a": {"chasing": Chasing(after=MINUTE)}})
    both = [kernel.play(plan(shop(graph, pool("team", 1)), scenario()), 1, 0) for graph in (TEN, chased)]

    own = [trace.cases[trace.cases[:, 2] >= 0] for trace in both]
    assert np.array_equal(*own)
    assert len(both[1].cases) > len(both[0].cases)


def test_contacts_come_in_at_a_step_that_is_there_and_not_within_parallel_work():
    lost = graph_of("start a, a end", made={"a": {"chasing": Chasing(after=1, step="b")}})
    inside = graph_of(
        "start fork, fork a, fork b, a join, b join, join end", made={"a": {"chasing": Chasing(after=1, step="b")}}
    )

    for graph, said in ((lost, "which the graph does not have"), (inside, "parallel work")):
        with pytest.raises(ModelError, match=said):
            plan(shop(graph, pool("team", 1)), scenario())


def test_a_supplier_in_delay_takes_longer_from_then_to_then():
    graph = graph_of("start wait, wait end")
    slow = Slowdown(id="late", factor="2.5", start=HOUR, end=2 * HOUR, steps=("wait",))

    told = story(shop(graph, pool("team", 1)), scenario(slowdowns=(slow,)), 55 * MINUTE, HOUR, 2 * HOUR)

    assert minutes(told.of("LEAVE", "wait")) == [(65, 0), (85, 1), (130, 2)]


def test_slowdowns_of_a_step_and_of_its_pool_multiply():
    slow = (
        Slowdown(id="a", factor="2", start=0, end=HOUR, steps=("a",)),
        Slowdown(id="b", factor="1.5", start=0, end=HOUR, pool="team"),
    )

    told = story(shop(TEN, pool("team", 1)), scenario(slowdowns=slow), 0)

    assert minutes(told.of("LEAVE", "a")) == [(30, 0)]


def test_while_a_system_is_down_nobody_begins_its_step_but_work_in_hand_is_finished():
    down = Outage(id="system", start=5 * MINUTE, end=45 * MINUTE, steps=("a",))

    told = story(shop(TEN, pool("team", 1)), scenario(outages=(down,)), 0, MINUTE)

    assert minutes(told.of("BEGIN")) == [(0, 0), (45, 1)]


def test_a_pool_without_a_skill_leaves_the_step_to_others_and_goes_on_with_what_it_can():
    graph = graph_of("start a 0.5, start b 0.5, a end, b end")
    lost = Outage(id="lost", start=0, end=DAY, steps=("a",), pool="one")
    design = shop(graph, pool("one", 1), pool("two", 1), clerk=("one", "two"))

    trace = kernel.play(plan(design, scenario(outages=(lost,))), 1, 0)
    made = plan(design, scenario(outages=(lost,)))

    begun = trace.rows[(trace.rows[:, 1] == 2) & (trace.rows[:, 0] < DAY)]
    pairs = {(made.steps[step], made.groups[group][0]) for step, group in begun[:, [3, 5]].tolist()}
    assert pairs == {("a", "two"), ("b", "one"), ("b", "two")}


def test_new_heads_take_twice_as_long_at_first_and_less_every_week():
    learning = Learning(factor="2", lasts=4 * WEEK)
    new = Pool(id="team", name="Team", shifts=(Shift(id="new", spans=ALWAYS, heads=1, learning=learning),))

    told = story(shop(TEN, new), scenario(period=60 * DAY), 0, WEEK, 2 * WEEK, 3 * WEEK, 4 * WEEK)

    took = [end - begin for (end, _), (begin, _) in zip(told.of("LEAVE", "a"), told.of("BEGIN", "a"), strict=True)]
    assert took == [10 * MINUTE * part // 1000 for part in (1875, 1625, 1375, 1125, 1000)]


@pytest.mark.parametrize("fields", [{"steps": ("x",)}, {"pool": "x"}])
def test_what_hinders_a_step_or_a_pool_that_is_not_there_is_refused(fields):
    for one in (
        {"slowdowns": (Slowdown(id="s", factor="2", start=0, end=1, **fields),)},
        {"outages": (Outage(id="o", start=0, end=1, **fields),)},
    ):
        with pytest.raises(ModelError, match="speaks of the"):
            plan(shop(TEN, pool("team", 1)), scenario(**one))


def test_what_hinders_nothing_is_refused():
    for kind in (Slowdown, Outage):
        with pytest.raises(ModelError, match="neither a step nor a pool"):
            kind(id="s", start=0, end=1, **({"factor": "2"} if kind is Slowdown else {}))
