"""The pages of implementation: what is to be done, how it goes live, and what was done otherwise."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from process_models.values.words import count
from workbench import pages, web
from workbench.accounts import store as people
from workbench.database import now
from workbench.forms import Form, act_on
from workbench.implementation import operations, store
from workbench.implementation.forms import ActionForm, CloseForm, LiveForm, NoteForm, RolloutForm, TakeForm
from workbench.implementation.model import KINDS, NOTE_KINDS, WAYS, WHEN, Action, Intent, doubted
from workbench.pages import Waiting
from workbench.permissions import Actor, Permission, may, needs, see
from workbench.processes import store as processes
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.reviews.model import PROGRESS, SIGNS, Need, Review, Sign, StageFact

bp = Blueprint("implementation", __name__)
TIME_TO_DO = timedelta(days=28)
"""The date that actions taken up together begin with."""


@bp.get("/reviews/<id>/implementation")
@needs(Permission.ACTION_READ)
def index(id: str) -> ResponseReturnValue:
    """Show what is to be done, what follows from the decision, how it goes live, and what was put down."""
    return _index(reviews_pages.seen(id, Permission.ACTION_READ), {})


def _index(review: Review, forms: dict[str, Form]) -> str:
    db = web.current()
    plans = may(web.actor(), Permission.ACTION_PLAN, review.place)
    found = store.actions(db, review.id)
    rollout = store.newest_rollout(db, review.id)
    return render_template(
        "implementation/index.html",
        **reviews_pages.frame(review, "implement"),
        graph=processes.graph(db, processes.head(db, review.process)),
        actions=[(one, doubted(one, found) if one.open else ()) for one in found],
        approved=operations.approved(db, review),
        to_do=operations.to_do(db, review) if plans else (),
        rollout=rollout,
        notes=store.notes(db, review.id),
        kinds=KINDS,
        note_kinds=NOTE_KINDS,
        ways=WAYS,
        when=WHEN,
        plans=plans,
        me=web.actor().person,
        note_form=_offered(review, forms, "note") if may(web.actor(), Permission.ACTION_NOTE, review.place) else None,
        **({name: _offered(review, forms, name) for name in ("take", "action", "plan", "live")} if plans else {}),
        opened=frozenset(forms),
    )


def _offered(review: Review, forms: dict[str, Form], name: str) -> Form:
    return forms.get(name) or _form(review, name, sent=False)


def _form(review: Review, name: str, sent: bool = True) -> Any:
    """Return a form of the page; ``sent``: what the request sends is this form."""
    db = web.current()
    names = people.names(db)
    owners = [(id, names.get(id, id)) for id in operations.belonging(db, review)]
    empty: dict[str, Any] = {} if sent else {"formdata": None}
    match name:
        case "take":
            return TakeForm.on(owners, sent)
        case "action":
            return ActionForm.on(processes.graph(db, processes.head(db, review.process)), owners, sent)
        case "plan":
            return RolloutForm.on(owners, store.newest_rollout(db, review.id), sent)
        case "live":
            return LiveForm(**empty)
        case _:
            return NoteForm(**empty)


@bp.post("/reviews/<id>/actions/take")
@needs(Permission.ACTION_PLAN)
def take(id: str) -> ResponseReturnValue:
    """Take up the ticked actions that follow from the decision."""
    review = reviews_pages.seen(id, Permission.ACTION_PLAN)
    form = _form(review, "take")

    def act() -> ResponseReturnValue:
        chosen = request.form.getlist("take")
        intents = [
            Intent(
                kind=one.kind,
                text=one.text,
                owner=form.owner.data,
                due=form.due.data,
                step=one.step,
                origin=one.origin,
                check=form.due.data - timedelta(days=7),
            )
            for n, one in enumerate(operations.to_do(web.current(), review))
            if str(n) in chosen
        ]
        made = operations.write(web.engine(), web.actor(), id, intents)
        web.tell("actions_made", count=made)
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, {"take": form}))


@bp.post("/reviews/<id>/actions")
@needs(Permission.ACTION_PLAN)
def write(id: str) -> ResponseReturnValue:
    """Write an action of one's own."""
    review = reviews_pages.seen(id, Permission.ACTION_PLAN)
    form = _form(review, "action")

    def act() -> ResponseReturnValue:
        operations.write(web.engine(), web.actor(), id, [form.intent()])
        web.tell("action_made")
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, {"action": form}))


