"""Intervals as pictures: paired differences to the as-is process, better always to the right."""

from collections.abc import Callable
from html import escape

from msgspec import Struct

from process_models.values.calendars import HOUR, MINUTE
from simulations.inside import Hour

WIDTH, ROW, LEFT, RIGHT, TOP = 660, 44, 200, 200, 34
SMALLEST = 12.0
"""An interval is never drawn smaller, px."""


class Bar(Struct, frozen=True):
    """One interval: what it is of, its mean and ends, and what they say."""

    name: str
    mean: float
    low: float
    high: float
    verdict: str
    value: str
    interval: str


def forest(title: str, toward: str, bars: list[Bar], lower_is_better: bool) -> str:
    """Return intervals on one axis with a zero line through all rows; without bars an empty text.

    The axis is turned round where less is better. An unclear one is an open diamond on a dashed line.
    """
    if not bars:
        return ""
    reach = max([abs(end) for bar in bars for end in (bar.low, bar.high)] + [1e-9]) * 1.1
    middle, half = LEFT + (WIDTH - LEFT - RIGHT) / 2, (WIDTH - LEFT - RIGHT) / 2
    scale = (-half if lower_is_better else half) / reach
    height = TOP + ROW * len(bars) + 8
    rows = "".join(_row(bar, lambda v: middle + v * scale, TOP + ROW * n + ROW / 2) for n, bar in enumerate(bars))
    label = escape(
        f"{title}. " + " ".join(f"{b.name}: {b.value}, {b.interval}, {b.verdict}." for b in bars), quote=True
    )
    return (
        f'<svg class="forest" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f'<text class="axis" x="{middle + 6:.1f}" y="14">{escape(toward)} →</text>'
        f'<path class="zero" d="M{middle:.1f} 18V{height - 8}"/>{rows}</svg>'
    )


def _row(bar: Bar, x: Callable[[float], float], y: float) -> str:
    low, high = sorted((x(bar.low), x(bar.high)))
    mean = x(bar.mean)
    if high - low < SMALLEST:
        low, high = mean - SMALLEST / 2, mean + SMALLEST / 2
    marks = {
        "better": f'<circle cx="{mean:.1f}" cy="{y:.1f}" r="5"/>',
        "worse": f'<rect x="{mean - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>',
    }
    diamond = f'<path class="open" d="M{mean:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"/>'
    line = (
        f'<path class="line" d="M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - 4.5:.1f}v9M{high:.1f} {y - 4.5:.1f}v9"/>'
    )
    kind = bar.verdict if bar.verdict in marks else "unclear"
    return (
        f'<text class="name" x="0" y="{y + 4:.1f}">{escape(bar.name)}</text>'
        f'<g class="{kind}">{line}{marks.get(bar.verdict, diamond)}</g>'
        f'<text class="value" x="{WIDTH - RIGHT + 16}" y="{y - 2:.1f}">{escape(bar.value)}</text>'
        f'<text class="axis" x="{WIDTH - RIGHT + 16}" y="{y + 14:.1f}">{escape(bar.interval)}</text>'
    )


PLOT, AXIS, EDGE = 120, 22, 44
"""Height of a plot, of its axis below, and room for its scale, px."""


def day(title: str, hours: tuple[Hour, ...]) -> str:
    """Return two plots over the hours of a day: people present (outline) and busy (filled), and cases waiting."""
    people = [(one.hour, one.busy.mean, one.present.mean) for one in hours]
    waiting = [(one.hour, one.waiting.mean, 0.0) for one in hours]
    height = 2 * (PLOT + AXIS + 24)
    label = escape(f"{title}: people present and busy, and cases waiting, by hour of the day. The table says the same.")
    return (
        f'<svg class="forest" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"{_plot('People: present (outline), busy (filled)', people, 0)}"
        f"{_plot('Cases waiting', waiting, PLOT + AXIS + 24)}</svg>"
    )


def _plot(name: str, bars: list[tuple[int, float, float]], top: int) -> str:
    most = max([value for _, *pair in bars for value in pair] + [1e-9])
    base, wide = top + 20 + PLOT, (WIDTH - EDGE) / max(1, len(bars))
    out = [
        f'<text class="axis" x="{EDGE}" y="{top + 12}">{escape(name)}</text>',
        f'<text class="axis" x="0" y="{top + 30}">{most:.1f}</text><text class="axis" x="0" y="{base}">0</text>',
        f'<path class="zero" d="M{EDGE} {base}H{WIDTH}"/>',
    ]
    for n, (hour, filled, outline) in enumerate(bars):
        x = EDGE + n * wide
        for value, paint in ((filled, 'fill="currentColor" fill-opacity="0.55"'), (outline, 'fill="none"')):
            tall = PLOT * value / most
            if tall > 0:
                out.append(
                    f'<path d="M{x + 1:.1f} {base}V{base - tall:.1f}h{wide - 2:.1f}V{base}" {paint} '
                    'stroke="currentColor"/>'
                )
        if n % 2 == 0:
            out.append(f'<text class="axis" x="{x + 2:.1f}" y="{base + 16}">{hour}</text>')
    return "".join(out)


