"""What people do so that a decision comes about: write actions, close them, go live, put down what deviates."""

import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine

from workbench import record
from workbench.accounts import store as people
from workbench.database import now, transaction
from workbench.decisions import operations as decisions
from workbench.decisions import store as decision_rows
from workbench.decisions.model import Pack
from workbench.decisions.packing import pack_of
from workbench.errors import Invalid, NotAllowed, NotPossible
from workbench.implementation import store
from workbench.implementation.model import (
    Action,
    Intent,
    KeptRollout,
    Note,
    NoteKind,
    Proposed,
    Rollout,
    State,
    proposed,
)
from workbench.permissions import Actor, Permission, may, require
from workbench.reviews import store as reviews
from workbench.reviews.model import Review


def approved(db: Connection, review: Review) -> tuple[Pack, ...]:
    """Return the packs of a review whose approval stands."""
    out = []
    for found in decision_rows.recommendations(db, review.id):
        pack = pack_of(db, found)
        decision = decisions.decision(decisions.standings(db, found, pack))
        if decision and decision.signature.outcome.startswith("approve"):
            out.append(pack)
    return tuple(out)


def to_do(db: Connection, review: Review) -> tuple[Proposed, ...]:
    """Return what follows from what is approved and is no action yet."""
    taken = {(one.kind, one.origin) for one in store.actions(db, review.id)}
    follows = [one for pack in approved(db, review) for one in proposed(pack.baseline, pack.design)]
    return tuple(one for one in follows if (one.kind, one.origin) not in taken)


def belonging(db: Connection, review: Review) -> tuple[str, ...]:
    """Return who belongs to a review or its service, and so can own an action."""
    return tuple(sorted({one.person for one in people.members(db, review.service, review.id)}))


def write(engine: Engine, actor: Actor, id: str, intents: Sequence[Intent]) -> int:
    """Write actions down; return how many."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.ACTION_PLAN, review.place)
        if not approved(db, review):
            raise NotPossible("nothing_approved")
        owners = belonging(db, review)
        for intent in intents:
            if intent.owner not in owners:
                raise Invalid("action_without_owner")
            fields = {name: getattr(intent, name) for name in intent.__struct_fields__}
            new = Action(id=secrets.token_hex(8), review=id, **fields, author=actor.person, at=now())
            store.add(db, new)
            record.enter(db, actor.person, "write action", f"review/{id}", {"action": new.id, "owner": new.owner})
    return len(intents)


def close(engine: Engine, actor: Actor, id: str, state: State, words: str) -> Action:
    """Close an action as done or dropped; its owner does, or the lead."""
    with transaction(engine) as db:
        found = store.find(db, id)
        review = reviews.find(db, found.review)
        require(actor, Permission.ACTION_READ, review.place)
        if actor.person != found.owner and not may(actor, Permission.ACTION_PLAN, review.place):
            raise NotAllowed("action_only_owner")
        if not words.strip():
            raise Invalid("action_needs_note")
        if not store.close(db, id, state, words.strip(), actor.person):
            raise NotPossible("action_closed_before")
        record.enter(db, actor.person, "close action", f"review/{review.id}", {"action": id, "as": state})
        return found


def plan_rollout(engine: Engine, actor: Actor, id: str, planned: Rollout) -> None:
    """Plan how it goes live and how it is taken back; the plans before stay."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.ACTION_PLAN, review.place)
        if planned.who not in belonging(db, review):
            raise Invalid("action_without_owner")
        before = store.newest_rollout(db, id)
        fields = {name: getattr(planned, name) for name in planned.__struct_fields__}
        n = before.n + 1 if before else 1
        new = KeptRollout(review=id, n=n, **fields, live=None, author=actor.person, at=now())
        if not store.add_rollout(db, new):
            raise NotPossible("rollout_moved_on")
        record.enter(db, actor.person, "plan roll-out", f"review/{id}", {"n": n, "way": planned.way})


def go_live(engine: Engine, actor: Actor, id: str, day: date, reason: str) -> None:
    """Put down the day since which it is live; with actions still open only with a reason."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.ACTION_PLAN, review.place)
        planned = store.newest_rollout(db, id)
        if planned is None:
            raise NotPossible("rollout_missing")
        if planned.live:
            raise NotPossible("live_before", day=planned.live.isoformat())
        if day > now().date():
            raise Invalid("live_in_future")
        still = sum(1 for one in store.actions(db, id) if one.open)
        if still and not reason.strip():
            raise NotPossible("actions_still_open", open=still)
        store.set_live(db, id, planned.n, day)
        content = {"day": day.isoformat(), "open": still}
        record.enter(db, actor.person, "go live", f"review/{id}", content)


def put_down(
    engine: Engine, actor: Actor, id: str, kind: NoteKind, day: date, text: str, reason: str, inside: bool
) -> None:
    """Put a quick fix or a deviation down; what lies outside of what was signed is refused."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.ACTION_NOTE, review.place)
        if not text.strip() or not reason.strip():
            raise Invalid("note_needs_reason")
        if kind == "deviation" and not inside:
            raise NotPossible("deviation_outside")
        new = Note(secrets.token_hex(8), id, kind, day, text.strip(), reason.strip(), actor.person, now())
        store.add_note(db, new)
        record.enter(db, actor.person, f"put down {kind}", f"review/{id}", {"note": new.id})
