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