def over_days(days: tuple[float, ...], warm_up: int | None) -> str:
    """Return the work in progress day by day, the warm-up marked by a dashed line."""
    most = max((*days, 1e-9))
    wide, base = (WIDTH - EDGE) / max(1, len(days) - 1), 20 + PLOT
    points = " ".join(f"{EDGE + n * wide:.1f},{base - PLOT * value / most:.1f}" for n, value in enumerate(days))
    end = EDGE + (warm_up or 0) * wide
    mark = (
        f'<path d="M{end:.1f} 18V{base}" stroke="currentColor" stroke-dasharray="4 3"/>'
        f'<text class="axis" x="{end + 4:.1f}" y="30">day {warm_up}</text>'
        if warm_up
        else ""
    )
    label = escape(
        f"Cases under way over {len(days)} days, from {days[0]:.0f} on the first to {days[-1]:.0f} on the last."
    )
    return (
        f'<svg class="forest" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'viewBox="0 0 {WIDTH} {base + AXIS}" width="{WIDTH}" height="{base + AXIS}">'
        f'<text class="axis" x="{EDGE}" y="12">Cases under way</text><text class="axis" x="0" y="30">{most:.0f}</text>'
        f'<text class="axis" x="0" y="{base}">0</text><path class="zero" d="M{EDGE} {base}H{WIDTH}"/>'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>{mark}'
        f'<text class="axis" x="{EDGE}" y="{base + 16}">day 1</text>'
        f'<text class="axis" x="{WIDTH}" y="{base + 16}" text-anchor="end">day {len(days)}</text></svg>'
    )


class DayBar(Struct, frozen=True):
    """Heads in one interval of a day: needed, by formula, there now; ms after midnight."""

    start: int
    end: int
    heads: int
    formula: int
    now: int


def shifts(title: str, bars: list[DayBar]) -> str:
    """Return the heads of one weekday: needed (filled), by formula (dashed), there now (line)."""
    most = max([value for bar in bars for value in (bar.heads, bar.formula, bar.now)] + [1])
    first, last = bars[0].start, bars[-1].end
    wide, base = NARROW - EDGE - 8, 12 + LOW

    def x(at: int) -> float:
        return EDGE + (at - first) / (last - first) * wide

    out = [f'<text class="axis" x="0" y="20">{most}</text><text class="axis" x="0" y="{base}">0</text>']
    out += [
        f'<path d="M{x(bar.start):.1f} {base}V{base - LOW * bar.heads / most:.1f}H{x(bar.end):.1f}V{base}z" '
        'fill="currentColor" fill-opacity="0.35"/>'
        for bar in bars
    ]
    for name, dash in (("formula", ' stroke-dasharray="3 3"'), ("now", "")):
        steps = "".join(
            f"{'M' if n == 0 or bar.start != bars[n - 1].end else 'L'}{x(bar.start):.1f} "
            f"{base - LOW * getattr(bar, name) / most:.1f}H{x(bar.end):.1f}"
            for n, bar in enumerate(bars)
        )
        out.append(f'<path d="{steps}" fill="none" stroke="currentColor" stroke-width="1.6"{dash}/>')
    out += [f'<path class="zero" d="M{EDGE} {base}H{NARROW - 8}"/>']
    out += [
        f'<text class="axis" x="{x(at):.1f}" y="{base + 16}" text-anchor="{anchor}">{_time(at)}</text>'
        for at, anchor in ((first, "start"), (last, "end"))
    ]
    told = ", ".join(f"{_time(bar.start)} {bar.heads}" for bar in bars)
    label = escape(f"{title}, heads needed from: {told}. The table has all.", quote=True)
    return (
        f'<svg class="forest" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'viewBox="0 0 {NARROW} {base + AXIS}" width="{NARROW}" height="{base + AXIS}">{"".join(out)}</svg>'
    )


def _time(ms: int) -> str:
    return f"{ms // HOUR}:{ms // MINUTE % 60:02d}"


NARROW, LOW = 230, 70
"""Width of a day's picture and height of its plot, px."""


