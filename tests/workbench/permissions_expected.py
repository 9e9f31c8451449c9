"""Who is expected to get through to what, written by hand, apart from the table that the program uses.

A use case adds its rows below its heading; every route of the program must stand here. ``own`` says who gets through to
an object of their own where that differs; ``others`` to somebody else's. ``refused`` is what the rest are answered.
"""

import secrets
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy import Engine

from tests.workbench import reviewing
from tests.workbench.people import LOGINS
from workbench import database, jobs
from workbench.accounts import operations, store
from workbench.accounts.model import Session

LEAD, MEMBER, MANAGER = "lead", "member", "manager"
DECISION_MAKER, ANALYST, ADMINISTRATOR = "decision maker", "analyst", "administrator"
OUTSIDER = "outsider"
NONE: frozenset[str] = frozenset()
MEMBERS = frozenset({LEAD, MEMBER, MANAGER, DECISION_MAKER, ANALYST, ADMINISTRATOR})
ALL = MEMBERS | {OUTSIDER}
REVIEWERS = MEMBERS - {ADMINISTRATOR}


class Row(Struct, frozen=True):
    """One operation: an address with the names of objects in braces, and who gets through."""

    method: str
    endpoint: str
    address: str
    others: frozenset[str]
    own: frozenset[str] | None = None
    refused: int = 403
    open: bool = False


ROWS: tuple[Row, ...] = (
    # pages of no use case
    Row("GET", "pages.waiting", "/", ALL),
    Row("GET", "pages.library", "/library", ALL),
    Row("GET", "pages.the_record", "/record", frozenset({LEAD, DECISION_MAKER, ADMINISTRATOR})),
    Row("GET", "pages.job", "/jobs/{job}", frozenset({LEAD, ANALYST, ADMINISTRATOR}), own=ALL, refused=404),
    Row("POST", "pages.cancel_job", "/jobs/{job}/cancel", frozenset({LEAD, ADMINISTRATOR}), own=ALL),
    Row("GET", "pages.health", "/health", ALL, open=True),
    Row("GET", "pages.favicon", "/favicon.ico", ALL, open=True),
    # accounts
    Row("GET", "accounts.sign_in", "/signin", ALL, open=True),
    Row("POST", "accounts.signed_in", "/signin", ALL, open=True),
    Row("GET", "accounts.begin", "/begin/unknown", NONE, refused=404, open=True),
    Row("POST", "accounts.begun", "/begin/unknown", ALL, open=True),
    Row("POST", "accounts.sign_out", "/signout", ALL),
    Row("GET", "accounts.me", "/people/me", ALL),
    Row("POST", "accounts.theme", "/people/me/theme", ALL),
    Row("POST", "accounts.end_session", "/people/me/sessions/{session}/end", NONE, own=ALL, refused=404),
    # services
    Row("GET", "services.index", "/services/", MEMBERS),
    Row("POST", "services.add", "/services/", frozenset({ADMINISTRATOR})),
    Row("GET", "services.show", "/services/{service}", MEMBERS),
    Row("POST", "services.put_member", "/services/{service}/members", frozenset({LEAD, ADMINISTRATOR})),
    # reviews
    Row("GET", "reviews.index", "/reviews/", REVIEWERS),
    Row("POST", "reviews.begin", "/reviews/", frozenset({LEAD})),
    Row("GET", "reviews.show", "/reviews/{review}/", REVIEWERS),
    Row("GET", "reviews.plan", "/reviews/{review}/plan", REVIEWERS),
    Row("POST", "reviews.add_to_plan", "/reviews/{review}/plan/aim", frozenset({LEAD})),
    Row("POST", "reviews.take_out_of_plan", "/reviews/{review}/plan/out", frozenset({LEAD})),
    Row("GET", "reviews.scope", "/reviews/{asked_review}/scope", REVIEWERS),
    Row("POST", "reviews.draw_scope", "/reviews/{review}/scope", frozenset({LEAD})),
    Row("POST", "reviews.lock", "/reviews/{review}/scope/locks", frozenset({LEAD})),
    Row("POST", "reviews.unlock", "/reviews/{review}/scope/unlock", frozenset({LEAD})),
    Row("POST", "reviews.submit_scope", "/reviews/{asked_review}/scope/submit", frozenset({LEAD})),
    Row("POST", "reviews.sign_scope", "/reviews/{asked_review}/scope/sign", frozenset({DECISION_MAKER}), own=NONE),
    Row("GET", "reviews.map", "/reviews/{review}/map", REVIEWERS),
    # questions
    Row("GET", "questions.index", "/reviews/{review}/questions", REVIEWERS),
    Row("POST", "questions.ask", "/reviews/{review}/questions/ask", frozenset({LEAD})),
    Row("POST", "questions.raise_own", "/reviews/{review}/questions/own", frozenset({LEAD, MEMBER, MANAGER, ANALYST})),
    Row("GET", "questions.show", "/questions/{question}", frozenset({LEAD, MEMBER, MANAGER, ANALYST})),
    Row("POST", "questions.answer", "/questions/{question}/answer", frozenset({MEMBER, MANAGER})),
    Row("POST", "questions.settle", "/questions/{question}/settle", frozenset({LEAD})),
    Row("POST", "questions.reopen", "/questions/{question}/reopen", frozenset({LEAD})),
    Row("POST", "questions.make_link", "/questions/{question}/link", frozenset({LEAD})),
    Row("GET", "questions.by_link", "/answer/unknown", NONE, refused=404, open=True),
    Row("POST", "questions.answer_by_link", "/answer/unknown", NONE, refused=404, open=True),
)


def a_job(engine: Engine, author: str) -> str:
    """Make a job that somebody asked for, about the example's service."""
    with database.transaction(engine) as db:
        return jobs.ask(db, "nothing", {}, author, "service/household-claims")


def a_session(engine: Engine, author: str) -> str:
    """Make another session of somebody."""
    id = operations.fingerprint(secrets.token_urlsafe(32))
    at = database.now()
    with database.transaction(engine) as db:
        store.add_session(db, Session(id, author, at, at, "127.0.0.1", "another browser"))
    return id


OBJECTS: dict[str, Callable[[Engine, str], str]] = {
    "job": a_job,
    "session": a_session,
    "service": lambda _engine, _author: "household-claims",
    "review": reviewing.a_review,
    "asked_review": reviewing.an_asked_review,
    "question": reviewing.a_question,
}
"""Makes an object of somebody (a sign-in name) and returns what stands for it in an address."""


def address(row: Row, engine: Engine, author: str) -> str:
    """Return the row's address with objects of an author in it."""
    wanted = {name: make(engine, LOGINS[author]) for name, make in OBJECTS.items() if "{" + name + "}" in row.address}
    return row.address.format(**wanted)
