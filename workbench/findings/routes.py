"""The pages of findings: those of a review with its criteria check, and one with the replies to it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from workbench import pages, web
from workbench.database import now
from workbench.findings import operations, store
from workbench.findings.forms import ConcludeForm, FateForm, FindingForm, ReplyForm
from workbench.findings.model import FATES, SOURCES, Checked, Finding, Written, unheard
from workbench.forms import act_on
from workbench.pages import Waiting
from workbench.permissions import Actor, Permission, may, needs, see
from workbench.questions import store as questions
from workbench.questions.model import Question
from workbench.reviews import operations as review_operations
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.reviews.forms import in_words
from workbench.reviews.model import LINKS, PROGRESS, Criterion, Link, Need, Review, StageFact
from workbench.services import store as services

bp = Blueprint("findings", __name__)
MINUTES = 5
"""What replying to a finding takes."""


# The findings of a review


@bp.get("/reviews/<id>/findings")
@needs(Permission.FINDING_READ)
def index(id: str) -> ResponseReturnValue:
    """Show the criteria check and the findings; ``?from=question/…`` begins a finding with what that says."""
    review = reviews_pages.seen(id, Permission.FINDING_READ)
    source = request.args.get("from", "")
    return _index(review, _begun(review, source, _words_of(review, source)))


def _words_of(review: Review, source: str) -> Written | None:
    kind, _, id = source.partition("/")
    return SOURCES[kind](web.current(), review, id) if kind in SOURCES else None


def _begun(review: Review, source: str = "", written: Written | None = None, sent: bool = True) -> FindingForm:
    return FindingForm.on(operations.graph_of(web.current(), review), written, source if written else "", sent)


def _index(review: Review, form: FindingForm, concluding: ConcludeForm | None = None) -> str:
    db = web.current()
    found = store.findings(db, review.id)
    checks = operations.check(db, review)
    writes = may(web.actor(), Permission.FINDING_WRITE, review.place)
    settles = may(web.actor(), Permission.FINDING_SETTLE, review.place)
    accepted = [one for one in found if one.accepted]
    offered = _criteria(db, review)
    return render_template(
        "findings/index.html",
        **reviews_pages.frame(review, "analyse"),
        graph=operations.graph_of(db, review),
        findings=found,
        by_id={one.id: one for one in found},
        checks=[_told(db, review, one) for one in checks],
        signed=review_operations.signed_scope(db, review) is not None,
        form=form if writes else None,
        concluding=(concluding or ConcludeForm.on(offered, accepted)) if settles and checks and accepted else None,
        settles=settles,
        sources=_sources(db, review, found) if writes else (),
        opened=bool(form.errors or form.source.data),
    )


def _criteria(db: Connection, review: Review) -> tuple[Criterion, ...]:
    return tuple(one.criterion for one in operations.check(db, review))


def _told(db: Connection, review: Review, one: Checked) -> dict[str, Any]:
    """Return a criterion's check with its figures in words."""
    currency = services.find(db, review.service).currency
    measure = one.criterion.measure
    found = one.conclusion
    ends = [in_words(measure, value, currency) for value in (found.low, found.high)] if found else []
    return {
        "checked": one,
        "threshold": f"{one.criterion.direction} {in_words(measure, one.criterion.threshold, currency)}",
        "figure": " to ".join(dict.fromkeys(ends)),
        "now": f"{one.changed_to.direction} {in_words(one.changed_to.measure, one.changed_to.threshold, currency)}"
        if one.changed_to
        else "",
    }


def _sources(db: Connection, review: Review, found: list[Finding]) -> list[Question]:
    """Return settled questions that say something and have not become a finding yet."""
    used = {one.source for one in found}
    settled = [one for one in questions.questions(db, review.id) if one.closed_as == "explored"]
    return [one for one in settled if f"question/{one.id}" not in used]


@bp.post("/reviews/<id>/findings")
@needs(Permission.FINDING_WRITE)
def write(id: str) -> ResponseReturnValue:
    """Write down a finding."""
    review = reviews_pages.seen(id, Permission.FINDING_WRITE)
    form = _begun(review)

    def act() -> ResponseReturnValue:
        made = operations.write(web.engine(), web.actor(), id, form.written(), form.source.data or "")
        web.tell("finding_written")
        return redirect(url_for(".show", id=made.id), 303)

    return act_on(form, act, lambda: _index(review, form))


