"""Numbers as people read them: times, shares, money, intervals. No bare numbers, true minus signs, hard spaces."""

from decimal import ROUND_HALF_UP, Decimal

from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.fractions import Fraction

MINUS = "\N{MINUS SIGN}"
HARD = "\N{NO-BREAK SPACE}"
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
SECOND = 1000


def duration(ms: float) -> str:
    """Return a time in the largest unit that leaves a sensible number.

    >>> duration(293_760_000), duration(840_000), duration(0), duration(-3_600_000)
    ('3.4\\xa0d', '14\\xa0min', '0\\xa0min', '−60\\xa0min')
    """
    size = abs(ms)
    if size >= DAY:
        return decimal(ms / DAY, 1) + HARD + "d"
    if size > 90 * MINUTE:
        return decimal(ms / HOUR, 1) + HARD + "h"
    if size and size < MINUTE:
        return decimal(ms / SECOND, 0) + HARD + "s"
    return decimal(ms / MINUTE, 0 if size >= 10 * MINUTE or size % MINUTE == 0 else 1) + HARD + "min"


def decimal(value: float | Decimal, places: int) -> str:
    """Return a number rounded half up for reading, with a true minus and a comma for thousands.

    >>> decimal(-1234.56, 1), decimal(-0.01, 1)
    ('−1,234.6', '0.0')
    """
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(exact):,}"
    return MINUS + text if exact < 0 else text


def percent(share: Fraction | float | Decimal, places: int | None = None) -> str:
    """Return a share as per cent: one place below 10 %, none above unless asked for.

    >>> percent("0.27"), percent("0.0125"), percent("0.226", 1)
    ('27%', '1.3%', '22.6%')
    """
    value = Decimal(str(share)) * 100
    if places is None:
        places = 0 if abs(value) >= 10 or value == value.to_integral_value() else 1
    return decimal(value, places) + "%"


def money(minor: float | Decimal, currency: str = "GBP", places: int = 2) -> str:
    """Return an amount of minor units in its currency.

    >>> money(1190), money(-410, "EUR")
    ('£11.90', '−€4.10')
    """
    amount = Decimal(str(minor)) / 100
    sign = MINUS if amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) < 0 else ""
    return sign + SYMBOLS.get(currency, currency + HARD) + decimal(abs(amount), places)


def signed(text: str) -> str:
    """Return a figure in words with its sign, plus as well as minus.

    >>> signed("3.4"), signed("−3.4"), signed("0.0")
    ('+3.4', '−3.4', '0.0')
    """
    zero = not any(digit in text for digit in "123456789")
    return text if zero or text.startswith(MINUS) else "+" + text


def interval(low: str, high: str) -> str:
    """Return the ends of an interval in words.

    >>> interval("3.2", "3.6")
    '3.2 to 3.6'
    """
    return f"{low} to {high}"


def listed(items: tuple[str, ...] | list[str]) -> str:
    """Return items in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    items = tuple(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def count(n: int, one: str, many: str) -> str:
    """Return a number with its noun.

    >>> count(1, "step", "steps"), count(4003, "case", "cases")
    ('1 step', '4,003 cases')
    """
    return f"{n:,} {one if n == 1 else many}"
