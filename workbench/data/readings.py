"""From the bytes of a log to what is stored of it: the guess of its columns, and the result of reading it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from process_models.graph.documents import write_graph
from process_models.graph.graph import StepGraph
from process_models.logs.columns import words_of
from process_models.logs.costs import costs, once
from process_models.logs.dates import Order
from process_models.logs.delimited import Parse
from process_models.logs.demand import Demand, demand
from process_models.logs.discovery import Discovered, Source, discover, effect, paths
from process_models.logs.errors import LogError
from process_models.logs.events import Events, events
from process_models.logs.guessing import Guess, guess
from process_models.logs.naming import PEOPLE_WORDS
from process_models.logs.parallel import END, START
from process_models.logs.parallel import Path as Steps
from process_models.logs.presets import presets
from process_models.logs.promised import kept, readings, whole_case
from process_models.logs.quality import quality
from process_models.logs.reading import FOUND_OUT, preview, read
from process_models.logs.recipe import Recipe, events_of, table_of
from process_models.logs.segments import By, arrivals_in, segments
from process_models.logs.table import Column, LeftOut, Table
from process_models.logs.variants import follows, handovers, promises, promises_by_weekday, rework, variants, ways
from process_models.logs.visits import kept_visits, visits
from process_models.logs.waits import lacking, wait_causes
from process_models.logs.wide import long
from process_models.values.canonical import digest, plain
from process_models.values.causes import CAUSES
from process_models.values.document import slug
from process_models.values.sentences import Sentence, say
from workbench.data.model import (
    Effect,
    Guessed,
    Handover,
    HintRow,
    LeftOutRow,
    LostMove,
    Move,
    Paths,
    PingPong,
    Profile,
    PromiseRead,
    RemarkRow,
    Result,
    Rework,
    Said,
    Segment,
    Spread,
    Terms,
    TimeRow,
    Waited,
    Waits,
    Way,
    Weekday,
)
from workbench.errors import Invalid

FEW = 60
"""Columns with at most so many values show them."""
SHOWN_ROWS = 200
CORRECTED = ("case", "step", "start", "time")
"""Uses whose cells can be corrected: none that names people."""
SHOWN_FIRST = 5
SHOWN_COLUMNS = 8
WHOLE = 20_000_000
"""Bytes of a file up to which all rows are looked at for a guess."""
SHOWN_WAYS = 20
SHOWN_FOLLOWS = 500
TOLD = 10
"""Groups are told of only where as many cases are in it: in fewer, a single person could be known again."""
QUARTER = 15
"""Minutes."""
SHOWN_MOVES = 30

Tell = Callable[[int, int, Sentence], None]


def guessed(content: bytes, parse: Parse = FOUND_OUT) -> Guessed:
    """Return what the columns of a file seem to be, by its first rows and some from its middle.

    Raises LogError where it cannot be read as a table.
    """
    reading = preview(content, parse=parse)
    found = guess(reading.table)
    table = long(reading.table, found.wide) if found.wide else reading.table
    shown = tuple(name for name in table.names if not words_of(name) & PEOPLE_WORDS)[:SHOWN_COLUMNS]
    return Guessed(
        names=table.names,
        rows=reading.rows,
        hints=tuple(HintRow(hint.use, hint.column, hint.reason, hint.others, hint.confidence) for hint in found.hints),
        doubts=tuple(Said(doubt) for doubt in found.doubts),
        columns=found.columns,
        values=tuple((name, few) for name in _told(found) if (few := _few(table[name]))),
        format=reading.format,
        parse=reading.parse,
        sheets=reading.sheets,
        notes=tuple(Said(note) for note in reading.notes),
        open_dates=found.open_dates,
        open_marks=found.open_marks,
        size=reading.size,
        preset=next((one.name for one in presets() if one.id == found.preset), ""),
        wide=found.wide,
        classifiers=reading.classifiers,
        sample=_first_rows(table, shown),
        sampled=shown,
        whole=not reading.partial,
    )


def _first_rows(table: Table, names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the first rows as they came, without the columns that may name people."""
    first = table.rows(slice(0, SHOWN_FIRST))
    return tuple(zip(*([cell[:60] for cell in first[name].cells] for name in names), strict=True))


def _told(found: Guess) -> list[str]:
    """Return the columns whose values are shown: those that may be the step or the promise, and name nobody."""
    hints = [hint for use in ("step", "promise") if (hint := found.hint(use))]
    names = {name for hint in hints for name in (hint.column, *hint.others)}
    return sorted(name for name in names if not words_of(name) & PEOPLE_WORDS)