@bp.post("/reviews/<id>/conclusions")
@needs(Permission.FINDING_SETTLE)
def conclude(id: str) -> ResponseReturnValue:
    """Hold a figure against a criterion."""
    review = reviews_pages.seen(id, Permission.FINDING_SETTLE)
    db = web.current()
    criteria = _criteria(db, review)
    form = ConcludeForm.on(criteria, [one for one in store.findings(db, id) if one.accepted])

    def act() -> ResponseReturnValue:
        operations.conclude(web.engine(), web.actor(), id, form.concluded(criteria))
        web.tell("criterion_concluded")
        return redirect(url_for(".index", id=id), 303)

    return act_on(form, act, lambda: _index(review, _begun(review, sent=False), form))


# One finding


def _found(id: str) -> tuple[Finding, Review]:
    """Return a finding that the person may see: as a reader, or as one of a team that it was put to."""
    finding = store.find(web.current(), id)
    review = reviews.find(web.current(), finding.review)
    if not (finding.reply_by and operations.teams_for(web.current(), web.actor(), finding)):
        see(web.actor(), Permission.FINDING_READ, review.place)
    return finding, review


@bp.get("/findings/<id>")
@needs(Permission.FINDING_SEE)
def show(id: str) -> ResponseReturnValue:
    """Show a finding, what its teams say, and what became of it."""
    finding, review = _found(id)
    return _page(finding, review, {})


def _page(finding: Finding, review: Review, forms: dict[str, Any]) -> str:
    db = web.current()
    actor = web.actor()
    replies = store.replies(db, finding.id)
    teams = operations.teams_for(db, actor, finding)
    asked = bool(finding.reply_by and teams and not finding.accepted_at and not finding.fate)
    writes = may(actor, Permission.FINDING_WRITE, review.place) and not finding.accepted_at and not finding.fate
    graph = operations.graph_of(db, review)
    return render_template(
        "findings/show.html",
        **reviews_pages.frame(review, "analyse"),
        finding=finding,
        graph=graph,
        replies=replies,
        waiting=unheard(finding, replies, now().date()),
        reads=may(actor, Permission.FINDING_READ, review.place),
        reply_form=forms.get("reply")
        or (ReplyForm.on(teams) if asked and finding.id not in store.replied(db, actor.person) else None),
        correct_form=forms.get("correct")
        or (FindingForm.on(graph, _as_written(finding), sent=False) if writes else None),
        correcting="correct" in forms,
        fate_form=forms.get("fate") or FateForm(formdata=None),
        fates=FATES,
        settles=may(actor, Permission.FINDING_SETTLE, review.place),
        source=_source_of(finding),
    )


def _as_written(finding: Finding) -> Written:
    return Written(**{name: getattr(finding, name) for name in Written.__struct_fields__})


PAGES = {"question": ("questions.show", "a question"), "analysis": ("analyses.show", "an analysis")}
"""Where what a finding came from is shown."""


def _source_of(finding: Finding) -> Link | None:
    kind, _, id = finding.source.partition("/")
    if kind not in PAGES:
        return None
    endpoint, words = PAGES[kind]
    return Link(words, url_for(endpoint, id=id))


@bp.post("/findings/<id>/correct")
@needs(Permission.FINDING_WRITE)
def correct(id: str) -> ResponseReturnValue:
    """Change the words of a finding that is not accepted yet."""
    finding, review = _found(id)
    form = _begun(review)

    def act() -> ResponseReturnValue:
        operations.correct(web.engine(), web.actor(), id, form.written())
        web.tell("finding_corrected")
        return redirect(url_for(".show", id=id), 303)

    return act_on(form, act, lambda: _page(finding, review, {"correct": form}))


@bp.post("/findings/<id>/teams")
@needs(Permission.FINDING_SETTLE)
def put_to_teams(id: str) -> ResponseReturnValue:
    """Give the teams that it names their right of reply."""
    _found(id)
    put = operations.put_to_teams(web.engine(), web.actor(), id)
    web.tell("finding_put", until=web.day(put.reply_by) if put.reply_by else "")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/findings/<id>/reply")
