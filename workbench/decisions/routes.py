"""The pages of decisions: the recommendations of a review, and the room in which one of them is decided."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from process_models.values.canonical import canonical, digest
from process_models.values.errors import ModelError
from process_models.values.sentences import Sentence, say
from workbench import database, documents, jobs, pages, record, signatures, web
from workbench.accounts import store as people
from workbench.decisions import again, operations, store
from workbench.decisions.differences import told
from workbench.decisions.forms import Choice, ProposalForm
from workbench.decisions.model import Pack, Proposal, Recommendation, judge
from workbench.decisions.packing import asked_pack, pack_of, why_not
from workbench.decisions.sheet import parts, sheet
from workbench.errors import Refusal
from workbench.experiments import store as experiments
from workbench.experiments.model import BASELINE, Outcome, Spec
from workbench.findings import store as findings
from workbench.options import store as option_rows
from workbench.pages import Waiting
from workbench.permissions import Actor, Permission, Place, may, needs, require, see, signing
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.reviews.model import PROGRESS, SIGNS, Need, Review, Sign, StageFact
from workbench.signing import SignForm
from workbench.web import moment

bp = Blueprint("decisions", __name__)


# The recommendations of a review


@bp.get("/reviews/<id>/decisions")
@needs(Permission.RECOMMENDATION_READ)
def index(id: str) -> ResponseReturnValue:
    """Show the recommendations of a review."""
    return _index(reviews_pages.seen(id, Permission.RECOMMENDATION_READ), None)


def _index(review: Review, form: ProposalForm | None) -> str:
    db = web.current()
    offered = _offered(db, review)
    return render_template(
        "decisions/index.html",
        **reviews_pages.frame(review, "decide"),
        rows=[_row(db, found) for found in store.recommendations(db, review.id)],
        form=form or (_proposing(db, review) if offered else None),
        may_write=may(web.actor(), Permission.RECOMMENDATION_WRITE, review.place),
    )


def _row(db: Connection, found: Recommendation) -> dict[str, Any]:
    pack = pack_of(db, found)
    standings = operations.standings(db, found, pack)
    return {"it": found, "pack": pack, "head": store.head(db, found.id), "last": next(iter(standings), None)}


def _offered(db: Connection, review: Review) -> list[Choice]:
    """Return the submitted options with the finished experiments that played them, the newest experiment first."""
    submitted = {one.id: one for one in option_rows.options(db, review.id) if one.state == "submitted"}
    out = []
    for experiment in experiments.experiments(db, review.id):
        spec, outcome = experiments.spec(db, experiment), experiments.outcome(db, experiment)
        if outcome is None:
            continue
        on = moment(experiment.asked_at)
        out += [
            (
                one.source,
                experiment.id,
                f"{submitted[one.source].title}, simulated on {on}, {_often(spec, outcome, one.id)}",
            )
            for one in spec.designs
            if one.id != BASELINE and one.source in submitted
        ]
    return out


def _proposing(db: Connection, review: Review, base: int = 0, proposal: Proposal | None = None) -> ProposalForm:
    """Return the form of a recommendation over what can be recommended and what it can rest on."""
    accepted = [one for one in findings.findings(db, review.id) if one.accepted]
    return ProposalForm.on(_offered(db, review), accepted, base, proposal)


def _often(spec: Spec, outcome: Outcome, design: str) -> str:
    """Return how often a design was played under each scenario, those counted that were added."""
    counts = [outcome.replications(f"{design}/{one.id}", spec.replications) for one in spec.scenarios]
    least, most = min(counts), max(counts)
    return f"{least} replications" if least == most else f"{least} to {most} replications"


@bp.post("/reviews/<id>/decisions")
@needs(Permission.RECOMMENDATION_WRITE)
def begin(id: str) -> ResponseReturnValue:
    """Write a recommendation."""
    review = reviews_pages.seen(id, Permission.RECOMMENDATION_READ)
    require(web.actor(), Permission.RECOMMENDATION_WRITE, review.place)
    form = _proposing(web.current(), review)
    if form.validate():
        try:
            new = operations.begin(web.engine(), web.actor(), id, form.proposal())
        except (Refusal, ModelError) as refusal:
            form.form_errors.append(str(refusal))
        else:
            return redirect(url_for(".show", id=new.id), 303)
    return _index(review, form), 422


# One recommendation


def _found(id: str) -> Recommendation:
    found = store.find(web.current(), id)
    see(web.actor(), Permission.RECOMMENDATION_READ, found.place)
    return found


@bp.get("/recommendations/<id>")
@needs(Permission.RECOMMENDATION_READ)
def show(id: str) -> ResponseReturnValue:
    """Show the pack, what exactly is signed, and who has signed."""
    return _page(_found(id), {})


def _page(found: Recommendation, forms: dict[str, Any]) -> str:
    db = web.current()
    pack = pack_of(db, found)
    own = digest(pack)
    review = reviews.find(db, found.review)
    standings = operations.standings(db, found, pack)
    head = store.head(db, found.id)
    asked = asked_pack(db, found)
    return render_template(
        "decisions/show.html",
        **reviews_pages.frame(review, "decide"),
        it=found,
        head=head,
        pack=pack,
        option=store.proposal(db, found.id).option,
        sheet=sheet(pack),
        inside=parts(pack),
        digest=own,
        words=signatures.check_words(own),
        short=signatures.short(own),
        asked=asked,
        since_asked=told(asked, pack) if asked else (),
        why_not=_why_not(db, found, pack),
        standings=standings,
        check_words=signatures.check_words,
        reruns=_reruns(db, found, pack),
        form=forms.get("write") or _proposing(db, review, head.n, store.proposal(db, found.id)),
        sign_form=forms.get("sign") or SignForm.on(own),
        since_shown=forms.get("since_shown", ()),
        signed_here=any(one.signature.signer == web.actor().person and one.stands for one in standings),
        may=_rights(db, found, review),
        signer=web.actor().name,
    )


def _why_not(db: Connection, found: Recommendation, pack: Pack) -> str:
    reason = why_not(db, found, pack)
    return say(Sentence.of(reason)) if reason else ""


def _rights(db: Connection, found: Recommendation, review: Review) -> dict[str, bool]:
    who = web.actor()
    return {
        "write": may(who, Permission.RECOMMENDATION_WRITE, found.place),
        "decide": may(who, Permission.RECOMMENDATION_DECIDE, operations.place_for(db, who, found)),
        "proposed": who.person in operations.proposers(db, found),
        "rerun": may(who, Permission.RECOMMENDATION_RERUN, found.place),
        "record": may(who, Permission.RECORD_READ, review.place),
        "questions": may(who, Permission.QUESTION_READ, review.place),
    }


def _reruns(db: Connection, found: Recommendation, pack: Pack) -> dict[str, Any]:
    """Return the newest job, and the newest re-run of the very figures in the pack that has come to its end."""
    rows = store.reruns(db, found.id)
    ended = [(row, result) for row in rows if (result := store.result_of(db, row))]
    own = [(row, result) for row, result in ended if result.outcome == pack.play.outcome]
    return {
        "job": jobs.find(db, rows[0].job) if rows else None,
        "last": own[0] if own else None,
        "poll": url_for(".progress", id=found.id),
    }


@bp.post("/recommendations/<id>")
@needs(Permission.RECOMMENDATION_WRITE)
def write(id: str) -> ResponseReturnValue:
    """Put another wording, option or simulation in place."""
    found = _found(id)
    db = web.current()
    require(web.actor(), Permission.RECOMMENDATION_WRITE, found.place)
    form = _proposing(db, reviews.find(db, found.review))
    if form.validate():
        try:
            operations.write(web.engine(), web.actor(), id, form.revision, form.proposal())
        except (Refusal, ModelError) as refusal:
            form.form_errors.append(str(refusal))
        else:
            web.tell("recommendation_kept")
            return redirect(url_for(".show", id=id), 303)
    return _page(found, {"write": form}), 422


@bp.post("/recommendations/<id>/submit")
@needs(Permission.RECOMMENDATION_WRITE)
def submit(id: str) -> ResponseReturnValue:
    """Ask the decision makers to decide."""
    _found(id)
    operations.submit(web.engine(), web.actor(), id)
    web.tell("recommendation_submitted")
    return redirect(url_for(".show", id=id), 303)


@bp.post("/recommendations/<id>/sign")
@needs(Permission.RECOMMENDATION_DECIDE)
@signing
def sign(id: str) -> ResponseReturnValue:
    """Sign a decision on the pack that was shown."""
    found = _found(id)
    operations.require_other(web.current(), web.actor(), found)
    form = SignForm()
    if not form.validate():
        return _page(found, {"sign": form}), 422
    try:
        operations.decide(web.engine(), web.actor(), id, form.intent(), form.password.data, web.address())
    except Refusal as refusal:
        form.refused(refusal)
        return _page(found, {"sign": form, "since_shown": _shown_again(found, form)}), refusal.status
    record.checkpoint(web.engine(), web.settings().checkpoints)
    web.tell("decision_signed")
    return redirect(url_for(".show", id=id), 303)


def _shown_again(found: Recommendation, form: SignForm) -> tuple[Any, ...]:
    """Return what changed since the pack that the form was about was shown, and bind the form to what is shown now.

    A pack that was never stored (nobody submitted or signed it) is told against the submitted one.
    """
    db = web.current()
    pack = pack_of(db, found)
    before, form.shown.data = form.shown.data or "", digest(pack)
    if before == form.shown.data:
        return ()
    stored = documents.fetch(db, before, Pack) if documents.kept(db, before) else asked_pack(db, found)
    return told(stored, pack) if stored else ()


@bp.get("/recommendations/<id>/pack.json")
@needs(Permission.RECOMMENDATION_READ)
def pack_json(id: str) -> ResponseReturnValue:
    """Return the pack byte by byte as it is signed: the SHA-256 of the file is the digest."""
    body = canonical(pack_of(web.current(), _found(id)))
    headers = {"Content-Disposition": f"attachment; filename={id}.json"}
    return Response(body, mimetype="application/json", headers=headers)


# Computing it again


@bp.post("/recommendations/<id>/re-run")
@needs(Permission.RECOMMENDATION_RERUN)
def run_again(id: str) -> ResponseReturnValue:
    """Ask for the figures to be computed again."""
    _found(id)
    again.ask(web.engine(), web.actor(), id)
    return redirect(url_for(".show", id=id, _anchor="again"), 303)


@bp.get("/recommendations/<id>/re-run")
@needs(Permission.RECOMMENDATION_READ)
def progress(id: str) -> ResponseReturnValue:
    """Return the part of the page that tells how far the re-run is, and what it found."""
    found = _found(id)
    db = web.current()
    reruns = _reruns(db, found, pack_of(db, found))
    return render_template("decisions/again_part.html", reruns=reruns, names=people.names(db))


# What waits, how far it is, and where it stands


def waiting(db: Connection, actor: Actor) -> list[Waiting]:
    """Return the recommendations that wait for somebody's decision, and their own signatures that are outdated."""
    out = []
    for found in store.recommendations(db):
        asked = asked_pack(db, found)
        if asked is None or not may(actor, Permission.RECOMMENDATION_DECIDE, operations.place_for(db, actor, found)):
            continue
        if one := _waits(db, actor, found, asked):
            out.append(one)
    return out