def _few(column: Column) -> tuple[str, ...]:
    """Return the values of a column, the most frequent first, if they are few."""
    if column.distinct > FEW:
        return ()
    ranked = sorted(zip(column.counts.tolist(), column.texts, strict=True), key=lambda one: (-one[0], one[1]))
    return tuple(dict.fromkeys(text.strip()[:80] for _, text in ranked if text.strip()))


def made_of(
    content: bytes | Path, terms: Terms, source: Source, tell: Tell
) -> tuple[StepGraph, Profile, Paths, Result]:
    """Return the graph, the arrivals, the ways and all else that a log tells on its terms.

    Raises LogError with the places where it cannot be read on them.
    """
    tell(0, 4, Sentence.of("read_progress_read"))
    columns = terms.columns
    table, aside = table_of(content, terms)
    log = events(table, columns, aside)
    first_left_out = tuple(_left_out(table, out, terms) for out in log.left_out[:SHOWN_ROWS])
    del table
    tell(1, 4, Sentence.of("read_progress_quality"))
    remarks = tuple(RemarkRow(one.severity, one.sentence, one.consequence) for one in quality(log, columns))
    tell(2, 4, Sentence.of("read_progress_ways"))
    frequent, passed, flags = variants(log), handovers(log), promises(log)
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
        first_left_out=first_left_out,
        cases=log.cases,
        first=log.frame["time"].min().date().isoformat(),
        last=log.frame["time"].max().date().isoformat(),
        remarks=remarks,
        variants=len(frequent),
        ways=tuple(Way(tuple(row["steps"]), int(row["cases"])) for row in _records(frequent.head(SHOWN_WAYS))),
        rework=_rework(log),
        ping_pong_cases=passed.ping_pong_cases,
        handed_over_cases=passed.handed_over_cases,
        ping_pong=tuple(
            PingPong(str(row["group"]), str(row["other"]), int(row["cases"]))
            for row in _records(passed.ping_pong[passed.ping_pong["cases"] >= TOLD].head(SHOWN_WAYS))
        ),
        promise_cases=flags.cases,
        missed=flags.missed,
        promise_unknown=flags.unknown,
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
        segments=_segments(log),
        moves=tuple(
            Move(str(row["step"]), str(row["next"]), int(row["count"]), int(row["cases"]))
            for row in _records(follows(log).head(SHOWN_FOLLOWS))
        ),
        handovers=tuple(
            Handover(str(row["source"]), str(row["target"]), int(row["count"]), int(row["cases"]))
            for row in _records(passed.pairs[passed.pairs["cases"] >= TOLD].head(SHOWN_FOLLOWS))
        ),
        rare_handovers=int((passed.pairs["cases"] < TOLD).sum()),
        waits=_waits(log, terms),
        **_clocked(log, terms),
        arrivals=tuple(int(n) for n in arrivals_in(log, QUARTER)["cases"]),
        costs=_spread(costs(log)) if columns.cost else None,
        cost_once=once(log) if columns.cost else False,
    )
    return found.graph, profile, kept_paths(paths(ways(kept_visits(visits(log))))), result


def _waits(log: Events, terms: Terms) -> Waits:
    """Return why cases waited, or what the log lacks to tell."""
    if lost := lacking(log):
        return Waits(lacking=tuple(Said(one) for one in lost))
    found = wait_causes(log, terms.hours, terms.columns.waiting)
    rows = tuple(
        Waited(str(row["step"]), *(int(row[name]) for name in ("n", "waited", *CAUSES)))
        for row in _records(found.by_step())
    )
    return Waits(rows, hours=found.hours, every=found.every, unnamed=found.unnamed_ms)


def _clocked(log: Events, terms: Terms) -> dict[str, Any]:
    """Return time in process by both readings, pauses of the promise left out, and the promise where there is one."""
    whole = readings(log, whole_case(0, terms.promise.pauses if terms.promise else ()), terms.hours)
    ended = whole[whole["stopped"]]
    found: dict[str, Any] = {"wall": _spread(ended["wall_ms"])}
    if terms.hours:
        found["working"] = _spread(ended["working_ms"])
    if terms.promise:
        told = readings(log, terms.promise, terms.hours)
        found["promise"] = tuple(
            PromiseRead(reading, one.kept, one.missed, one.open)
            for reading in ("wall", *(("working",) if terms.hours else ()))
            for one in (kept(told, reading),)
        )
    return found


