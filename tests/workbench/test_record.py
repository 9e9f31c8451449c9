"""The record: what changed afterwards is found, by the chain or by a checkpoint that was kept."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.exc import DatabaseError

from workbench import database, record
from workbench.record import audit


@pytest.fixture
def ten(db: Engine) -> Engine:
    """Return a database with ten entries."""
    with database.transaction(db) as writing:
        for number in range(1, 11):
            record.enter(writing, "nora", "try", f"thing/{number}", {"number": number, "words": "grün"})
    return db


def unguarded(db: Connection) -> None:
    """Take the guards away, as somebody with the file in their hands can."""
    if db.dialect.name == "sqlite":
        db.execute(text("DROP TRIGGER audit_no_update"))
        db.execute(text("DROP TRIGGER audit_no_delete"))
    else:
        db.execute(text("DROP TRIGGER audit_append_only ON audit"))


def verified(engine: Engine, file: Path | None = None) -> list[str]:
    with database.reading(engine) as db:
        return [fault.id for fault in record.verify(db, record.checkpoints(file) if file else ()).faults]


def test_an_untouched_record_is_whole_and_holds_against_its_checkpoints(ten: Engine, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints"
    record.checkpoint(ten, file)
    with database.transaction(ten) as db:
        assert record.enter(db, "owen", "add", "thing/11", {}) == 11
    point = record.checkpoint(ten, file)

    with database.reading(ten) as db:
        check = record.verify(db, record.checkpoints(file))

    assert (check.whole, check.size, check.checkpoints, check.head) == (True, 11, 2, point.head)


@pytest.mark.parametrize("statement", ["UPDATE audit SET act = 'x' WHERE seq = 3", "DELETE FROM audit WHERE seq = 3"])
def test_the_database_itself_refuses_to_change_the_record(ten: Engine, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), database.transaction(ten) as db:
        db.execute(text(statement))

    assert verified(ten) == []


@pytest.mark.parametrize("column", ["actor", "act", "subject", "entry", "at"])
def test_an_edited_entry_is_found(ten: Engine, column: str) -> None:
    with database.transaction(ten) as db:
        unguarded(db)
        value = database.now() if column == "at" else '{"number":99}'
        db.execute(update(audit).where(audit.c.seq == 4).values({column: value}))

    assert verified(ten) == ["record_edited"]


def test_a_removed_entry_is_found(ten: Engine) -> None:
    with database.transaction(ten) as db:
        unguarded(db)
        db.execute(audit.delete().where(audit.c.seq == 4))

    assert verified(ten) == ["record_gap"]


def test_swapped_entries_are_found(ten: Engine) -> None:
    with database.transaction(ten) as db:
        unguarded(db)
        for before, after in ((4, 99), (5, 4), (99, 5)):
            db.execute(update(audit).where(audit.c.seq == before).values(seq=after))

    assert set(verified(ten)) == {"record_unlinked", "record_edited"}


def test_a_cut_tail_is_found_only_against_a_checkpoint(ten: Engine, tmp_path: Path) -> None:
    record.checkpoint(ten, tmp_path / "checkpoints")
    with database.transaction(ten) as db:
        unguarded(db)
        db.execute(audit.delete().where(audit.c.seq > 7))

    assert verified(ten) == []
    assert verified(ten, tmp_path / "checkpoints") == ["record_cut"]


def test_a_record_written_anew_is_found_only_against_a_checkpoint(ten: Engine, tmp_path: Path) -> None:
    record.checkpoint(ten, tmp_path / "checkpoints")
    with database.transaction(ten) as db:
        unguarded(db)
        db.execute(audit.delete())
        for number in range(1, 11):
            record.enter(db, "nora", "try", f"thing/{number}", {"number": number + 1})

    assert verified(ten) == []
    assert verified(ten, tmp_path / "checkpoints") == ["record_rewritten"]


def test_an_act_that_is_undone_leaves_no_entry(ten: Engine) -> None:
    with pytest.raises(RuntimeError), database.transaction(ten) as db:
        record.enter(db, "nora", "try", "thing/11", {})
        raise RuntimeError

    with database.reading(ten) as db:
        assert record.size(db) == 10


def test_a_checkpoint_is_kept_once_a_day(ten: Engine, tmp_path: Path) -> None:
    made = [record.checkpoint_daily(ten, tmp_path / "checkpoints") for _ in range(3)]

    assert made == [True, False, False]
    assert (tmp_path / "checkpoints").stat().st_mode & 0o077 == 0


def test_words_of_a_person_are_recognised_by_their_seal_and_not_in_it() -> None:
    salt, seal = record.seal("I do not agree")

    assert record.sealed("I do not agree", salt, seal)
    assert not record.sealed("I do agree", salt, seal)
    assert record.seal("I do not agree")[1] != seal


def test_entries_come_newest_first_and_by_subject(ten: Engine) -> None:
    with database.reading(ten) as db:
        newest = record.entries(db, 3)
        older = record.entries(db, 2, before=8)
        about = record.entries(db, 5, subject="thing/2")
        stored = db.scalar(select(audit.c.entry).where(audit.c.seq == 2))

    assert [entry.seq for entry in newest] == [10, 9, 8]
    assert [entry.seq for entry in older] == [7, 6]
    assert [entry.entry for entry in about] == [{"number": 2, "words": "grün"}]
    assert stored == '{"number":2,"words":"grün"}'
