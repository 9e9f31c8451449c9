"""Queues of which theory knows the answer, played long with fixed seeds; each check also sees a play that is wrong.

Seeds are 1 to 30. Intervals are 99.7 %, over the means of the seeds, and at most so wide as is stated beside each.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from process_models.graph.graph import StepGraph
from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.distributions import Exponential, Fixed, LogNormal
from simulations import kernel
from simulations.comparison import Estimate, estimate
from simulations.outcomes import visits
from simulations.plan import Plan, plan
from simulations.queueing import erlang_a, mean_wait
from simulations.scenario import Backlog, Stream
from simulations.trace import Row
from tests.building import graph_of
from tests.simulations.golden_plays import claims
from tests.simulations.playing import gives_up, patience, pool, scenario, shop, takes, weekly

SEEDS = range(1, 31)
SURE = 0.997
WORK = 3 * MINUTE
CASES = 200_000


def long_run(graph: StepGraph, heads: dict[str, int], cases: int = CASES, **an_hour: str) -> Plan:
    """A plan in which so many cases come, by streams with so many an hour; priorities in the order of the streams."""
    streams = tuple(
        Stream(id=name, per_hour=weekly(rate), priority=n) for n, (name, rate) in enumerate(sorted(an_hour.items()))
    )
    period = round(cases * HOUR / sum(float(rate) for rate in an_hour.values()))
    pools = [pool(name, number) for name, number in heads.items()]
    own = {role: (role,) for role in graph.roles} if len(pools) > 1 else {}
    return plan(shop(graph, *pools, **own), scenario(period=period, drain="stop", streams=streams))


def line(made: dict[str, object]) -> StepGraph:
    """One step at which cases queue."""
    return graph_of("start a, a end", made={"a": made})


def wait_at(step: str) -> Callable[[Plan, int], float]:
    """The mean wait of those who were served at a step, in one seed, ms."""

    def measured(played: Plan, seed: int) -> float:
        found, at = kernel.total(played, seed, 0), played.steps.index(step)
        return float(found.waits[at] / found.began[at])

    return measured


def lost(played: Plan, seed: int) -> float:
    """The share that gives up, in one seed."""
    found, at = kernel.total(played, seed, 0), played.steps.index("a")
    return float(found.given_up[at] / (found.began[at] + found.given_up[at]))


def wait_of_all(played: Plan, seed: int) -> float:
    """The mean wait of all who came to the step, whether they were served or gave up, ms."""
    found, at = kernel.total(played, seed, 0), played.steps.index("a")
    return float(found.waits[at] / (found.began[at] + found.given_up[at]))


def wait_of_stream(stream: int) -> Callable[[Plan, int], float]:
    """The mean wait of the cases of one stream, in one seed, ms."""

    def measured(played: Plan, seed: int) -> float:
        trace = kernel.play(played, seed, 0)
        table = visits(played, trace)
        served = table[(table["step"] == played.steps.index("a")) & (table["began"] >= 0)]
        return float(served["wait"][trace.cases[served["case"], 1] == stream].mean())

    return measured


class Known(NamedTuple):
    """What is played, what is measured, what theory says, how sure, and a play in which something is wrong."""

    right: Callable[[], Plan]
    measured: Callable[[Plan, int], float]
    exact: float
    within: float
    """Half-width of the interval, as a share of the mean, that is reached at most."""
    wrong: Callable[[], Plan]


def tandem(back: str, on: str) -> StepGraph:
    """Two queues, with a way back from the second to the first."""
    times = {"a": takes(Exponential(WORK), role="a"), "b": takes(Exponential(WORK), role="b")}
    return graph_of(f"start a, a b, b a {back}, b end {on}", made=times)


def impatient(mean: int) -> StepGraph:
    """A call centre in which customers hang up."""
    return gives_up(line({**takes(Exponential(WORK)), **patience(Exponential(mean))}), "a", "end")


LOAD = 0.7
W0 = LOAD * WORK
"""Mean rest of the work that an arrival finds in hand, M/M/1 at this load: λ E[S²] ÷ 2 = ρ times the mean work."""
KNOWN = {
    "M/M/3": Known(
        lambda: long_run(line(takes(Exponential(WORK))), {"p": 3}, x="45"),
        wait_at("a"),
        mean_wait(45 / 20, 3, WORK),
        0.03,
        lambda: long_run(line(takes(Exponential(WORK))), {"p": 4}, x="45"),
    ),
    "M/G/1 (Pollaczek and Khinchine)": Known(
        lambda: long_run(line(takes(LogNormal(WORK, 2 * WORK))), {"p": 1}, cases=6 * CASES, x="10"),
        wait_at("a"),
        0.5 * WORK * (1 + 4) / (2 * (1 - 0.5)),
        0.06,
        lambda: long_run(line(takes(LogNormal(WORK, WORK))), {"p": 1}, x="10"),
    ),
    "M/D/1": Known(
        lambda: long_run(line(takes(Fixed(WORK))), {"p": 1}, x="14"),
        wait_at("a"),
        LOAD * WORK / (2 * (1 - LOAD)),
        0.02,
        lambda: long_run(line(takes(Exponential(WORK))), {"p": 1}, x="14"),
    ),
    "Erlang A, share lost": Known(
        lambda: long_run(impatient(2 * MINUTE), {"p": 11}, x="200"),
        lost,
        erlang_a(10 / 3, 1 / 3, 11, 0.5).gives_up,
        0.02,
        lambda: long_run(impatient(4 * MINUTE), {"p": 11}, x="200"),
    ),
    "Erlang A, mean wait": Known(
        lambda: long_run(impatient(2 * MINUTE), {"p": 11}, x="200"),
        wait_of_all,
        erlang_a(10 / 3, 1 / 3, 11, 0.5).wait * MINUTE,
        0.02,
        lambda: long_run(impatient(2 * MINUTE), {"p": 12}, x="200"),
    ),
    "priority, those who go first (Cobham)": Known(
        lambda: long_run(line(takes(Exponential(WORK))), {"p": 1}, cases=60_000, a="7", b="7"),
        wait_of_stream(0),
        W0 / (1 - LOAD / 2),
        0.04,
        lambda: long_run(line(takes(Exponential(WORK))), {"p": 1}, cases=60_000, a="9", b="5"),
    ),
    "priority, those who go last (Cobham)": Known(
        lambda: long_run(line(takes(Exponential(WORK))), {"p": 1}, cases=60_000, a="7", b="7"),
        wait_of_stream(1),
        W0 / ((1 - LOAD / 2) * (1 - LOAD)),
        0.08,
        lambda: long_run(line(takes(Exponential(WORK))), {"p": 2}, cases=60_000, a="7", b="7"),
    ),
    "Jackson network, first queue": Known(
        lambda: long_run(tandem("0.3", "0.7"), {"a": 2, "b": 2}, x="14"),
        wait_at("a"),
        mean_wait(14 / 0.7 / 20, 2, WORK),
        0.03,
        lambda: long_run(tandem("0.2", "0.8"), {"a": 2, "b": 2}, x="14"),
    ),
    "Jackson network, second queue": Known(
        lambda: long_run(tandem("0.3", "0.7"), {"a": 2, "b": 2}, x="14"),
        wait_at("b"),
        mean_wait(14 / 0.7 / 20, 2, WORK),
        0.03,
        lambda: long_run(tandem("0.3", "0.7"), {"a": 2, "b": 3}, x="14"),
    ),
}


def estimated(played: Plan, measured: Callable[[Plan, int], float]) -> Estimate:
    """The mean over the seeds with its interval."""
    found = estimate([measured(played, seed) for seed in SEEDS], SURE)
    assert found
    return found


@pytest.mark.parametrize("name", KNOWN)
def test_a_queue_waits_as_theory_says_and_a_wrong_one_does_not(name):
    known = KNOWN[name]

    right, wrong = (estimated(play(), known.measured) for play in (known.right, known.wrong))

    assert right.holds(known.exact), (right, known.exact)
    assert right.reached(known.within), right
    assert not wrong.holds(known.exact)


@pytest.mark.parametrize("heads", [1, 3])
def test_work_that_always_takes_as_long_is_done_in_rounds(heads):
    graph = line(takes(Fixed(WORK)))
    asked = scenario(
        period=HOUR,
        streams=(Stream(id="x", per_hour=weekly("0")),),
        backlog=(Backlog(id="a", stream="x", cases=20),),
    )

    rows = kernel.play(plan(shop(graph, pool("p", heads)), asked), 1, 0).rows

    begun = rows[rows[:, 1] == Row.BEGIN]
    assert begun[:, 0].tolist() == [n // heads * WORK for n in range(20)]
    assert begun[:, 2].tolist() == list(range(20))


def test_the_cases_there_are_those_that_come_times_the_time_they_stay():
    """Little's law, exactly: nobody is left when play ends, so the time under the curve is the sum of all stays."""
    played = plan(*claims(60_000))
    trace = kernel.play(played, 3, 0)
    closed = trace.rows[trace.rows[:, 1] == Row.CLOSE]
    stays = closed[:, 0] - trace.cases[closed[:, 2], 0]
    changes = sorted(
        [(time, 1) for time in trace.cases[:, 0].tolist()] + [(time, -1) for time in closed[:, 0].tolist()]
    )
    times, steps = np.array(changes).T
    there = np.cumsum(steps)[:-1]

    assert len(closed) == len(trace.cases)
    assert (there * np.diff(times)).sum() == stays.sum()


@pytest.mark.parametrize("limit", [0, 30 * DAY])
def test_nobody_is_lost_and_nobody_is_there_twice(limit):
    design, asked = claims(60_000)
    played = plan(
        design,
        scenario(**{name: getattr(asked, name) for name in ("streams", "zone", "start", "period")}, drain_limit=limit),
    )
    rows = kernel.play(played, 5, 0).rows
    of = {row: rows[rows[:, 1] == row] for row in Row}

    for step in np.flatnonzero(np.isin(played.stype, (1, 2))):
        count = {row: int((found[:, 3] == step).sum()) for row, found in of.items()}
        still = count[Row.ENTER] - count[Row.LEAVE] - count[Row.GIVE_UP] - count[Row.WITHDRAW]
        assert still >= 0
        assert still == 0 or limit == 0
    assert len(set(of[Row.CLOSE][:, 2].tolist())) == len(of[Row.CLOSE])
