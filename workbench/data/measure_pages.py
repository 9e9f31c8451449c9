"""The measures of a log, a page each: when cases come, how they pass on, why they wait; and each table as CSV."""

from collections.abc import Callable, Iterator, Sequence

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from msgspec import Struct

from process_models.evidence.intervals import FEWEST
from process_models.exchange.step_table import harmless_csv_of
from process_models.graph.telling import allowed
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.causes import CAUSES, WORDS
from process_models.values.words import HARD, decimal, duration
from workbench import documents, web
from workbench.data import pictures, store
from workbench.data.frame import bp, found, frame, percent, share
from workbench.data.model import Log, Profile, Result, Terms, Waited
from workbench.errors import NotFound, NotPossible
from workbench.permissions import Permission, may, needs
from workbench.processes import store as processes
from workbench.processes.model import Process
from workbench.processes.typed import DAYS, write_clock

INTERVALS = (60, 30, 15)
QUARTERS = 96
"""Quarters of an hour in a day."""
SHOWN = 60
READINGS = {"wall": "day and night", "working": "in working hours"}
OURS = tuple(cause for cause in CAUSES if cause != "extraneous")
Rows = Iterator[tuple[object, ...]]


def result_of(one: Log) -> Result:
    """Return what was read out of a log; raises NotPossible where nothing was."""
    read = store.newest_result(web.current(), one.id)
    if read is None:
        raise NotPossible("not_read")
    return read


def terms_of(result: Result) -> Terms:
    """Return the terms on which something was read."""
    return documents.fetch(web.current(), result.terms, Terms)


def open_processes(one: Log) -> list[Process]:
    """Return the processes of the log's service that the person may see."""
    mine = processes.processes(web.current(), one.service)
    return [process for process in mine if may(web.actor(), Permission.PROCESS_READ, process.place)]


# Arrivals


