"""What a figure hangs on: each assumption moved alone, and all of them at once.

*One at a time* (a tornado) plays with each assumption at its low and its high end, all others as assumed. *Elementary
effects* (Morris, *Factorial sampling plans for preliminary computational experiments*, Technometrics 33(2), 1991;
the mean of sizes after Campolongo, Cariboni and Saltelli 2007) walks through the whole space on a grid of four levels:
a large mean size says that an assumption matters somewhere, a large spread that it matters differently elsewhere, by
curvature or together with others. All plays share their luck, so what differs is the assumption; intervals are
Student's, over replications for the first and over walks for the second.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from process_models.values import luck
from simulations.assumptions import LEVELS, Assumption, Level, Switch
from simulations.comparison import Direction, Estimate, estimate, verdict
from simulations.selection import paired

WALKS = 10
"""Walks through the space of assumptions; each plays once more than there are assumptions."""
LAST = 3
"""The highest of the levels 0 to 3 of the grid."""
JUMP = 2
"""Levels by which one assumption is moved: with four levels every level is then as frequent (Morris 1991)."""

Levels = tuple[tuple[str, Level], ...]
"""Assumptions that are not as assumed, sorted by id; empty: all are."""
Series = Sequence[float | None]
"""The figure, one value a replication; empty where the play had to be stopped."""


class Swing(NamedTuple):
    """A figure with one assumption switched."""

    id: str
    switch: Switch
    then: Estimate | None
    """The figure; None where the play had to be stopped because far too much work came."""
    change: Estimate | None
    """By how much it differs from the figure as assumed, replication by replication."""
    word: str
    """The verdict on the figure, where it is a difference between designs; empty where it could not be played."""


class Effect(NamedTuple):
    """What one assumption does to a figure over its whole range, wherever the others stand."""

    id: str
    size: Estimate
    """Mean size of its effects, with the interval over walks."""
    mean: float
    """Mean effect with its sign: near the size where it works one way only."""
    spread: float
    """Standard deviation of its effects."""


def one_at_a_time(assumptions: Iterable[Assumption]) -> tuple[Levels, ...]:
    """Return what has to be played for a tornado: as assumed, and each assumption at each of its switches."""
    alone = (((one.id, LEVELS[switch]),) for one in assumptions for switch, _ in one.switches)
    return ((), *alone)


def swings(
    assumptions: Iterable[Assumption], played: Mapping[Levels, Series], direction: Direction
) -> tuple[Swing, ...]:
    """Return the swings of all assumptions that were played, the widest first."""
    usual = played[()]
    found = [
        _swing(one.id, switch, usual, played[levels], direction)
        for one in assumptions
        for switch, _ in one.switches
        if (levels := ((one.id, LEVELS[switch]),)) in played
    ]
    widest: dict[str, float] = {}
    for one in found:
        widest[one.id] = max(widest.get(one.id, 0.0), float("inf") if one.change is None else abs(one.change.mean))
    return tuple(sorted(found, key=lambda one: (-widest[one.id], one.id, list(LEVELS).index(one.switch))))


def _swing(id: str, switch: Switch, usual: Series, then: Series, direction: Direction) -> Swing:
    found = estimate([one for one in then if one is not None])
    return Swing(id, switch, found, estimate(paired(usual, then)), verdict(found, direction) if found else "")


def flips(found: Iterable[Swing], usual: str) -> tuple[Swing, ...]:
    """Return the swings that would change our mind: the verdict is another, or nothing can be played."""
    return tuple(one for one in found if one.word != usual)


def walks(ids: Sequence[str], seed: int, count: int = WALKS) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return walks: points of whole levels 0 to 3, one assumption moved by two levels at each, in shuffled order.

    >>> [len(walk) for walk in walks(["a", "b", "c"], 1, 2)]
    [4, 4]
    """
    return tuple(_walk(len(ids), luck.lot(luck.world(seed, number), 0)) for number in range(count))


def _walk(size: int, lot: int) -> tuple[tuple[int, ...], ...]:
    at = [luck.draw(lot, n, 0, luck.Purpose.CLASS) >> 62 for n in range(size)]
    order = sorted(range(size), key=lambda n: luck.draw(lot, n, 0, luck.Purpose.ROUTE))
    points = [tuple(at)]
    for n in order:
        at[n] += JUMP if at[n] < JUMP else -JUMP
        points.append(tuple(at))
    return tuple(points)


def placed(assumptions: Sequence[Assumption], point: Sequence[int]) -> Levels:
    """Return the levels of a point; what can only be off is off in the lower half."""
    return tuple(sorted((one.id, _level(one, at)) for one, at in zip(assumptions, point, strict=True)))


def _level(one: Assumption, at: int) -> Level:
    if _ranges(one):
        return at / LAST
    return "off" if at < JUMP else 0.5


def _ranges(one: Assumption) -> bool:
    return any(switch != "off" for switch, _ in one.switches)


def _whole(one: Assumption, levels: int) -> float:
    """Return what makes an effect over some levels one over the whole range; off and on are the whole range."""
    return LAST / levels if _ranges(one) else JUMP / levels


def effects(
    assumptions: Sequence[Assumption], seed: int, played: Mapping[Levels, Series], count: int = WALKS
) -> tuple[Effect, ...]:
    """Return the effects of all assumptions, the largest first; steps next to a stopped play are left out."""
    found: dict[str, list[float]] = {one.id: [] for one in assumptions}
    for walk in walks([one.id for one in assumptions], seed, count):
        for before, after in pairwise(walk):
            n = next(n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b)
            apart = paired(played[placed(assumptions, before)], played[placed(assumptions, after)])
            if apart:
                found[assumptions[n].id].append(sum(apart) / len(apart) * _whole(assumptions[n], after[n] - before[n]))
    told = [_effect(id, values) for id, values in found.items() if values]
    return tuple(sorted(told, key=lambda one: (-one.size.mean, one.id)))


def _effect(id: str, values: Sequence[float]) -> Effect:
    size = estimate([abs(value) for value in values])
    assert size is not None
    middle = sum(values) / len(values)
    spread = (sum((value - middle) ** 2 for value in values) / (len(values) - 1)) ** 0.5 if len(values) > 1 else 0.0
    return Effect(id, size, middle, spread)