@bp.post("/reviews/<id>/rollout")
@needs(Permission.ACTION_PLAN)
def plan_rollout(id: str) -> ResponseReturnValue:
    """Plan how it goes live."""
    review = reviews_pages.seen(id, Permission.ACTION_PLAN)
    form = _form(review, "plan")

    def act() -> ResponseReturnValue:
        operations.plan_rollout(web.engine(), web.actor(), id, form.planned())
        web.tell("rollout_kept")
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, {"plan": form}))


@bp.post("/reviews/<id>/live")
@needs(Permission.ACTION_PLAN)
def go_live(id: str) -> ResponseReturnValue:
    """Put down the day since which it is live."""
    review = reviews_pages.seen(id, Permission.ACTION_PLAN)
    form = _form(review, "live")

    def act() -> ResponseReturnValue:
        operations.go_live(web.engine(), web.actor(), id, form.day.data, form.reason.data or "")
        web.tell("went_live", day=web.day(form.day.data))
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, {"live": form}))


@bp.post("/reviews/<id>/notes")
@needs(Permission.ACTION_NOTE)
def put_down(id: str) -> ResponseReturnValue:
    """Put a quick fix or a deviation down."""
    review = reviews_pages.seen(id, Permission.ACTION_NOTE)
    form = _form(review, "note")

    def act() -> ResponseReturnValue:
        words = (form.kind.data, form.day.data, form.text.data, form.reason.data, bool(form.inside.data))
        operations.put_down(web.engine(), web.actor(), id, *words)
        web.tell("note_kept")
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, {"note": form}))


# One action


def _action(id: str) -> tuple[Action, Review]:
    found = store.find(web.current(), id)
    review = reviews.find(web.current(), found.review)
    see(web.actor(), Permission.ACTION_READ, review.place)
    return found, review


@bp.get("/actions/<id>")
@needs(Permission.ACTION_READ)
def show(id: str) -> ResponseReturnValue:
    """Show an action, and how to close it."""
    found, review = _action(id)
    return _page(found, review, CloseForm(formdata=None))


def _page(found: Action, review: Review, form: CloseForm) -> str:
    db = web.current()
    closes = found.open and (
        web.actor().person == found.owner or may(web.actor(), Permission.ACTION_PLAN, review.place)
    )
    return render_template(
        "implementation/show.html",
        **reviews_pages.frame(review, "implement"),
        action=found,
        kinds=KINDS,
        graph=processes.graph(db, processes.head(db, review.process)),
        doubts=doubted(found, store.actions(db, review.id)) if found.open else (),
        form=form if closes else None,
    )


@bp.post("/actions/<id>/close")
@needs(Permission.ACTION_READ)
def close(id: str) -> ResponseReturnValue:
    """Close an action."""
    found, review = _action(id)
    form = CloseForm()

    def act() -> ResponseReturnValue:
        operations.close(web.engine(), web.actor(), id, form.state.data, form.note.data)
        web.tell("action_closed", how=form.state.data)
        return redirect(url_for(".index", id=review.id), 303)

    return act_on(form, act, lambda: _page(found, review, form))


# What other parts ask


def waiting(db: Connection, actor: Actor) -> list[Waiting]:
    """Return the actions that wait for somebody."""
    if not actor.person:
        return []
    return [
        Waiting("do", one.text, reviews.find(db, one.review).name, url_for("implementation.show", id=one.id), one.due)
        for one in store.open_of(db, actor.person)
    ]


def progress(db: Connection, review: Review) -> StageFact:
    """Return how far the implementation is."""
    found = store.actions(db, review.id)
    still = [one for one in found if one.open]
    late = [one for one in still if one.due < now().date()]
    rollout = store.newest_rollout(db, review.id)
    needs = (
        Need("Actions from what was decided", bool(found), str(len(found))),
        Need("A roll-out that can be taken back", rollout is not None),
        Need("Every action closed", bool(found) and not still, f"{len(found) - len(still)} of {len(found)}"),
        Need("Gone live", rollout is not None and rollout.live is not None, f"{len(late)} late" if late else ""),
    )
    why = "Actions follow from the difference between the map as it is and the approved one."
    url = url_for("implementation.index", id=review.id)
    return StageFact("Implementation ends when the change is live", why, needs, url, "Open the actions")


def signs(db: Connection, review: Review) -> list[Sign]:
    """Return whether actions are late."""
    late = [one for one in store.actions(db, review.id) if one.open and one.due < now().date()]
    if not late:
        return []
    words = f"{count(len(late), 'action', 'actions')} late, the first since {web.day(late[0].due)}"
    return [Sign(words, "not met", url_for("implementation.index", id=review.id))]


SIGNS.append(signs)
pages.WAITING.append(waiting)
PROGRESS["implement"] = progress
