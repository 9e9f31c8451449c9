"""Rows of people, memberships, sessions, wrong tries and invitations."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    false,
    func,
    or_,
    select,
    update,
)

from workbench.accounts.model import Membership, Person, Session
from workbench.database import Instant, insert_once, metadata, now
from workbench.errors import NotFound
from workbench.permissions import Responsibility

person = Table(
    "person",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("password_hash", String(200)),
    Column("theme", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

membership = Table(
    "membership",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String(32), ForeignKey("person.id"), nullable=False),
    Column("service", String(64), ForeignKey("service.id")),
    Column("review", String(64)),
    Column("responsibilities", Text, nullable=False),
    Column("process_roles", Text, nullable=False),
    Column("reports_to", String(32), ForeignKey("person.id")),
    UniqueConstraint("person", "service", "review"),
    CheckConstraint("service IS NULL OR review IS NULL", name="one_place"),
)

session = Table(
    "session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", String(32), ForeignKey("person.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(200), nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(40)),
)

wrong_try = Table(
    "wrong_try",
    metadata,
    Column("login", String(64), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("person", String(32), ForeignKey("person.id")),
)


def add_person(db: Connection, found: Person, password_hash: str | None) -> None:
    """Insert a person."""
    db.execute(
        person.insert().values(
            id=found.id,
            login=found.login,
            name=found.name,
            theme=found.theme,
            password_hash=password_hash,
            created_at=now(),
        )
    )


def find(db: Connection, id: str) -> Person:
    """Return a person by id."""
    row = db.execute(select(person).where(person.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_person")
    return _person(row)


def by_login(db: Connection, login: str) -> Person | None:
    """Return a person by sign-in name, however it is capitalised."""
    row = db.execute(select(person).where(person.c.login == login.strip().lower())).one_or_none()
    return _person(row) if row else None


def people(db: Connection) -> list[Person]:
    """Return everybody, by name."""
    return [_person(row) for row in db.execute(select(person).order_by(person.c.name, person.c.id))]


def names(db: Connection) -> dict[str, str]:
    """Return everybody's name by id."""
    return {row.id: row.name for row in db.execute(select(person.c.id, person.c.name))}


def password_hash(db: Connection, id: str) -> str | None:
    """Return the hash of a person's password."""
    return db.scalar(select(person.c.password_hash).where(person.c.id == id))


def set_password(db: Connection, id: str, password_hash: str) -> None:
    """Put a password in place of the one before."""
    db.execute(update(person).where(person.c.id == id).values(password_hash=password_hash))


def without_password(db: Connection) -> frozenset[str]:
    """Return who has not chosen a password yet."""
    return frozenset(db.scalars(select(person.c.id).where(person.c.password_hash.is_(None))))


def set_theme(db: Connection, id: str, theme: str) -> None:
    """Keep how a person wants the pages to look."""
    db.execute(update(person).where(person.c.id == id).values(theme=theme))


def _person(row: Row[Any]) -> Person:
    return Person(row.id, row.login, row.name, row.theme, row.disabled_at is not None)


def put_membership(
    db: Connection,
    who: str,
    responsibilities: frozenset[Responsibility],
    service: str | None = None,
    review: str | None = None,
    process_roles: tuple[str, ...] = (),
    reports_to: str | None = None,
) -> None:
    """Say what a person is to a service, a review or the installation, in place of what was said before."""
    drop_membership(db, who, service, review)
    if responsibilities:
        db.execute(
            membership.insert().values(
                person=who,
                service=service,
                review=review,
                responsibilities=json.dumps(sorted(responsibilities)),
                process_roles=json.dumps(sorted(process_roles)),
                reports_to=reports_to,
            )
        )


def drop_membership(db: Connection, who: str, service: str | None, review: str | None) -> None:
    """End what a person is to a service, a review or the installation."""
    same = (membership.c.person == who, membership.c.service.is_not_distinct_from(service))
    db.execute(delete(membership).where(*same, membership.c.review.is_not_distinct_from(review)))


def memberships_of(db: Connection, who: str) -> tuple[Membership, ...]:
    """Return all that a person is to anything."""
    rows = db.execute(select(membership).where(membership.c.person == who).order_by(membership.c.id))
    return tuple(_membership(row) for row in rows)


def members(db: Connection, service: str | None = None, review: str | None = None) -> tuple[Membership, ...]:
    """Return who is something to a service, to a review, or to either when both are given."""
    here = or_(
        false(),
        *([membership.c.service == service] if service else []),
        *([membership.c.review == review] if review else []),
    )
    return tuple(_membership(row) for row in db.execute(select(membership).where(here).order_by(membership.c.id)))


