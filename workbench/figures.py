"""Figures of simulations as people read them: values, differences and intervals in the units of their measures."""

from msgspec import Struct
from msgspec.structs import replace

from process_models.values import words
from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.fractions import Fraction
from simulations.experiments import Change, Result

FRONT = ("time_in_process", "waiting", "promise", "cost", "satisfaction", "compliance", "utilisation")
"""Measures shown first; all others stand in the table."""
LENS = {"satisfaction": "satisfaction", "cost": "cost", "compliance": "compliance", "promise": "compliance"}
BETTER = {
    "time_in_process": "shorter",
    "waiting": "shorter",
    "promise": "kept more often",
    "cost": "cheaper",
    "satisfaction": "more satisfied",
    "compliance": "met more often",
    "utilisation": "busier",
}


JOINED = "\N{WORD JOINER}"
"""Keeps a minus and its number on one line."""


class Unit(Struct, frozen=True):
    """How one measure is told: one size for all its figures, so that they can be compared."""

    name: str
    per: float
    places: int
    before: str = ""
    after: str = ""

    def finer(self, value: float | Fraction, low: float | Fraction, high: float | Fraction) -> "Unit":
        """Return the unit with as many more places as it takes to tell a difference and its interval, at most two."""
        mean, first, last = (float(one) / self.per for one in (value, low, high))

        def told(places: int) -> bool:
            return round(mean, places) != 0 and (first == last or round(first, places) != round(last, places))

        more = next((n for n in (0, 1, 2) if told(self.places + n)), 2)
        return replace(self, places=self.places + (more if mean else 0))

    def told(self, value: float | Fraction) -> str:
        """Return a figure in words."""
        text = words.decimal(float(value) / self.per, self.places)
        sign, text = (text[0], text[1:]) if text.startswith(words.MINUS) else ("", text)
        return f"{sign}{self.before}{text}{self.after}"

    def apart(self, value: float | Fraction) -> str:
        """Return a difference in words, with its sign; shares differ by points."""
        text = self.told(value).replace("%", words.HARD + "pts")
        plain = text.lstrip(words.MINUS)
        zero = not any(digit in plain for digit in "123456789")
        return plain if zero else text if text.startswith(words.MINUS) else "+" + text

    def between(self, low: Fraction | None, high: Fraction | None, apart: bool = False) -> str:
        """Return an interval in words; empty where there is none. Nothing passes 0 and 100%."""
        if low is None or high is None:
            return ""
        tell = self.apart if apart else self.told
        ends = (float(low), float(high))
        if self.name == "share" and not apart:
            ends = (max(0.0, ends[0]), min(1.0, ends[1]))
        first, last = (tell(end).replace(words.MINUS, words.MINUS + JOINED) for end in ends)
        unit = words.HARD + last.rpartition(words.HARD)[2] if words.HARD in last else ""
        return f"{first.removesuffix(unit) if unit else first} to {last}"


def unit_of(result: Result, currency: str) -> Unit:
    """Return how a measure is told, by its unit and the size of its mean."""
    match result.unit:
        case "ms":
            return _time(abs(float(result.mean)))
        case "minor":
            return Unit("money", 100.0, 2, words.SYMBOLS.get(currency, currency + words.HARD))
        case "share":
            return Unit("share", 0.01, 1, after="%")
        case "points":
            return Unit("points", 1.0, 1)
        case _:
            return Unit("count", 1.0, 2)


def _time(size: float) -> Unit:
    if size >= 2 * DAY:
        return Unit("days", DAY, 1, after=words.HARD + "d")
    if size >= 2 * HOUR:
        return Unit("hours", HOUR, 1, after=words.HARD + "h")
    return Unit("minutes", MINUTE, 1, after=words.HARD + "min")


class Row(Struct, frozen=True):
    """A measure of one design under one scenario, beside the baseline, ready to be shown."""

    id: str
    name: str
    lens: str
    value: str
    interval: str
    narrow: bool
    difference: str = ""
    difference_interval: str = ""
    verdict: str = ""
    alone: str = ""
    """The verdict if this were the only difference looked at; empty where it is the same."""
    mean: float = 0.0
    low: float = 0.0
    high: float = 0.0
    """The difference and its interval, in the unit told, for a picture."""


def rows(
    results: tuple[Result, ...], changes: tuple[Change, ...], baseline: tuple[Result, ...], currency: str
) -> list[Row]:
    """Return all measures of a design; differences are told in the unit of the baseline."""
    changed = {change.id: change for change in changes}
    before = {result.id: result for result in baseline}
    order = {id: n for n, id in enumerate(FRONT)}
    out = []
    for result in sorted(results, key=lambda one: (order.get(one.id, len(order)), ":" in one.id, one.id)):
        unit = unit_of(before.get(result.id, result), currency)
        change = changed.get(result.id)
        out.append(_row(result, unit, change))
    return out


def corrected(row: Row, verdict: str | None) -> Row:
    """Return a row with its verdict after correction for many; as it is where it was not corrected."""
    if verdict is None or verdict == row.verdict or not row.verdict:
        return row
    return replace(row, verdict=verdict, alone=row.verdict)


def _row(result: Result, unit: Unit, change: Change | None) -> Row:
    shown = Row(
        id=result.id,
        name=result.name,
        lens=LENS.get(result.id, ""),
        value=unit.told(result.mean),
        interval=unit.between(result.low, result.high),
        narrow=result.narrow,
    )
    if change is None or change.low is None or change.high is None:
        return shown
    unit = unit.finer(change.mean, change.low, change.high)
    fields = {name: getattr(shown, name) for name in ("id", "name", "lens", "value", "interval", "narrow")}
    return Row(
        **fields,
        difference=unit.apart(change.mean),
        difference_interval=unit.between(change.low, change.high, apart=True),
        verdict=change.verdict,
        mean=float(change.mean) / unit.per,
        low=float(change.low) / unit.per,
        high=float(change.high) / unit.per,
    )
