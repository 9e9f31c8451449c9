"""The pages of monitoring: the benefits register with its charts, the look back, the close."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from process_models.evidence.control_charts import variation
from process_models.values.fractions import Fraction, fraction, number
from process_models.values.words import count
from workbench import pages, web
from workbench.analyses import picture
from workbench.database import now
from workbench.forms import Form, act_on
from workbench.implementation import store as implementation_rows
from workbench.monitoring import operations, store
from workbench.monitoring.forms import CloseReviewForm, LookBackForm, ReadingsForm
from workbench.monitoring.model import FEWEST, REVIEWED_AFTER, VERDICTS, Benefit, pasted
from workbench.pages import Waiting
from workbench.permissions import Actor, Permission, may, needs
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.reviews.forms import in_words
from workbench.reviews.model import PROGRESS, SIGNS, Need, Review, Sign, StageFact
from workbench.services import store as services

bp = Blueprint("monitoring", __name__)


@bp.get("/reviews/<id>/benefits")
@needs(Permission.BENEFIT_READ)
def index(id: str) -> ResponseReturnValue:
    """Show what was promised beside what happened."""
    return _index(reviews_pages.seen(id, Permission.BENEFIT_READ), {})


def _index(review: Review, forms: dict[str, Form]) -> str:
    db = web.current()
    closed = store.closed(db, review.id)
    live = operations.live_since(db, review.id)
    reads = may(web.actor(), Permission.BENEFIT_READ_IN, review.place) and not closed
    looks = may(web.actor(), Permission.BENEFIT_REVIEW, review.place) and not closed
    return render_template(
        "monitoring/index.html",
        **reviews_pages.frame(review, "monitor"),
        rows=[_told(db, review, one) for one in operations.benefits(db, review)],
        live=live,
        closed=closed,
        outcomes=store.outcomes(db, review.id),
        due={after: live + days for after, days in REVIEWED_AFTER.items()} if live else {},
        verdicts=VERDICTS,
        fewest=FEWEST,
        notes=implementation_rows.notes(db, review.id),
        readings_form=(forms.get("readings") or ReadingsForm.on(operations.criteria(db, review), sent=False))
        if reads and operations.criteria(db, review)
        else None,
        look_form=(forms.get("look") or LookBackForm(formdata=None)) if looks and live else None,
        close_form=(forms.get("close") or CloseReviewForm(formdata=None)) if looks and live else None,
        opened=frozenset(forms),
    )


def _told(db: Connection, review: Review, one: Benefit) -> dict[str, Any]:
    """Return a benefit with its figures in words and its picture."""
    currency = services.find(db, review.service).currency
    measure = one.criterion.measure

    def words(value: Fraction) -> str:
        return in_words(measure, value, currency)

    def tell(value: float) -> str:
        return words(fraction(round(value, 9)))

    return {
        "it": one,
        "threshold": f"{one.criterion.direction} {words(one.criterion.threshold)}",
        "before": words(one.before.mean) if one.before else "",
        "promised": words(one.promised.mean) if one.promised else "",
        "promised_between": _between(one, words),
        "actual": tell(one.actual.value) if one.actual else "",
        "actual_between": f"{tell(one.actual.low)} to {tell(one.actual.high)}" if one.actual else "",
        "svg": _picture(one, tell),
        "alarm": _alarm(one),
        "table": [(day, tell(value)) for day, value in zip(one.days, one.values, strict=True)],
    }


def _between(one: Benefit, words: Callable[[Fraction], str]) -> str:
    if one.promised is None or one.promised.low is None or one.promised.high is None:
        return ""
    return f"{words(one.promised.low)} to {words(one.promised.high)}"


def _picture(one: Benefit, tell: Callable[[float], str]) -> str:
    if one.drawn is None:
        return ""
    labels = [day.isoformat() for day in one.days]
    return picture.chart(one.criterion.name, one.drawn, labels, tell, float(number(one.criterion.threshold)))


def _alarm(one: Benefit) -> bool:
    """Say whether the newest reading stands out for the worse."""
    if one.drawn is None:
        return False
    return variation(one.drawn, "higher" if one.criterion.direction == "at least" else "lower") == "concern"


@bp.post("/reviews/<id>/readings")
@needs(Permission.BENEFIT_READ_IN)
def take_readings(id: str) -> ResponseReturnValue:
    """Keep readings of a criterion."""
    review = reviews_pages.seen(id, Permission.BENEFIT_READ_IN)
    form = ReadingsForm.on(operations.criteria(web.current(), review))

    def act() -> ResponseReturnValue:
        lines = pasted(form.lines.data)
        taken = operations.take_readings(web.engine(), web.actor(), id, form.criterion.data, lines)
        web.tell("readings_kept", count=taken)
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, {"readings": form}), form.lines)


@bp.post("/reviews/<id>/outcome")
@needs(Permission.BENEFIT_REVIEW)
def look_back(id: str) -> ResponseReturnValue:
    """Keep what a look back says."""
    review = reviews_pages.seen(id, Permission.BENEFIT_REVIEW)
    form = LookBackForm()

    def act() -> ResponseReturnValue:
        words = (form.after.data, form.verdict.data, form.text.data)
        operations.look_back(web.engine(), web.actor(), id, *words)
        web.tell("outcome_kept")
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, {"look": form}))


@bp.post("/reviews/<id>/close")
@needs(Permission.BENEFIT_REVIEW)
def close(id: str) -> ResponseReturnValue:
    """Close the review."""
    review = reviews_pages.seen(id, Permission.BENEFIT_REVIEW)
    form = CloseReviewForm()

    def act() -> ResponseReturnValue:
        operations.close(web.engine(), web.actor(), id, form.lessons.data, form.unread.data or "")
        web.tell("review_closed")
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, {"close": form}))


# What other parts ask


def waiting(db: Connection, actor: Actor) -> list[Waiting]:
    """Return the looks back that are due within a month, for those who may make them."""
    out = []
    for review in reviews.reviews(db):
        live = operations.live_since(db, review.id)
        if live is None or store.closed(db, review.id) or not may(actor, Permission.BENEFIT_REVIEW, review.place):
            continue
        done = {one.after for one in store.outcomes(db, review.id)}
        out += [
            Waiting("look", f"Look back after {after}", review.name, url_for("monitoring.index", id=review.id), due)
            for after, days in REVIEWED_AFTER.items()
            for due in [live + days]
            if after not in done and _near(due)
        ]
    return out


def _near(due: date) -> bool:
    return (due - now().date()).days <= 31


def progress(db: Connection, review: Review) -> StageFact:
    """Return how far the monitoring is."""
    found = operations.benefits(db, review)
    read = [one for one in found if one.readings]
    closed = store.closed(db, review.id) is not None
    needs = (
        Need(
            "Every criterion read since the change",
            closed or len(read) == len(found) > 0,
            f"{len(read)} of {len(found)}",
        ),
        Need("Looked back", closed or bool(store.outcomes(db, review.id))),
        Need("Closed, every finding used, parked or rejected", closed),
    )
    why = "What was promised is held against what happened, with the day of the change as the cause of new limits."
    url = url_for("monitoring.index", id=review.id)
    return StageFact("Monitoring ends when the review is closed", why, needs, url, "Open the benefits")


def signs(db: Connection, review: Review) -> list[Sign]:
    """Return whether promises are kept, and whether a look back is due."""
    url = url_for("monitoring.index", id=review.id)
    live = operations.live_since(db, review.id)
    if live is None:
        return []
    found = operations.benefits(db, review)
    broken = [one.criterion.name for one in found if one.kept == "not kept"]
    kept = sum(1 for one in found if one.kept == "kept")
    out = [Sign(f"Promise not kept: {', '.join(broken)}", "not met", url)] if broken else []
    if kept:
        out.append(Sign(f"{kept} of {count(len(found), 'promise', 'promises')} kept", "done", url))
    done = {one.after for one in store.outcomes(db, review.id)}
    due = [
        Sign(f"Look back after {after}, due {web.day(live + days)}", "outdated", url)
        for after, days in REVIEWED_AFTER.items()
        if after not in done and live + days < now().date() and not store.closed(db, review.id)
    ]
    return out + due


SIGNS.append(signs)
pages.WAITING.append(waiting)
PROGRESS["monitor"] = progress
