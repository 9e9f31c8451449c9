"""What people do with questions: ask them, answer them blind, by account or by link, and settle them."""

import secrets
from collections import defaultdict

from sqlalchemy import Connection, Engine

from process_models.method.asking import Candidate, candidates
from process_models.method.facts import Evidence, Facts, Opinion, per_week
from process_models.method.triggers import Look, look
from workbench import record
from workbench import store as foundation
from workbench.accounts.operations import fingerprint
from workbench.data import store as data
from workbench.database import now, transaction
from workbench.errors import Invalid, NotAllowed, NotFound, NotPossible
from workbench.permissions import Actor, Permission, require
from workbench.processes import store as processes
from workbench.questions import store
from workbench.questions.model import SHOWN_FROM, Answer, Given, Question, Settled, Side, side_of
from workbench.reviews import operations as review_operations
from workbench.reviews import store as reviews
from workbench.reviews.model import Review


def facts_of(db: Connection, review: Review) -> Facts:
    """Return what triggers look at: the newest design, the demand of the newest log that has one, and the answers."""
    design = processes.design(db, processes.head(db, review.process))
    demands = data.demands(db, review.service)
    weekly = sum(per_week(one[2]) for one in demands[:1]) if demands else None
    return Facts(design, weekly, Evidence(today=now().date(), opinions=opinions(db, review)))


def opinions(db: Connection, review: Review) -> dict[str, tuple[Opinion, ...]]:
    """Return what both sides say of each step, without persons; only where enough have answered to show it."""
    given: dict[str, list[Answer]] = defaultdict(list)
    steps: dict[str, str] = {}
    for step, one in store.answers_in(db, review.id):
        given[one.question].append(one)
        steps[one.question] = step
    found: dict[str, tuple[Opinion, ...]] = {}
    for id, answers in given.items():
        if len(answers) >= SHOWN_FROM:
            found[steps[id]] = found.get(steps[id], ()) + tuple(Opinion(one.side, one.view) for one in answers)
    return found


def looks(db: Connection, review: Review) -> tuple[Look, ...]:
    """Return what every trigger finds on the process of a review."""
    return look(facts_of(db, review))


def proposed(db: Connection, review: Review, found: tuple[Look, ...]) -> tuple[Candidate, ...]:
    """Return the questions that triggers propose and nobody has asked yet."""
    asked = {(question.step, question.bank) for question in store.questions(db, review.id)}
    return tuple(one for one in candidates(found) if (one.step, one.question.id) not in asked)


def ask(engine: Engine, actor: Actor, id: str, chosen: frozenset[tuple[str, str]]) -> int:
    """Ask proposed questions, named by step and id in the bank; return how many."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.QUESTION_SETTLE, review.place)
        wanted = [one for one in proposed(db, review, looks(db, review)) if (one.step, one.question.id) in chosen]
        for one in wanted:
            new = Question(
                id=secrets.token_hex(8),
                review=id,
                step=one.step,
                bank=one.question.id,
                text=one.question.text,
                trigger=one.prompt.trigger,
                evidence=one.prompt.text,
                weight=one.prompt.weight,
                raised_by=actor.person,
                raised_at=now(),
            )
            store.add(db, new)
        content = {"asked": sorted(f"{one.step} {one.question.id}" for one in wanted)}
        record.enter(db, actor.person, "ask questions", f"review/{id}", content)
    return len(wanted)


def raise_own(engine: Engine, actor: Actor, id: str, step: str, text: str) -> Question:
    """Raise a question of one's own about a step."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.QUESTION_RAISE, review.place)
        graph = processes.graph(db, processes.head(db, review.process))
        if step not in graph.by_id:
            raise Invalid("question_without_step")
        new = Question(secrets.token_hex(8), id, step, "", text.strip(), "", "", 0.0, actor.person, now())
        store.add(db, new)
        record.enter(db, actor.person, "raise question", f"review/{id}", {"question": new.id, "step": step})
    return new


