"""Who is away when: spells drawn for each head, joined with what is known, as changes of capacity before play begins.

A head is keyed by its shift and number and each spell by its number, so another head or another absence leaves all
other spells where they are. Spells of heads that are away together are keyed by the absence alone. A head that is away
twice at once is away once.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from process_models.values import luck
from process_models.values.calendars import Interval, merged
from process_models.values.luck import Purpose

if TYPE_CHECKING:
    from simulations.plan import Plan

BLOCK, PACE, CAPACITY, SHIFT = -2, -1, 0, 1


class Control(NamedTuple):
    """Something that happens to a group at a known time, in the order it is played."""

    time: int
    kind: int
    """BLOCK (twice a step, plus 1 where the group can no longer begin it), PACE (thousandths that work then takes),
    CAPACITY (heads by which it changes) or SHIFT (1 opens, 0 closes)."""
    group: int
    """For PACE a step, or the number of steps plus a group."""
    value: int


def controls(plan: "Plan", world: int) -> list[Control]:
    """Return shifts that open and close, and heads that leave and come back, for one replication."""
    shifts = [
        Control(*row) for row in zip(*(a.tolist() for a in (plan.ctime, plan.ckind, plan.cgrp, plan.cval)), strict=True)
    ]
    slower = zip(*(a.tolist() for a in (plan.ptime, plan.pwhat, plan.pvalue)), strict=True)
    paces = [Control(time, PACE, what, value) for time, what, value in slower]
    stopped = zip(*(a.tolist() for a in (plan.xtime, plan.xgrp, plan.xvalue)), strict=True)
    blocks = [Control(time, BLOCK, group, value) for time, group, value in stopped]
    deltas = [one for group in range(len(plan.cap0)) for one in _deltas(plan, world, group)]
    return sorted(blocks + paces + shifts + deltas, key=lambda control: control[:3])


def absences(plan: "Plan", world: int, group: int, head: int) -> tuple[Interval, ...]:
    """Return when a head is away, in ms after the start."""
    return merged([*_known(plan, group, head), *_spells(plan, world, group, head)])


def present(plan: "Plan", world: int, group: int) -> Iterator[Interval]:
    """Yield the times at which each head of a group is not away, until play stops."""
    for head in range(int(plan.cap0[group])):
        at = 0
        for start, stop in absences(plan, world, group, head):
            yield at, start
            at = stop
        yield at, plan.limit


def _deltas(plan: "Plan", world: int, group: int) -> Iterator[Control]:
    for head in range(int(plan.cap0[group])):
        for start, stop in absences(plan, world, group, head):
            yield Control(start, CAPACITY, group, -1)
            if stop <= plan.limit:
                yield Control(stop, CAPACITY, group, 1)


def _known(plan: "Plan", group: int, head: int) -> Iterator[Interval]:
    for row in range(len(plan.wgrp)):
        if plan.wgrp[row] == group and plan.whead[row] == head:
            yield int(plan.wstart[row]), int(plan.wend[row])


def _spells(plan: "Plan", world: int, group: int, head: int) -> Iterator[Interval]:
    """Yield spells of absence that follow one another at random, already under way at the start with their share."""
    own = luck.lot(world, luck.member(int(plan.gkey[group]), head))
    for row in range(len(plan.agrp)):
        if plan.agrp[row] != group:
            continue
        absence = int(plan.akey[row])
        together = plan.atogether.size and plan.atogether[row]
        lot = luck.lot(world, luck.member(absence, 0)) if together else own
        here, away = (int(plan.ahere[row]), int(plan.aaway[row]))
        at, spell = 0, 0
        if luck.draw(lot, absence, 0, Purpose.AT_START) >> 32 >= plan.astart[row]:
            at = plan.drawn(here, luck.draw(lot, absence, 0, Purpose.PRESENT))
        while at <= plan.limit:
            end = at + max(1, plan.drawn(away, luck.draw(lot, absence, spell, Purpose.AWAY)))
            yield at, end
            spell += 1
            at = end + max(1, plan.drawn(here, luck.draw(lot, absence, spell, Purpose.PRESENT)))