class Reach(Struct, frozen=True):
    """How much of something one design bears: up to where for certain, on average, and at best, and what that says."""

    name: str
    sure: float
    mean: float
    perhaps: float
    words: str


def reaches(title: str, rows: list[Reach], now: float = 0.0, label: str = "") -> str:
    """Return bars from nothing to what is borne, the uncertain part lighter, with a line at what is so now."""
    most = max([row.perhaps for row in rows] + [now, 1e-9]) * 1.05
    scale = (WIDTH - LEFT - RIGHT) / most
    height = TOP + ROW * len(rows) + 8
    at = LEFT + now * scale
    out = [
        f'<text class="axis" x="{at + 4:.1f}" y="14">{escape(label)}</text>',
        f'<path class="zero" d="M{at:.1f} 18V{height - 8}"/>',
    ]
    for n, row in enumerate(rows):
        y = TOP + ROW * n + ROW / 2
        mean = LEFT + max(0.0, row.mean) * scale
        sure, perhaps = (LEFT + max(0.0, end) * scale for end in (row.sure, row.perhaps))
        out.append(
            f'<text class="name" x="0" y="{y + 4:.1f}">{escape(row.name)}</text>'
            f'<path d="M{LEFT} {y - 7:.1f}H{sure:.1f}v14H{LEFT}z" fill="currentColor" '
            f'fill-opacity="0.6"/><path d="M{sure:.1f} {y - 7:.1f}H{perhaps:.1f}'
            f'v14H{sure:.1f}z" fill="currentColor" fill-opacity="0.2"/>'
            f'<path d="M{mean:.1f} {y - 10:.1f}v20" stroke="currentColor" stroke-width="2"/>'
            f'<text class="axis" x="{WIDTH - RIGHT + 16}" y="{y + 4:.1f}">{escape(row.words)}</text>'
        )
    told = escape(f"{title}. " + " ".join(f"{row.name}: {row.words}." for row in rows), quote=True)
    return (
        f'<svg class="forest" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{told}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">{"".join(out)}</svg>'
    )


WIDE, NAMES, SLIM = 860, 300, 30
"""Width of a picture of assumptions, of its names, and height of a row, px."""
DRAWN = 15
"""Assumptions that a picture shows; the table beside it has all."""


class Sway(Struct, frozen=True):
    """What one assumption does to a figure: changes at its ends, each with its interval and words."""

    name: str
    ends: list[tuple[str, float, float, float]]
    """Switch, change, and the ends of its interval."""
    words: str


def tornado(title: str, middle: str, rows: list[Sway]) -> str:
    """Return bars from the figure as assumed to what it is at each end: low is an outline, high and off are filled."""
    rows = rows[:DRAWN]
    reach = max([abs(edge) for row in rows for _, *edges in row.ends for edge in edges] + [1e-9]) * 1.05
    half = (WIDE - NAMES - RIGHT) / 2
    at, scale, height = NAMES + half, half / reach, TOP + SLIM * len(rows) + 8
    out = [
        f'<text class="axis" x="{at:.1f}" y="14" text-anchor="middle">{escape(middle)}</text>',
        *(_sway(row, at, scale, TOP + SLIM * n + SLIM / 2) for n, row in enumerate(rows)),
        f'<path class="zero" d="M{at:.1f} 20V{height - 8}"/>',
    ]
    told = escape(f"{title}. " + " ".join(f"{row.name}: {row.words}." for row in rows), quote=True)
    return (
        f'<svg class="forest" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{told}" '
        f'viewBox="0 0 {WIDE} {height}" width="{WIDE}" height="{height}">{"".join(out)}</svg>'
    )


def _sway(row: Sway, at: float, scale: float, y: float) -> str:
    out = [f'<text class="name" x="0" y="{y + 4:.1f}">{escape(row.name)}</text>']
    for n, (switch, change, low, high) in enumerate(row.ends):
        top = y - 8 + (8 * n if len(row.ends) > 1 else 4)
        left, right = sorted((at, at + change * scale))
        paint = (
            'fill="none"'
            if switch == "low"
            else f'fill="currentColor" fill-opacity="{0.6 if switch == "high" else 0.3}"'
        )
        out.append(
            f'<path d="M{left:.1f} {top:.1f}H{right:.1f}v7H{left:.1f}z" {paint} stroke="currentColor"/>'
            f'<path d="M{at + low * scale:.1f} {top + 3.5:.1f}H{at + high * scale:.1f}" stroke="currentColor" '
            'stroke-width="1.5"/>'
        )
    return "".join(out) + f'<text class="axis" x="{WIDE - RIGHT + 16}" y="{y + 4:.1f}">{escape(row.words)}</text>'
