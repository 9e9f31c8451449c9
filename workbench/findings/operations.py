"""What people do with findings: write one, put it to the teams it names, reply, accept, settle, conclude."""

import secrets
from collections.abc import Mapping

from sqlalchemy import Connection, Engine

from process_models.graph.graph import StepGraph
from workbench import record
from workbench.database import now, transaction
from workbench.errors import Invalid, NotAllowed, NotPossible
from workbench.findings import store
from workbench.findings.model import (
    REPLY_DAYS,
    Checked,
    Concluded,
    Conclusion,
    Fate,
    Finding,
    Reply,
    Written,
    checked,
    unheard,
    working_days_after,
)
from workbench.permissions import Actor, Permission, Responsibility, require
from workbench.processes import store as processes
from workbench.reviews import operations as review_operations
from workbench.reviews import store as reviews
from workbench.reviews.model import Review


def graph_of(db: Connection, review: Review) -> StepGraph:
    """Return the newest graph of what a review examines."""
    return processes.graph(db, processes.head(db, review.process))


def write(engine: Engine, actor: Actor, id: str, written: Written, source: str = "") -> Finding:
    """Write down a finding of a review."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.FINDING_WRITE, review.place)
        _refuse_unknown(graph_of(db, review), written)
        fields = {name: getattr(written, name) for name in written.__struct_fields__}
        new = Finding(id=secrets.token_hex(8), review=id, **fields, source=source, author=actor.person, at=now())
        store.add(db, new)
        content = {"finding": new.id, "grade": new.grade, "source": source}
        record.enter(db, actor.person, "write finding", f"review/{id}", content)
    return new


def _refuse_unknown(graph: StepGraph, written: Written) -> None:
    for step in written.steps:
        if step not in graph.by_id:
            raise Invalid("finding_names_unknown_step", step=step)
    for team in written.teams:
        if team not in graph.roles:
            raise Invalid("finding_names_unknown_team", team=team)


def correct(engine: Engine, actor: Actor, id: str, written: Written) -> None:
    """Change the words of a finding; if it was with the teams, it has to go to them again."""
    with transaction(engine) as db:
        finding, review = _found(db, id)
        require(actor, Permission.FINDING_WRITE, review.place)
        if finding.accepted_at or finding.fate:
            raise NotPossible("finding_accepted_before")
        _refuse_unknown(graph_of(db, review), written)
        store.correct(db, id, written)
        before = {"text": finding.text, "evidence": finding.evidence, "grade": finding.grade}
        record.enter(db, actor.person, "correct finding", f"review/{review.id}", {"finding": id, "before": before})


def put_to_teams(engine: Engine, actor: Actor, id: str) -> Finding:
    """Give the teams that a finding names their right of reply."""
    with transaction(engine) as db:
        finding, review = _found(db, id)
        require(actor, Permission.FINDING_SETTLE, review.place)
        if not finding.teams:
            raise NotPossible("finding_names_nobody")
        if finding.reply_by:
            raise NotPossible("finding_with_teams_before", until=finding.reply_by.isoformat())
        if finding.accepted_at or finding.fate:
            raise NotPossible("finding_accepted_before")
        until = working_days_after(now().date(), REPLY_DAYS)
        store.put(db, id, until)
        content = {"finding": id, "teams": list(finding.teams), "until": until.isoformat()}
        record.enter(db, actor.person, "put finding to teams", f"review/{review.id}", content)
        return store.find(db, id)


def teams_for(db: Connection, actor: Actor, finding: Finding) -> tuple[str, ...]:
    """Return in the name of which teams somebody may reply: their own; managers for each that is named."""
    review = reviews.find(db, finding.review)
    held = review_operations.memberships(db, actor.person, review)
    if any(Responsibility.MANAGER in one.responsibilities for one in held):
        return finding.teams
    own = {role for one in held if Responsibility.MEMBER in one.responsibilities for role in one.process_roles}
    return tuple(team for team in finding.teams if team in own)


def reply(engine: Engine, actor: Actor, id: str, team: str, accurate: bool, text: str) -> None:
    """Say whether a finding is accurate, once, in the name of a team."""
    with transaction(engine) as db:
        finding, review = _found(db, id)
        require(actor, Permission.FINDING_REPLY, review.place)
        if team not in teams_for(db, actor, finding):
            raise NotAllowed("reply_not_asked")
        if finding.reply_by is None or finding.accepted_at or finding.fate:
            raise NotPossible("reply_not_now")
        if not accurate and not text.strip():
            raise Invalid("reply_needs_words")
        new = Reply(secrets.token_hex(8), id, actor.person, team, accurate, text.strip(), now())
        if not store.add_reply(db, new):
            raise NotPossible("reply_given_before")
        record.enter(db, actor.person, "reply to finding", f"review/{review.id}", {"finding": id, "accurate": accurate})


def accept(engine: Engine, actor: Actor, id: str) -> None:
    """Accept a finding: when all teams it names have replied, or their time is over."""
    with transaction(engine) as db:
        finding, review = _found(db, id)
        require(actor, Permission.FINDING_SETTLE, review.place)
        if finding.teams and finding.reply_by is None:
            raise NotPossible("finding_not_put", days=REPLY_DAYS)
        if waiting := unheard(finding, store.replies(db, id), now().date()):
            until = finding.reply_by.isoformat() if finding.reply_by else ""
            raise NotPossible("finding_waits_for_teams", teams=", ".join(waiting), until=until)
        if not store.accept(db, id, actor.person):
            raise NotPossible("finding_accepted_before")
        record.enter(db, actor.person, "accept finding", f"review/{review.id}", {"finding": id})


def settle(engine: Engine, actor: Actor, id: str, fate: Fate, reason: str) -> None:
    """Say what became of a finding: used, parked or rejected. It can be said anew; the record keeps what was said."""
    with transaction(engine) as db:
        finding, review = _found(db, id)
        require(actor, Permission.FINDING_SETTLE, review.place)
        if not reason.strip():
            raise Invalid("fate_needs_reason")
        if fate != "rejected" and finding.accepted_at is None:
            raise NotPossible("finding_not_accepted")
        store.settle(db, id, fate, reason.strip(), actor.person)
        record.enter(db, actor.person, "settle finding", f"review/{review.id}", {"finding": id, "as": fate})


def use(db: Connection, actor: Actor, id: str, what: str) -> None:
    """Say that a recommendation rests on a finding, unless that was said before."""
    finding, review = _found(db, id)
    reason = f"The recommendation “{what}” rests on it."
    if (finding.fate, finding.fate_reason) != ("used", reason):
        store.settle(db, id, "used", reason, actor.person)
        record.enter(db, actor.person, "settle finding", f"review/{review.id}", {"finding": id, "as": "used"})


def conclude(engine: Engine, actor: Actor, id: str, concluded: Concluded) -> None:
    """Hold a figure against a frozen criterion; the earlier conclusions stay."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.FINDING_SETTLE, review.place)
        signed = review_operations.signed_scope(db, review)
        if signed is None:
            raise NotPossible("criteria_not_frozen")
        if concluded.criterion not in {one.id for one in signed[1].criteria}:
            raise Invalid("conclusion_of_no_criterion")
        accepted = {one.id for one in store.findings(db, id) if one.accepted}
        if not set(concluded.findings) <= accepted:
            raise Invalid("conclusion_of_unaccepted")
        fields = {name: getattr(concluded, name) for name in concluded.__struct_fields__}
        n = 1 + sum(1 for one in store.conclusions(db, id) if one.criterion == concluded.criterion)
        if not store.add_conclusion(db, Conclusion(review=id, n=n, **fields, author=actor.person, at=now())):
            raise NotPossible("conclusion_moved_on")
        content = {"criterion": concluded.criterion, "findings": list(concluded.findings)}
        record.enter(db, actor.person, "conclude", f"review/{id}", content)


def newest(db: Connection, review: Review) -> Mapping[str, Conclusion]:
    """Return the conclusion that counts for each criterion that has one."""
    return {one.criterion: one for one in store.conclusions(db, review.id)}


def check(db: Connection, review: Review) -> tuple[Checked, ...]:
    """Return the criteria frozen with the scope, held against what is concluded; none before it is signed."""
    signed = review_operations.signed_scope(db, review)
    if signed is None:
        return ()
    return checked(signed[1].criteria, reviews.plan(db, review.id).criteria, newest(db, review))


def _found(db: Connection, id: str) -> tuple[Finding, Review]:
    finding = store.find(db, id)
    return finding, reviews.find(db, finding.review)
