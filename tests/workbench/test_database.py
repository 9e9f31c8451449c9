"""Databases: the migrated form is the one the program means, on both kinds; writing is one act, reading cannot write."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from workbench import app, database, documents
from workbench.accounts import store as accounts
from workbench.accounts.model import Person
from workbench.errors import Damaged, NotFound


class Thing(Struct, frozen=True, forbid_unknown_fields=True):
    """A document of these tests."""

    name: str
    parts: tuple[int, ...] = ()


def test_the_migrated_form_is_the_one_the_program_means(db: Engine) -> None:
    app.load()

    with database.reading(db) as reading:
        context = MigrationContext.configure(reading, opts={"compare_type": True})
        differences = compare_metadata(context, database.metadata)

    assert [d for d in differences if getattr(d[-1], "name", "") != "alembic_version"] == []


def test_migrations_are_one_line_without_gaps() -> None:
    script = ScriptDirectory.from_config(database.migrations())

    revisions = list(reversed(list(script.walk_revisions())))

    assert script.get_bases() == ["0001"]
    assert len(script.get_heads()) == 1
    assert [revision.down_revision for revision in revisions] == [None, *[r.revision for r in revisions[:-1]]]
    assert [r.revision for r in revisions] == sorted(r.revision for r in revisions)


def test_migrating_twice_changes_nothing(database_url: str, db: Engine) -> None:
    with database.transaction(db) as writing:
        accounts.add_person(writing, Person("ana", "ana", "Ana"), None)

    database.migrate(database_url)

    with database.reading(db) as reading:
        assert [person.name for person in accounts.people(reading)] == ["Ana"]


def test_an_act_is_stored_whole_or_not_at_all(db: Engine) -> None:
    with pytest.raises(RuntimeError), database.transaction(db) as writing:
        accounts.add_person(writing, Person("ana", "ana", "Ana"), None)
        raise RuntimeError

    with database.reading(db) as reading:
        assert accounts.empty(reading)


def test_reading_cannot_write(db: Engine) -> None:
    with pytest.raises(DatabaseError), database.reading(db) as reading:
        accounts.add_person(reading, Person("ana", "ana", "Ana"), None)


def test_a_row_that_points_nowhere_is_refused(db: Engine) -> None:
    with pytest.raises(DatabaseError), database.transaction(db) as writing:
        accounts.put_membership(writing, "nobody", frozenset())
        writing.execute(text("INSERT INTO draft (person, key, body, at) VALUES ('nobody', 'k', '{}', 0)"))


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((3, 53, 4), "WAL")]
)
def test_wal_is_used_only_where_sqlite_is_safe_with_it(version: tuple[int, ...], mode: str) -> None:
    assert database.journal_mode(version) == mode


def test_sqlite_is_opened_with_care(sqlite_url: str) -> None:
    made = database.engine(sqlite_url)

    with database.reading(made) as db:
        found = {name: db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("foreign_keys", "synchronous")}
    made.dispose()

    assert found == {"foreign_keys": 1, "synchronous": 2}


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_moments_come_back_to_the_millisecond(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    column = database.Instant()

    stored = column.process_bind_param(moment, None)  # type: ignore[arg-type]

    assert column.process_result_value(stored, None) == whole  # type: ignore[arg-type]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        database.Instant().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]


def test_a_document_is_kept_once_under_its_digest(db: Engine) -> None:
    thing = Thing("ä", (1, 2))

    with database.transaction(db) as writing:
        names = {documents.keep(writing, thing) for _ in range(3)}
        other = documents.keep(writing, Thing("ä", (2, 1)))

    with database.reading(db) as reading:
        assert documents.fetch(reading, names.pop(), Thing) == thing
        assert not names
        assert documents.kept(reading, other)
        assert len(reading.execute(select(documents.document)).all()) == 2


def test_a_document_that_is_not_there_or_was_changed_is_refused(db: Engine) -> None:
    with database.transaction(db) as writing:
        writing.execute(
            documents.document.insert().values(digest="0" * 64, kind="Thing", body=b"{}", created_at=database.now())
        )

    with database.reading(db) as reading:
        with pytest.raises(NotFound):
            documents.fetch(reading, "1" * 64, Thing)
        with pytest.raises(Damaged):
            documents.fetch(reading, "0" * 64, Thing)


def test_the_database_itself_refuses_to_change_a_document(db: Engine) -> None:
    with database.transaction(db) as writing:
        documents.keep(writing, Thing("a"))

    with pytest.raises(DatabaseError, match="append-only"), database.transaction(db) as writing:
        writing.execute(documents.document.update().values(kind="x"))
