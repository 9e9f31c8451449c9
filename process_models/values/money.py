"""Money in whole minor units: exact sums, rounded half even once at the end."""

HOUR = 3_600_000


def half_even(numerator: int, denominator: int) -> int:
    """Return a quotient as the nearest integer, ties to the even one, without passing through a float.

    >>> half_even(5, 2), half_even(7, 2), half_even(-5, 2), half_even(10, 4)
    (2, 4, -2, 2)
    """
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))


def cost(ms_times_rate: int, units: int = 0) -> int:
    """Return the cost of a case: the sum of worked ms × rate an hour, rounded once, and the unit costs.

    >>> cost(90_000 * 4_000 + 30_000 * 6_000, 20)
    170
    """
    return half_even(ms_times_rate, HOUR) + units
