"""The engine against theory: waiting lines by Erlang's formulas, cost by expected visits. Seeds are fixed: 1 to 20.

The kernel plays, whose traces are the reference's; a wrong rule is played by a reference that is wrong in it.

Runs are long and start empty, the first cases left out. Intervals are 99.7 %, over the means of the seeds, after a
control variate: waits are regressed on what is known exactly of the same arrivals and services without the engine (their
means, how many would be there with heads without number, and the wait before one head that is c times as fast), batch by
batch (Law, *Simulation Modeling and Analysis*, 5th ed. 2015, 11.4). The controls are computed from what was drawn, never
from what the engine did with it.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from process_models.graph.graph import StepGraph
from process_models.graph.measures import case_cost, visits
from process_models.graph.steps import ShareRow
from process_models.values import luck
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.distributions import Exponential, Fixed, Gamma, LogNormal
from simulations import kernel
from simulations.comparison import Estimate, estimate
from simulations.experiments import run, tasks, values
from simulations.outcomes import visits as visits_of
from simulations.plan import plan
from simulations.queueing import erlang_c, mean_wait, service_level
from simulations.reference import Stay, World
from simulations.scenario import Stream
from tests.building import graph_of
from tests.simulations.playing import pool, scenario, shop, takes, weekly

SEEDS = range(1, 21)
SURE = 0.997
WORK = 3 * MINUTE
BATCHES = 30
FIRST = 2000
"""Cases left out at the start of each run."""


def in_queue(entered, began, left):
    """The wait of each case."""
    return began - entered


def with_service(entered, began, left):
    """A wrong measure: service counted into the wait."""
    return left - entered


class Line(NamedTuple):
    """A waiting line: what is asked, and how it is (perhaps wrongly) played and measured."""

    arrivals_an_hour: int
    heads: int
    cases: int
    extra_heads: int = 0
    world: type[World] = World
    measured: Callable[..., "np.ndarray"] = in_queue

    @property
    def load(self) -> float:
        return self.arrivals_an_hour * WORK / HOUR


class LastComeFirst(World):
    """A wrong rule: who came last goes first."""

    def place(self, stay: Stay) -> tuple[int, int]:
        return -stay.number, 0


ONE_HEAD = Line(14, 1, 36_000)
FOURTEEN_HEADS = Line(200, 14, 45_000)


def times(line: Line, seed: int) -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """When each case of one long run entered, began and left."""
    graph = graph_of("start a, a end", made={"a": takes(Exponential(WORK))})
    stream = Stream(id="calls", per_hour=weekly(str(line.arrivals_an_hour)))
    asked = scenario(period=line.cases * HOUR // line.arrivals_an_hour, drain="stop", streams=(stream,))
    made = plan(shop(graph, pool("team", line.heads + line.extra_heads)), asked)
    trace = kernel.play(made, seed, 0) if line.world is World else line.world(made, luck.world(seed, 0)).play()
    visited = visits_of(made, trace)
    visited = visited[visited["step"] == made.steps.index("a")].head(int(line.cases * 0.97))
    done = visited["left"].to_numpy() >= 0
    whole = done.argmin() if not done.all() else len(done)
    return tuple(visited[name].to_numpy()[:whole] for name in ("entered", "began", "left"))  # type: ignore[return-value]


def one_seed(task: tuple[Line, int]) -> tuple["np.ndarray", "np.ndarray"]:
    """Batch means of the three waits measured, and of the controls less their known means."""
    line, seed = task
    entered, began, left = times(line, seed)
    wait = line.measured(entered, began, left)
    waits = np.column_stack([wait, wait > 0, wait > beyond(line)])
    size = (len(wait) - FIRST) // BATCHES
    both = (waits, controls(line, entered, left - began))
    return tuple(part[-size * BATCHES :].reshape(BATCHES, size, -1).mean(axis=1) for part in both)  # type: ignore[return-value]


def beyond(line: Line) -> float:
    """A time that about one in three of those who wait do wait longer."""
    return WORK / (line.heads - line.load)


def controls(line: Line, entered: "np.ndarray", work: "np.ndarray") -> "np.ndarray":
    """Functions of the drawn times alone, less their exact means."""
    c, load = line.heads, line.load
    there = np.arange(len(entered)) - np.searchsorted(np.sort(entered + work), entered, side="right")
    some = range(max(1, c - 6), c + 10)
    found = [np.diff(entered, prepend=0) - WORK / load, work - WORK]
    found += [(there >= k) - stats.poisson.sf(k - 1, load) for k in some]
    if c > 1:
        path = np.concatenate([[0], np.cumsum(work[:-1] / c - np.diff(entered))])
        alone, pace = path - np.minimum.accumulate(path), WORK / (c - load)
        found.append(alone - load / c * pace)
        found += [(alone > t * pace) - load / c * np.exp(-t) for t in (0, 0.25, 0.5, 1, 1.5, 2, 3)]
    return np.column_stack(found)


def waits(line: Line) -> list[Estimate]:
    """Mean wait, share that waits, and share that waits long, over all seeds."""
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        seeds = list(processes.map(one_seed, [(line, seed) for seed in SEEDS]))
    measured, known = (np.concatenate(part) for part in zip(*seeds, strict=True))
    slopes = np.linalg.lstsq(np.column_stack([np.ones(len(known)), known]), measured, rcond=None)[0][1:]
    by_seed = (measured - known @ slopes).reshape(len(SEEDS), BATCHES, -1).mean(axis=1)
    return [estimate(column.tolist(), SURE) for column in by_seed.T]  # type: ignore[misc]


def exact(line: Line) -> list[float]:
    """The same three by Erlang's formulas."""
    late = 1 - service_level(line.load, line.heads, WORK, beyond(line))
    return [mean_wait(line.load, line.heads, WORK), erlang_c(line.load, line.heads), late]


