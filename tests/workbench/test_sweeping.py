"""What is swept once a day: rows that nobody can use any more, and only those."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine, func, select

from tests.conftest import settings_at
from workbench import database, jobs, record, store
from workbench.accounts import store as accounts
from workbench.accounts.model import Person, Session
from workbench.accounts.sweeping import sweep
from workbench.cli import Daily

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TABLES = {
    "session": accounts.session,
    "wrong_try": accounts.wrong_try,
    "invitation": accounts.invitation,
    "submission": store.submission,
}


def traces(engine: Engine, at: datetime) -> None:
    """Leave a row of each kind, as somebody does who works at a moment."""
    name = at.isoformat()
    with time_machine.travel(at, tick=False), database.transaction(engine) as db:
        if accounts.by_login(db, "ana") is None:
            accounts.add_person(db, Person("ana", "ana", "Ana"), None)
        accounts.add_session(db, Session(name, "ana", at, at, "127.0.0.1", "test"))
        accounts.count_wrong_try(db, "ana", name)
        accounts.add_invitation(db, name, at + timedelta(minutes=15), "ana")
        store.claim(db, store.Submission(name, "ana", "/", "hash"))


def left(engine: Engine) -> dict[str, int]:
    with database.reading(engine) as db:
        return {name: db.scalar(select(func.count()).select_from(table)) or 0 for name, table in TABLES.items()}


@pytest.mark.parametrize(
    ("age", "kept"), [(timedelta(0), 1), (timedelta(hours=23), 1), (timedelta(hours=25), 0), (timedelta(days=30), 0)]
)
def test_what_is_older_than_a_day_is_swept_and_nothing_younger(db: Engine, age: timedelta, kept: int) -> None:
    traces(db, NOW - age)

    with time_machine.travel(NOW, tick=False):
        swept = sweep(db)

    assert left(db) == dict.fromkeys(TABLES, kept)
    assert swept == len(TABLES) * (1 - kept)


def test_a_link_that_still_holds_is_kept_however_old_and_a_used_one_is_not(db: Engine) -> None:
    with time_machine.travel(NOW - timedelta(days=6), tick=False), database.transaction(db) as writing:
        accounts.add_person(writing, Person("ana", "ana", "Ana"), None)
        accounts.add_invitation(writing, "open", NOW + timedelta(days=1), "ana")
        accounts.add_invitation(writing, "used", NOW + timedelta(days=1), "ana")
        accounts.use_invitation(writing, "used")

    with time_machine.travel(NOW, tick=False):
        sweep(db)

    with database.reading(db) as reading:
        assert reading.scalars(select(accounts.invitation.c.id)).all() == ["open"]


def test_the_worker_sweeps_and_keeps_a_checkpoint_once_a_day(tmp_path: Path, sqlite_url: str) -> None:
    worker = jobs.Worker(sqlite_url, handlers={})
    settings = settings_at(tmp_path, sqlite_url)
    daily, counts = Daily(worker, settings), []

    for hours in (0, 1, 24, 25):
        traces(worker.engine, NOW - timedelta(days=3, hours=hours))
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            daily()
        counts.append((left(worker.engine)["session"], len(record.checkpoints(settings.checkpoints))))
    worker.close()

    assert counts == [(0, 1), (1, 1), (0, 2), (1, 2)]
