"""Intervals as pictures: paired differences to the as-is process, better always to the right."""

from collections.abc import Callable
from html import escape

from msgspec import Struct

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
