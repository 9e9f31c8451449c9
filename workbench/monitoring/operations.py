"""What people do after the change is live: take readings, look back, close the review."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, Engine

from simulations.experiments import Result
from workbench import documents, record, signatures
from workbench.database import now, transaction
from workbench.decisions import store as decision_rows
from workbench.decisions.model import Pack
from workbench.errors import Invalid, NotPossible
from workbench.findings import store as findings
from workbench.implementation import store as implementation_rows
from workbench.monitoring import store
from workbench.monitoring.model import After, Benefit, Closing, OutcomeReview, Reading, Verdict, benefit
from workbench.permissions import Actor, Permission, require
from workbench.reviews import operations as review_operations
from workbench.reviews import store as reviews
from workbench.reviews.forms import in_base
from workbench.reviews.model import Criterion, Review


def criteria(db: Connection, review: Review) -> tuple[Criterion, ...]:
    """Return the criteria as they were frozen with the scope; none before it is signed."""
    signed = review_operations.signed_scope(db, review)
    return signed[1].criteria if signed else ()


def live_since(db: Connection, review: str) -> date | None:
    """Return since when the change is live."""
    rollout = implementation_rows.newest_rollout(db, review)
    return rollout.live if rollout else None


def benefits(db: Connection, review: Review) -> tuple[Benefit, ...]:
    """Return every frozen criterion with what was promised and what is."""
    packs = signed_packs(db, review)
    taken = store.readings(db, review.id)
    live = live_since(db, review.id)
    return tuple(
        benefit(
            one,
            _figure(packs, one, "as_is"),
            _figure(packs, one, "option"),
            [reading for reading in taken if reading.criterion == one.id],
            live,
        )
        for one in criteria(db, review)
    )


def signed_packs(db: Connection, review: Review) -> list[Pack]:
    """Return the packs that were approved, the newest first, as they were signed: going live outdates them, no more."""
    approvals = [
        one
        for found in decision_rows.recommendations(db, review.id)
        for one in signatures.of(db, found.subject)
        if one.outcome.startswith("approve")
    ]
    return [documents.fetch(db, one.pack, Pack) for one in sorted(approvals, key=lambda one: one.at, reverse=True)]


def _figure(packs: Sequence[Pack], criterion: Criterion, which: str) -> Result | None:
    """Return what the newest approved pack says of a criterion's measure in usual weeks."""
    found = [one for pack in packs for one in getattr(pack.usual, which) if one.id == criterion.measure]
    return found[0] if found else None


def take_readings(engine: Engine, actor: Actor, id: str, criterion: str, lines: Sequence[tuple[date, str]]) -> int:
    """Keep readings of a criterion, typed in the unit that its form names; return how many. All or none."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.BENEFIT_READ_IN, review.place)
        _refuse_closed(db, id)
        found = next((one for one in criteria(db, review) if one.id == criterion), None)
        if found is None:
            raise Invalid("reading_of_no_criterion")
        if not lines:
            raise Invalid("readings_none")
        for n, (day, text) in enumerate(lines, 1):
            if day > now().date():
                raise Invalid("reading_in_future", day=day.isoformat())
            value = in_base(found.measure, _number(n, text))
            store.put_reading(
                db, Reading(review=id, criterion=criterion, day=day, value=value, author=actor.person, at=now())
            )
        content = {"criterion": criterion, "days": [day.isoformat() for day, _ in lines]}
        record.enter(db, actor.person, "take readings", f"review/{id}", content)
    return len(lines)


def _number(line: int, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Invalid("reading_no_number", line=line, text=text[:40]) from None
    if not value.is_finite():
        raise Invalid("reading_no_number", line=line, text=text[:40])
    return value


def look_back(engine: Engine, actor: Actor, id: str, after: After, verdict: Verdict, text: str) -> None:
    """Keep what a look back after some months says; said anew, it takes the earlier one's place."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.BENEFIT_REVIEW, review.place)
        _refuse_closed(db, id)
        if live_since(db, id) is None:
            raise NotPossible("outcome_before_live")
        if not text.strip():
            raise Invalid("outcome_needs_words")
        new = OutcomeReview(review=id, after=after, verdict=verdict, text=text.strip(), author=actor.person, at=now())
        store.put_outcome(db, new)
        record.enter(db, actor.person, "look back", f"review/{id}", {"after": after, "verdict": verdict})


def unread(db: Connection, review: Review) -> tuple[Criterion, ...]:
    """Return the criteria of which no reading was taken since the change."""
    return tuple(one.criterion for one in benefits(db, review) if not one.readings)


def close(engine: Engine, actor: Actor, id: str, lessons: str, why_unread: str) -> None:
    """Close a review: it is live, every finding has its end, and what was not read has its reason."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.BENEFIT_REVIEW, review.place)
        if live_since(db, id) is None:
            raise NotPossible("close_not_live")
        left = sum(1 for one in findings.findings(db, id) if one.fate is None)
        if left:
            raise NotPossible("close_with_open_findings", open=f"{left} finding{'s' if left > 1 else ''}")
        missing = unread(db, review)
        if missing and not why_unread.strip():
            raise Invalid("close_needs_reason", criteria=", ".join(one.name for one in missing))
        if not lessons.strip():
            raise Invalid("close_needs_lessons")
        new = Closing(review=id, lessons=lessons.strip(), unread=why_unread.strip(), author=actor.person, at=now())
        if not store.close(db, new):
            raise NotPossible("closed_before")
        record.enter(db, actor.person, "close review", f"review/{id}", {"unread": [one.id for one in missing]})


def _refuse_closed(db: Connection, id: str) -> None:
    if store.closed(db, id):
        raise NotPossible("closed_before")