def off(line: Line) -> list[str]:
    """Which of the three theory does not confirm."""
    names = ("mean wait", "waits", "waits long")
    return [name for name, found, true in zip(names, waits(line), exact(line), strict=True) if not found.holds(true)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("line", [ONE_HEAD, FOURTEEN_HEADS], ids=["one head", "fourteen heads"])
def test_waits_are_those_of_theory(line):
    found, true = waits(line), exact(line)

    assert [one.holds(value) for one, value in zip(found, true, strict=True)] == [True] * 3
    assert [one.reached(0.02) for one in found[:2]] == [True] * 2
    assert found[2].reached(0.03)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("wrong", "seen"),
    [
        (Line(14, 1, 12_000, world=LastComeFirst), ["waits long"]),
        (Line(14, 1, 12_000, extra_heads=1), ["mean wait", "waits", "waits long"]),
        (Line(14, 1, 12_000, measured=with_service), ["mean wait", "waits", "waits long"]),
    ],
    ids=["last come, first served", "one head too many", "service counted into the wait"],
)
def test_a_wrong_rule_is_seen_by_the_same_check(wrong, seen):
    assert off(wrong) == seen


def test_the_same_check_is_content_with_the_right_rule_on_as_short_a_run():
    assert off(Line(14, 1, 12_000)) == []


# Cost by expected visits


def dear() -> StepGraph:
    """Rework, shares that depend on history, and parallel work in a loop; nobody gives up."""
    return graph_of(
        "start take, take check, check take 0.25, check fork 0.75, fork legal, fork money, legal join, money again,"
        "again money 0.3, again join 0.7, join sign, sign fork 0.1, sign wait 0.9, wait end",
        made={
            "take": takes(LogNormal(10 * MINUTE, 5 * MINUTE), unit_cost=40),
            "check": takes(Gamma(5 * MINUTE, 2 * MINUTE)),
            "legal": takes(Fixed(20 * MINUTE), role="expert", unit_cost=15),
            "money": takes(LogNormal(8 * MINUTE, 4 * MINUTE)),
            "again": takes(Fixed(MINUTE)),
            "sign": takes(Exponential(4 * MINUTE), role="expert"),
            "wait": takes(Exponential(HOUR)),
        },
        rows=(
            ShareRow(id="1", flow="check-take", visit_from=2, share="0.1"),
            ShareRow(id="2", flow="check-fork", visit_from=2, share="0.9"),
            ShareRow(id="3", flow="sign-fork", visit_from=2, share="0.4"),
            ShareRow(id="4", flow="sign-wait", visit_from=2, share="0.6"),
        ),
    )


def test_expected_visits_and_cost_lie_inside_the_simulated_intervals():
    graph = dear()
    design = shop(
        graph,
        pool("clerks", 40, rate=300_000),
        pool("experts", 40, rate=700_000),
        clerk=("clerks",),
        expert=("experts",),
    )
    asked = scenario(period=15 * HOUR, streams=(Stream(id="post", per_hour=weekly("100")),))

    played = values(run(tasks(design, asked, replications=20, seed=1)))

    cost = estimate(played["cost"], SURE)
    assert cost.reached(0.01)
    assert cost.holds(case_cost(design))
    expected = visits(graph)
    assert expected.exact
    for step, often in expected.of.items():
        found = estimate(played[f"visits:{step}"], SURE)
        assert found.holds(often) or (found.half_width == 0 and found.mean == pytest.approx(often)), step
        assert found.reached(0.05) or often < 0.5
