"""Formulas for waiting lines: a screen before simulation, and what simulation is tested against.

They hold for one queue, arrivals at an even rate, and no priorities, calendars, skills or chasing; with any of these
only simulation can tell. Load is in erlangs: arrivals × mean work, in the same unit of time.
"""

import math
from typing import NamedTuple


def erlang_b(load: float, heads: int) -> float:
    """Return the share of arrivals that find all heads busy and leave at once (Erlang, 1917).

    >>> round(erlang_b(10, 14), 5)
    0.05682
    """
    blocked = 1.0
    for k in range(1, heads + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(load: float, heads: int) -> float:
    """Return the share of arrivals that wait, where all wait until they are served (Erlang, 1917).

    >>> round(erlang_c(10, 14), 5)
    0.17413
    """
    if heads <= load:
        return 1.0
    blocked = erlang_b(load, heads)
    return heads * blocked / (heads - load * (1 - blocked))


def mean_wait(load: float, heads: int, work: float) -> float:
    """Return the mean wait under Erlang C, in the unit of the mean work; infinite where the heads cannot keep up.

    >>> round(mean_wait(10, 14, 3.0), 5)
    0.1306
    """
    return erlang_c(load, heads) * work / (heads - load) if heads > load else math.inf


def service_level(load: float, heads: int, work: float, within: float) -> float:
    """Return the share of arrivals that wait no longer than a time, served in order of arrival.

    >>> round(service_level(10, 14, 180.0, 20.0), 4)
    0.8884
    """
    if heads <= load:
        return 0.0
    return 1 - erlang_c(load, heads) * math.exp(-(heads - load) * within / work)


class Abandonment(NamedTuple):
    """What Erlang A says."""

    waits: float
    """Share that waits."""
    gives_up: float
    """Share that gives up."""
    wait: float
    """Mean wait, served or not."""


def erlang_a(arrivals: float, served: float, heads: int, patience: float) -> Abandonment:
    """Return waiting with exponential patience; all three as rates in one unit of time.

    Source: Palm (1957); Mandelbaum and Zeltyn, *Service engineering in action: the Palm/Erlang-A queue* (2007). The sum
    over states is cut off where the rest is below 1e-15 of it.

    >>> [round(value, 5) for value in erlang_a(10 / 3, 1 / 3, 11, 0.5)]
    [0.38282, 0.09416, 0.18831]
    """
    weights = [1.0]
    while len(weights) <= heads or weights[-1] > 1e-15 * sum(weights):
        j = len(weights)
        weights.append(weights[-1] * arrivals / (min(j, heads) * served + max(0, j - heads) * patience))
    total = sum(weights)
    waiting = sum((j - heads) * weight for j, weight in enumerate(weights) if j > heads) / total
    return Abandonment(sum(weights[heads:]) / total, patience * waiting / arrivals, waiting / arrivals)


def allen_cunneen(load: float, heads: int, work: float, cv_arrivals: float, cv_work: float) -> float:
    """Return the mean wait, approximately, for other than exponential times, by their coefficients of variation.

    Source: Allen, *Probability, Statistics and Queueing Theory* (2nd ed. 1990). Exact for M/M/c and M/G/1.

    >>> round(allen_cunneen(0.7, 1, 1.0, 1.0, 0.0), 5) == round(mean_wait(0.7, 1, 1.0) / 2, 5)
    True
    """
    return mean_wait(load, heads, work) * (cv_arrivals**2 + cv_work**2) / 2


class Heads(NamedTuple):
    """What one number of heads means by each formula."""

    heads: int
    busy: float
    """Share of time in which a head is busy, where nobody leaves (Erlang C)."""
    lost: float
    """Share turned away where nobody can wait (Erlang B)."""
    within: float
    """Share served within the time asked for, where all wait (Erlang C)."""
    wait: float
    """Mean wait, by Allen and Cunneen for the spread of work given; infinite where the heads cannot keep up."""
    leaves: Abandonment | None
    """Where customers lose patience (Erlang A)."""


class Asked(NamedTuple):
    """A line to be staffed; times in one unit, arrivals in that unit."""

    arrivals: float
    work: float
    within: float
    share: float
    cv_work: float = 1.0
    patience: float | None = None


def screen(asked: Asked, around: int = 3) -> tuple[Heads, ...]:
    """Return what numbers of heads mean, from too few to more than enough.

    >>> [one.heads for one in screen(Asked(200 / 60, 3, 1 / 3, 0.8), 1)], enough(Asked(200 / 60, 3, 1 / 3, 0.8))
    ([13, 14, 15], 14)
    """
    middle = enough(asked)
    return tuple(_heads(asked, heads) for heads in range(max(1, middle - around), middle + around + 1))


def enough(asked: Asked) -> int:
    """Return the fewest heads with which the share asked for is served in time, by Erlang C."""
    load = asked.arrivals * asked.work
    heads = max(1, math.floor(load) + 1)
    while service_level(load, heads, asked.work, asked.within) < asked.share:
        heads += 1
    return heads


def _heads(asked: Asked, heads: int) -> Heads:
    load = asked.arrivals * asked.work
    return Heads(
        heads=heads,
        busy=min(1.0, load / heads),
        lost=erlang_b(load, heads),
        within=service_level(load, heads, asked.work, asked.within),
        wait=allen_cunneen(load, heads, asked.work, 1.0, asked.cv_work),
        leaves=erlang_a(asked.arrivals, 1 / asked.work, heads, 1 / asked.patience) if asked.patience else None,
    )


def scheduled(heads: int, shrinkage: float) -> int:
    """Return how many to put on the roster, where a share of paid time goes to other things.

    >>> scheduled(14, 0.3)
    20
    """
    return math.ceil(heads / (1 - shrinkage) - 1e-9)