def _waits(db: Connection, actor: Actor, found: Recommendation, asked: Pack) -> Waiting | None:
    pack = pack_of(db, found)
    standings = operations.standings(db, found, pack)
    own = next((one for one in standings if one.signature.signer == actor.person), None)
    url, title = url_for("decisions.show", id=found.id), pack.wording.title
    askable = judge(asked, pack).standing != "outdated"
    if own and not own.stands:
        first = next((change.words for change in own.changes if change.material), "")
        return Waiting("look", f"Outdated: what you signed on “{title}”", first, url, minutes=5)
    if own and own.signature.record.until and own.signature.outcome == "defer":
        until = date.fromisoformat(own.signature.record.until)
        due = until <= database.now().date()
        return Waiting("decide", f"Decide: {title}", "You put it off to this day.", url, until, 10) if due else None
    if askable and not operations.decision(standings):
        return Waiting("decide", f"Decide: {title}", "One page, with the evidence a click away.", url, minutes=15)
    return None


def signs(db: Connection, review: Review) -> list[Sign]:
    """Return the signatures that are outdated, and decisions that were put off to a day that is over."""
    out = []
    for found in store.recommendations(db, review.id):
        last = next(iter(operations.standings(db, found, pack_of(db, found))), None)
        url = url_for("decisions.show", id=found.id)
        if last is None:
            continue
        title = store.proposal(db, found.id).wording.title
        if not last.stands:
            out.append(Sign(f"Signature outdated: {title}", "outdated", url))
        elif last.signature.record.until and date.fromisoformat(last.signature.record.until) < database.now().date():
            out.append(Sign(f"Put off, and the day is over: {title}", "not met", url))
    return out


