"""What people do with processes: begin one, bring in a graph, edit it, staff it, name and restore versions.

An edit carries the revision it was made on. If the head has moved on, the edit is made again on the head unless what
it touches was changed meanwhile; then nothing is stored and both values are shown (:class:`Conflict`).
"""

import hashlib
import secrets
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Engine

from process_models.exchange.converting import Brought, give_out
from process_models.exchange.converting import bring_in as read_in
from process_models.exchange.simulation_beside import carried_by
from process_models.graph.design import Staffing
from process_models.graph.edits import Edit, reapply
from process_models.graph.graph import StepGraph
from process_models.values.canonical import digest
from process_models.values.document import slug
from workbench import documents, record
from workbench.database import now, reading, transaction
from workbench.errors import Invalid, NotFound, NotPossible
from workbench.permissions import Actor, Permission, require
from workbench.processes import store
from workbench.processes.model import BroughtFile, Process, Revision, turns
from workbench.services import store as services

WAITS = timedelta(days=30)
"""How long a file that was brought in waits to be made a version."""


def add(
    engine: Engine, actor: Actor, service: str, name: str, graph: StepGraph, staffing: Staffing | None = None
) -> Process:
    """Begin a process with its first revision; its id comes from its name and stays."""
    with transaction(engine) as db:
        require(actor, Permission.PROCESS_EDIT, services.find(db, service).place)
        return _begin(db, actor, service, name, graph, staffing or Staffing(), "begun")[0]


def _begin(
    db: Connection, actor: Actor, service: str, name: str, graph: StepGraph, staffing: Staffing, verb: str
) -> tuple[Process, Revision]:
    taken = frozenset(found.id for found in store.processes(db))
    process = Process(slug(name, taken), service, name.strip(), actor.person)
    store.add(db, process)
    return process, keep(db, actor, process, None, graph, staffing, verb)


def keep(
    db: Connection,
    actor: Actor,
    process: Process,
    parent: Revision | None,
    graph: StepGraph,
    staffing: Staffing,
    verb: str,
) -> Revision:
    """Store a state of a process as its next revision, within an act's transaction."""
    new = Revision(
        process=process.id,
        n=parent.n + 1 if parent else 1,
        parent=parent.n if parent else None,
        graph=documents.keep(db, graph),
        staffing=documents.keep(db, staffing),
        author=actor.person,
        at=now(),
        verb=verb[:400],
    )
    store.add_revision(db, new)
    content = {"n": new.n, "graph": new.graph, "staffing": new.staffing, "verb": new.verb}
    record.enter(db, actor.person, "revise process", f"process/{process.id}", content)
    return new


def edit(engine: Engine, actor: Actor, id: str, base: int, edit: Edit, verb: str) -> Revision:
    """Make an edit on the newest revision, though it was thought of on an older one.

    Raises Conflict with both values where the same thing was changed meanwhile.
    """
    with transaction(engine) as db:
        process = store.find(db, id)
        require(actor, Permission.PROCESS_EDIT, process.place)
        head = store.head(db, id)
        before = store.graph(db, head)
        graph = reapply(edit, store.graph(db, store.find_revision(db, id, base)), before)
        if graph == before:
            return head
        return keep(db, actor, process, head, graph, store.staffing(db, head), verb)


def replace_graph(engine: Engine, actor: Actor, id: str, base: int, graph: StepGraph, verb: str) -> Revision:
    """Put another graph in place of the head's, if nobody changed the process since."""
    return _replaced(engine, actor, id, base, verb, graph=graph)


def set_staffing(engine: Engine, actor: Actor, id: str, base: int, staffing: Staffing, verb: str) -> Revision:
    """Put another staffing in place of the head's; refused if somebody else staffed it meanwhile."""
    return _replaced(engine, actor, id, base, verb, staffing=staffing)


def _replaced(engine: Engine, actor: Actor, id: str, base: int, verb: str, **new: Any) -> Revision:
    with transaction(engine) as db:
        return _replaced_in(db, actor, id, base, verb, **new)


def _replaced_in(db: Connection, actor: Actor, id: str, base: int, verb: str, **new: Any) -> Revision:
    process = store.find(db, id)
    require(actor, Permission.PROCESS_EDIT, process.place)
    head, old = store.head(db, id), store.find_revision(db, id, base)
    if any(getattr(head, part) != getattr(old, part) for part in new):
        raise NotPossible("process_moved_on", base=base, head=head.n)
    if all(getattr(head, part) == digest(value) for part, value in new.items()):
        return head
    parts = {"graph": store.graph(db, head), "staffing": store.staffing(db, head), **new}
    return keep(db, actor, process, head, parts["graph"], parts["staffing"], verb)


def restore(engine: Engine, actor: Actor, id: str, n: int) -> Revision:
    """Make an old revision the newest again; nothing in between is lost."""
    with transaction(engine) as db:
        process = store.find(db, id)
        require(actor, Permission.PROCESS_EDIT, process.place)
        old = store.find_revision(db, id, n)
        head = store.head(db, id)
        return keep(db, actor, process, head, store.graph(db, old), store.staffing(db, old), f"restored {old.title}")


def undo(engine: Engine, actor: Actor, id: str, base: int) -> tuple[Revision, str]:
    """Make the state before the newest change the newest again, as a new revision; return what was undone too."""
    return _turn(engine, actor, id, base, back=True)


