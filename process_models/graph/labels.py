"""Where the words of flows stand: on the longest straight piece, on nothing else."""

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from process_models.graph.routing import Box, Point, Routes

HEIGHT = 18
LETTER = 6.6
PADDING = 8
FROM_BEND = 12
STEP = 8.0


class Label(Struct, frozen=True):
    """Words at a flow, with the former share struck through before them, and where they stand."""

    flow: str
    old: str
    text: str
    box: Box


def place_labels(routes: Routes, texts: dict[str, tuple[str, str]]) -> tuple[Label, ...]:
    """Return a place for each label, clear of steps, lane names and one another.

    The best free place is on the flow's longest straight piece, at least 12 px from a bend; then beside it; then on its
    other pieces. Where nothing is free the place with the least overlap is taken.
    """
    names = [Box(40, band.top + 4, 70, 18) for band in routes.bands]
    solid = [*routes.boxes.values(), *names]
    lines = {flow: [_line(one, two) for one, two in pairwise(path)] for flow, path in routes.paths.items()}
    placed: list[Label] = []
    for flow in sorted(texts, key=lambda flow: (_length(routes.paths[flow]), flow)):
        old, text = texts[flow]
        width = LETTER * len(f"{old} {text}".strip()) + PADDING
        others = [line for other, pieces in lines.items() if other != flow for line in pieces]
        box = _best(routes.paths[flow], width, [*solid, *(label.box for label in placed)], others)
        placed.append(Label(flow, old, text, box))
    return tuple(placed)


def _best(path: tuple[Point, ...], width: float, solid: list[Box], lines: list[Box]) -> Box:
    """Return the first free candidate, one that hides no other flow if there is such a one."""
    candidates = list(_candidates(path, width))
    free = [box for box in candidates if not any(box.overlaps(other, 2) for other in solid)]
    clear = next((box for box in free if not any(box.overlaps(line) for line in lines)), None)
    return clear or next(iter(free), None) or min(candidates, key=lambda box: sum(_overlap(box, s) for s in solid))


def _candidates(path: tuple[Point, ...], width: float) -> Iterator[Box]:
    pieces = sorted(pairwise(path), key=lambda piece: -_length(piece))
    for beside in (False, True):
        for one, two in pieces:
            yield from _along(one, two, width, beside)


def _along(one: Point, two: Point, width: float, beside: bool) -> Iterator[Box]:
    """Yield places along a piece from its middle outwards; beside it means above or below, left or right of it."""
    level = one[1] == two[1]
    room = _length((one, two)) / 2 - (0 if beside else FROM_BEND + (width if level else HEIGHT) / 2)
    if room < 0:
        if not beside:
            return
        room = 0
    x, y = (one[0] + two[0]) / 2, (one[1] + two[1]) / 2
    aside = ((HEIGHT / 2 + 3) if level else (width / 2 + 4)) if beside else 0.0
    for n in range(int(room / STEP) + 1):
        for way in (n * STEP, -n * STEP) if n else (0.0,):
            for off in (-aside, aside) if beside else (0.0,):
                cx, cy = (x + way, y + off) if level else (x + off, y + way)
                yield Box(cx - width / 2, cy - HEIGHT / 2, width, HEIGHT)


def _length(path: tuple[Point, ...]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(path))


def _line(one: Point, two: Point) -> Box:
    return Box(min(one[0], two[0]) - 1, min(one[1], two[1]) - 1, abs(one[0] - two[0]) + 2, abs(one[1] - two[1]) + 2)


def _overlap(one: Box, two: Box) -> float:
    width = min(one.x + one.width, two.x + two.width) - max(one.x, two.x)
    height = min(one.y + one.height, two.y + two.height) - max(one.y, two.y)
    return max(0.0, width) * max(0.0, height)
