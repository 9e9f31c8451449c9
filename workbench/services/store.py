"""Rows of services."""

from sqlalchemy import Column, Connection, String, Table, select

from workbench.database import Instant, metadata, now
from workbench.errors import NotFound
from workbench.services.model import Service

service = Table(
    "service",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("created_at", Instant, nullable=False),
)

FIELDS = (service.c.id, service.c.name, service.c.zone, service.c.currency)


def add(db: Connection, new: Service) -> None:
    """Insert a service."""
    fields = {"id": new.id, "name": new.name, "zone": new.zone, "currency": new.currency}
    db.execute(service.insert().values(**fields, created_at=now()))


def find(db: Connection, id: str) -> Service:
    """Return a service by id."""
    row = db.execute(select(*FIELDS).where(service.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_service")
    return Service(*row)


def services(db: Connection) -> list[Service]:
    """Return all services, by name."""
    return [Service(*row) for row in db.execute(select(*FIELDS).order_by(service.c.name, service.c.id))]
