"""Each wait has its cause, to the millisecond: small shops in which anybody can see why."""

from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.distributions import Exponential, Fixed
from simulations import engines
from simulations.plan import plan
from simulations.scenario import Absence, Away, Stream
from simulations.story import Replay, Stretch
from tests.building import graph_of
from tests.simulations.playing import hours, pool, scenario, shop, story, takes, weekly

TEN = 10 * MINUTE


def desk(heads=1, spans=None, **fields):
    graph = graph_of("start a, a end", made={"a": takes(Fixed(TEN), **fields)})
    return shop(graph, pool("team", heads, *([spans] if spans else [])))


def replayed(design, asked, *times, streams=()):
    told = story(design, asked, *times, streams=streams)
    return Replay(told.plan, told.trace)


def test_who_comes_while_somebody_is_served_waits_for_those_before():
    found = replayed(desk(), scenario(), 0, MINUTE, 2 * MINUTE)

    first, second, third = (found.story(case)[0] for case in range(3))
    assert first.stretches == ()
    assert second.stretches == (Stretch(MINUTE, TEN, "contention"),)
    assert third.stretches == (Stretch(2 * MINUTE, 2 * TEN, "contention"),)
    assert (second.ahead, third.ahead) == (0, 1)
    assert third.crews[0].hands == ((0, third.step),)
    assert third.crews[0].present == 1


def test_who_comes_before_the_shift_waits_for_it_and_then_for_others():
    found = replayed(desk(spans=hours((9, 17))), scenario(), 8 * HOUR, 8 * HOUR + MINUTE)

    assert found.story(0)[0].stretches == (Stretch(8 * HOUR, 9 * HOUR, "unavailability"),)
    assert found.story(1)[0].stretches == (
        Stretch(8 * HOUR + MINUTE, 9 * HOUR, "unavailability"),
        Stretch(9 * HOUR, 9 * HOUR + TEN, "contention"),
    )


def test_people_away_are_not_available():
    away = Away(id="ill", pool="team", heads=1, start=0, end=HOUR)

    found = replayed(desk(), scenario(away=(away,)), MINUTE)

    assert found.story(0)[0].stretches == (Stretch(MINUTE, HOUR, "unavailability"),)
    assert found.story(0)[0].crews[0].present == 0


def test_who_is_overtaken_waits_for_priority_from_then_on():
    urgent = Stream(id="urgent", per_hour=weekly("0"), priority=0)
    usual = Stream(id="usual", per_hour=weekly("0"), priority=5)

    found = replayed(desk(), scenario(streams=(urgent, usual)), 0, MINUTE, 2 * MINUTE, streams=(1, 1, 0))

    assert found.story(1)[0].stretches == (
        Stretch(MINUTE, TEN, "contention"),
        Stretch(TEN, 2 * TEN, "priority"),
    )


def test_time_with_a_supplier_is_outside_peoples_reach():
    graph = graph_of("start wait, wait a, a end", made={"wait": takes(Fixed(HOUR)), "a": takes(Fixed(TEN))})

    found = replayed(shop(graph, pool("team", 1)), scenario(), 0)

    assert [one.stretches for one in found.story(0)] == [(Stretch(0, HOUR, "extraneous"),), ()]


def test_causes_add_up_to_the_waits_and_are_the_same_from_either_engine():
    graph = graph_of(
        "start a, a b, b end 0.8, b a 0.2",
        made={"a": takes(Exponential(10 * MINUTE)), "b": takes(Exponential(5 * MINUTE), role="expert")},
    )
    people = (pool("team", 3, hours((6, 20))), pool("experts", 1, hours((8, 16)), finish=False))
    design = shop(graph, *people, clerk=("team",), expert=("experts", "team"))
    streams = (Stream(id="one", per_hour=weekly("7")), Stream(id="two", per_hour=weekly("2"), priority=1))
    ill = Absence(id="ill", pool="team", share="0.2", spell=4 * HOUR)
    made = plan(design, scenario(period=5 * DAY, streams=streams, absences=(ill,)))

    by_engine = [Replay(made, engines.play(made, 3, 0, engine)) for engine in ("kernel", "reference")]

    for found in by_engine:
        waits = found.taken - found.entered
        told = [sum(end - start for start, end, _ in found.stretches(row)) for row in range(len(waits))]
        assert told == waits.tolist()
    assert by_engine[0].causes == by_engine[1].causes
    assert {cause for step in by_engine[0].causes.values() for cause, ms in step.items() if ms} == {
        "contention",
        "priority",
        "unavailability",
    }