def side(db: Connection, actor: Actor, question: Question) -> Side | None:
    """Return as what somebody is asked a question, or None."""
    review = reviews.find(db, question.review)
    graph = processes.graph(db, processes.head(db, review.process))
    role = graph.by_id[question.step].role if question.step in graph.by_id else ""
    sides = [side_of(one, role) for one in review_operations.memberships(db, actor.person, review)]
    return "doer" if "doer" in sides else "manager" if "manager" in sides else None


def answer(engine: Engine, actor: Actor, id: str, given: Given) -> None:
    """Answer a question, once; whoever is not asked is refused."""
    with transaction(engine) as db:
        question = store.find(db, id)
        require(actor, Permission.QUESTION_ANSWER, reviews.find(db, question.review).place)
        as_what = side(db, actor, question)
        if as_what is None:
            raise NotAllowed("not_asked")
        _keep(db, question, actor.person, as_what, given)
        foundation.drop_draft(db, actor.person, draft_key(id))
        record.enter(db, actor.person, "answer", f"review/{question.review}", {"question": id})


def draft_key(id: str) -> str:
    """Return the name under which the draft of an answer is kept."""
    return f"answer/{id}"


def keep_draft(engine: Engine, actor: Actor, id: str, typed: dict[str, str]) -> None:
    """Keep what somebody has typed so far."""
    with transaction(engine) as db:
        require(actor, Permission.QUESTION_ANSWER, reviews.find(db, store.find(db, id).review).place)
        foundation.keep_draft(db, actor.person, draft_key(id), typed)


def _keep(db: Connection, question: Question, person: str | None, as_what: Side, given: Given) -> None:
    if not question.open:
        raise NotPossible("question_closed")
    fields = {name: getattr(given, name) for name in given.__struct_fields__}
    new = Answer(id=secrets.token_hex(8), question=question.id, person=person, side=as_what, **fields, at=now())
    if not store.add_answer(db, new):
        raise NotPossible("answered_before")


def make_link(engine: Engine, actor: Actor, id: str, as_what: Side) -> str:
    """Return the token of a link by which one person without an account can answer once."""
    token = secrets.token_urlsafe(24)
    with transaction(engine) as db:
        question = store.find(db, id)
        require(actor, Permission.QUESTION_SETTLE, reviews.find(db, question.review).place)
        if not question.open:
            raise NotPossible("question_closed")
        store.add_link(db, fingerprint(token), id, as_what, actor.person)
        content = {"question": id, "side": as_what}
        record.enter(db, actor.person, "make answer link", f"review/{question.review}", content)
    return token


def by_link(db: Connection, token: str) -> tuple[Question, Side]:
    """Return the question and side of a link that is still open."""
    found = store.open_link(db, fingerprint(token))
    if found is None:
        raise NotFound("link_used")
    return store.find(db, found[0]), found[1]


def answer_by_link(engine: Engine, token: str, given: Given) -> None:
    """Answer by a one-use link; nobody learns who used it."""
    with transaction(engine) as db:
        question, as_what = by_link(db, token)
        if not store.use_link(db, fingerprint(token)):
            raise NotFound("link_used")
        _keep(db, question, None, as_what, given)
        record.enter(db, "", "answer by link", f"review/{question.review}", {"question": question.id})


def settle(engine: Engine, actor: Actor, id: str, settled: Settled) -> None:
    """Close a question with its disposition, evidence and what follows."""
    with transaction(engine) as db:
        question = store.find(db, id)
        require(actor, Permission.QUESTION_SETTLE, reviews.find(db, question.review).place)
        if not store.close(db, id, settled, actor.person):
            raise NotPossible("question_closed")
        content = {"question": id, "as": settled.closed_as, "disposition": settled.disposition or ""}
        record.enter(db, actor.person, "settle question", f"review/{question.review}", content)


def reopen(engine: Engine, actor: Actor, id: str) -> None:
    """Open a settled question again."""
    with transaction(engine) as db:
        question = store.find(db, id)
        require(actor, Permission.QUESTION_SETTLE, reviews.find(db, question.review).place)
        store.reopen(db, id)
        record.enter(db, actor.person, "reopen question", f"review/{question.review}", {"question": id})
