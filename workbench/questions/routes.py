"""The pages of questions: those of a review for the lead, one for whoever is asked, one behind a link."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from process_models.graph.graph import StepGraph
from process_models.graph.narration import step_in_words
from workbench import pages, web
from workbench import store as foundation
from workbench.errors import NotFound, Refusal
from workbench.forms import act_on
from workbench.pages import Waiting
from workbench.permissions import Actor, Permission, may, needs, open_to_all, see
from workbench.processes import store as processes
from workbench.questions import operations, store
from workbench.questions.forms import AnswerForm, LinkForm, RaiseForm, SettleForm
from workbench.questions.model import AT_A_TIME, MINUTES, SHOWN_FROM, SIDES, VIEWS, Question, by_side, differ
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.reviews.model import BADGES, LINKS, PROGRESS, Link, Need, Review, StageFact

bp = Blueprint("questions", __name__)


def _graph(db: Connection, review: Review) -> StepGraph:
    return processes.graph(db, processes.head(db, review.process))


# The questions of a review


@bp.get("/reviews/<id>/questions")
@needs(Permission.REVIEW_READ)
def index(id: str) -> ResponseReturnValue:
    """Show what is asked, what triggers propose, and which data they miss."""
    return _index(reviews_pages.found(id), None)


def _index(review: Review, form: RaiseForm | None) -> str:
    db = web.current()
    graph = _graph(db, review)
    all_of_them = store.questions(db, review.id)
    lead = may(web.actor(), Permission.QUESTION_SETTLE, review.place)
    reads = may(web.actor(), Permission.QUESTION_READ, review.place)
    looks = operations.looks(db, review) if reads else ()
    return render_template(
        "questions/index.html",
        **reviews_pages.frame(review, "challenge"),
        graph=graph,
        open=[(question, _heard(db, question)) for question in all_of_them if question.open],
        closed=[question for question in all_of_them if not question.open],
        proposed=operations.proposed(db, review, looks) if lead else (),
        looks=looks,
        sides=SIDES,
        lead=lead,
        reads=reads,
        raise_form=form or (RaiseForm.on(graph) if may(web.actor(), Permission.QUESTION_RAISE, review.place) else None),
    )


def _heard(db: Connection, question: Question) -> dict[str, int]:
    answers = store.answers(db, question.id)
    return {side: sum(1 for one in answers if one.side == side) for side in SIDES}


@bp.post("/reviews/<id>/questions/ask")
@needs(Permission.QUESTION_SETTLE)
def ask(id: str) -> ResponseReturnValue:
    """Ask the questions that were ticked."""
    reviews_pages.found(id, Permission.QUESTION_SETTLE)
    chosen = frozenset((step, bank) for one in request.form.getlist("ask") for bank, _, step in [one.partition(" ")])
    count = operations.ask(web.engine(), web.actor(), id, chosen)
    web.tell("questions_asked", count=count)
    return redirect(url_for(".index", id=id), 303)


@bp.post("/reviews/<id>/questions/own")
@needs(Permission.QUESTION_RAISE)
def raise_own(id: str) -> ResponseReturnValue:
    """Raise a question of one's own."""
    review = reviews_pages.found(id, Permission.QUESTION_RAISE)
    form = RaiseForm.on(_graph(web.current(), review))
    if form.validate():
        operations.raise_own(web.engine(), web.actor(), id, form.step.data, form.text.data)
        return redirect(url_for(".index", id=id), 303)
    return _index(review, form), 422


# One question


def _found(id: str) -> tuple[Question, Review]:
    question = store.find(web.current(), id)
    review = reviews.find(web.current(), question.review)
    asked = operations.side(web.current(), web.actor(), question) is not None
    if not asked:
        see(web.actor(), Permission.QUESTION_READ, review.place)
    return question, review


@bp.get("/questions/<id>")
@needs(Permission.QUESTION_SEE)
def show(id: str) -> ResponseReturnValue:
    """Show a question: to answer for whoever is asked, with its answers for the lead."""
    question, review = _found(id)
    return _page(question, review, {})


def _page(question: Question, review: Review, forms: dict[str, Any], link: str = "") -> str:
    db = web.current()
    reads = may(web.actor(), Permission.QUESTION_READ, review.place)
    side = operations.side(db, web.actor(), question)
    answered = question.id in store.answered_by(db, web.actor().person)
    answers = store.answers(db, question.id)
    shown = reads or ((answered or not question.open) and len(answers) >= SHOWN_FROM)
    return render_template(
        "questions/show.html",
        **reviews_pages.frame(review, "challenge"),
        **_step(_graph(db, review), question),
        question=question,
        side=side,
        sides=SIDES,
        views=VIEWS,
        answered=answered,
        count=len(answers),
        shown_from=SHOWN_FROM,
        answers=answers if reads else (),
        by_side=by_side(answers) if shown else (),
        differ=shown and differ(answers),
        form=forms.get("answer") or (_draft(db, question) if side and not answered and question.open else None),
        settle_form=forms.get("settle") or SettleForm(formdata=None),
        link_form=LinkForm(formdata=None),
        link=link,
        links=store.links(db, question.id),
        lead=may(web.actor(), Permission.QUESTION_SETTLE, review.place),
        reads=reads,
    )


def _step(graph: StepGraph, question: Question) -> dict[str, Any]:
    step = graph.by_id.get(question.step)
    if step is None:
        return {"step": None, "around": (), "spoken": ""}
    before = [graph.by_id[flow.source] for flow in graph.before(step.id) if flow.source != step.id]
    after = [graph.by_id[flow.target] for flow in graph.after(step.id) if flow.target != step.id]
    return {
        "step": step,
        "before": before,
        "after": after,
        "spoken": step_in_words(graph, step),
        "numbers": graph.numbers,
    }