@needs(Permission.FINDING_REPLY)
def reply(id: str) -> ResponseReturnValue:
    """Say for a team whether a finding is accurate."""
    finding, review = _found(id)
    form = ReplyForm.on(operations.teams_for(web.current(), web.actor(), finding))

    def act() -> ResponseReturnValue:
        accurate = form.accurate.data == "yes"
        operations.reply(web.engine(), web.actor(), id, form.team.data, accurate, form.text.data or "")
        web.tell("finding_reply_sent")
        return redirect(url_for(".show", id=id), 303)

    return act_on(form, act, lambda: _page(finding, review, {"reply": form}))


@bp.post("/findings/<id>/accept")
@needs(Permission.FINDING_SETTLE)
def accept(id: str) -> ResponseReturnValue:
    """Accept a finding."""
    _found(id)
    operations.accept(web.engine(), web.actor(), id)
    web.tell("finding_accepted")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/findings/<id>/settle")
@needs(Permission.FINDING_SETTLE)
def settle(id: str) -> ResponseReturnValue:
    """Say what became of a finding."""
    finding, review = _found(id)
    form = FateForm()

    def act() -> ResponseReturnValue:
        operations.settle(web.engine(), web.actor(), id, form.fate.data, form.reason.data)
        web.tell("finding_settled", how=form.fate.data)
        return redirect(url_for(".index", id=review.id), 303)

    return act_on(form, act, lambda: _page(finding, review, {"fate": form}))


# What other parts ask


def from_question(db: Connection, review: Review, id: str) -> Written | None:
    """Return how a settled question begins a finding."""
    question = questions.find(db, id)
    if question.review != review.id or question.closed_as != "explored" or question.grade is None:
        return None
    graph = operations.graph_of(db, review)
    step = graph.by_id.get(question.step)
    heard = len(questions.answers(db, id))
    evidence = f"{question.text} {question.evidence} {heard} answered; settled as “{question.disposition}”."
    return Written(
        text=question.closing or question.text,
        evidence=" ".join(evidence.split()),
        grade=question.grade,
        steps=(question.step,) if step else (),
        teams=(step.role,) if step and step.role else (),
    )


def waiting(db: Connection, actor: Actor) -> list[Waiting]:
    """Return the findings that wait for somebody's reply."""
    if not actor.person:
        return []
    done = store.replied(db, actor.person)
    return [
        Waiting(
            "answer",
            f"Is this accurate? {one.text}",
            f"{reviews.find(db, one.review).name}, put to {', '.join(one.teams)}.",
            url_for("findings.show", id=one.id),
            due=one.reply_by,
            minutes=MINUTES,
        )
        for one in store.with_teams(db)
        if one.id not in done and operations.teams_for(db, actor, one)
    ]


def links(db: Connection, review: Review, step: str) -> list[Link]:
    """Return the accepted findings about a step, for its card."""
    about = [one for one in store.findings(db, review.id) if one.accepted and step in one.steps]
    if not may(web.actor(), Permission.FINDING_READ, review.place):
        return []
    return [Link(one.text, url_for("findings.show", id=one.id), f"finding, grade {one.grade}") for one in about]


def progress(db: Connection, review: Review) -> StageFact:
    """Return how far the analysis is."""
    found = [one for one in store.findings(db, review.id) if one.fate != "rejected"]
    accepted = [one for one in found if one.accepted]
    checks = operations.check(db, review)
    concluded = [one for one in checks if one.conclusion]
    needs = (
        Need("A finding accepted", bool(accepted), f"{len(accepted)} of {len(found)}"),
        Need("Nothing written and left open", len(accepted) == len(found), ""),
        Need(
            "A conclusion on every frozen criterion",
            bool(checks) and len(concluded) == len(checks),
            f"{len(concluded)} of {len(checks)}" if checks else "the scope is not signed",
        ),
    )
    why = "The teams that a finding names see it first; conclusions are held against the criteria as they were frozen."
    url = url_for("findings.index", id=review.id)
    return StageFact("Analysis ends when the findings are accepted", why, needs, url, "Open the findings")


SOURCES["question"] = from_question
pages.WAITING.append(waiting)
LINKS.append(links)
PROGRESS["analyse"] = progress