def redo(engine: Engine, actor: Actor, id: str, base: int) -> tuple[Revision, str]:
    """Make the state that was last undone the newest again; return what was done again too."""
    return _turn(engine, actor, id, base, back=False)


def _turn(engine: Engine, actor: Actor, id: str, base: int, back: bool) -> tuple[Revision, str]:
    """Undo or redo; refused where somebody changed the process since, because that would be undone unseen."""
    with transaction(engine) as db:
        process = store.find(db, id)
        require(actor, Permission.PROCESS_EDIT, process.place)
        head = store.head(db, id)
        if head.n != base:
            raise NotPossible("process_moved_on", base=base, head=head.n)
        to = turns(store.revisions(db, id))
        target, told = (to.undo, to.done) if back else (to.redo, to.redo)
        if target is None or told is None:
            raise NotPossible("no_change_to_undo" if back else "no_change_to_redo")
        verb = f"{'undid' if back else 'did again'}: {told.verb}"
        return keep(db, actor, process, head, store.graph(db, target), store.staffing(db, target), verb), told.verb


def tag(engine: Engine, actor: Actor, id: str, n: int, name: str, baseline: bool) -> None:
    """Give a revision a name, and say whether it is the baseline that options change."""
    with transaction(engine) as db:
        process = store.find(db, id)
        require(actor, Permission.PROCESS_EDIT, process.place)
        store.find_revision(db, id, n)
        store.tag(db, id, n, name.strip(), baseline)
        content = {"n": n, "name": name.strip(), "baseline": baseline}
        record.enter(db, actor.person, "name version", f"process/{id}", content)


# Files that are brought in: read first, made a version only when their report was looked at


def bring(engine: Engine, actor: Actor, service: str, process: str | None, name: str, content: bytes) -> BroughtFile:
    """Read a file for a service's new process, or as a version of one, and let it wait with what was read of it.

    Raises ModelError, with place and remedy, where it cannot be read; then nothing is stored.
    """
    if not content and not name:
        raise Invalid("no_process_file")
    with reading(engine) as db:
        _to_bring(db, actor, service, process)
    name = PurePosixPath(name.replace("\\", "/")).name
    found = as_graph_file(read_in(content, name))
    with transaction(engine) as db:
        _to_bring(db, actor, service, process)
        store.forget_brought(db, now() - WAITS)
        new = BroughtFile(
            id=secrets.token_hex(16),
            service=service,
            process=process,
            revision=None,
            name=name[-200:],
            size=len(content),
            chosen="",
            author=actor.person,
            at=now(),
        )
        store.add_brought(db, new, content, found)
    return new


def _to_bring(db: Connection, actor: Actor, service: str, process: str | None) -> None:
    require(actor, Permission.PROCESS_EDIT, services.find(db, service).place)
    if process is not None and store.find(db, process).service != service:
        raise Invalid("no_process")


def as_graph_file(found: Brought) -> bytes:
    """Return a graph with its report as a graph file; where only remarks were made, they are the report."""
    return give_out(found, "json")


def waiting(db: Connection, actor: Actor, id: str) -> BroughtFile:
    """Return a file that waits for its owner; for anybody else, and when it was made a version, it is not there."""
    one = store.find_brought(db, id)
    if one.author != actor.person or not one.waits:
        raise NotFound("no_brought_file")
    require(actor, Permission.PROCESS_EDIT, one.place)
    return one


def choose(engine: Engine, actor: Actor, id: str, part: str) -> None:
    """Read a waiting file again, as one of the processes that it draws, or as all of them.

    Raises ModelError where it draws no such process; then nothing changes.
    """
    with reading(engine) as db:
        one = waiting(db, actor, id)
        content = store.brought_content(db, id)
    found = as_graph_file(read_in(content, one.name, part))
    with transaction(engine) as db:
        waiting(db, actor, id)
        store.read_again(db, id, part, found)


def make_version(engine: Engine, actor: Actor, id: str, name: str, base: int, people: bool = False) -> Revision:
    """Make a waiting file the first version of a process, or the newest of the one it was brought in for.

    With ``people`` its staffing is that of the file, if the file carries any.

    All in one: where anything is refused, nothing of it is stored.
    """
    with transaction(engine) as db:
        one = waiting(db, actor, id)
        found, verb = store.brought_reading(db, id), f"brought in {one.name}"
        graph, carried = found.graph, carried_by(found.report) if people else None
        parts = {"graph": graph} if carried is None else {"graph": graph, "staffing": carried.staffing}
        if not graph.steps:
            raise NotPossible("brought_no_steps")
        if one.process is None:
            staffing = carried.staffing if carried is not None else Staffing()
            _process, new = _begin(db, actor, one.service, name or graph.name, graph, staffing, verb)
        else:
            new = _replaced_in(db, actor, one.process, base, verb, **parts)
        if not store.settle_brought(db, id, new.process, new.n):
            raise NotFound("no_brought_file")
        file = hashlib.sha256(store.brought_content(db, id)).hexdigest()
        content = {"n": new.n, "file": file, "size": one.size, "chosen": one.chosen}
        record.enter(db, actor.person, "bring in file", f"process/{new.process}", content)
    return new


def throw_away(engine: Engine, actor: Actor, id: str) -> None:
    """Throw a waiting file away, with what was read of it."""
    with transaction(engine) as db:
        waiting(db, actor, id)
        store.throw_away_brought(db, id)
