"""Control charts and bars as pictures; the table beside them says the same."""

from collections.abc import Callable, Sequence
from html import escape

from msgspec import Struct

from process_models.evidence.control_charts import Chart

Scale = Callable[[float], float]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 920, 300, 44, 150, 24, 40


def chart(title: str, drawn: Chart, labels: Sequence[str], tell: Callable[[float], str], target: float | None) -> str:
    """Return a control chart: points, centre, dashed limits, cuts with their cause, signals ringed and numbered.

    ``tell`` says a value as people read it. Of neighbours that stand out the first is numbered.
    """
    words = [tell(float(value)) for value in drawn.values]
    ends = [float(line[i]) for line in (drawn.low, drawn.high, drawn.values) for i in range(len(drawn.values))]
    ends += [target] if target is not None else []
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    low, high = low - 0.06 * span, high + 0.06 * span
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)

    def x(n: float) -> float:
        return LEFT + n * step

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - FOOT) * (1 - (value - low) / (high - low))

    parts = [_lines(drawn, x, y, tell), _points(drawn, x, y, words, labels), _cuts(drawn, x), _axis(labels, x)]
    if target is not None:
        parts.append(
            f'<path d="M{LEFT} {y(target):.1f}H{WIDTH - RIGHT}" stroke="currentColor" stroke-dasharray="1 4" '
            f'fill="none"/><text class="axis" x="{LEFT}" y="{y(target) - 5:.1f}">target</text>'
        )
    told = escape(
        f"{title}. {len(labels)} points, {len(drawn.marked)} of them stand out. The table says the same.", True
    )
    return (
        f'<svg class="forest" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{told}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg>'
    )


def _lines(drawn: Chart, x: Scale, y: Scale, tell: Callable[[float], str]) -> str:
    out = []
    for segment in drawn.segments:
        for line, dash in (
            (drawn.centre, ""),
            (drawn.low, ' stroke-dasharray="6 4"'),
            (drawn.high, ' stroke-dasharray="6 4"'),
        ):
            points = " ".join(f"{x(n):.1f},{y(float(line[n])):.1f}" for n in range(segment.start, segment.stop))
            out.append(f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-opacity="0.6"{dash}/>')
    last = len(drawn.values) - 1
    named = {"mean": drawn.centre, "upper limit": drawn.high, "lower limit": drawn.low}
    taken: list[float] = []
    for name, line in named.items():
        at = y(float(line[last])) + 4
        if all(abs(at - other) >= 13 for other in taken):
            taken.append(at)
            words = f"{name} {tell(float(line[last]))}"
            out.append(f'<text class="axis" x="{WIDTH - RIGHT + 6}" y="{at:.1f}">{words}</text>')
    points = " ".join(f"{x(n):.1f},{y(float(value)):.1f}" for n, value in enumerate(drawn.values))
    out.append(f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/>')
    return "".join(out)


def _points(drawn: Chart, x: Scale, y: Scale, words: Sequence[str], labels: Sequence[str]) -> str:
    out = []
    numbered = {place: n for n, place in enumerate(sorted(drawn.marked), 1)}
    for place, value in enumerate(drawn.values):
        at, up = x(place), y(float(value))
        ring = f'<circle class="ring" cx="{at:.1f}" cy="{up:.1f}" r="6"/>' if place in numbered else ""
        if place in numbered and place - 1 not in numbered:
            ring += f'<text class="axis" x="{at:.1f}" y="{up - 10:.1f}" text-anchor="middle">{numbered[place]}</text>'
        title = escape(f"{labels[place]}: {words[place]}")
        out.append(f'<g><title>{title}</title><circle cx="{at:.1f}" cy="{up:.1f}" r="2.5"/>{ring}</g>')
    return "".join(out)


def _cuts(drawn: Chart, x: Scale) -> str:
    return "".join(
        f'<path d="M{x(one.start - 0.5):.1f} {TOP - 8}V{HEIGHT - FOOT}" stroke="currentColor" fill="none"/>'
        f'<text class="axis" x="{x(one.start - 0.5) + 4:.1f}" y="{TOP - 8}">{escape(one.cause)}</text>'
        for one in drawn.segments[1:]
    )


def _axis(labels: Sequence[str], x: Scale) -> str:
    every = max(1, -(-len(labels) // 8))
    return "".join(
        f'<text class="axis" x="{x(n):.1f}" y="{HEIGHT - FOOT + 20}" text-anchor="middle">{escape(label)}</text>'
        for n, label in enumerate(labels)
        if n % every == 0
    )


ROW, NAMES, VALUES = 34, 240, 190


class Bar(Struct, frozen=True):
    """A bar from nothing: its name, value, interval and words; without doubt both ends are the value."""

    name: str
    value: float
    low: float
    high: float
    words: str


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Return bars from nothing, the ends of their intervals as whiskers."""
    most = max([one.high for one in rows] + [1e-9])
    scale = (WIDTH - NAMES - VALUES) / most
    out = []
    for n, one in enumerate(rows):
        y = 8 + ROW * n + ROW / 2
        end, low, high = (NAMES + max(0.0, value) * scale for value in (one.value, one.low, one.high))
        whisker = (
            f'<path class="line" d="M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - 5:.1f}v10M{high:.1f} {y - 5:.1f}v10"/>'
            if high > low
            else ""
        )
        out.append(
            f'<text class="name" x="0" y="{y + 4:.1f}">{escape(_short(one.name))}</text>'
            f'<path d="M{NAMES} {y - 8:.1f}H{end:.1f}v16H{NAMES}z" fill="currentColor" fill-opacity="0.35"/>{whisker}'
            f'<text class="axis" x="{WIDTH - VALUES + 12}" y="{y + 4:.1f}">{escape(one.words)}</text>'
        )
    height = 16 + ROW * len(rows)
    told = escape(f"{title}. " + " ".join(f"{one.name}: {one.words}." for one in rows), True)
    return (
        f'<svg class="forest" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{told}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">{"".join(out)}</svg>'
    )


def _short(name: str, most: int = 30) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
