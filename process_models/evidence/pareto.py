"""The few causes that make up most of it: counts or amounts by cause, the largest first, with their running share."""

from collections.abc import Mapping
from typing import NamedTuple

MOST_OF_IT = 0.8


class Bar(NamedTuple):
    """A cause, its count or amount, and the share of all causes up to and with it."""

    cause: str
    amount: float
    so_far: float
    vital: bool
    """It belongs to the few that make up most."""


def pareto(amounts: Mapping[str, float], most: float = MOST_OF_IT, other: str = "other") -> tuple[Bar, ...]:
    """Return causes from the largest on, those named ``other`` last; amounts below zero count as nothing.

    >>> [(bar.cause, round(bar.so_far, 2), bar.vital) for bar in pareto({"a": 6, "b": 3, "c": 1})]
    [('a', 0.6, True), ('b', 0.9, True), ('c', 1.0, False)]
    """
    kept = {cause: max(0.0, float(amount)) for cause, amount in amounts.items()}
    whole = sum(kept.values())
    ordered = sorted(kept, key=lambda cause: (cause == other, -kept[cause], cause))
    bars, running = [], 0.0
    for cause in ordered:
        vital = cause != other and whole > 0 and running / whole < most
        running += kept[cause]
        bars.append(Bar(cause, kept[cause], running / whole if whole else 0.0, vital))
    return tuple(bars)