def _membership(row: Row[Any]) -> Membership:
    held = frozenset(Responsibility(word) for word in json.loads(row.responsibilities))
    roles = tuple(json.loads(row.process_roles))
    return Membership(row.id, row.person, held, row.service, row.review, roles, row.reports_to)


def add_session(db: Connection, begun: Session) -> None:
    """Insert a session."""
    fields = ("id", "person", "created_at", "last_seen", "address", "agent")
    db.execute(session.insert().values({name: getattr(begun, name) for name in fields}))


def find_session(db: Connection, id: str) -> Session | None:
    """Return a session by the hash of its token."""
    row = db.execute(select(session).where(session.c.id == id)).one_or_none()
    return _session(row) if row else None


def sessions_of(db: Connection, who: str) -> list[Session]:
    """Return a person's sessions that have not been ended, newest first."""
    own = select(session).where(session.c.person == who, session.c.ended_at.is_(None))
    return [_session(row) for row in db.execute(own.order_by(session.c.last_seen.desc()))]


def seen(db: Connection, id: str, at: datetime) -> None:
    """Note that a session was used."""
    db.execute(update(session).where(session.c.id == id).values(last_seen=at))


def end_session(db: Connection, id: str, why: str) -> None:
    """End a session; one that has ended stays as it is."""
    ending = update(session).where(session.c.id == id, session.c.ended_at.is_(None))
    db.execute(ending.values(ended_at=now(), ended_why=why))


def end_sessions(db: Connection, who: str, why: str) -> None:
    """End all sessions of a person."""
    ending = update(session).where(session.c.person == who, session.c.ended_at.is_(None))
    db.execute(ending.values(ended_at=now(), ended_why=why))


def _session(row: Row[Any]) -> Session:
    return Session(row.id, row.person, row.created_at, row.last_seen, row.address, row.agent, row.ended_at)


def wrong_tries(db: Connection, login: str, address: str) -> tuple[int, datetime | None]:
    """Return how often a sign-in name failed from an address in a row, and when last."""
    row = db.execute(select(wrong_try).where(*_same(login, address))).one_or_none()
    return (row.failures, row.last_at) if row else (0, None)


def count_wrong_try(db: Connection, login: str, address: str) -> None:
    """Count one more failure."""
    insert_once(db, wrong_try, login=login, address=address, failures=0, last_at=now())
    more = update(wrong_try).where(*_same(login, address))
    db.execute(more.values(failures=wrong_try.c.failures + 1, last_at=now()))


def forget_wrong_tries(db: Connection, login: str, address: str) -> None:
    """Begin counting anew, as after a sign-in."""
    db.execute(delete(wrong_try).where(*_same(login, address)))


def _same(login: str, address: str) -> tuple[Any, Any]:
    return wrong_try.c.login == login, wrong_try.c.address == address


def add_invitation(db: Connection, id: str, expires_at: datetime, who: str | None = None) -> None:
    """Insert an invitation by the hash of its token: for a person, or for the first administrator."""
    db.execute(invitation.insert().values(id=id, expires_at=expires_at, person=who))


def drop_invitations(db: Connection, who: str) -> None:
    """Take back a person's invitations, as when there is a newer one."""
    db.execute(delete(invitation).where(invitation.c.person == who))


def open_invitation(db: Connection, id: str) -> bool:
    """Say whether the first administrator's invitation may still be used."""
    return db.scalar(select(invitation.c.id).where(*_good(id), invitation.c.person.is_(None))) is not None


def invited(db: Connection, id: str) -> Person | None:
    """Return the person whose invitation may still be used."""
    who = db.scalar(select(invitation.c.person).where(*_good(id)))
    return find(db, who) if who else None


def use_invitation(db: Connection, id: str) -> bool:
    """Use an invitation up; return False if it was used or ran out."""
    return db.execute(update(invitation).where(*_good(id)).values(used_at=now())).rowcount == 1


def _good(id: str) -> tuple[Any, ...]:
    return invitation.c.id == id, invitation.c.used_at.is_(None), invitation.c.expires_at > now()


def sweep(db: Connection, before: datetime) -> int:
    """Throw away sessions begun, wrong tries made and links used or run out before a moment; return how many."""
    old = (
        delete(session).where(session.c.created_at < before),
        delete(wrong_try).where(wrong_try.c.last_at < before),
        delete(invitation).where(or_(invitation.c.used_at < before, invitation.c.expires_at < before)),
    )
    return sum(db.execute(one).rowcount for one in old)


def empty(db: Connection) -> bool:
    """Say whether nobody has an account yet."""
    return db.scalar(select(func.count()).select_from(person)) == 0
