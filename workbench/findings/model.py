"""A finding, the replies of the teams it names, its end, and what is concluded about each criterion."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection

from process_models.values.calendars import DAY, EPOCH, Calendar, Span, add_working, instant
from process_models.values.fractions import Fraction, number
from process_models.values.provenance import Grade
from workbench.errors import Invalid
from workbench.reviews.model import Criterion, Review

REPLY_DAYS = 5
"""Working days that the teams named in a finding have to say whether it is accurate."""

WORKDAYS = Calendar(spans=tuple(Span(day, 0, DAY) for day in range(5)))
"""Monday to Friday."""

Fate = Literal["used", "parked", "rejected"]
FATES: dict[Fate, str] = {
    "used": "Used: a recommendation or a quick fix rests on it",
    "parked": "Parked: true, but for another time",
    "rejected": "Rejected: it does not hold",
}


class Written(Struct, frozen=True, kw_only=True):
    """What somebody writes down as a finding."""

    text: str
    """What is shown, in a sentence; about work, never about a person."""
    evidence: str
    """The figure or the words that show it, with where they come from."""
    grade: Grade
    steps: tuple[str, ...] = ()
    """Ids of the steps it is about; none for the process as a whole."""
    teams: tuple[str, ...] = ()
    """Roles that it names, and that may reply."""

    def __post_init__(self) -> None:
        """Refuse a finding without words or without what shows it."""
        if not self.text.strip():
            raise Invalid("finding_needs_text")
        if not self.evidence.strip():
            raise Invalid("finding_needs_evidence")


class Finding(Struct, frozen=True, kw_only=True):
    """Something shown by evidence."""

    id: str
    review: str
    text: str
    evidence: str
    grade: Grade
    steps: tuple[str, ...]
    teams: tuple[str, ...]
    source: str
    """What it came from, such as ``question/1a2b``; empty for one written down freely."""
    author: str
    at: datetime
    reply_by: date | None = None
    """Until when the teams named may reply; None while it was not put to them."""
    accepted_at: datetime | None = None
    accepted_by: str | None = None
    fate: Fate | None = None
    fate_reason: str | None = None
    fate_by: str | None = None
    fate_at: datetime | None = None

    @property
    def accepted(self) -> bool:
        """Say whether it stands as a finding of the review."""
        return self.accepted_at is not None and self.fate != "rejected"

    @property
    def state(self) -> str:
        """Where it is on its way, in a word or two."""
        if self.fate:
            return self.fate
        if self.accepted_at:
            return "accepted"
        return "with the teams" if self.reply_by else "written"

    @property
    def subject(self) -> str:
        """What the record says it is."""
        return f"finding/{self.id}"


class Reply(Struct, frozen=True):
    """What somebody of a team named says to a finding; their words can be erased."""

    id: str
    finding: str
    person: str | None
    team: str
    accurate: bool
    text: str | None
    at: datetime


class Concluded(Struct, frozen=True, kw_only=True):
    """What is concluded about a criterion: a figure with its range, from findings."""

    criterion: str
    findings: tuple[str, ...]
    low: Fraction
    """In the unit of the criterion's measure."""
    high: Fraction
    grade: Grade
    source: str
    text: str = ""

    def __post_init__(self) -> None:
        """Refuse a conclusion that rests on no finding, and a range that ends before it begins."""
        if not self.findings:
            raise Invalid("conclusion_needs_finding")
        if number(self.low) > number(self.high):
            raise Invalid("range_out_of_order")


class Conclusion(Struct, frozen=True, kw_only=True):
    """A conclusion as it is kept; the newest of a criterion counts, the earlier stay."""

    review: str
    criterion: str
    n: int
    """Its number among the conclusions on the criterion, from 1."""
    findings: tuple[str, ...]
    low: Fraction
    high: Fraction
    grade: Grade
    source: str
    text: str
    author: str
    at: datetime


Verdict = Literal["met", "not met", "not certain", "not evidenced"]


class Checked(Struct, frozen=True, kw_only=True):
    """A criterion, and what is concluded about it."""

    criterion: Criterion
    """As it was frozen."""
    verdict: Verdict
    close: bool
    """It is missed, but by no more than the tolerance."""
    conclusion: Conclusion | None
    changed_to: Criterion | None
    """As the plan says it now, where that is another since the scope was signed."""


def checked(
    frozen: Sequence[Criterion], planned: Sequence[Criterion], newest: Mapping[str, Conclusion]
) -> tuple[Checked, ...]:
    """Return every frozen criterion with the verdict of the newest conclusion, judged as it was frozen."""
    now = {one.id: one for one in planned}
    return tuple(
        Checked(
            criterion=one,
            verdict=one.verdict(found.low, found.high) if found else "not evidenced",
            close=bool(found) and close(one, newest[one.id]),
            conclusion=found,
            changed_to=now[one.id] if one.id in now and now[one.id] != one else None,
        )
        for one in frozen
        for found in [newest.get(one.id)]
    )


def close(criterion: Criterion, found: Conclusion) -> bool:
    """Say whether a criterion is missed by no more than its tolerance."""
    if criterion.verdict(found.low, found.high) != "not met":
        return False
    nearest = found.high if criterion.direction == "at least" else found.low
    return abs(number(nearest) - number(criterion.threshold)) <= number(criterion.tolerance)


def unheard(finding: Finding, replies: Sequence[Reply], today: date) -> tuple[str, ...]:
    """Return the teams named that have not replied and still may."""
    if finding.reply_by is None or today > finding.reply_by:
        return ()
    return tuple(team for team in finding.teams if all(one.team != team for one in replies))


def working_days_after(start: date, days: int) -> date:
    """Return the day so many working days (Monday to Friday) after another.

    >>> working_days_after(date(2026, 11, 19), 5)
    datetime.date(2026, 11, 26)
    """
    after = instant(start.isoformat(), "UTC") + DAY
    over = add_working(WORKDAYS, "UTC", after, days * DAY)
    return (EPOCH + timedelta(milliseconds=over - 1)).date()


Source = Callable[[Connection, Review, str], Written | None]
SOURCES: dict[str, Source] = {}
"""What a finding can be written down from, by kind: the id of such a thing gives the words to begin with, or None where
it says nothing. Use cases add theirs at import."""
