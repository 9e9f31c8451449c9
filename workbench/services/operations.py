"""What people do with services: add one, and say who has which responsibility for it."""

from sqlalchemy import Engine

from process_models.values.document import slug
from workbench import record
from workbench.accounts import store as accounts
from workbench.database import transaction
from workbench.errors import Invalid, NotAllowed
from workbench.permissions import (
    INSTALLATION,
    Actor,
    Permission,
    Responsibility,
    administrator,
    require,
)
from workbench.services import store
from workbench.services.model import Service


def add(engine: Engine, actor: Actor, name: str, zone: str, currency: str) -> Service:
    """Add a service; its id comes from its name and stays when the name changes."""
    with transaction(engine) as db:
        require(actor, Permission.SERVICE_ADD, INSTALLATION)
        taken = frozenset(found.id for found in store.services(db))
        service = Service(slug(name, taken), name.strip(), zone, currency)
        store.add(db, service)
        content = {"name": service.name, "zone": zone, "currency": currency}
        record.enter(db, actor.person, "add service", f"service/{service.id}", content)
    return service


def put_member(
    engine: Engine,
    actor: Actor,
    service: str,
    person: str,
    responsibilities: frozenset[Responsibility],
    process_roles: tuple[str, ...] = (),
    reports_to: str | None = None,
) -> None:
    """Say what a person is to a service, in place of what was said before; nothing ends the membership."""
    with transaction(engine) as db:
        place = store.find(db, service).place
        require(actor, Permission.MEMBERSHIP_CHANGE, place)
        _check(actor, place.service, person, responsibilities, reports_to)
        accounts.find(db, person)
        accounts.put_membership(db, person, responsibilities, service, None, process_roles, reports_to)
        content = {
            "person": person,
            "responsibilities": sorted(responsibilities),
            "process_roles": sorted(process_roles),
            "reports_to": reports_to,
        }
        record.enter(db, actor.person, "change membership", f"service/{service}", content)


def _check(
    actor: Actor, service: str | None, person: str, responsibilities: frozenset[Responsibility], boss: str | None
) -> None:
    if boss == person:
        raise Invalid("reports_to_self")
    above = {Responsibility.ADMINISTRATOR, Responsibility.DECISION_MAKER} & responsibilities
    if above and not administrator(actor, INSTALLATION):
        raise NotAllowed("not_yours_to_give", what=", ".join(sorted(above)), service=service)
