"""Plays as files: what happened row by row, and the tidy tables of outcomes, for notebooks and spreadsheets.

A file whose name ends in ``.parquet`` becomes Parquet, any other CSV. Parquet is written by DuckDB, which collects rows
on disk, so that memory does not grow with the number of replications.
"""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import pandas as pd

from process_models.evidence.satisfaction import Feature
from process_models.values.errors import ModelError
from simulations.plan import Plan
from simulations.tables import TABLES, of_one
from simulations.trace import Row, Trace

PARQUET = ".parquet"


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


def beside(file: Path, table: str) -> Path:
    """Return where a table is written: cases to the file that was named, the others beside it.

    >>> beside(Path("week.csv"), "cases").name, beside(Path("week.csv"), "visits").name
    ('week.csv', 'week.visits.csv')
    """
    return file if table == TABLES[0] else file.with_name(f"{file.stem}.{table}{file.suffix}")


class Sheet(Protocol):
    """A file that grows table by table."""

    def add(self, table: pd.DataFrame) -> None:
        """Add rows."""

    def close(self, whole: bool) -> None:
        """Put the file in its place if it is whole; else leave nothing behind."""


class _Csv:
    """Rows of a CSV file."""

    def __init__(self, file: Path) -> None:
        self.file, self.part, self.begun = file, file.with_name(f".{file.name}.part"), False

    def add(self, table: pd.DataFrame) -> None:
        table.to_csv(self.part, mode="a" if self.begun else "w", header=not self.begun, index=False)
        self.begun = True

    def close(self, whole: bool) -> None:
        if whole and self.begun:
            self.part.replace(self.file)
        self.part.unlink(missing_ok=True)


class _Parquet:
    """Rows of a Parquet file, kept in a database of their own until they are all there."""

    def __init__(self, file: Path) -> None:
        self.file, self.part = file, file.with_name(f".{file.name}.part")
        self.rows = file.with_name(f".{file.name}.rows")
        self.db = _duckdb()(str(self.rows))
        self.begun = False

    def add(self, table: pd.DataFrame) -> None:
        self.db.register("new", table)
        self.db.execute(
            "INSERT INTO rows SELECT * FROM new" if self.begun else "CREATE TABLE rows AS SELECT * FROM new"
        )
        self.begun = True

    def close(self, whole: bool) -> None:
        if whole and self.begun:
            self.db.table("rows").write_parquet(str(self.part))
            self.part.replace(self.file)
        self.db.close()
        for left in (self.part, self.rows, self.rows.with_name(f"{self.rows.name}.wal")):
            left.unlink(missing_ok=True)


def _duckdb() -> Callable[[str], Any]:
    try:
        import duckdb  # an extra: only where Parquet is written
    except ImportError:
        raise ModelError("parquet_extra") from None
    connect: Callable[[str], Any] = duckdb.connect
    return connect


class Writer:
    """Writes what it is shown, replication by replication; files appear whole or not at all."""

    def __init__(
        self,
        plan: Plan,
        *,
        trace: Path | None = None,
        outcomes: Path | None = None,
        features: tuple[Feature, ...] = (),
        scores: dict[str, int] | None = None,
    ) -> None:
        self.plan, self.features, self.scores = plan, features, scores
        self.trace = _sheet(trace) if trace else None
        self.tables = {name: _sheet(beside(outcomes, name)) for name in TABLES} if outcomes else {}

    def __enter__(self) -> "Writer":
        return self

    def __call__(self, number: int, played: Trace) -> None:
        """Write one replication."""
        if self.trace:
            self.trace.add(traced(self.plan, played, number))
        if self.tables:
            for name, table in of_one(self.plan, played, number, self.features, self.scores).items():
                self.tables[name].add(table)

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        for sheet in (*([self.trace] if self.trace else []), *self.tables.values()):
            sheet.close(whole=kind is None)


def _sheet(file: Path) -> Sheet:
    return _Parquet(file) if file.suffix.lower() == PARQUET else _Csv(file)
