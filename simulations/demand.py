"""Who comes when: unit exponentials, keyed by stream and number, put through the inverse of the cumulative rate.

All in whole numbers, so that one seed gives one trace on any machine. A surge, a change of clocks or another week
changes the cumulative rate only; the exponentials stay, and so does all other luck. (Inversion of the
cumulative rate: Çinlar, *Introduction to Stochastic Processes*, 1975.)
"""

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction as Exact
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from process_models.values import luck
from process_models.values.calendars import DAY, HOUR, MONDAY, stretches
from process_models.values.errors import ModelError
from process_models.values.fractions import number
from process_models.values.luck import Purpose
from simulations.scenario import Scenario, Stream, Surge

if TYPE_CHECKING:
    from simulations.plan import Plan

ONE = 2**24
"""One expected arrival, in the units of the cumulative rate."""

MOST_CASES = 2**35 - 1
QUARTER = HOUR // 4
YEAR = 365 * DAY


class Rate(NamedTuple):
    """The cumulative rate of a stream: corners (ms after the start, expected arrivals × ONE), linear between them."""

    times: tuple[int, ...]
    totals: tuple[int, ...]

    def when(self, total: int) -> int | None:
        """Return the time at which so much was expected to have come; None where that is after the period."""
        i = bisect_right(self.totals, total) - 1
        if i + 1 >= len(self.totals):
            return None
        span, rise = self.times[i + 1] - self.times[i], self.totals[i + 1] - self.totals[i]
        return self.times[i] + (total - self.totals[i]) * span // rise


def cumulative(scenario: Scenario, stream: Stream) -> Rate:
    """Return the cumulative rate of a stream over the scenario's period."""
    times, totals, total = [0], [0], Exact(0)
    last: Exact | None = None
    for start, stop, rate in _steps(scenario, stream):
        total += rate * (stop - start) / HOUR
        if rate == last:
            times.pop()
            totals.pop()
        times.append(stop)
        totals.append(round(total * ONE))
        last = rate
    return Rate(tuple(times), tuple(totals))


def _steps(scenario: Scenario, stream: Stream) -> Iterator[tuple[int, int, Exact]]:
    """Yield (from, to, arrivals an hour) in order: local hours, cut where a surge starts or ends."""
    rates = [Exact(number(rate)) for rate in stream.per_hour]
    surges = [surge for surge in scenario.surges if surge.stream in ("", stream.id)]
    cuts = {edge for surge in surges for edge in _edges(surge, scenario.period)}
    growth = Exact(number(stream.growth))
    begin = scenario.begin
    for low, high, ahead in stretches(scenario.zone, begin, begin + scenario.period):
        first = (low + ahead) // HOUR + 1
        hours = range(first * HOUR - ahead - begin, high - begin, HOUR)
        inner = {cut for cut in cuts if low - begin < cut < high - begin}
        edges = sorted({low - begin, high - begin, *hours, *inner})
        for start, stop in pairwise(edges):
            local = start + begin + ahead
            of_week = ((local // DAY - MONDAY) % 7) * 24 + local % DAY // HOUR
            rate = rates[of_week]
            for surge in surges:
                rate *= _factor(surge, start)
            yield start, stop, rate * max(0, 1 + growth * start / YEAR) if growth else rate


def _edges(surge: Surge, period: int) -> Iterator[int]:
    """Yield the times at which a surge changes arrivals, until the period is over."""
    within = sorted({*range(0, surge.ramp, QUARTER), surge.ramp})
    for start in range(surge.start, period, surge.every) if surge.every else (surge.start,):
        end = start + surge.end - surge.start
        for after in within:
            yield start + after
            yield end - after


def _factor(surge: Surge, at: int) -> Exact:
    """Return by how much a surge multiplies arrivals from a time on: in a ramp by the middle of its step."""
    after = at - surge.start
    if surge.every and after > 0:
        after %= surge.every
    left = surge.end - surge.start - after
    if after < 0 or left <= 0:
        return Exact(1)
    height = Exact(number(surge.factor)) - 1
    if after < surge.ramp:
        low = after - after % QUARTER
        return 1 + height * (low + min(low + QUARTER, surge.ramp)) / (2 * surge.ramp)
    if left <= surge.ramp:
        low = (left - 1) // QUARTER * QUARTER
        return 1 + height * (low + min(low + QUARTER, surge.ramp)) / (2 * surge.ramp)
    return 1 + height


class Arrival(NamedTuple):
    """A case to come, sorted as cases are numbered: by time, those that wait at the start first."""

    time: int
    stream: int
    number: int
    who: int
    """The key of its luck."""
    step: int
    """Where it enters."""


def arrivals(plan: "Plan", world: int) -> list[Arrival]:
    """Return the cases of one replication, in the order of their numbers."""
    waiting = [
        Arrival(0, stream, number, luck.member(key, number), step)
        for step, cases, stream, key in zip(
            plan.bstep.tolist(), plan.bcases.tolist(), plan.bstream.tolist(), plan.bkey.tolist(), strict=True
        )
        for number in range(cases)
    ]
    coming = [one for stream in range(len(plan.skey)) for one in _stream(plan, world, stream)]
    if len(waiting) + len(coming) > MOST_CASES:
        raise ModelError("too_many_cases", most=MOST_CASES)
    return waiting + sorted(coming)


def _stream(plan: "Plan", world: int, stream: int) -> Iterator[Arrival]:
    low, high = plan.lptr[stream], plan.lptr[stream + 1]
    rate = Rate(tuple(plan.ltime[low:high].tolist()), tuple(plan.lcum[low:high].tolist()))
    body, tail = plan.Q[plan.unit].tolist(), plan.QT[plan.unit].tolist()
    key, total, number = int(plan.skey[stream]), 0, 0
    while True:
        who = luck.member(key, number)
        total += luck.look_up(luck.draw(luck.lot(world, who), 0, 0, Purpose.ARRIVAL), body, tail)
        time = rate.when(total)
        if time is None:
            return
        yield Arrival(time, stream, number, who, plan.first)
        number += 1
