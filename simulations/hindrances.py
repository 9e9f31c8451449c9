"""What slows work down or keeps people from beginning it, as changes at known times: numbers for a plan.

Slowdowns of the scenario and learning of new heads become the thousandths that work takes from a time on; outages and
lost skills become pairs of group and step that cannot be begun.
"""

from collections.abc import Iterable
from fractions import Fraction as Exact
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from process_models.graph.design import Design, Learning, Pool, Shift
from process_models.graph.graph import StepGraph
from process_models.graph.steps import TIMED, Kind
from process_models.values.calendars import DAY
from process_models.values.errors import ModelError
from process_models.values.fractions import number
from simulations.scenario import Outage, Scenario, Slowdown

Groups = tuple[tuple[Pool, Shift], ...]
WEEK = 7 * DAY
USUAL = 1000
"""Thousandths that work takes where nothing slows it down."""


class Slower(NamedTuple):
    """A stretch in which work takes so many times as long."""

    start: int
    end: int
    factor: Exact


def paces(graph: StepGraph, groups: Groups, scenario: Scenario) -> dict[str, NDArray[Any]]:
    """Return when work of which step or group begins to take how many thousandths; nothing where all is as usual."""
    changes: list[tuple[int, int, int]] = []
    for what, step in enumerate(graph.steps):
        own = [_stretch(one) for one in scenario.slowdowns if step.id in one.steps and step.kind in TIMED]
        changes += [(time, what, value) for time, value in _changes(own)]
    for n, (pool, shift) in enumerate(groups):
        own = [_stretch(one) for one in scenario.slowdowns if one.pool == pool.id]
        own += _learnt(shift.learning) if shift.learning else []
        changes += [(time, len(graph.steps) + n, value) for time, value in _changes(own)]
    for one in scenario.slowdowns:
        _refuse_unknown(one, graph, groups)
    return _arrays(("ptime", "pwhat", "pvalue"), [row for row in sorted(changes) if row[0] <= scenario.limit])


def blocks_of(design: Design, groups: Groups, scenario: Scenario) -> dict[str, NDArray[Any]]:
    """Return when which group can no longer begin which step, and when it can again; nothing where it always can."""
    graph = design.graph
    rows: list[tuple[int, int, int]] = []
    for one in scenario.outages:
        _refuse_unknown(one, graph, groups)
        for n, (pool, _) in enumerate(groups):
            if one.pool not in ("", pool.id):
                continue
            for step in (i for i, step in enumerate(graph.steps) if step.kind is Kind.WORK):
                if not one.steps or graph.steps[step].id in one.steps:
                    rows += [(one.start, n, 2 * step + 1), (one.end, n, 2 * step)]
    rows.sort(key=lambda row: (row[0], row[1], row[2] % 2 == 0, row[2]))
    return _arrays(("xtime", "xgrp", "xvalue"), [row for row in rows if row[0] <= scenario.limit])


def _stretch(one: Slowdown) -> Slower:
    return Slower(one.start, one.end, Exact(number(one.factor)))


def _learnt(learning: Learning) -> list[Slower]:
    """Return the weeks of learning, each with the factor in its middle."""
    edges = [*range(0, learning.lasts, WEEK), learning.lasts]
    more = Exact(number(learning.factor)) - 1
    return [
        Slower(start, end, 1 + more * (1 - Exact(start + end, 2 * learning.lasts))) for start, end in pairwise(edges)
    ]


def _changes(stretches: list[Slower]) -> list[tuple[int, int]]:
    """Return the times at which the pace changes, and to how many thousandths; stretches that overlap multiply."""
    out: list[tuple[int, int]] = []
    for time in sorted({edge for one in stretches for edge in (one.start, one.end)}):
        factor = Exact(1)
        for one in stretches:
            factor *= one.factor if one.start <= time < one.end else 1
        value = round(factor * USUAL)
        if value != (out[-1][1] if out else USUAL):
            out.append((time, value))
    return out


def _refuse_unknown(one: Slowdown | Outage, graph: StepGraph, groups: Groups) -> None:
    for step in one.steps:
        if step not in graph.by_id:
            raise ModelError("unknown_step", contingency=one.id, step=step)
    if one.pool and one.pool not in {pool.id for pool, _ in groups}:
        raise ModelError("unknown_pool", contingency=one.id, pool=one.pool)


def _arrays(names: tuple[str, str, str], rows: Iterable[tuple[int, int, int]]) -> dict[str, NDArray[Any]]:
    table = np.array(list(rows), np.int64).reshape(-1, 3)
    return {
        names[0]: np.ascontiguousarray(table[:, 0]),
        names[1]: table[:, 1].astype(np.int32),
        names[2]: np.ascontiguousarray(table[:, 2]),
    }
