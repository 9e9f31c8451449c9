"""Money is exact until it is rounded once, half to even."""

from decimal import ROUND_HALF_EVEN, Decimal

from hypothesis import given
from hypothesis import strategies as st

from process_models.values.money import HOUR, cost, half_even


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**9))
def test_rounding_agrees_with_decimal_arithmetic(numerator, denominator):
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_EVEN)

    assert half_even(numerator * 2, 2) == numerator
    if abs(Decimal(numerator) % Decimal(denominator) * 2) != denominator:
        assert half_even(numerator, denominator) == int(exact)


def test_a_case_is_rounded_once_and_not_for_each_visit():
    third_of_a_unit = HOUR // 3

    assert cost(3 * third_of_a_unit) == 1
    assert 3 * cost(third_of_a_unit) == 0
    assert cost(HOUR // 2) == 0
    assert cost(3 * HOUR // 2, units=7) == 9