def stage(db: Connection, review: Review) -> StageFact:
    """Return how far the decision is."""
    found = store.recommendations(db, review.id)
    last = [
        (one, asked_pack(db, one), pack, operations.decision(operations.standings(db, one, pack)))
        for one in found
        for pack in [pack_of(db, one)]
    ]
    asked = [one for one, before, pack, _ in last if before and judge(before, pack).standing != "outdated"]
    approved = [one for one, _, _, made in last if made and made.signature.outcome.startswith("approve")]
    needs = (
        Need("A recommendation written", bool(found), str(len(found))),
        Need("Submitted for a decision", bool(asked or approved)),
        Need("Approved and signed by a decision maker", bool(approved)),
    )
    url = url_for("decisions.index", id=review.id)
    waits = "a decision maker's signature" if asked and not approved else ""
    why = "What is signed cannot drift: a change of what matters marks the signature outdated."
    return StageFact("Decide ends when an option is signed", why, needs, url, "Open the decisions", waits)


def place_of(db: Connection, subject: str) -> Place | None:
    """Return the place of ``recommendation/…``."""
    kind, _, id = subject.partition("/")
    return store.find(db, id).place if kind == "recommendation" else None


PROGRESS["decide"] = stage
pages.WAITING.append(waiting)
pages.PLACES.append(place_of)
SIGNS.append(signs)
