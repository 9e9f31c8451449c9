"""From the bytes of a log to what is stored of it: the guess of its columns, and the result of reading it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from process_models.graph.documents import write_graph
from process_models.graph.graph import StepGraph
from process_models.logs.columns import words_of
from process_models.logs.demand import Demand, demand
from process_models.logs.discovery import Discovered, Source, discover, effect
from process_models.logs.errors import LogError
from process_models.logs.events import Events, events
from process_models.logs.guessing import PEOPLE_WORDS, Guess, guess
from process_models.logs.quality import quality
from process_models.logs.reading import read
from process_models.logs.variants import handovers, promises, promises_by_weekday, rework, variants
from process_models.values.canonical import plain
from process_models.values.document import slug
from process_models.values.sentences import Sentence, say
from workbench.data.model import (
    Effect,
    Guessed,
    HintRow,
    LeftOutRow,
    LostMove,
    PingPong,
    Profile,
    RemarkRow,
    Result,
    Rework,
    Said,
    Terms,
    TimeRow,
    Way,
    Weekday,
)

FEW = 60
"""Columns with at most so many values show them."""
SHOWN_ROWS = 200
SHOWN_WAYS = 20
SHOWN_MOVES = 30

Tell = Callable[[int, int, Sentence], None]


def guessed(content: bytes) -> Guessed:
    """Return what the columns of a file seem to be.

    Raises LogError where it cannot be read as a table.
    """
    frame = read(content).frame
    found = guess(frame)
    return Guessed(
        names=tuple(str(name) for name in frame.columns),
        rows=len(frame),
        hints=tuple(HintRow(hint.use, hint.column, hint.reason, hint.others) for hint in found.hints),
        doubts=tuple(Said(doubt) for doubt in found.doubts),
        columns=found.columns,
        values=tuple((name, few) for name in _told(found) if (few := _few(frame[name]))),
    )


def _told(found: Guess) -> list[str]:
    """Return the columns whose values are shown: those that may be the step or the promise, and name nobody."""
    hints = [hint for use in ("step", "promise") if (hint := found.hint(use))]
    names = {name for hint in hints for name in (hint.column, *hint.others)}
    return sorted(name for name in names if not words_of(name) & PEOPLE_WORDS)


def _few(column: "pd.Series[str]") -> tuple[str, ...]:
    """Return the values of a column, the most frequent first, if they are few."""
    distinct = column.str.strip().value_counts()
    return tuple(str(value)[:80] for value in distinct.index if value) if len(distinct) <= FEW else ()


def made_of(content: bytes, terms: Terms, source: Source, tell: Tell) -> tuple[StepGraph, Profile, Result]:
    """Return the graph, the arrivals and all else that a log tells on its terms.

    Raises LogError with the places where it cannot be read on them.
    """
    tell(0, 4, Sentence.of("read_progress_read"))
    columns = terms.columns
    log = events(read(content).frame, columns)
    tell(1, 4, Sentence.of("read_progress_quality"))
    remarks = tuple(RemarkRow(one.severity, one.sentence, one.consequence) for one in quality(log, columns))
    tell(2, 4, Sentence.of("read_progress_ways"))
    ways, passed, kept = variants(log), handovers(log), promises(log)
    tell(3, 4, Sentence.of("read_progress_graph"))
    found = discover(log, columns, terms.noise, terms.hours, source)
    profile = _profile(demand(log))
    result = Result(
        terms="",
        graph="",
        demand="",
        meaning=log.meaning.value,
        read=log.read,
        left_out=len(log.left_out),
        first_left_out=tuple(LeftOutRow(row.row, row.reason) for row in log.left_out[:SHOWN_ROWS]),
        cases=log.cases,
        first=log.frame["time"].min().date().isoformat(),
        last=log.frame["time"].max().date().isoformat(),
        remarks=remarks,
        variants=len(ways),
        ways=tuple(Way(tuple(row["steps"]), int(row["cases"])) for row in _records(ways.head(SHOWN_WAYS))),
        rework=_rework(log),
        ping_pong_cases=passed.ping_pong_cases,
        handed_over_cases=passed.handed_over_cases,
        ping_pong=tuple(
            PingPong(str(row["group"]), str(row["other"]), int(row["cases"]))
            for row in _records(passed.ping_pong.head(SHOWN_WAYS))
        ),
        promise_cases=kept.cases,
        missed=kept.missed,
        promise_unknown=kept.unknown,
        weekdays=tuple(
            Weekday(int(row["weekday"]), int(row["cases"]), int(row["missed"]))
            for row in _records(promises_by_weekday(log))
        ),
        explained=found.account.explained,
        explained_variants=found.account.explained_variants,
        lost=tuple(LostMove(*move) for move in found.account.left_out_moves[:SHOWN_MOVES]),
        lost_steps=found.account.left_out_steps,
        notes=tuple(Said(note) for note in found.account.notes),
        effects=_effects(log),
        times=_times(found),
    )
    return found.graph, profile, result


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain maps."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _rework(log: Events) -> tuple[Rework, ...]:
    table = rework(log)
    rows = _records(table[table["returned"] > 0])
    return tuple(Rework(str(row["step"]), int(row["cases"]), int(row["returned"])) for row in rows)


def _effects(log: Events) -> tuple[Effect, ...]:
    return tuple(
        Effect(str(r["noise"]), int(r["steps"]), int(r["flows"]), int(r["cases"])) for r in _records(effect(log))
    )


def _times(found: Discovered) -> tuple[TimeRow, ...]:
    return tuple(
        TimeRow(
            str(r["step"]),
            str(r["measure"]),
            int(r["n"]),
            int(r["mean_ms"]),
            int(r["median_ms"]),
            int(r["p10_ms"]),
            int(r["p90_ms"]),
        )
        for r in _records(found.times)
    )


def _profile(found: Demand) -> Profile:
    remarks = tuple(Said(remark) for remark in found.remarks)
    return Profile(found.per_hour, found.n, found.cut, found.weeks, found.first, found.last, found.zone, remarks)


def discovered(log: Path) -> tuple[str, list[str]]:
    """Return the graph file of a log on the terms that its columns seem to mean, and all that is to be said of it.

    Raises LogError where no column fits a use that cannot be left out.
    """
    table = read(log)
    found = guess(table.frame)
    if found.columns is None:
        raise LogError(found.doubts[0].id)
    rows = events(table.frame, found.columns)
    made = discover(rows, found.columns, source=Source(id=slug(log.name.split(".")[0]), name=log.name, log=log.name))
    said = [*(hint.reason for hint in found.hints), *found.doubts]
    for remark in quality(rows, found.columns):
        said += [remark.sentence, remark.consequence]
    report = {"columns": plain(found.columns), "log": table.digest}
    return write_graph(made.graph, report=report), [say(one) for one in (*said, *made.account.notes)]
