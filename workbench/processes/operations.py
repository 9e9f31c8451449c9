"""What people do with processes: begin one, bring in a graph, edit it, staff it, name and restore versions.

An edit carries the revision it was made on. If the head has moved on, the edit is made again on the head unless what
it touches was changed meanwhile; then nothing is stored and both values are shown (:class:`Conflict`).
"""

from typing import Any

from sqlalchemy import Connection, Engine

from process_models.graph.design import Staffing
from process_models.graph.edits import Edit, reapply
from process_models.graph.graph import StepGraph
from process_models.values.canonical import digest
from process_models.values.document import slug
from workbench import documents, record
from workbench.database import now, transaction
from workbench.errors import NotPossible
from workbench.permissions import Actor, Permission, require
from workbench.processes import store
from workbench.processes.model import Process, Revision, turns
from workbench.services import store as services


def add(
    engine: Engine, actor: Actor, service: str, name: str, graph: StepGraph, staffing: Staffing | None = None
) -> Process:
    """Begin a process with its first revision; its id comes from its name and stays."""
    with transaction(engine) as db:
        require(actor, Permission.PROCESS_EDIT, services.find(db, service).place)
        taken = frozenset(found.id for found in store.processes(db))
        process = Process(slug(name, taken), service, name.strip(), actor.person)
        store.add(db, process)
        keep(db, actor, process, None, graph, staffing or Staffing(), "begun")
    return process


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
