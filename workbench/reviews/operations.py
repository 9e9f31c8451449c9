"""What people do with reviews: begin one, plan it, draw its scope, ask for its signature, sign it."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from process_models.redesign.envelope import inside
from process_models.values.document import Document, slug
from workbench import documents, record, signatures
from workbench.accounts import operations as accounts
from workbench.accounts import store as people
from workbench.accounts.model import Membership
from workbench.database import now, transaction
from workbench.errors import Invalid, NotPossible
from workbench.permissions import Actor, Permission, require
from workbench.processes import store as processes
from workbench.reviews import store
from workbench.reviews.model import OutlineStep, Part, Plan, Review, Scope
from workbench.signatures import Intent, Signature


def memberships(db: Connection, person: str, review: Review) -> tuple[Membership, ...]:
    """Return what a person is to a review or to its service."""
    return tuple(one for one in people.members(db, review.service, review.id) if one.person == person)


def begin(engine: Engine, actor: Actor, process: str, name: str) -> Review:
    """Begin a review of a process."""
    with transaction(engine) as db:
        found = processes.find(db, process)
        require(actor, Permission.REVIEW_ADD, found.place)
        taken = frozenset(review.id for review in store.reviews(db))
        review = Review(slug(name, taken), found.service, found.id, name.strip(), actor.person, now())
        store.add(db, review)
        record.enter(db, actor.person, "begin review", f"review/{review.id}", {"process": process, "name": review.name})
    return review


def plan(engine: Engine, actor: Actor, id: str, base: int, new: Plan, reason: str = "") -> None:
    """Put a plan in place of the newest; once the scope is signed, changed criteria need a reason on the record."""
    with transaction(engine) as db:
        review = store.find(db, id)
        require(actor, Permission.REVIEW_PLAN, review.place)
        frozen = signed_scope(db, review)
        if frozen and new.criteria != store.plan(db, id).criteria and not reason.strip():
            raise Invalid("criteria_frozen")
        _keep(db, actor, review, "plan", base, new, reason)


def draw_scope(engine: Engine, actor: Actor, id: str, base: int, new: Scope) -> None:
    """Put a scope in place of the newest; what was signed before stays signed, and shows as outdated if it matters."""
    with transaction(engine) as db:
        review = store.find(db, id)
        require(actor, Permission.REVIEW_PLAN, review.place)
        revision = processes.head(db, review.process)
        graph = processes.graph(db, revision)
        steps = sorted(inside(graph, new.first, new.last)) if new.first else []
        if new.first and not steps:
            raise Invalid("boundary_open", first=graph.by_id[new.first].name if new.first in graph.by_id else new.first)
        outline = tuple(OutlineStep(step, graph.by_id[step].name) for step in steps)
        drawn = replace(new, process=review.process, outline=outline, sketch=revision.graph)
        _keep(db, actor, review, "scope", base, drawn, "")


def _keep(db: Connection, actor: Actor, review: Review, kind: Any, base: int, new: Document, reason: str) -> None:
    head = store.part(db, review.id, kind)
    if head.n != base:
        raise NotPossible("part_moved_on", part=kind)
    digest = documents.keep(db, new)
    if digest == head.digest:
        return
    store.add_part(db, review.id, kind, Part(head.n + 1, digest, actor.person, now(), reason.strip()))
    content = {"n": head.n + 1, "digest": digest, "because": bool(reason.strip())}
    record.enter(db, actor.person, f"change {kind}", f"review/{review.id}", content)


def to_sign(db: Connection, id: str) -> Scope:
    """Return the scope as it would be signed: the newest, with the criteria of the plan."""
    scope = store.scope(db, id)
    return replace(scope, criteria=store.plan(db, id).criteria)


def submit_scope(engine: Engine, actor: Actor, id: str) -> None:
    """Ask the decision makers to sign the scope as it is now."""
    with transaction(engine) as db:
        review = store.find(db, id)
        require(actor, Permission.SCOPE_SUBMIT, review.place)
        scope = to_sign(db, id)
        if not scope.first:
            raise NotPossible("scope_without_boundary")
        if not scope.criteria:
            raise NotPossible("scope_without_criteria")
        digest = documents.keep(db, scope)
        store.ask_scope(db, id, digest, actor.person)
        record.enter(db, actor.person, "submit scope", f"review/{id}", {"scope": digest})


def sign_scope(engine: Engine, actor: Actor, id: str, intent: Intent, password: str, address: str) -> Signature:
    """Sign the scope that was asked for, with the password; nobody signs what they asked for themselves."""
    accounts.confirm(engine, actor, password, address)
    with transaction(engine) as db:
        review = store.find(db, id)
        require(actor, Permission.SCOPE_SIGN, review.scope_place)
        if not review.asked_scope:
            raise NotPossible("scope_not_asked")
        if review.asked_scope != documents.keep(db, to_sign(db, id)):
            raise NotPossible("scope_changed_since_asked")
        pack = documents.fetch(db, review.asked_scope, Scope)
        return signatures.sign(db, actor.person, review.scope_subject, "agreement on the scope", pack, intent)


def signed_scope(db: Connection, review: Review) -> tuple[Signature, Scope] | None:
    """Return the newest approval of the scope and what it was given for, unless a later signature took it back."""
    newest = signatures.last(db, review.scope_subject)
    if newest is None or not newest.outcome.startswith("approve"):
        return None
    return newest, documents.fetch(db, newest.pack, Scope)
