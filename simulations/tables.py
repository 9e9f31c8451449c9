"""Outcomes as tidy tables, as pandas frames: cases, visits, pools and intervals, one replication below the other.

Names in place of numbers, times in ms after the start, -1 where it did not come to that. Waits are cut by cause with
the names that logs use, so that a log and a simulation can be laid side by side.

>>> from simulations import engines, tables
>>> design, scenario = engines.smallest()
>>> out = tables.outcomes(design, scenario, replications=3, seed=1)
>>> sorted(out), out["cases"].groupby("replication")["time"].mean().round(-3).astype(int).tolist()
(['cases', 'intervals', 'pools', 'visits'], [3299000, 2457000, 1440000])
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from process_models.evidence.satisfaction import Feature, anchors
from process_models.graph.design import Design
from process_models.values.calendars import HOUR
from process_models.values.causes import CAUSES
from simulations import engines
from simulations.engines import Engine
from simulations.experiments import planned
from simulations.inside import groups_of, queued_for, within
from simulations.outcomes import NEVER, pools
from simulations.outcomes import cases as case_table
from simulations.plan import Ints, Plan
from simulations.scenario import Scenario
from simulations.story import Replay
from simulations.trace import Trace

TABLES = ("cases", "visits", "pools", "intervals")
"""The tables, by name, the one that files are named after first."""
Tables = dict[str, pd.DataFrame]


def outcomes(
    design: Design,
    scenario: Scenario,
    *,
    replications: int = 20,
    seed: int = 1,
    features: tuple[Feature, ...] = (),
    engine: Engine | None = None,
) -> Tables:
    """Play a design under a scenario and return the tables of all replications."""
    asked = planned(design, scenario)
    scores = anchors(design.graph)
    each = [
        of_one(asked, engines.play(asked, seed, number, engine), number, features, scores)
        for number in range(replications)
    ]
    return {name: pd.concat([tables[name] for tables in each], ignore_index=True) for name in TABLES}


def of_one(
    plan: Plan, trace: Trace, number: int, features: Sequence[Feature] = (), scores: dict[str, int] | None = None
) -> Tables:
    """Return the tables of one replication, its number as their first column."""
    replay = Replay(plan, trace)
    found = {
        "cases": case_table(plan, trace, replay.visited, features, scores),
        "visits": visits(replay),
        "pools": pools(plan, trace, replay.visited),
        "intervals": intervals(replay),
    }
    for table in found.values():
        table.insert(0, "replication", number)
    return found


def visits(replay: Replay) -> pd.DataFrame:
    """Return one row a visit: case, step, visit, pool, shift, entered, began, left, how, wait, worked, wait by cause.

    A visit whose work was handed over has a row for each hand. ``wait`` is for people; ``wait_extraneous`` stands for
    time at WAIT steps, which is nobody's queue.
    """
    names = [*replay.plan.groups, ("", "")]
    who = [names[group] for group in replay.group.tolist()]
    table = pd.DataFrame(
        {
            "case": replay.case,
            "step": np.array(replay.plan.steps)[replay.step],
            "visit": replay.visit,
            "pool": [pool for pool, _ in who],
            "shift": [shift for _, shift in who],
            **{name: replay.table[name].to_numpy() for name in ("entered", "began", "left", "how", "wait", "worked")},
        }
    )
    causes = {cause: np.zeros(len(table), np.int64) for cause in CAUSES}
    for row in np.flatnonzero((replay.works & (replay.taken > replay.entered)) | replay.rests).tolist():
        for start, end, cause in replay.stretches(row):
            causes[cause][row] += end - start
    return table.assign(**{f"wait_{cause}": ms for cause, ms in causes.items()})


def intervals(replay: Replay, length: int = HOUR) -> pd.DataFrame:
    """Return one row an interval and pool: from, pool, came, begun, gave_up, waiting, busy, present.

    ``came`` counts visits that queued up for the pool (and any other that may do the step), ``begun`` those it took up.
    ``waiting``, ``busy`` and ``present`` are means over the interval, of cases and of heads.
    """
    plan = replay.plan
    edges = [*range(0, plan.period, length), plan.period]
    spans = np.diff(edges)
    left = replay.table["how"].to_numpy() == "gave_up"
    parts = []
    for pool in dict.fromkeys(id for id, _ in plan.groups):
        queued = queued_for(replay, pool)
        waiting, busy, present = within(replay, pool, edges)
        taken = np.isin(replay.group, groups_of(plan, pool)) & (replay.began != NEVER)
        parts.append(
            pd.DataFrame(
                {
                    "from": edges[:-1],
                    "pool": pool,
                    "came": _counted(replay.entered[queued], edges),
                    "begun": _counted(replay.began[taken], edges),
                    "gave_up": _counted(replay.left[queued & left], edges),
                    "waiting": waiting / spans,
                    "busy": busy / spans,
                    "present": present / spans,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _counted(times: Ints, edges: Sequence[int]) -> Ints:
    return np.histogram(times, np.asarray(edges))[0].astype(np.int64)
