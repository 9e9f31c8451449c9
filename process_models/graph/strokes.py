"""How the line of a flow is written: rounded elbows, an arrowhead, a gap where it crosses a line drawn before it."""

from bisect import bisect_left, bisect_right
from itertools import pairwise

from process_models.graph.routing import Point

CORNER = 8
GAP = 4
SHORT = 6
"""How far a line ends before the tip of its arrowhead."""

Path = tuple[Point, ...]
Line = tuple[Path, frozenset[Point]]
"""The corners of a flow, and where it gives way to others."""


def crossings(paths: dict[str, Path]) -> dict[str, frozenset[Point]]:
    """Return for each flow the points at which it crosses one that comes before it, clear of corners and heads."""
    level: list[tuple[int, str, Point, Point]] = []
    upright: list[tuple[float, int, str, Point, Point]] = []
    for n, (flow, path) in enumerate(paths.items()):
        for a, b in pairwise(path):
            if a[1] == b[1]:
                level.append((n, flow, min(a, b), max(a, b)))
            else:
                upright.append((a[0], n, flow, min(a, b), max(a, b)))
    upright.sort()
    xs = [one[0] for one in upright]
    found: dict[str, set[Point]] = {flow: set() for flow in paths}
    clear = CORNER + GAP + 1
    for n, flow, (left, y), (right, _) in level:
        for x, m, other, (_, top), (_, foot) in upright[
            bisect_left(xs, left + clear) : bisect_right(xs, right - clear)
        ]:
            if top + clear <= y <= foot - clear and other != flow:
                found[flow if n > m else other].add((x, y))
    return {flow: frozenset(points) for flow, points in found.items()}


def elbows(line: Line) -> str:
    """Return a polyline with rounded corners and gaps, ending short of its arrowhead."""
    path, gaps = line
    points = (*path[:-1], _short(path[-2], path[-1], SHORT))
    here = points[0]
    out = [f"M{_at(here)}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        into, out_of = _short(before, corner, radius), _short(after, corner, radius)
        out.append(f"{_straight(here, into, gaps)}Q{_at(corner)} {_at(out_of)}")
        here = out_of
    return "".join(out) + _straight(here, points[-1], gaps)


def _straight(here: Point, there: Point, gaps: frozenset[Point]) -> str:
    """Return a straight piece with its gaps."""
    on = [gap for gap in gaps if _between(here, gap, there)]
    stops = sorted(on, key=lambda gap: _length(here, gap))
    broken = "".join(f"L{_at(_short(here, gap, GAP))}M{_at(_short(there, gap, GAP))}" for gap in stops)
    return f"{broken}L{_at(there)}"


def _between(here: Point, gap: Point, there: Point) -> bool:
    level = here[1] == gap[1] == there[1] and min(here[0], there[0]) < gap[0] < max(here[0], there[0])
    upright = here[0] == gap[0] == there[0] and min(here[1], there[1]) < gap[1] < max(here[1], there[1])
    return level or upright


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _length(one: Point, two: Point) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _short(start: Point, end: Point, by: float) -> Point:
    """Return the point that lies so much before the end of a straight piece."""
    length = _length(start, end) or 1.0
    by = min(by, length)
    return end[0] - (end[0] - start[0]) * by / length, end[1] - (end[1] - start[1]) * by / length


def head(points: tuple[Point, ...], mark: str) -> str:
    """Return the arrowhead, 8 long and 8.4 wide."""
    (x1, y1), (x2, y2) = points[-2], points[-1]
    if x1 == x2:
        d = 8 if y2 > y1 else -8
        corners = f"{x2:.1f},{y2:.1f} {x2 - 4.2:.1f},{y2 - d:.1f} {x2 + 4.2:.1f},{y2 - d:.1f}"
    else:
        d = 8 if x2 > x1 else -8
        corners = f"{x2:.1f},{y2:.1f} {x2 - d:.1f},{y2 - 4.2:.1f} {x2 - d:.1f},{y2 + 4.2:.1f}"
    return f'<polygon class="head {mark}" points="{corners}"/>'
