"""A reading of a criterion, the benefit that was promised, the outcome review, and the close."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from process_models.evidence.control_charts import Chart, Cut, Settings, chart
from process_models.evidence.intervals import Estimate, mean
from process_models.values.fractions import Fraction, fraction, number
from simulations.experiments import Result
from workbench.errors import Invalid
from workbench.reviews.model import Criterion

FEWEST = 3
"""Readings since the change before anything is said of the promise."""
REVIEWED_AFTER = {"3 months": timedelta(days=91), "12 months": timedelta(days=365)}
After = Literal["3 months", "12 months"]
Verdict = Literal["continue", "adapt", "stop"]
VERDICTS: dict[Verdict, str] = {
    "continue": "Continue: it does what was promised, or enough of it",
    "adapt": "Adapt: keep it, and change what does not work",
    "stop": "Stop: take it back",
}


class Reading(Struct, frozen=True, kw_only=True):
    """What a criterion's measure was in a period."""

    review: str
    criterion: str
    day: date
    """The last day of the period."""
    value: Fraction
    """In the unit of the measure: ms, minor units, a share, or points."""
    author: str
    at: datetime


class OutcomeReview(Struct, frozen=True, kw_only=True):
    """What a look back after some months says."""

    review: str
    after: After
    verdict: Verdict
    text: str
    author: str
    at: datetime


class Closing(Struct, frozen=True, kw_only=True):
    """The end of a review."""

    review: str
    lessons: str
    unread: str
    """Why a criterion has no reading, where one has none."""
    author: str
    at: datetime


Kept = Literal["kept", "not kept", "not certain", "too early", "not promised"]


class Benefit(Struct, frozen=True, kw_only=True):
    """A criterion with what it was, what was promised, and what is."""

    criterion: Criterion
    before: Result | None
    """Simulated as it was, in the pack that was signed."""
    promised: Result | None
    """Simulated with the option."""
    actual: Estimate | None
    """The mean of the readings since the change, with its interval; None while there are too few."""
    readings: int
    """Since the change."""
    kept: Kept
    criterion_verdict: Literal["met", "not met", "not certain"] | None
    drawn: Chart | None
    """All readings with limits of their own since the change; None while there are too few."""
    days: tuple[date, ...]
    values: tuple[float, ...]


def benefit(
    criterion: Criterion,
    before: Result | None,
    promised: Result | None,
    readings: Sequence[Reading],
    live: date | None,
) -> Benefit:
    """Hold the readings of a criterion against what was promised: better than or within its interval is kept."""
    values = [float(number(one.value)) for one in readings]
    since = [value for one, value in zip(readings, values, strict=True) if live and one.day >= live]
    actual = mean(since) if len(since) >= FEWEST else None
    ends = (fraction(_rounded(actual.low)), fraction(_rounded(actual.high))) if actual else None
    return Benefit(
        criterion=criterion,
        before=before,
        promised=promised,
        actual=actual,
        readings=len(since),
        kept=_kept(criterion, promised, actual),
        criterion_verdict=criterion.verdict(*ends) if ends else None,
        drawn=_drawn(readings, values, live),
        days=tuple(one.day for one in readings),
        values=tuple(values),
    )


def _rounded(value: float) -> float:
    return round(value, 9)


def _kept(criterion: Criterion, promised: Result | None, actual: Estimate | None) -> Kept:
    if promised is None or promised.low is None or promised.high is None:
        return "not promised"
    if actual is None:
        return "too early"
    sign = 1 if criterion.direction == "at least" else -1
    least = sign * float(number(promised.low if sign > 0 else promised.high))
    worst, best = sorted((sign * actual.low, sign * actual.high))
    return "kept" if worst >= least else "not kept" if best < least else "not certain"


def _drawn(readings: Sequence[Reading], values: list[float], live: date | None) -> Chart | None:
    """Return the chart of all readings; the change is the cause of new limits where readings lie on both sides."""
    if len(values) < FEWEST:
        return None
    first = next((n for n, one in enumerate(readings) if live and one.day >= live), 0)
    cuts = (Cut(first, "live"),) if 1 < first < len(values) - 1 else ()
    return chart(values, settings=Settings(cuts=cuts))


def pasted(text: str) -> list[tuple[date, str]]:
    """Return days and figures from lines such as “2026-05-31, 12.5”; refuses a line that is none, with its number."""
    found = []
    for number_of_line, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.replace("\t", ",").replace(";", ",").split(",", 1)]
        try:
            found.append((date.fromisoformat(cells[0]), cells[1]))
        except (ValueError, IndexError):
            raise Invalid("reading_unread", line=number_of_line, text=line.strip()[:60]) from None
    return found