def _draft(db: Connection, question: Question) -> AnswerForm:
    kept = foundation.draft_of(db, web.actor().person, operations.draft_key(question.id))
    return AnswerForm(formdata=MultiDict(kept.body) if kept else None)


@bp.post("/questions/<id>/answer")
@needs(Permission.QUESTION_ANSWER)
def answer(id: str) -> ResponseReturnValue:
    """Send an answer, or keep it as a draft."""
    question, review = _found(id)
    form = AnswerForm()
    if "draft" in request.form:
        operations.keep_draft(web.engine(), web.actor(), id, _typed())
        web.tell("draft_kept")
        return redirect(url_for(".show", id=id), 303)

    def act() -> ResponseReturnValue:
        operations.answer(web.engine(), web.actor(), id, form.given())
        web.tell("answer_sent")
        return redirect(url_for(".show", id=id), 303)

    return act_on(form, act, lambda: _page(question, review, {"answer": form}))


def _typed() -> dict[str, str]:
    names = ("view", "reason", "basis", "good", "usual", "bad", "ask_also")
    return {name: request.form[name] for name in names if request.form.get(name)}


@bp.post("/questions/<id>/settle")
@needs(Permission.QUESTION_SETTLE)
def settle(id: str) -> ResponseReturnValue:
    """Close a question."""
    question, review = _found(id)
    form = SettleForm()

    def act() -> ResponseReturnValue:
        operations.settle(web.engine(), web.actor(), id, form.settled())
        web.tell("question_settled", how=form.closed_as.data)
        return redirect(url_for(".index", id=review.id), 303)

    return act_on(form, act, lambda: _page(question, review, {"settle": form}))


@bp.post("/questions/<id>/reopen")
@needs(Permission.QUESTION_SETTLE)
def reopen(id: str) -> ResponseReturnValue:
    """Open a closed question again."""
    _found(id)
    operations.reopen(web.engine(), web.actor(), id)
    return redirect(url_for(".show", id=id), 303)


@bp.post("/questions/<id>/link")
@needs(Permission.QUESTION_SETTLE)
def make_link(id: str) -> ResponseReturnValue:
    """Make a one-use link, and show it once."""
    question, review = _found(id)
    form = LinkForm()
    if not form.validate():
        return _page(question, review, {}), 422
    token = operations.make_link(web.engine(), web.actor(), id, form.side.data)
    return _page(question, review, {}, url_for(".by_link", token=token, _external=True))


# Behind a one-use link


@bp.get("/answer/<token>")
@open_to_all
def by_link(token: str) -> ResponseReturnValue:
    """Show the question of a one-use link."""
    return _link_page(token, AnswerForm(formdata=None))


@bp.post("/answer/<token>")
@open_to_all
def answer_by_link(token: str) -> ResponseReturnValue:
    """Send the answer of a one-use link."""
    form = AnswerForm()
    if form.validate():
        try:
            operations.answer_by_link(web.engine(), token, form.given())
        except NotFound:
            raise
        except Refusal as refusal:
            form.form_errors.append(str(refusal))
            return _link_page(token, form), refusal.status
        return render_template("questions/thanks.html")
    return _link_page(token, form), 422


def _link_page(token: str, form: AnswerForm) -> str:
    db = web.current()
    question, side = operations.by_link(db, token)
    review = reviews.find(db, question.review)
    return render_template(
        "questions/by_link.html",
        question=question,
        review=review,
        side=side,
        sides=SIDES,
        form=form,
        token=token,
        **_step(_graph(db, review), question),
    )


# What other parts ask


def waiting(db: Connection, actor: Actor) -> list[Waiting]:
    """Return the questions that wait for somebody's answer: at most ten, the weightiest."""
    if not actor.person:
        return []
    done = store.answered_by(db, actor.person)
    out = []
    for question in store.all_open(db):
        if question.id not in done and operations.side(db, actor, question):
            review = reviews.find(db, question.review)
            graph = _graph(db, review)
            name = graph.by_id[question.step].name if question.step in graph.by_id else question.step
            context = f"{review.name}, step “{name}”."
            out.append(
                Waiting("answer", question.text, context, url_for("questions.show", id=question.id), minutes=MINUTES)
            )
    return out[:AT_A_TIME]


def badges(db: Connection, review: Review) -> dict[str, int]:
    """Return the open questions by step."""
    steps = [question.step for question in store.questions(db, review.id) if question.open]
    return {step: steps.count(step) for step in steps}


def links(db: Connection, review: Review, step: str) -> list[Link]:
    """Return the open questions of a step, for its card."""
    asked = [question for question in store.questions(db, review.id) if question.open and question.step == step]
    return [Link(question.text, url_for("questions.show", id=question.id), question.evidence) for question in asked]


def progress(db: Connection, review: Review) -> StageFact:
    """Return how far the challenge is."""
    asked = store.questions(db, review.id)
    still = [question for question in asked if question.open]
    heard = [question for question in asked if all(_heard(db, question).values())]
    needs = (
        Need("Questions asked", bool(asked), str(len(asked))),
        Need(
            "Both sides heard, or closed with a reason",
            bool(asked) and {q.id for q in still} <= {q.id for q in heard},
            f"{len(heard)} of {len(asked)} by both",
        ),
        Need("Every question closed", bool(asked) and not still, f"{len(asked) - len(still)} of {len(asked)}"),
    )
    why = "Answers are given blind; the lead settles each question as explored, merged or set aside."
    url = url_for("questions.index", id=review.id)
    return StageFact("Challenge ends when every question is closed", why, needs, url, "Open the questions")


pages.WAITING.append(waiting)
BADGES.append(badges)
LINKS.append(links)
PROGRESS["challenge"] = progress
