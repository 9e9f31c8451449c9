"""What people do with their accounts: sign in and out, confirm that it is they, be added, begin an installation."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Connection, Engine

from workbench import record
from workbench.accounts import passwords, store
from workbench.accounts.model import SEEN_AGAIN, Person, Session, pause_after
from workbench.database import now, reading, transaction
from workbench.errors import Invalid, NotAllowed, NotFound, TooMany
from workbench.permissions import INSTALLATION, NOBODY, Actor, Permission, Responsibility, require

INVITATION_HOLDS = timedelta(minutes=15)
"""The first administrator's link."""
LINK_HOLDS = timedelta(days=7)
"""The link by which a person chooses a password."""
THEMES = ("system", "light", "dark")


def fingerprint(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(db: Connection, person: Person) -> Actor:
    """Return a person with all the responsibilities that permissions look at."""
    return Actor(person.id, person.name, tuple(m.held for m in store.memberships_of(db, person.id)))


def sign_in(engine: Engine, login: str, password: str, address: str, agent: str) -> tuple[Person, str]:
    """Begin a session and return its person and token; wrong tries wait longer and longer, per name and address."""
    login = login.strip().lower()[:64]
    with reading(engine) as db:
        _wait_your_turn(db, login, address)
        person = store.by_login(db, login)
        known = store.password_hash(db, person.id) if person and not person.disabled else None
    fits = passwords.matches(password, known)
    if not fits or person is None:
        with transaction(engine) as db:
            store.count_wrong_try(db, login, address)
        raise Invalid("wrong_password")
    token = secrets.token_urlsafe(32)
    with transaction(engine) as db:
        store.forget_wrong_tries(db, login, address)
        store.add_session(db, Session(fingerprint(token), person.id, now(), now(), address[:64], agent[:200]))
        record.enter(db, person.id, "sign in", f"person/{person.id}", {})
    return person, token


def _wait_your_turn(db: Connection, login: str, address: str) -> None:
    failures, last = store.wrong_tries(db, login, address)
    left = (last + pause_after(failures) - now()).total_seconds() if last else 0
    if left > 0:
        raise TooMany("sign_in_waits", wait=round(left) + 1)


def resume(engine: Engine, token: str) -> tuple[Person | None, bool]:
    """Return the person of a token, and whether the session still holds; notes its use about once a minute."""
    with reading(engine) as db:
        session = store.find_session(db, fingerprint(token))
        person = store.find(db, session.person) if session else None
    if session is None or person is None:
        return None, False
    good = session.good(now()) and not person.disabled
    if good and now() - session.last_seen > SEEN_AGAIN:
        with transaction(engine) as db:
            store.seen(db, session.id, now())
    return person, good


def sign_out(engine: Engine, token: str) -> None:
    """End the session of a token."""
    with transaction(engine) as db:
        store.end_session(db, fingerprint(token), "signed out")


def end_session(engine: Engine, actor: Actor, id: str) -> None:
    """End one of one's own sessions, as on a device left behind."""
    with transaction(engine) as db:
        require(actor, Permission.SELF, INSTALLATION)
        session = store.find_session(db, id)
        if session is None or session.person != actor.person:
            raise NotFound("no_session")
        store.end_session(db, id, "ended by its person")
        record.enter(db, actor.person, "end session", f"person/{actor.person}", {})


def set_theme(engine: Engine, actor: Actor, theme: str) -> None:
    """Keep how a person wants the pages to look."""
    if theme not in THEMES:
        raise Invalid("no_theme", theme=theme)
    with transaction(engine) as db:
        require(actor, Permission.SELF, INSTALLATION)
        store.set_theme(db, actor.person, theme)


def confirm(engine: Engine, actor: Actor, password: str, address: str) -> None:
    """Refuse unless this is the actor's password: what signing asks for; wrong tries wait as at sign-in."""
    with reading(engine) as db:
        login = store.find(db, actor.person).login
        _wait_your_turn(db, login, address)
        known = store.password_hash(db, actor.person)
    if not passwords.matches(password, known):
        with transaction(engine) as db:
            store.count_wrong_try(db, login, address)
        raise NotAllowed("wrong_own_password")


def add_person(engine: Engine, actor: Actor, login: str, name: str) -> tuple[Person, str]:
    """Give somebody an account, and return it with the token of the link by which they choose a password."""
    token = secrets.token_urlsafe(32)
    with transaction(engine) as db:
        require(actor, Permission.PERSON_ADD, INSTALLATION)
        person = new_person(db, login, name, None)
        store.add_invitation(db, fingerprint(token), now() + LINK_HOLDS, person.id)
        record.enter(db, actor.person, "add person", f"person/{person.id}", {})
    return person, token


def invite(engine: Engine, actor: Actor, id: str) -> str:
    """Return the token of a link by which a person chooses a new password; older links no longer work."""
    token = secrets.token_urlsafe(32)
    with transaction(engine) as db:
        require(actor, Permission.PERSON_ADD, INSTALLATION)
        person = store.find(db, id)
        store.drop_invitations(db, person.id)
        store.add_invitation(db, fingerprint(token), now() + LINK_HOLDS, person.id)
        record.enter(db, actor.person, "make link for password", f"person/{person.id}", {})
    return token


def invited(engine: Engine, token: str) -> Person:
    """Return the person whose link this is."""
    with reading(engine) as db:
        person = store.invited(db, fingerprint(token))
    if person is None:
        raise NotFound("no_join")
    return person


def join(engine: Engine, token: str, password: str) -> Person:
    """Choose a password by a link, once; whoever was signed in as this person is no longer."""
    person = invited(engine, token)
    hash = _checked(password, person.login, person.name)
    with transaction(engine) as db:
        if not store.use_invitation(db, fingerprint(token)):
            raise NotFound("no_join")
        store.set_password(db, person.id, hash)
        store.end_sessions(db, person.id, "a new password was chosen")
        record.enter(db, person.id, "choose password", f"person/{person.id}", {})
    return person


def new_person(db: Connection, login: str, name: str, password: str | None) -> Person:
    """Insert a person, with a password that passes the rules or none yet."""
    login = login.strip().lower()
    hash = None if password is None else _checked(password, login, name)
    if store.by_login(db, login):
        raise Invalid("login_taken", login=login)
    person = Person(f"p{secrets.token_hex(6)}", login, name.strip())
    store.add_person(db, person, hash)
    return person


def _checked(password: str, login: str, name: str) -> str:
    """Return the hash of a password that passes the rules."""
    passwords.check(password, login, name, "workbench")
    return passwords.hashed(password)


def invite_first(engine: Engine) -> str:
    """Return the token of a link by which the first administrator of an empty installation makes an account."""
    token = secrets.token_urlsafe(32)
    with transaction(engine) as db:
        if not store.empty(db):
            raise NotAllowed("not_empty")
        store.add_invitation(db, fingerprint(token), now() + INVITATION_HOLDS)
    return token


def begin(engine: Engine, token: str, login: str, name: str, password: str) -> Person:
    """Make the first administrator, by the link that the terminal printed: once, and only while nobody is there."""
    with transaction(engine) as db:
        if not store.use_invitation(db, fingerprint(token)) or not store.empty(db):
            raise NotFound("no_invitation")
        person = new_person(db, login, name, password)
        store.put_membership(db, person.id, frozenset({Responsibility.ADMINISTRATOR}))
        record.enter(db, person.id, "begin installation", f"person/{person.id}", {})
    return person


def actor_named(engine: Engine, login: str) -> Actor:
    """Return the actor of a sign-in name, for commands; nobody if there is no such person."""
    with reading(engine) as db:
        person = store.by_login(db, login)
        return actor_of(db, person) if person else NOBODY
