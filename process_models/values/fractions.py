"""Fractions as decimal text: exact, without exponent or trailing zeros, so that equal numbers are equal bytes."""

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from process_models.values.errors import ModelError

Fraction = str
"""A decimal number as text, such as ``"0.27"`` or ``"-2"``."""

WHOLE: Fraction = "1"
SHAPE = re.compile(r"(?!-0$)-?(0|[1-9]\d*)(\.\d*[1-9])?")
SHARE_PLACES = 9


def fraction(value: Decimal | float | str, places: int = SHARE_PLACES) -> Fraction:
    """Return a number as decimal text, rounded half even to the given places.

    Raises ModelError where the value is not a finite number.

    >>> fraction(0.1 + 0.2), fraction("2.50", 1), fraction(-0.0)
    ('0.3', '2.5', '0')
    """
    try:
        exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    except InvalidOperation:
        raise ModelError("not_a_number", value=value) from None
    if not exact.is_finite():
        raise ModelError("not_a_number", value=value)
    text = f"{exact:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def number(text: Fraction) -> Decimal:
    """Return the number that a fraction says; anything not in the one form is refused.

    >>> number("0.27") + number("0.73")
    Decimal('1.00')
    """
    if not SHAPE.fullmatch(text):
        raise ModelError("not_a_fraction", value=text)
    return Decimal(text)


def apportion(counts: tuple[int, ...], whole: int) -> tuple[int, ...]:
    """Share a whole out in proportion to counts by largest remainder, so that the parts add up exactly.

    Ties go to the earlier part. The method of Hamilton (1792).

    >>> apportion((1, 1, 1), 100)
    (34, 33, 33)
    """
    total = sum(counts)
    floors = [count * whole // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda i: (-(counts[i] * whole % total), i))
    for i in by_remainder[: whole - sum(floors)]:
        floors[i] += 1
    return tuple(floors)


def shares_of(counts: tuple[int, ...]) -> tuple[Fraction, ...]:
    """Return counts as shares of at most nine places that add up to exactly 1.

    >>> shares_of((1, 2))
    ('0.333333333', '0.666666667')
    """
    parts = apportion(counts, 10**SHARE_PLACES)
    return tuple(fraction(Decimal(part).scaleb(-SHARE_PLACES)) for part in parts)
