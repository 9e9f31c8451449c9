"""Published logs of the shared data, each read, guessed and tidied once for all tests: none changes what it is given."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from process_models.logs.columns import Columns
from process_models.logs.events import Events, events
from process_models.logs.guessing import Guess, guess
from process_models.logs.reading import read
from process_models.logs.table import Table
from process_models.logs.wide import long


class Published(NamedTuple):
    """A log as guessed; open dates are read the way that comes first."""

    found: Guess
    columns: Columns
    log: Events


@cache
def guessed(file: Path) -> tuple[Table, Guess]:
    """Return the table of a file with the guess of its columns."""
    table = read(file).table
    return table, guess(table)


@cache
def published(file: Path) -> Published:
    """Return a log with all that was read of it."""
    table, found = guessed(file)
    assert found.columns is not None
    columns = structs.replace(found.columns, dates=found.columns.dates or found.open_dates[0])
    return Published(found, columns, events(long(table, found.wide) if found.wide else table, columns))
