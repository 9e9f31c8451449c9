"""Plays whose digests are committed: equal on every machine, time zone and version of numpy, or the rules have changed.

Run as ``python -m tests.simulations.golden_plays`` it prints the digests as JSON; ``--write`` keeps them. Whoever writes
them because a rule of play changed raises ``RULES`` in ``simulations/experiments.py`` as well.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from process_models.evidence.satisfaction import Feature
from process_models.graph.design import Design, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.steps import ShareRow
from process_models.values.calendars import DAY, HOUR, MINUTE, Span
from process_models.values.distributions import Exponential, Fixed, Gamma, LogNormal, Quantiles, Triangular
from simulations.experiments import run_block, tasks
from simulations.plan import plan
from simulations.reference import play
from simulations.scenario import Absence, Away, Backlog, Scenario, Stream, Surge
from tests.building import graph_of
from tests.simulations.playing import ALWAYS, gives_up, hours, patience, pool, scenario, shop, takes, weekly

KEPT = Path(__file__).with_name("golden.json")


def claims(tick: int) -> tuple[Design, Scenario]:
    """Everything at once, over a change of clocks; ``tick`` is the unit of all times of work."""
    graph = graph_of(
        "start intake, intake choice, choice simple 0.7, choice fork 0.3, simple choice1, choice1 end 0.9,"
        "choice1 simple 0.1, fork credit, fork docs, credit join, docs join, join decide, decide choice2,"
        "choice2 wait 0.85, choice2 decide 0.15, wait end",
        made={
            "intake": takes(Triangular(tick, 2 * tick, 6 * tick), nature="contact", unit_cost=12),
            "simple": {**takes(LogNormal(6 * tick, 5 * tick), role="agent"), **patience(Exponential(30 * tick))},
            "credit": takes(Gamma(8 * tick, 6 * tick), role="expert"),
            "docs": takes(Quantiles((("0.1", 2 * tick), ("0.5", 5 * tick), ("0.9", 12 * tick)))),
            "decide": takes(Exponential(7 * tick), role="expert"),
            "wait": takes(Fixed(30 * tick)),
        },
        rows=(
            ShareRow(id="1", flow="choice2-decide", visit_from=2, share="0.05"),
            ShareRow(id="2", flow="choice2-wait", visit_from=2, share="0.95"),
        ),
    )
    late = tuple(Span(day, 12 * HOUR, 20 * HOUR) for day in range(7))
    pools = (
        Pool(
            id="front",
            name="Front",
            rate=2500,
            shifts=(Shift(id="early", spans=hours((8, 16)), heads=3), Shift(id="late", spans=late, heads=2)),
        ),
        pool("agents", 3, hours((8, 12), (13, 18)), rate=2800, finish=False),
        pool("experts", 2, hours((9, 17)), rate=5200, finish=False),
    )
    staffing = Staffing(
        pools=pools,
        roles=(
            RoleStaffing("agent", ("agents", "front")),
            RoleStaffing("clerk", ("front",)),
            RoleStaffing("expert", ("experts",)),
        ),
    )
    by_day = tuple("14" if 8 <= hour < 18 else "1.5" for hour in range(24)) * 7
    asked = scenario(
        start="2026-03-27T00:00",
        zone="Europe/London",
        period=4 * DAY,
        streams=(Stream(id="phone", per_hour=by_day, priority=1), Stream(id="urgent", per_hour=weekly("0.8"))),
        absences=(Absence(id="ill", pool="agents", share="0.1", spell=DAY),),
        away=(Away(id="trip", pool="experts", heads=1, start=30 * HOUR, end=50 * HOUR),),
        surges=(Surge(id="storm", factor="1.8", start=DAY, end=DAY + 12 * HOUR, stream="phone"),),
        backlog=(Backlog(id="simple", cases=5, stream="urgent"),),
    )
    return Design(graph=gives_up(graph, "simple", "end"), staffing=staffing), asked


def branches(tick: int) -> tuple[Design, Scenario]:
    """Blocks within blocks, an end inside, groups that share queues."""
    graph = graph_of(
        "start fork, fork fork1, fork a, fork1 b, fork1 c, b join1, c join1, join1 choice, choice join 0.8,"
        "choice refused 0.2, a join, join choice1, choice1 fork 0.2, choice1 end 0.8",
        made={
            "a": takes(Fixed(4 * tick)),
            "b": takes(Fixed(3 * tick), role="expert"),
            "c": takes(Fixed(0)),
        },
    )
    design = shop(graph, pool("one", 2, ALWAYS), pool("two", 1, ALWAYS), clerk=("one", "two"), expert=("two", "one"))
    return design, scenario(period=6 * HOUR, streams=(Stream(id="x", per_hour=weekly("9")),))


WORLDS = {
    "claims in minutes": lambda: claims(MINUTE),
    "claims in ticks of 1.001 s": lambda: claims(1001),
    "branches in minutes": lambda: branches(MINUTE),
    "branches in ticks of 7 ms": lambda: branches(7),
}
QUICK = Feature(id="quick", name="Quick", outcome="time", points=((0, "100"), (2 * DAY, "0")))


def digests() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the digests of plan, traces and sums of each world."""
    for name, make in WORLDS.items():
        design, asked = make()
        made = plan(design, asked)
        traces = [play(made, seed, 0) for seed in (1, 2)]
        [block] = [run_block(task) for task in tasks(design, asked, replications=1, seed=1, features=(QUICK,))]
        yield (
            name,
            {
                "plan": made.digest,
                "traces": [trace.digest for trace in traces],
                "sums": block.digest,
                "cases": [len(trace.cases) for trace in traces],
            },
        )


if __name__ == "__main__":
    found = json.dumps(dict(digests()), indent=1) + "\n"
    if "--write" in sys.argv:
        KEPT.write_text(found, "utf-8")
    sys.stdout.write(found)
