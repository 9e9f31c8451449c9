"""The people of the example, as test clients that are signed in, and what the database holds."""

import hashlib
import secrets
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from workbench import database
from workbench.accounts import operations, store
from workbench.accounts.model import Person, Session

LOGINS = {
    "lead": "nora",
    "member": "samir",
    "manager": "grace",
    "decision maker": "henrik",
    "analyst": "lucia",
    "administrator": "owen",
    "outsider": "otto",
}
"""The sign-in name of somebody with each responsibility, and of somebody with none."""


def add_outsider(engine: Engine) -> None:
    """Add a person who has no responsibility anywhere."""
    with database.transaction(engine) as db:
        if store.by_login(db, "otto") is None:
            store.add_person(db, Person("otto", "otto", "Otto Without"), None)


class Visitor:
    """A browser in which somebody is signed in, or nobody."""

    def __init__(self, app: Flask, login: str = "") -> None:
        self.app = app
        self.token = secrets.token_urlsafe(32)
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie("session", self.token)
        if login:
            at = database.now()
            begun = Session(operations.fingerprint(self.token), login, at, at, "127.0.0.1", "test")
            with database.transaction(app.extensions["engine"]) as db:
                store.add_session(db, begun)

    def csrf(self) -> str:
        """Return the token that this browser's forms carry."""
        with self.app.test_request_context(headers={"Cookie": f"session={self.token}"}):
            return str(generate_csrf())

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form of this browser."""
        return self.client.post(path, data={"csrf_token": self.csrf(), **(data or {})}, **more)


def everything(engine: Engine) -> str:
    """Return a hash over all rows but the last use of sessions."""
    with database.reading(engine) as db:
        rows = []
        for table in database.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "last_seen"]
            rows += sorted(f"{table.name} {tuple(row)!r}" for row in db.execute(select(*columns)))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
