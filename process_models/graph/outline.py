"""The region round steps: one rectilinear line, 16 px clear of them, in several pieces if need be."""

from itertools import pairwise

from process_models.graph.routing import Box, Point

CLEAR = 16
RADIUS = 10
REACH = 150
"""Boxes nearer than this, with nothing foreign between them, share one region."""


def outline(inside: list[Box], outside: list[Box]) -> str:
    """Return an SVG path round boxes; what is apart is joined where no foreign box lies between."""
    rects = [_grown(box) for box in inside]
    free = [bridge for bridge in _straight(inside) if _clear([bridge], outside)]
    rects += free
    return "".join(_rounded(loop) for loop in _loops([*rects, *_joined(rects, outside)]))


def _clear(rects: list[Box], outside: list[Box]) -> bool:
    return not any(rect.overlaps(other, 4) for rect in rects for other in outside)


def _joined(rects: list[Box], outside: list[Box]) -> list[Box]:
    """Return the elbows that join pieces still apart, the nearest first."""
    pieces = _pieces(rects)
    bridges: list[Box] = []
    while len(pieces) > 1:
        pairs = sorted(
            (
                (_distance(a, b), i, j, a, b)
                for i, one in enumerate(pieces)
                for j, two in enumerate(pieces[:i])
                for a in one
                for b in two
            ),
            key=lambda pair: pair[:3],
        )
        found = next(((i, j, e) for _, i, j, a, b in pairs for e in _elbows(a, b) if _clear(e, outside)), None)
        if found is None:
            return bridges
        i, j, elbow = found
        bridges += elbow
        pieces[j] += [*pieces[i], *elbow]
        del pieces[i]
    return bridges


def _pieces(rects: list[Box]) -> list[list[Box]]:
    """Return rectangles grouped by whether they touch."""
    pieces: list[list[Box]] = []
    for rect in rects:
        touching = [piece for piece in pieces if any(rect.overlaps(other) for other in piece)]
        pieces = [piece for piece in pieces if piece not in touching]
        pieces.append([rect, *(other for piece in touching for other in piece)])
    return pieces


def _distance(a: Box, b: Box) -> float:
    across = max(a.x, b.x) - min(a.x + a.width, b.x + b.width)
    down = max(a.y, b.y) - min(a.y + a.height, b.y + b.height)
    return max(0.0, across) + max(0.0, down)


def _elbows(a: Box, b: Box) -> list[list[Box]]:
    """Return the two elbows, as wide as the boxes, that lead from one box to another."""
    left, right = min(a.x, b.x), max(a.x + a.width, b.x + b.width)
    top, foot = min(a.y, b.y), max(a.y + a.height, b.y + b.height)
    return [
        [Box(left, a.y, right - left, a.height), Box(b.x, top, b.width, foot - top)],
        [Box(left, b.y, right - left, b.height), Box(a.x, top, a.width, foot - top)],
    ]


def _grown(box: Box) -> Box:
    return Box(box.x - CLEAR, box.y - CLEAR, box.width + 2 * CLEAR, box.height + 2 * CLEAR)


def _straight(boxes: list[Box]) -> list[Box]:
    """Return the rectangles that join boxes side by side, or one above the other."""
    out = []
    for n, one in enumerate(boxes):
        for two in boxes[n + 1 :]:
            a, b = _grown(one), _grown(two)
            (x1, x2), (y1, y2) = _gap(a.x, a.width, b.x, b.width), _gap(a.y, a.height, b.y, b.height)
            if y1 >= y2 and x2 - x1 <= REACH:
                low, high = max(a.y, b.y), min(a.y + a.height, b.y + b.height)
                out.append(Box(min(x1, x2), low, abs(x2 - x1), high - low))
            elif x1 >= x2 and y2 - y1 <= REACH:
                low, high = max(a.x, b.x), min(a.x + a.width, b.x + b.width)
                out.append(Box(low, min(y1, y2), high - low, abs(y2 - y1)))
    return [box for box in out if box.width > 0 and box.height > 0]


def _gap(a: float, a_size: float, b: float, b_size: float) -> tuple[float, float]:
    """Return the end of the first and the start of the second along one axis."""
    return (a + a_size, b) if a <= b else (b + b_size, a)


def _loops(rects: list[Box]) -> list[list[Point]]:
    """Return the outlines of a union of rectangles, walked with the region on the right."""
    xs = sorted({x for r in rects for x in (r.x, r.x + r.width)})
    ys = sorted({y for r in rects for y in (r.y, r.y + r.height)})
    full = {
        (i, j)
        for i, (x, x2) in enumerate(pairwise(xs))
        for j, (y, y2) in enumerate(pairwise(ys))
        if any(r.x <= x and x2 <= r.x + r.width and r.y <= y and y2 <= r.y + r.height for r in rects)
    }
    _fill_slits(full, xs, ys)
    edges: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for i, j in sorted(full):
        sides = (
            ((i, j - 1), (i, j), (i + 1, j)),
            ((i + 1, j), (i + 1, j), (i + 1, j + 1)),
            ((i, j + 1), (i + 1, j + 1), (i, j + 1)),
            ((i - 1, j), (i, j + 1), (i, j)),
        )
        for neighbour, start, end in sides:
            if neighbour not in full:
                edges.setdefault(start, []).append(end)
    loops = []
    while edges:
        start = min(edges)
        loop, here = [start], edges[start].pop()
        while here != start:
            loop.append(here)
            here = edges[here].pop()
        edges = {point: ends for point, ends in edges.items() if ends}
        loops.append(_corners([(xs[i], ys[j]) for i, j in loop]))
    return loops


def _fill_slits(full: set[tuple[int, int]], xs: list[float], ys: list[float]) -> None:
    """Fill slits that are narrower than twice the clearance, between two parts of the region."""
    for i in range(1, len(xs) - 2):
        for j in range(len(ys) - 1):
            if xs[i + 1] - xs[i] < 2 * CLEAR and {(i - 1, j), (i + 1, j)} <= full:
                full.add((i, j))
    for i in range(len(xs) - 1):
        for j in range(1, len(ys) - 2):
            if ys[j + 1] - ys[j] < 2 * CLEAR and {(i, j - 1), (i, j + 1)} <= full:
                full.add((i, j))


def _corners(points: list[Point]) -> list[Point]:
    """Return a closed line without the points in the middle of its straight pieces."""
    ring = [points[-1], *points, points[0]]
    return [
        b
        for a, b, c in zip(ring, ring[1:], ring[2:], strict=False)
        if not (a[0] == b[0] == c[0] or a[1] == b[1] == c[1])
    ]


def _rounded(loop: list[Point]) -> str:
    ring = [loop[-1], *loop, loop[0]]
    out: list[str] = []
    for before, corner, after in zip(ring, ring[1:], ring[2:], strict=False):
        into, out_of = _towards(corner, before), _towards(corner, after)
        verb = "L" if out else "M"
        out.append(f"{verb}{into[0]:.1f} {into[1]:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {out_of[0]:.1f} {out_of[1]:.1f}")
    return "".join(out) + "Z"


def _towards(corner: Point, other: Point) -> Point:
    """Return the point on the way to the next corner at which the rounding begins."""
    length = abs(corner[0] - other[0]) + abs(corner[1] - other[1])
    by = min(RADIUS, length / 2) / length
    return corner[0] + (other[0] - corner[0]) * by, corner[1] + (other[1] - corner[1]) * by
