"""Exports with one row a case and a column for each date, as rows for each thing that happened."""

import re

import numpy as np

from process_models.logs.table import Column, Table

STEP, TIME = "what happened", "when"
"""Names of the two columns that are made."""
IDLE_WORDS = re.compile(r"(?i)[\s_]*\b(at|on|date|time|timestamp|datetime)\b[\s_]*")


def step_of(name: str) -> str:
    """Return what happened by the name of a column of dates.

    >>> step_of("resolved_at"), step_of("Date Created"), step_of("Closed Date"), step_of("Resolved")
    ('resolved', 'Created', 'Closed', 'Resolved')
    """
    spaced = re.sub(r"[_\s]+", " ", name)
    return IDLE_WORDS.sub(" ", spaced).strip() or name


def long(table: Table, dates: tuple[str, ...]) -> Table:
    """Return a row for each date that a case has; a row keeps the number of the one it was made of."""
    filled = {name: np.flatnonzero(table[name].cells.str.strip().ne("").to_numpy()) for name in dates}
    places = np.concatenate([filled[name] for name in dates])
    which = np.repeat(np.arange(len(dates)), [len(filled[name]) for name in dates])
    order = np.lexsort((which, places))
    places, which = places[order], which[order]
    times = np.concatenate([table[name].cells.to_numpy(dtype=object)[filled[name]] for name in dates])[order]
    steps = Column(which.astype(np.int32), Column.of([step_of(name) for name in dates]).texts)
    rows = table.rows(places)
    return Table({**rows.columns, STEP: steps, TIME: Column.of(times)}, rows.numbers)
