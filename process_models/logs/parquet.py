"""Parquet as a table of text, read by DuckDB: every value in its plain spelling, times with a zone in UTC."""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from process_models.logs.delimited import Parse, Source, Taken, named
from process_models.logs.errors import LogError
from process_models.logs.limits import Limits
from process_models.logs.table import Column, Table


def read_parquet(source: Source, limits: Limits, _: Parse) -> tuple[Taken, dict[str, object]]:
    """Read a Parquet file; a value that is missing is an empty text."""
    try:
        import duckdb  # only when Parquet is read
    except ImportError:
        raise LogError("log_parquet_extra") from None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.parquet"
        with source.open() as opened, file.open("wb") as copy:
            while block := opened.read(1 << 20):
                copy.write(block)
        with duckdb.connect(config={"threads": max(1, min(4, os.cpu_count() or 1))}) as db:
            try:
                return _taken(db, file, limits), {}
            except duckdb.Error as problem:
                raise LogError("log_bad_parquet", problem=str(problem).splitlines()[0]) from None


def _taken(db: Any, file: Path, limits: Limits) -> Taken:
    """Read column by column, each as codes of its distinct texts."""
    db.execute("SET TimeZone = 'UTC'")
    described = db.execute("DESCRIBE SELECT * FROM read_parquet(?, binary_as_string=true)", [str(file)]).fetchall()
    fields = [row[0] for row in described]
    names, notes = named(fields, limits)
    rows = int(db.execute("SELECT count(*) FROM read_parquet(?, binary_as_string=true)", [str(file)]).fetchone()[0])
    if rows > limits.rows:
        raise LogError("log_too_many_rows", limit=limits.rows)
    if not rows:
        raise LogError("log_only_header", columns=", ".join(names))
    columns = {}
    for name, field in zip(names, fields, strict=True):
        quoted = '"' + field.replace('"', '""') + '"'
        told = f"SELECT CAST({quoted} AS VARCHAR) AS cell FROM read_parquet(?, binary_as_string=true)"  # noqa: S608 (a name, quoted)
        cells = db.execute(told, [str(file)]).fetchnumpy()["cell"]
        columns[name] = Column.of(np.ma.filled(cells, "") if np.ma.isMaskedArray(cells) else cells)
    return Taken(Table(columns, np.arange(2, rows + 2)), Parse(), (), notes, rows)