@bp.get("/<id>/arrivals")
@needs(Permission.DATA_READ)
def arrivals(id: str) -> ResponseReturnValue:
    """Show when in the week cases come."""
    one = found(id)
    result = result_of(one)
    asked = request.args.get("interval", 60, type=int)
    minutes = asked if asked in INTERVALS else INTERVALS[0]
    counts = by_interval(result.arrivals, minutes)
    hourly = by_interval(result.arrivals, 60)
    limits = pictures.bounds(counts)
    terms = terms_of(result)
    outside = outside_hours(result.arrivals, terms)
    return render_template(
        "data/arrivals.html",
        **frame(one, "arrivals"),
        result=result,
        profile=documents.fetch(web.current(), result.demand, Profile),
        minutes=minutes,
        intervals=INTERVALS,
        busiest=_busiest(hourly),
        outside=percent(outside / sum(counts)) if outside and sum(counts) >= FEWEST else "",
        hours=terms.hours,
        svg=pictures.arrivals(counts, minutes),
        key=[(pictures.heat_of(limit, limits), limit) for limit in limits],
        days=DAYS,
        rows=[(write_clock(n * minutes * MINUTE), cells) for n, cells in enumerate(_by_day(counts)) if any(cells)],
        sums=[sum(counts[day * len(counts) // 7 : (day + 1) * len(counts) // 7]) for day in range(7)],
    )


def by_interval(quarters: tuple[int, ...], minutes: int) -> tuple[int, ...]:
    """Return the counts of quarters of an hour as counts of longer intervals.

    >>> by_interval((1, 2, 3, 4, 5, 6), 30)
    (3, 7, 11)
    """
    wide = minutes // 15
    return tuple(sum(quarters[n : n + wide]) for n in range(0, len(quarters), wide))


def _by_day(counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield for each interval of the day its count on each weekday."""
    of_day = len(counts) // 7
    for interval in range(of_day):
        yield tuple(counts[day * of_day + interval] for day in range(7))


def _busiest(hourly: tuple[int, ...]) -> str:
    """Return the hour of the week in which most cases come, empty where none comes."""
    if not any(hourly):
        return ""
    day, hour = divmod(hourly.index(max(hourly)), 24)
    return f"{DAYS[day]}s from {hour}:00 to {hour + 1}:00"


def outside_hours(quarters: tuple[int, ...], terms: Terms) -> int:
    """Return how many cases come in quarters of an hour that lie outside of the working hours; 0 without any."""
    if terms.hours is None:
        return 0
    outside = 0
    for place, count in enumerate(quarters):
        day, quarter = divmod(place, QUARTERS)
        at = quarter * HOUR // 4
        if count and not any(span.day == day and span.start <= at < span.end for span in terms.hours.spans):
            outside += count
    return outside


# Moves


@bp.get("/<id>/moves")
@needs(Permission.DATA_READ)
def moves(id: str) -> ResponseReturnValue:
    """Show which step and which group comes after which, and what comes back."""
    one = found(id)
    result = result_of(one)
    leaving: dict[str, int] = {}
    for row in result.moves:
        leaving[row.step] = leaving.get(row.step, 0) + row.count
    most = max((row.count for row in result.handovers), default=1)
    listed = [(row, leaving[row.step]) for row in result.moves[:SHOWN]]
    return render_template(
        "data/moves.html",
        **frame(one, "moves"),
        result=result,
        handed=percent(result.handed_over_cases / result.cases),
        back=percent(result.ping_pong_cases / result.cases),
        moves=[(row, share(row.count, whole), row.count / whole) for row, whole in listed],
        handovers=[(row, share(row.cases, result.cases), row.count / most) for row in result.handovers[:SHOWN]],
        rework=[(row, share(row.returned, row.cases), row.returned / row.cases) for row in result.rework],
        ping_pong=result.ping_pong,
        few=FEWEST,
        processes=open_processes(one),
    )


# Waits


@bp.get("/<id>/waits")
@needs(Permission.DATA_READ)
def waits(id: str) -> ResponseReturnValue:
    """Show why cases wait before each step, how long cases take, and whether the promise is kept."""
    one = found(id)
    result = result_of(one)
    terms = terms_of(result)
    rows = [row for row in result.waits.rows if row.waited]
    total = sum(row.waited for row in rows)
    return render_template(
        "data/waits.html",
        **frame(one, "waits"),
        result=result,
        terms=terms,
        rows=[(row, duration(row.waited / row.n), _shares(row)) for row in rows],
        total=duration(total),
        worst=worst(rows),
        svg=pictures.causes(rows[:SHOWN]),
        causes=CAUSES,
        words=WORDS,
        unnamed=duration(result.waits.unnamed) if result.waits.unnamed else "",
        times=[(READINGS[name], told) for name, told in _readings(result)],
        promise=[(READINGS[row.reading], row, share(row.kept, row.kept + row.missed)) for row in result.promise],
        limit=allowed(terms.promise) if terms.promise else "",
        flagged=share(result.promise_cases - result.missed, result.promise_cases) if result.promise_cases else "",
        processes=open_processes(one),
    )


class Told(Struct, frozen=True):
    """A spread in words."""

    n: int
    mean: str
    median: str
    low: str
    high: str


def _readings(result: Result) -> list[tuple[str, Told]]:
    found = (("wall", result.wall), ("working", result.working))
    return [
        (name, Told(one.n, *(_in(name)(ms) for ms in (one.mean, one.median, one.low, one.high))))
        for name, one in found
        if one
    ]


def _in(reading: str) -> Callable[[float], str]:
    """Return how a time is told: working time in hours, for nobody knows how many of them a day has."""
    return duration if reading == "wall" else working_hours


def working_hours(ms: float) -> str:
    """Return working time in hours.

    >>> working_hours(80 * 3_600_000), working_hours(5_400_000)
    ('80\\xa0h', '1.5\\xa0h')
    """
    return f"{decimal(ms / HOUR, 1).removesuffix('.0')}{HARD}h"


def _shares(row: Waited) -> dict[str, str]:
    """Return the share of each cause in what was waited before a step."""
    if row.n < FEWEST:
        return dict.fromkeys(CAUSES, "too few")
    return {cause: percent(ms / row.waited) if (ms := getattr(row, cause)) else "none" for cause in CAUSES}


def worst(rows: Sequence[Waited]) -> tuple[str, str, str, str] | None:
    """Return the step before which most was waited in our hands, its share of that, its main cause and whose share."""
    ours = {row.step: row.waited - row.extraneous for row in rows}
    if not any(ours.values()):
        return None
    first = max(rows, key=lambda row: ours[row.step])
    cause = max(OURS, key=lambda one: int(getattr(first, one)))
    told = percent(getattr(first, cause) / ours[first.step])
    return first.step, percent(ours[first.step] / sum(ours.values())), WORDS[cause], told


# Tables as files


def _arrival_rows(result: Result) -> Rows:
    yield ("weekday", "from", "cases")
    for place, count in enumerate(result.arrivals):
        day, quarter = divmod(place, QUARTERS)
        yield DAYS[day], write_clock(quarter * HOUR // 4), count


def _move_rows(result: Result) -> Rows:
    yield ("step", "next", "times", "cases")
    yield from ((row.step, row.next, row.count, row.cases) for row in result.moves)


def _handover_rows(result: Result) -> Rows:
    yield ("from", "to", "times", "cases")
    yield from ((row.group, row.other, row.count, row.cases) for row in result.handovers)


def _rework_rows(result: Result) -> Rows:
    yield ("step", "cases", "came back")
    yield from ((row.step, row.cases, row.returned) for row in result.rework)


def _wait_rows(result: Result) -> Rows:
    yield ("step", "waits", "waited ms", *(f"{cause} ms" for cause in CAUSES))
    for row in result.waits.rows:
        yield row.step, row.n, row.waited, *(getattr(row, cause) for cause in CAUSES)


def _promise_rows(result: Result) -> Rows:
    yield ("time counts", "kept", "missed", "not known yet")
    yield from ((READINGS[row.reading], row.kept, row.missed, row.open) for row in result.promise)


def _way_rows(result: Result) -> Rows:
    yield ("cases", "way")
    yield from ((way.cases, " > ".join(way.steps)) for way in result.ways)


def _time_rows(result: Result) -> Rows:
    yield ("step", "measure", "n", "mean ms", "median ms", "P10 ms", "P90 ms")
    for row in result.times:
        yield row.step, row.measure, row.n, row.mean, row.median, row.low, row.high


TABLES: dict[str, Callable[[Result], Rows]] = {
    "arrivals": _arrival_rows,
    "moves": _move_rows,
    "handovers": _handover_rows,
    "rework": _rework_rows,
    "waits": _wait_rows,
    "promise": _promise_rows,
    "ways": _way_rows,
    "times": _time_rows,
}


@bp.get("/<id>/tables/<name>.csv")
@needs(Permission.DATA_READ)
def table_csv(id: str, name: str) -> ResponseReturnValue:
    """Give a table of what a log tells as CSV, in which no cell is a formula."""
    one = found(id)
    if name not in TABLES:
        raise NotFound("no_table")
    table = harmless_csv_of(TABLES[name](result_of(one)))
    saved = {"Content-Disposition": f'attachment; filename="{one.id}-{name}.csv"'}
    return Response(table.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=saved)