def _spread(values: "pd.Series[Any]") -> Spread | None:
    """Return a figure of cases with its spread, None where there is no case."""
    if not len(values):
        return None
    middle, low, high = (round(float(values.quantile(share))) for share in (0.5, 0.1, 0.9))
    return Spread(len(values), round(float(values.mean())), middle, low, high)


def kept_paths(counts: Counter[Steps]) -> Paths:
    """Return ways as they are stored."""
    names = tuple(sorted({step for path in counts for step in path[1:-1]}))
    place = {name: n for n, name in enumerate(names)}
    return Paths(names, tuple((tuple(place[step] for step in path[1:-1]), n) for path, n in counts.items()))


def stored_paths(kept: Paths) -> Counter[Steps]:
    """Return ways as conformance looks at them."""
    return Counter({(START, *(kept.names[place] for place in way), END): n for way, n in kept.ways})


def _left_out(table: Table, out: LeftOut, terms: Terms) -> LeftOutRow:
    """Return a row that was left out, with what it says in the columns that can be corrected."""
    if terms.wide:
        return LeftOutRow(out.row, out.reason)
    names = tuple(name for use in CORRECTED if (name := getattr(terms.columns, use)) in table.names)
    if out.cells:
        said = dict(zip(table.names, out.cells, strict=False))
        cells = tuple((name, said.get(name, "")[:200]) for name in names)
    else:
        place = int(np.searchsorted(table.numbers, out.row))
        column = {name: table[name] for name in names}
        cells = tuple((name, str(one.texts[one.codes[place]])[:200]) for name, one in column.items())
    return LeftOutRow(out.row, out.reason, cells)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain maps."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _rework(log: Events) -> tuple[Rework, ...]:
    table = rework(log)
    rows = _records(table[table["returned"] > 0])
    return tuple(Rework(str(row["step"]), int(row["cases"]), int(row["returned"])) for row in rows)


def _segments(log: Events) -> tuple[Segment, ...]:
    """Return the commonest kinds of cases by each attribute that tells at least two apart."""
    uses: tuple[By, ...] = ("channel", "case_type", "group")
    found = []
    for by in uses:
        rows = _records(segments(log, by).head(SHOWN_WAYS))
        for row in rows if len(rows) > 1 else ():
            mean, median, high = (round(row[name]) for name in ("mean_ms", "median_ms", "p90_ms"))
            said = (int(row["promised"]), int(row["missed"]))
            found.append(Segment(by, str(row["value"]), int(row["cases"]), mean, median, high, *said))
    return tuple(found)


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


def proposed(log: Path, dates: Order | None = None) -> tuple[Recipe, list[Sentence]]:
    """Return the recipe that the columns of a log seem to ask for, with every guess and doubt.

    Raises LogError where no column fits a use that cannot be left out, or day and month cannot be told apart and no
    order is given.
    """
    table = read(log) if log.stat().st_size < WHOLE else preview(log)
    found = guess(table.table)
    if found.columns is None:
        raise LogError(found.doubts[0].id)
    if found.open_dates and dates is None:
        asked = next(doubt for doubt in found.doubts if doubt.id == "log_doubt_dates")
        raise Invalid("ask_dates", column=asked["column"], orders=asked["orders"], example=asked["example"])
    columns = msgspec.structs.replace(found.columns, dates=dates or found.columns.dates)
    said = [*table.notes, *(hint.reason for hint in found.hints), *found.doubts]
    return Recipe(columns=columns, parse=table.parse, wide=found.wide), said


def asked_for(recipe: Recipe, dates: Order | None, zone: str | None, share: str | None) -> Recipe:
    """Return a recipe with what was asked for in place of what it says."""
    changes = {name: value for name, value in (("dates", dates), ("zone", zone)) if value}
    columns = msgspec.structs.replace(recipe.columns, **changes)
    return msgspec.structs.replace(recipe, columns=columns, share=share or recipe.share)


def discovered(
    log: Path, recipe: Recipe, told: Iterable[Sentence] = (), rows: Events | None = None
) -> tuple[str, list[str]]:
    """Return the graph file of a log on the terms of a recipe, and all that is to be said of it."""
    rows = events_of(log, recipe) if rows is None else rows
    columns = recipe.columns
    source = Source(id=slug(log.name.split(".")[0]), name=log.name, log=log.name)
    made = discover(rows, columns, recipe.noise, recipe.hours, source)
    said = list(told)
    for remark in quality(rows, columns):
        said += [remark.sentence, remark.consequence]
    with log.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    report = {"columns": plain(columns), "log": content, "recipe": digest(recipe)}
    return write_graph(made.graph, report=report), [say(one) for one in (*said, *made.account.notes)]
