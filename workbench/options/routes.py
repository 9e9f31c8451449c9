"""The pages of options: those of a review, one with its moves, what differs and what it breaks."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from process_models.graph.drawing import Look, difference, draw
from process_models.graph.steps import Kind
from process_models.redesign.envelope import breaches
from process_models.redesign.options import derive
from process_models.values.errors import ModelError
from process_models.values.sentences import say
from simulations.unplayed import unplayed
from workbench import pages, web
from workbench.errors import NotFound, Refusal
from workbench.options import operations, store
from workbench.options.forms import FORMS, GROUPS, MoveForm, OptionForm, ShareForm, StaffForm
from workbench.options.model import Drafted, Option
from workbench.permissions import Permission, Place, may, needs, see
from workbench.reviews import operations as review_operations
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.reviews.model import PROGRESS, Need, Review, StageFact

bp = Blueprint("options", __name__)

SIGNS = {"+": "better", "-": "worse", "0": "little", "±": "depends"}


IN_FRONT = 5
"""Suggestions that are shown at once; the others are a press away."""


@bp.get("/reviews/<id>/options")
@needs(Permission.OPTION_READ)
def index(id: str) -> ResponseReturnValue:
    """Show the options of a review, and what heuristics suggest."""
    review = reviews_pages.found(id)
    see(web.actor(), Permission.OPTION_READ, review.place)
    return _index(review, OptionForm(formdata=None))


def _index(review: Review, form: OptionForm) -> str:
    db = web.current()
    may_draft = may(web.actor(), Permission.OPTION_DRAFT, review.place)
    return render_template(
        "options/index.html",
        **reviews_pages.frame(review, "options"),
        options=[operations.worked_out(db, found) for found in store.options(db, review.id)],
        suggestions=_suggested(db, review) if may_draft else (),
        front=IN_FRONT,
        form=form,
        signs=SIGNS,
        may_draft=may_draft,
    )


def _suggested(db: Connection, review: Review) -> list[dict[str, Any]]:
    """Return suggestions with what they would break, those that break nothing first."""
    on = operations.baseline(db, review)
    rules = review_operations.to_sign(db, review.id).rules(on.graph)
    found = [
        {
            "n": n,
            "it": one,
            "moves": [say(move.sentence(on)) for move in one.moves],
            "assumes": say(one.assumes),
            "breaks": breaches(on, derive(on, one.moves), one.moves, rules),
        }
        for n, one in enumerate(operations.suggestions(db, review))
    ]
    return sorted(found, key=lambda one: bool(one["breaks"]))


@bp.post("/reviews/<id>/options")
@needs(Permission.OPTION_DRAFT)
def begin(id: str) -> ResponseReturnValue:
    """Begin an option, from nothing or from a suggestion."""
    review = reviews_pages.found(id)
    form = OptionForm()
    if not form.validate():
        return _index(review, form), 422
    chosen = request.form.get("suggestion", type=int)
    offered = operations.suggestions(web.current(), review) if chosen is not None else ()
    moves = offered[chosen].moves if chosen is not None and 0 <= chosen < len(offered) else ()
    option = operations.begin(web.engine(), web.actor(), id, form.name.data, moves)
    return redirect(url_for(".show", id=option.id), 303)


def _found(id: str) -> Option:
    option = store.find(web.current(), id)
    see(web.actor(), Permission.OPTION_READ, option.place)
    return option


@bp.get("/options/<id>")
@needs(Permission.OPTION_READ)
def show(id: str) -> ResponseReturnValue:
    """Show an option: its moves, what differs, what it breaks."""
    return _page(_found(id), {})


def _page(option: Option, forms: dict[str, MoveForm]) -> str:
    db = web.current()
    drafted = operations.worked_out(db, option)
    return render_template(
        "options/show.html",
        **reviews_pages.frame(reviews.find(db, option.review), "options"),
        option=option,
        drafted=drafted,
        told=drafted.told(),
        picture=_picture(drafted, request.args.get("show", "both")),
        showing=request.args.get("show", "both"),
        groups=GROUPS,
        moves=_move_forms(drafted, forms),
        unplayed=[say(one) for one in unplayed(drafted.design)],
        revisions=store.revisions(db, option.id),
        may_draft=may(web.actor(), Permission.OPTION_DRAFT, option.place) and option.state == "draft",
        may_submit=may(web.actor(), Permission.OPTION_SUBMIT, option.place),
    )


def _picture(drafted: Drafted, what: str) -> str:
    if what == "as-is":
        return draw(drafted.baseline.graph, Look(title="As is"))
    if what == "option":
        return draw(drafted.design.graph, Look(title=drafted.option.title))
    return difference(drafted.baseline.graph, drafted.design.graph, drafted.change)


def _move_forms(drafted: Drafted, forms: dict[str, MoveForm]) -> list[dict[str, Any]]:
    """Return a form for each move that can be made on the design."""
    design, n = drafted.design, drafted.revision.n
    graph = design.graph
    kinds: list[tuple[str, str, str, type[MoveForm]]] = [
        (kind, "", words, form) for kind, (words, form) in FORMS.items()
    ]
    for id in graph.reading_order:
        if len(graph.ways(id)) > 1 and graph.by_id[id].kind is not Kind.FORK:
            kinds.append(("change_share", id, f"Ways after “{graph.by_id[id].name}”", ShareForm))
    kinds += [("change_staffing", pool.id, f"Heads of {pool.name}", StaffForm) for pool in design.staffing.pools]
    return [
        {
            "kind": kind,
            "about": about,
            "words": words,
            "form": forms.get(f"{kind} {about}") or form.on(design, n, about),
        }
        for kind, about, words, form in kinds
    ]


@bp.post("/options/<id>/moves/<kind>")
@needs(Permission.OPTION_DRAFT)
def add_move(id: str, kind: str) -> ResponseReturnValue:
    """Make a move on a draft."""
    option = _found(id)
    design = operations.worked_out(web.current(), option).design
    about = request.args.get("about", "")
    form = _form_of(kind).on(design, 0, about)
    if form.validate():
        try:
            operations.add_move(web.engine(), web.actor(), id, form.revision, form.move(design))
        except (Refusal, ModelError) as refusal:
            form.form_errors.append(str(refusal))
        else:
            return redirect(url_for(".show", id=id), 303)
    return _page(option, {f"{kind} {about}": form}), 422


def _form_of(kind: str) -> type[MoveForm]:
    if kind in FORMS:
        return FORMS[kind][1]
    if kind not in ("change_share", "change_staffing"):
        raise NotFound("not_here")
    return ShareForm if kind == "change_share" else StaffForm


@bp.post("/options/<id>/undo")
@needs(Permission.OPTION_DRAFT)
def undo(id: str) -> ResponseReturnValue:
    """Take the last move back."""
    _found(id)
    operations.undo(web.engine(), web.actor(), id)
    return redirect(url_for(".show", id=id), 303)


@bp.post("/options/<id>/newest")
@needs(Permission.OPTION_DRAFT)
def to_newest(id: str) -> ResponseReturnValue:
    """Bring a draft to the newest baseline."""
    _found(id)
    gone = operations.to_newest(web.engine(), web.actor(), id)
    web.tell("moves_lost" if gone else "moves_kept", moves=" ".join(gone))
    return redirect(url_for(".show", id=id), 303)


@bp.post("/options/<id>/state/<verb>")
@needs(Permission.OPTION_SUBMIT)
def act(id: str, verb: str) -> ResponseReturnValue:
    """Submit, withdraw or take back."""
    _found(id)
    operations.act(web.engine(), web.actor(), id, verb)
    if verb == "submit":
        web.tell("option_submitted")
    return redirect(url_for(".show", id=id), 303)


def progress(db: Connection, review: Review) -> StageFact:
    """Return how far the options are."""
    found = store.options(db, review.id)
    submitted = [one for one in found if one.state == "submitted"]
    needs = (
        Need("An option drafted", bool(found), str(len(found))),
        Need("An option submitted, breaking nothing", bool(submitted), str(len(submitted))),
    )
    why = "A draft may break an obligation, a lock or the envelope and is marked; only submitting it is refused."
    url = url_for("options.index", id=review.id)
    return StageFact("Options ends when an option is submitted", why, needs, url, "Open the options")


def place_of(db: Connection, subject: str) -> Place | None:
    """Return the place of ``option/…``."""
    kind, _, id = subject.partition("/")
    return store.find(db, id).place if kind == "option" else None


PROGRESS["options"] = progress
pages.PLACES.append(place_of)
