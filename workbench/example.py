"""The example: Harbour Mutual, a small insurer, its people and their work. Demo, fixture and tutorial in one.

A use case adds its part to :data:`CHAPTERS`; each part looks whether it is there already, so that a start that was cut
is finished by the next one.
"""

import secrets
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy import Engine

from workbench import record
from workbench.accounts import operations as accounts
from workbench.accounts import passwords
from workbench.accounts import store as people
from workbench.accounts.model import Person
from workbench.config import Settings, write_private
from workbench.database import reading, transaction
from workbench.permissions import Actor, Responsibility
from workbench.services import operations as services
from workbench.services import store as service_rows

SERVICE = "household-claims"
"""The id of the example's service."""


class Role(Struct, frozen=True):
    """A person of the example."""

    login: str
    name: str
    responsibility: Responsibility
    process_roles: tuple[str, ...] = ()
    reports_to: str | None = None


PEOPLE = (
    Role("nora", "Nora Whitcombe", Responsibility.LEAD),
    Role("samir", "Samir Haddad", Responsibility.MEMBER, ("claims handler",), "grace"),
    Role("grace", "Grace Oduya", Responsibility.MANAGER, (), "henrik"),
    Role("henrik", "Henrik Sand", Responsibility.DECISION_MAKER),
    Role("lucia", "Lucia Ferro", Responsibility.ANALYST),
    Role("owen", "Owen Price", Responsibility.ADMINISTRATOR),
)

Chapter = Callable[[Engine, Settings], None]
CHAPTERS: list[Chapter] = []
"""What the use cases add to the example, in the order of the tiers."""


def actor(engine: Engine, login: str) -> Actor:
    """Return a person of the example as an actor."""
    return accounts.actor_named(engine, login)


def make_example(engine: Engine, settings: Settings) -> bool:
    """Make what is missing of the example, and return True; an installation of somebody's own is left alone."""
    with reading(engine) as db:
        own = not people.empty(db) and not settings.passwords.exists()
    if own:
        return False
    _people(engine, settings)
    _service(engine)
    for chapter in CHAPTERS:
        chapter(engine, settings)
    return True


def _people(engine: Engine, settings: Settings) -> None:
    """Make the six people, each with a password of its own, in a file that only its owner can read."""
    with reading(engine) as db:
        if not people.empty(db):
            return
    words = {role.login: secrets.token_urlsafe(12) for role in PEOPLE}
    hashes = {login: passwords.hashed(word) for login, word in words.items()}
    lines = [f"{role.login}\t{words[role.login]}\t{role.name}, {role.responsibility}" for role in PEOPLE]
    write_private(settings.passwords, "\n".join(lines) + "\n")
    with transaction(engine) as db:
        for role in PEOPLE:
            people.add_person(db, Person(role.login, role.login, role.name), hashes[role.login])
        people.put_membership(db, "owen", frozenset({Responsibility.ADMINISTRATOR}))
        record.enter(db, "", "make example", "person/owen", {"people": sorted(words)})


def _service(engine: Engine) -> None:
    """Make the service, and say who has which responsibility for it."""
    with reading(engine) as db:
        there = {service.id for service in service_rows.services(db)}
    owen = actor(engine, "owen")
    if SERVICE not in there:
        services.add(engine, owen, "Household claims", "Europe/London", "GBP")
    with reading(engine) as db:
        members = {one.person for one in people.members(db, service=SERVICE)}
    for role in PEOPLE:
        if role.login not in members:
            held = frozenset({role.responsibility})
            services.put_member(engine, owen, SERVICE, role.login, held, role.process_roles, role.reports_to)


def example_passwords(settings: Settings) -> dict[str, str]:
    """Return the passwords of the example people by sign-in name."""
    rows = (line.split("\t") for line in settings.passwords.read_text().splitlines())
    return {row[0]: row[1] for row in rows}
