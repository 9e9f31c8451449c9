"""The pages of reviews: all of them, one, its plan, its scope, its map."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace
from sqlalchemy import Connection

from process_models.graph.drawing import Look, draw
from process_models.method.facts import Facts
from process_models.redesign.envelope import inside
from process_models.values.canonical import digest
from workbench import pages, record, signatures, web
from workbench.accounts import store as people
from workbench.errors import Refusal
from workbench.pages import Waiting
from workbench.permissions import Actor, Permission, Place, Responsibility, may, needs, require, see, signing
from workbench.processes import picture
from workbench.processes import store as processes
from workbench.processes.map_page import map_page
from workbench.processes.rows import kept_rows
from workbench.reviews import operations, store
from workbench.reviews.forms import (
    MOVE_WORDS,
    OUTCOMES,
    AimForm,
    CriterionForm,
    FeatureForm,
    LockForm,
    ReviewForm,
    ScopeForm,
    TakeOutForm,
    ends_in_words,
    in_words,
)
from workbench.reviews.model import BADGES, LINKS, SIGNS, Review, Scope, Stage, line
from workbench.reviews.progress import judged, line_order, locked, progress, scope_state, stage_now
from workbench.services import store as services
from workbench.signing import SignForm

bp = Blueprint("reviews", __name__, url_prefix="/reviews")


@bp.get("/")
@needs(Permission.REVIEW_READ)
def index() -> ResponseReturnValue:
    """Show the reviews that the person has to do with."""
    return _index(ReviewForm.on(_may_review()))


@bp.post("/")
@needs(Permission.REVIEW_ADD)
def begin() -> ResponseReturnValue:
    """Begin a review."""
    form = ReviewForm.on(_may_review())
    if form.validate():
        review = operations.begin(web.engine(), web.actor(), form.examined.data, form.name.data)
        return redirect(url_for(".show", id=review.id), 303)
    return _index(form), 422


def _may_review() -> list[Any]:
    found = processes.processes(web.current())
    return [process for process in found if may(web.actor(), Permission.REVIEW_ADD, process.place)]


def _index(form: ReviewForm) -> str:
    db = web.current()
    mine = [review for review in store.reviews(db) if may(web.actor(), Permission.REVIEW_READ, review.place)]
    rows = [
        (review, facts, stage_now(facts), [sign for signs in SIGNS for sign in signs(db, review)])
        for review in mine
        for facts in [progress(db, review)]
    ]
    return render_template(
        "reviews/index.html",
        rows=rows,
        form=form,
        names=people.names(db),
        may_add=web.may_here(Permission.REVIEW_ADD),
        services={service.id: service for service in services.services(db)},
    )


def found(id: str, permission: Permission = Permission.REVIEW_READ) -> Review:
    """Return a review that the person may see, and do something with."""
    review = store.find(web.current(), id)
    see(web.actor(), Permission.REVIEW_READ, review.place)
    place = review.scope_place if permission is Permission.SCOPE_SIGN else review.place
    require(web.actor(), permission, place)
    return review


def seen(id: str, permission: Permission) -> Review:
    """Return a review of which the person may see more than that it is there."""
    review = found(id)
    see(web.actor(), permission, review.place)
    return review


def frame(review: Review, here: Stage | None = None) -> dict[str, Any]:
    """Return what every page of a review shows: the review and its line of stages."""
    facts = progress(web.current(), review)
    return {"review": review, "stages": line(facts, here), "facts": facts, "names": people.names(web.current())}


@bp.get("/<id>/")
@needs(Permission.REVIEW_READ)
def show(id: str) -> ResponseReturnValue:
    """Show where a review stands and what its gate still needs."""
    review = found(id)
    db = web.current()
    shown = frame(review)
    stage = stage_now(shown["facts"])
    plan = store.plan(db, id)
    return render_template(
        "reviews/show.html",
        **shown,
        stage=stage,
        number=line_order(shown["facts"]).index(stage) + 1 if stage else 0,
        process=processes.find(db, review.process),
        plan=plan,
        told={criterion.id: _told(review, criterion) for criterion in plan.criteria},
        scope=scope_state(db, review),
    )


def _told(review: Review, criterion: Any) -> str:
    currency = services.find(web.current(), review.service).currency
    words = f"{criterion.direction} {in_words(criterion.measure, criterion.threshold, currency)}"
    if criterion.tolerance != "0":
        words += f", tolerance {in_words(criterion.measure, criterion.tolerance, currency)}"
    return words


# Plan

FORMS = {"aim": AimForm, "feature": FeatureForm, "criterion": CriterionForm}


@bp.get("/<id>/plan")
@needs(Permission.REVIEW_READ)
def plan(id: str) -> ResponseReturnValue:
    """Show aims, features and criteria."""
    return _plan_page(found(id), {})


@bp.post("/<id>/plan/<part>")
@needs(Permission.REVIEW_PLAN)
def add_to_plan(id: str, part: str) -> ResponseReturnValue:
    """Add an aim, a feature or a criterion."""
    review = found(id, Permission.REVIEW_PLAN)
    form = FORMS[part]() if part in FORMS else AimForm()
    if form.validate():
        try:
            new = form.added(store.plan(web.current(), id))
            reason = form.reason.data or "" if isinstance(form, CriterionForm) else ""
            operations.plan(web.engine(), web.actor(), id, form.revision, new, reason)
        except Refusal as refusal:
            form.form_errors.append(str(refusal))
        else:
            return redirect(url_for(".plan", id=id), 303)
    return _plan_page(review, {part: form}), 422


@bp.post("/<id>/plan/out")
@needs(Permission.REVIEW_PLAN)
def take_out_of_plan(id: str) -> ResponseReturnValue:
    """Take an aim, a feature or a criterion out."""
    review, form = found(id, Permission.REVIEW_PLAN), TakeOutForm()
    old = store.plan(web.current(), id)
    if form.validate():
        new = form.without(old)
        try:
            operations.plan(web.engine(), web.actor(), id, form.revision, new, form.reason.data or "")
        except Refusal as refusal:
            form.form_errors.append(str(refusal))
        else:
            return redirect(url_for(".plan", id=id), 303)
    return _plan_page(review, {"out": form}), 422


def _plan_page(review: Review, forms: dict[str, Any]) -> str:
    db = web.current()
    part = store.part(db, review.id, "plan")
    current = store.plan(db, review.id)
    drawn = {name: forms.get(name) or form(formdata=None, base=part.n) for name, form in FORMS.items()}
    signed = operations.signed_scope(db, review)
    return render_template(
        "reviews/plan.html",
        **frame(review, "plan"),
        plan=current,
        outcomes=OUTCOMES,
        ends={feature.id: ends_in_words(feature) for feature in current.features},
        forms=drawn,
        out=forms.get("out"),
        base=part.n,
        told={criterion.id: _told(review, criterion) for criterion in current.criteria},
        signed=signed,
        changed=[p for p in store.parts(db, review.id, "plan") if p.reason],
        may_plan=may(web.actor(), Permission.REVIEW_PLAN, review.place),
    )


# Scope


@bp.get("/<id>/scope")
@needs(Permission.REVIEW_READ)
def scope(id: str) -> ResponseReturnValue:
    """Show the boundary on the map, what may be changed, and who has signed."""
    return _scope_page(found(id), {})


@bp.post("/<id>/scope")
@needs(Permission.REVIEW_PLAN)
def draw_scope(id: str) -> ResponseReturnValue:
    """Draw the scope."""
    review = found(id, Permission.REVIEW_PLAN)
    old = store.scope(web.current(), id)
    form = _scope_form(web.current(), review, old)
    if form.validate():
        try:
            operations.draw_scope(web.engine(), web.actor(), id, form.revision, form.drawn(old))
        except Refusal as refusal:
            form.form_errors.append(str(refusal))
        else:
            return redirect(url_for(".scope", id=id), 303)
    return _scope_page(review, {"scope": form}), 422


@bp.post("/<id>/scope/locks")
@needs(Permission.REVIEW_PLAN)
def lock(id: str) -> ResponseReturnValue:
    """Lock something."""
    review = found(id, Permission.REVIEW_PLAN)
    db = web.current()
    form = LockForm.on(store.part(db, id, "scope").n, processes.graph(db, processes.head(db, review.process)))
    if form.validate():
        try:
            operations.draw_scope(web.engine(), web.actor(), id, form.revision, form.added(store.scope(db, id)))
        except Refusal as refusal:
            form.form_errors.append(str(refusal))
        else:
            return redirect(url_for(".scope", id=id), 303)
    return _scope_page(review, {"lock": form}), 422


@bp.post("/<id>/scope/unlock")
@needs(Permission.REVIEW_PLAN)
def unlock(id: str) -> ResponseReturnValue:
    """Take a lock away."""
    found(id, Permission.REVIEW_PLAN)
    form = TakeOutForm()
    old = store.scope(web.current(), id)
    locks = tuple(one for one in old.locks if one.id != form.id.data)
    new = replace(old, locks=locks)
    operations.draw_scope(web.engine(), web.actor(), id, form.revision, new)
    return redirect(url_for(".scope", id=id), 303)


@bp.post("/<id>/scope/submit")
@needs(Permission.SCOPE_SUBMIT)
def submit_scope(id: str) -> ResponseReturnValue:
    """Ask the decision makers to sign the scope."""
    operations.submit_scope(web.engine(), web.actor(), id)
    web.tell("scope_submitted")
    return redirect(url_for(".scope", id=id), 303)


@bp.post("/<id>/scope/sign")
@needs(Permission.SCOPE_SIGN)
@signing
def sign_scope(id: str) -> ResponseReturnValue:
    """Sign the scope that is shown."""
    review = found(id, Permission.SCOPE_SIGN)
    form = SignForm()
    if form.validate():
        try:
            operations.sign_scope(web.engine(), web.actor(), id, form.intent(), form.password.data, web.address())
        except Refusal as refusal:
            form.refused(refusal)
            return _scope_page(review, {"sign": form}), refusal.status
        record.checkpoint(web.engine(), web.settings().checkpoints)
        web.tell("scope_signed")
        return redirect(url_for(".scope", id=id), 303)
    return _scope_page(review, {"sign": form}), 422


def _scope_form(db: Connection, review: Review, old: Scope) -> ScopeForm:
    graph = processes.graph(db, processes.head(db, review.process))
    return ScopeForm.on(old, store.part(db, review.id, "scope").n, graph, _deciders(db, review))


def _deciders(db: Connection, review: Review) -> list[tuple[str, str]]:
    names = people.names(db)
    members = (*people.members(db, service=review.service), *people.members(db, review=review.id))
    ids = {one.person for one in members if Responsibility.DECISION_MAKER in one.responsibilities}
    return sorted(((id, names[id]) for id in ids), key=lambda pair: pair[1])


def _scope_page(review: Review, forms: dict[str, Any]) -> str:
    db = web.current()
    state = scope_state(db, review)
    graph, drawn = state["graph"], state["current"]
    steps = inside(graph, drawn.first, drawn.last)
    look = Look(title=f"{review.name}: the boundary", scope=steps, locked=locked(drawn))
    asked = review.asked_scope
    all_signed = signatures.of(db, review.scope_subject)
    return render_template(
        "reviews/scope.html",
        **frame(review, "scope"),
        **state,
        steps=[graph.by_id[step] for step in graph.reading_order if step in steps],
        picture=draw(graph, look),
        moves=MOVE_WORDS,
        form=forms.get("scope") or _scope_form(db, review, store.scope(db, review.id)),
        lock_form=forms.get("lock") or LockForm.on(store.part(db, review.id, "scope").n, graph),
        sign_form=forms.get("sign") or SignForm.on(asked),
        words=signatures.check_words(asked) if asked else "",
        short=signatures.short(asked) if asked else "",
        base=store.part(db, review.id, "scope").n,
        signatures=[(one, judged(db, one, drawn, graph)) for one in all_signed],
        told={criterion.id: _told(review, criterion) for criterion in drawn.criteria},
        may_plan=may(web.actor(), Permission.REVIEW_PLAN, review.place),
        may_sign=may(web.actor(), Permission.SCOPE_SIGN, review.scope_place),
        signer=web.actor().name,
    )


@bp.get("/<id>/map")
@needs(Permission.REVIEW_READ)
def map(id: str) -> ResponseReturnValue:
    """Show the process with scope, locks, open questions and the card of a chosen step."""
    review = found(id)
    db = web.current()
    process = processes.find(db, review.process)
    revision = processes.head(db, review.process)
    facts = Facts(processes.design(db, revision))
    drawn = operations.to_sign(db, id)
    inner = inside(facts.graph, drawn.first, drawn.last)
    asked = {step: count for badges in BADGES for step, count in badges(db, review).items()}
    shown = map_page(
        facts,
        services.find(db, review.service).currency,
        f"{review.name}: the process",
        lambda **words: url_for(".map", id=id, **words),
        scope=inner,
        locked=locked(drawn),
        questions=asked,
        rows=kept_rows(db, revision),
    )
    chosen = shown["card"].id if shown["card"] else ""
    return render_template(
        "reviews/map.html",
        **frame(review, "map"),
        **shown,
        process=process,
        revision=revision,
        finding=picture.finding(facts),
        in_scope=_scope_words(drawn, inner, chosen),
        asked=[link for links in LINKS for link in links(db, review, chosen)],
    )


def _scope_words(drawn: Scope, inner: frozenset[str], step: str) -> str:
    """Return whether a step is in scope, and its locks, in words."""
    if not drawn.first:
        return ""
    locks = [f"Locked ({lock.id}): {lock.reason}" for lock in drawn.locks if (lock.kind, lock.target) == ("step", step)]
    return " ".join(["In scope." if step in inner else "Out of scope.", *locks])


def waiting(db: Connection, actor: Actor) -> list[Waiting]:
    """Return the scopes that wait for somebody's signature."""
    out = []
    for review in store.reviews(db):
        if not review.asked_scope or not may(actor, Permission.SCOPE_SIGN, review.scope_place):
            continue
        since = [one for one in signatures.of(db, review.scope_subject) if one.pack == review.asked_scope]
        if not since and review.asked_scope == digest(operations.to_sign(db, review.id)):
            title = f"Agree the scope of “{review.name}”"
            out.append(
                Waiting(
                    "agree",
                    title,
                    "Boundary, locks and criteria, on one page.",
                    url_for("reviews.scope", id=review.id),
                    minutes=10,
                )
            )
    return out


def place_of(db: Connection, subject: str) -> Place | None:
    """Return the place of ``review/…``."""
    kind, _, rest = subject.partition("/")
    return store.find(db, rest.partition("/")[0]).place if kind == "review" else None


pages.WAITING.append(waiting)
pages.PLACES.append(place_of)
