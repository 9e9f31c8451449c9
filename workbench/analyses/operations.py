"""What people do with evidence: bring a table, leave columns out, ask something of it, mark where it changed."""

import secrets
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from process_models.logs.reading import read
from workbench import record
from workbench.analyses import store
from workbench.analyses.answers import answer, columns, points
from workbench.analyses.model import LARGEST, Analysis, Ask, EvidenceTable, Series, Told, as_csv
from workbench.database import now, transaction
from workbench.errors import Invalid, NotPossible
from workbench.permissions import Actor, Permission, require
from workbench.reviews import store as reviews


def bring(engine: Engine, actor: Actor, id: str, name: str, content: bytes) -> EvidenceTable:
    """Keep a table of a review. Raises LogError, with place and remedy, where it cannot be read as a table."""
    if not content:
        raise Invalid("evidence_table_empty")
    if len(content) > LARGEST:
        raise Invalid("evidence_table_large", most=LARGEST // 2**20)
    with transaction(engine) as db:
        require(actor, Permission.DATA_BRING, reviews.find(db, id).place)
        found = read(content)
        cells = [list(found.table[column].cells) for column in found.table.names]
        file = as_csv(found.table.names, list(zip(*cells, strict=True)))
        new = EvidenceTable(secrets.token_hex(8), id, Path(name).name[:200] or "table", file, actor.person, now())
        store.add_table(db, new)
        content_told = {"table": new.id, "rows": len(found.table), "columns": len(found.table.names)}
        record.enter(db, actor.person, "bring in evidence", f"review/{id}", content_told)
    return new


def keep_columns(engine: Engine, actor: Actor, id: str, kept: frozenset[str]) -> tuple[str, ...]:
    """Leave all other columns out for good, and return which those are."""
    with transaction(engine) as db:
        found = store.table(db, id)
        require(actor, Permission.DATA_BRING, reviews.find(db, found.review).place)
        staying = [column for column in found.columns if column in kept]
        if not staying:
            raise Invalid("columns_needed")
        for one in store.analyses(db, found.review):
            for column in columns(one.ask) if one.table == id else ():
                if column not in kept:
                    raise NotPossible("column_in_use", column=column, title=one.title)
        gone = tuple(column for column in found.columns if column not in kept)
        store.put_file(db, id, as_csv(staying, [[row[column] or "" for column in staying] for row in found.rows]))
        record.enter(
            db, actor.person, "leave columns out", f"review/{found.review}", {"table": id, "columns": list(gone)}
        )
    return gone


def ask(engine: Engine, actor: Actor, id: str, title: str, asked: Ask) -> Analysis:
    """Ask something of a table; refused, with the reason, where the table cannot say it."""
    with transaction(engine) as db:
        found = store.table(db, id)
        require(actor, Permission.DATA_BRING, reviews.find(db, found.review).place)
        answer(found, asked, title)
        new = Analysis(secrets.token_hex(8), found.review, id, title.strip(), asked, actor.person, now())
        store.add(db, new)
        record.enter(db, actor.person, "analyse", f"review/{found.review}", {"analysis": new.id, "title": new.title})
    return new


def change(engine: Engine, actor: Actor, id: str, asked: Ask) -> None:
    """Ask it otherwise; refused where the table cannot say it."""
    with transaction(engine) as db:
        found = _found(db, actor, id)
        answer(store.table(db, found.table), asked, found.title)
        store.put(db, id, asked)
        record.enter(db, actor.person, "change analysis", f"review/{found.review}", {"analysis": id})


def cut(engine: Engine, actor: Actor, id: str, label: str, cause: str) -> None:
    """Begin a new segment of a chart at a point, for a known cause; it stays on the record."""
    with transaction(engine) as db:
        found = _found(db, actor, id)
        if not cause.strip():
            raise Invalid("cut_needs_cause")
        asked = found.ask
        labels = points(store.table(db, found.table), asked)[0] if isinstance(asked, Series) else []
        if not isinstance(asked, Series) or label not in labels[1:-1]:
            raise Invalid("cut_unknown")
        others = tuple(one for one in asked.cuts if one[0] != label)
        store.put(db, id, replace(asked, cuts=(*others, (label, cause.strip()))))
        content = {"analysis": id, "at": label, "cause": cause.strip()}
        record.enter(db, actor.person, "cut chart", f"review/{found.review}", content)


def remove(engine: Engine, actor: Actor, id: str) -> None:
    """Take an analysis away."""
    with transaction(engine) as db:
        found = _found(db, actor, id)
        store.remove(db, id)
        record.enter(db, actor.person, "remove analysis", f"review/{found.review}", {"analysis": id})


def _found(db: Connection, actor: Actor, id: str) -> Analysis:
    found = store.find(db, id)
    require(actor, Permission.DATA_BRING, reviews.find(db, found.review).place)
    return found


def told(db: Connection, found: Analysis) -> Told:
    """Return what an analysis says of its table."""
    return answer(store.table(db, found.table), found.ask, found.title)
