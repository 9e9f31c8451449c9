"""A question of a review, the answers to it, and who is asked."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from process_models.values.provenance import Grade
from workbench.accounts.model import Membership
from workbench.errors import Invalid
from workbench.permissions import Responsibility

View = Literal["keep", "change", "remove", "test", "cannot say"]
VIEWS: dict[View, str] = {
    "keep": "It works as it is",
    "change": "Do it differently",
    "remove": "Do without it",
    "test": "Try it first",
    "cannot say": "That is fine",
}
Side = Literal["doer", "manager"]
SIDES: dict[Side, str] = {"doer": "people who do this step", "manager": "managers"}
ClosedAs = Literal["explored", "merged", "set aside"]

SHOWN_FROM = 3
"""Answers needed before anybody but the lead sees them, and then by role only."""
AT_A_TIME = 10
"""Questions that wait for one person at a time."""
MINUTES = 4
"""What answering one takes."""


class Question(Struct, frozen=True):
    """A question asked of a step."""

    id: str
    review: str
    step: str
    bank: str
    """Its id in the question bank; empty for one's own."""
    text: str
    trigger: str
    evidence: str
    """Why it is asked, in words."""
    weight: float
    """What an answer could change: the step's share of time or cost."""
    raised_by: str
    raised_at: datetime
    closed_as: ClosedAs | None = None
    disposition: View | None = None
    grade: Grade | None = None
    closing: str | None = None
    """The lead's reason, as business text of the review."""
    follow_up: str | None = None
    """What follows from a change or removal: the option that takes it up, or why it is refused."""
    closed_by: str | None = None
    closed_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Say whether it still waits for a disposition."""
        return self.closed_as is None


class Given(Struct, frozen=True, kw_only=True):
    """What somebody answers."""

    view: View
    reason: str
    basis: Grade
    good: str = ""
    usual: str = ""
    bad: str = ""
    ask_also: str = ""

    def __post_init__(self) -> None:
        """Refuse an answer without a reason, and an estimate out of order."""
        if not self.reason.strip():
            raise Invalid("answer_needs_reason")
        known = [float(one) for one in (self.good, self.usual, self.bad) if one]
        if known and (len(known) < 3 or known != sorted(known)):
            raise Invalid("estimate_out_of_order")


class Answer(Struct, frozen=True):
    """An answer as it is kept; the person is None where it came by a one-use link."""

    id: str
    question: str
    person: str | None
    side: Side
    view: View
    reason: str | None
    basis: Grade
    good: str
    usual: str
    bad: str
    ask_also: str
    at: datetime


class Settled(Struct, frozen=True, kw_only=True):
    """How the lead closes a question."""

    closed_as: ClosedAs
    disposition: View | None
    grade: Grade | None
    closing: str
    follow_up: str = ""

    def __post_init__(self) -> None:
        """Refuse a closing without what it needs: a reason always, more where the question was explored."""
        if not self.closing.strip():
            raise Invalid("closing_needs_reason")
        if self.closed_as == "explored" and (self.disposition is None or self.grade is None):
            raise Invalid("closing_needs_disposition")
        if self.disposition in ("change", "remove") and not self.follow_up.strip():
            raise Invalid("closing_needs_follow_up")


def side_of(membership: Membership, role: str) -> Side | None:
    """Return as what a member is asked about a step of a role: as one who does it, as a manager, or not at all."""
    if Responsibility.MEMBER in membership.responsibilities and (not role or role in membership.process_roles):
        return "doer"
    return "manager" if Responsibility.MANAGER in membership.responsibilities else None


class SideView(Struct, frozen=True):
    """What one side says, as counts; shown only from three answers on."""

    side: Side
    counts: dict[str, int]
    estimates: tuple[tuple[str, str, str], ...]


def by_side(answers: list[Answer]) -> tuple[SideView, ...]:
    """Return the answers by side, without persons."""
    return tuple(
        SideView(
            side,
            {view: sum(1 for a in answers if (a.side, a.view) == (side, view)) for view in VIEWS},
            tuple((a.good, a.usual, a.bad) for a in answers if a.side == side and a.usual),
        )
        for side in SIDES
    )


def differ(answers: list[Answer]) -> bool:
    """Say whether the two sides take different views."""
    views = {side: {a.view for a in answers if a.side == side and a.view != "cannot say"} for side in SIDES}
    return bool(views["doer"] and views["manager"] and not views["doer"] & views["manager"])
