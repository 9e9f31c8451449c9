"""Plays as files: what happened row by row, and one row a case, for notebooks and spreadsheets."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from process_models.evidence.satisfaction import Feature
from simulations import engines
from simulations.engines import Engine
from simulations.outcomes import cases, visits
from simulations.plan import Plan
from simulations.trace import Row, Trace


def traced(plan: Plan, trace: Trace, replication: int) -> pd.DataFrame:
    """Return a trace with names: replication, time (ms after the start), kind, case, step, visit, pool, shift.

    Pool and shift stand where somebody begins; ``gave_up`` says of a case that is over whether it gave up somewhere.
    """
    time, kind, case, step, visit, group = trace.rows.T
    begins, closes = kind == Row.BEGIN, kind == Row.CLOSE
    names = [("", ""), *plan.groups]
    who = [names[number + 1] if begun else names[0] for number, begun in zip(group, begins, strict=True)]
    return pd.DataFrame(
        {
            "replication": replication,
            "time": time,
            "kind": [Row(one).name for one in kind],
            "case": case,
            "step": [plan.steps[one] for one in step],
            "visit": visit,
            "pool": [pool for pool, _ in who],
            "shift": [shift for _, shift in who],
            "gave_up": pd.array(
                [bool(flag) if over else None for flag, over in zip(group, closes, strict=True)], "boolean"
            ),
        }
    )


def write(
    plan: Plan,
    *,
    seed: int,
    replications: int,
    engine: Engine | None = None,
    trace: Path | None = None,
    outcomes: Path | None = None,
    features: tuple[Feature, ...] = (),
) -> None:
    """Write the traces of all replications to one CSV file, and one row a case of each to another.

    Files appear whole or not at all.
    """
    parts = {path: path.with_name(f".{path.name}.part") for path in (trace, outcomes) if path}
    try:
        for number, played in enumerate(_plays(plan, seed, replications, engine)):
            if trace:
                _append(traced(plan, played, number), parts[trace], number)
            if outcomes:
                table = cases(plan, played, visits(plan, played), features)
                table.insert(0, "replication", number)
                _append(table, parts[outcomes], number)
        for path, part in parts.items():
            part.replace(path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _plays(plan: Plan, seed: int, replications: int, engine: Engine | None) -> Iterator[Trace]:
    return (engines.play(plan, seed, number, engine) for number in range(replications))


def _append(table: pd.DataFrame, path: Path, number: int) -> None:
    table.to_csv(path, mode="a" if number else "w", header=not number, index=False)
