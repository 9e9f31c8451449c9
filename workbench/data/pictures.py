"""What a log tells, as pictures: when cases come, and why they waited. Colour is in data.css."""

from bisect import bisect_left
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from process_models.values.causes import CAUSES, Cause
from process_models.values.words import duration
from workbench.data.model import Waited
from workbench.processes.typed import DAYS

WIDTH, NAME, HEADING, CELL, EDGE = 960, 96, 22, 30, 8
CLASSES = 5
BAR, PITCH, LABEL, TOTAL = 26, 36, 216, 96
WIDEST, MARKED = 60, 36
"""Of a column, and from which on every hour is named, px."""
NARROWEST = 34
"""A number stands in a cell of this width, px."""


def bounds(values: Sequence[int]) -> tuple[int, ...]:
    """Return the upper bounds of the five classes of heat: equal steps up to the highest value, each of them once.

    >>> bounds([0, 3, 10]), bounds([0, 2])
    ((2, 4, 6, 8, 10), (1, 2))
    """
    most = max(values, default=0)
    return tuple(sorted({-(-most * n // CLASSES) for n in range(1, CLASSES + 1)} - {0}))


def heat_of(value: int, limits: tuple[int, ...]) -> int:
    """Return the class of a value, 0 for nothing; the highest class is always 5.

    >>> [heat_of(value, (2, 4, 6, 8, 10)) for value in (0, 1, 3, 10)], heat_of(1, (1, 2))
    ([0, 1, 2, 5], 4)
    """
    return 0 if value <= 0 else CLASSES + 1 - len(limits) + bisect_left(limits, value)


def arrivals(counts: Sequence[int], minutes: int) -> str:
    """Return the week as a grid: a row a weekday, a column an interval, the number of cases in each cell.

    Without a case there is no picture.
    """
    if not any(counts):
        return ""
    of_day, limits = len(counts) // 7, bounds(counts)
    first, last = _open(counts, of_day, 60 // minutes)
    wide = min((WIDTH - NAME) / (last - first), WIDEST)
    marks = "".join(_mark((first + n) * minutes, NAME + n * wide, wide) for n in range(last - first))
    rows = "".join(
        _row(name, counts[day * of_day + first : day * of_day + last], HEADING + day * CELL, wide, limits)
        for day, name in enumerate(DAYS)
    )
    across = NAME + (last - first) * wide
    height = HEADING + 7 * CELL + EDGE
    label = escape(f"Cases by weekday and {minutes} minutes of the day. The table below says the same.", quote=True)
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'viewBox="0 0 {across:.0f} {height}" width="{across:.0f}" height="{height}">{marks}{rows}</svg>'
    )


def _open(counts: Sequence[int], of_day: int, an_hour: int) -> tuple[int, int]:
    """Return from and up to which interval of the day cases come, whole hours."""
    seen = [place % of_day // an_hour for place, count in enumerate(counts) if count]
    return min(seen) * an_hour, (max(seen) + 1) * an_hour


def _mark(minute: int, x: float, wide: float) -> str:
    """Return the hour above a column, where there is room for it."""
    if minute % 60 or (wide < MARKED and minute % 120):
        return ""
    return f'<text class="axis" x="{x:.1f}" y="14">{minute // 60}:00</text>'


def _row(name: str, counts: Sequence[int], y: int, wide: float, limits: tuple[int, ...]) -> str:
    cells = []
    for place, count in enumerate(counts):
        x, heat = NAME + place * wide, heat_of(count, limits)
        cells.append(
            f'<rect class="heat{heat}" x="{x:.1f}" y="{y}" width="{max(wide - 1, 1):.1f}" height="{CELL - 1}"/>'
        )
        if count and wide >= NARROWEST:
            middle = x + (wide - 1) / 2
            cells.append(f'<text class="in" x="{middle:.1f}" y="{y + 19}" text-anchor="middle">{count}</text>')
    return f'<text x="0" y="{y + 19}">{name}</text>{"".join(cells)}'


def causes(rows: Sequence[Waited]) -> str:
    """Return a bar for each step, as long as what was waited before it in all, cut by cause."""
    most = max((row.waited for row in rows), default=0)
    scale = (WIDTH - LABEL - TOTAL) / most if most else 0.0
    drawn = "".join(_bar(row, n * PITCH, scale) for n, row in enumerate(rows))
    height = max(len(rows) * PITCH, PITCH)
    told = "; ".join(f"{row.step}: {duration(row.waited)}" for row in rows)
    label = escape(f"Waited in all before each step, by cause. {told}. The table below says the same.", quote=True)
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"><defs>'
        '<pattern id="outside" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="ground" width="6" height="6"/><path class="stripe" d="M0 0v6"/></pattern></defs>'
        f"{drawn}</svg>"
    )


def _bar(row: Waited, y: int, scale: float) -> str:
    parts, x = [], float(LABEL)
    edges = [0]
    for cause in CAUSES:
        edges.append(edges[-1] + getattr(row, cause))
    for cause, (begin, end) in zip(CAUSES, pairwise(edges), strict=True):
        wide = (end - begin) * scale
        if wide >= 0.5:
            parts.append(_part(cause, end - begin, x, y, wide))
        x += wide
    name = row.step if len(row.step) <= NAMED else row.step[: NAMED - 1] + "…"
    return (
        f'<text x="0" y="{y + 18}">{escape(name)}<title>{escape(row.step)}</title></text>{"".join(parts)}'
        f'<text class="value" x="{x + 8:.1f}" y="{y + 18}">{escape(duration(row.waited))}</text>'
    )


NAMED = 30
"""Letters of a step's name that fit before its bar."""
LETTER = 7.2


def _part(cause: Cause, ms: int, x: float, y: int, wide: float) -> str:
    """Return a piece of a bar, with its cause and time if they fit, else the time, else nothing."""
    both, time = f"{cause} {duration(ms)}", duration(ms)
    words = next((text for text in (both, time) if len(text) * LETTER + 8 <= wide), "")
    text = f'<text class="on-{cause}" x="{x + 6:.1f}" y="{y + 18}">{escape(words)}</text>' if words else ""
    title, fill = f"<title>{escape(both)}</title>", ' fill="url(#outside)"' if cause == "extraneous" else ""
    place = f'x="{x:.1f}" y="{y}" width="{max(wide - 2, 0.5):.1f}" height="{BAR}"'
    return f'<g><rect class="{cause}"{fill} {place}>{title}</rect>{text}</g>'
