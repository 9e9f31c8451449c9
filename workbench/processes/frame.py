"""What the pages of processes share: the blueprint, who may look, and what stands on each of them."""

from typing import Any

from flask import Blueprint, request

from process_models.graph.compare import told_apart
from process_models.graph.edits import Conflict, Edit
from process_models.graph.graph import StepGraph
from process_models.method.facts import Facts
from process_models.values.errors import ModelError
from process_models.values.sentences import say
from workbench import web
from workbench.accounts import store as people
from workbench.errors import Refusal
from workbench.permissions import Permission, may, require, see
from workbench.processes import operations, store
from workbench.processes.forms import BasedForm
from workbench.processes.model import Process, Revision
from workbench.services import store as services

bp = Blueprint("processes", __name__, url_prefix="/processes")


def found(id: str) -> Process:
    """Return a process that the person may see."""
    process = store.find(web.current(), id)
    see(web.actor(), Permission.PROCESS_READ, process.place)
    return process


def to_edit(id: str) -> Process:
    """Return a process that the person may change."""
    process = found(id)
    require(web.actor(), Permission.PROCESS_EDIT, process.place)
    return process


def head_of(process: Process) -> tuple[Revision, StepGraph]:
    """Return the newest revision with its graph."""
    head = store.head(web.current(), process.id)
    return head, store.graph(web.current(), head)


def asked(process: Process, name: str) -> Revision:
    """Return the revision that the address asks for, else the newest."""
    n = request.args.get(name, type=int)
    db = web.current()
    return store.find_revision(db, process.id, n) if n is not None else store.head(db, process.id)


def frame(process: Process, here: str) -> dict[str, Any]:
    """Return what every page of a process shows."""
    db = web.current()
    return {
        "process": process,
        "service": services.find(db, process.service),
        "head": store.head(db, process.id),
        "names": people.names(db),
        "may_edit": may(web.actor(), Permission.PROCESS_EDIT, process.place),
        "here": here,
    }


def facts_of(revision: Revision) -> Facts:
    """Return what follows from the design of a revision."""
    return Facts(store.design(web.current(), revision))


def keep(process: Process, form: BasedForm, edit: Edit, verb: str) -> int:
    """Make an edit and say so, or put the refusal into the form; return the status, 303 where it was made.

    Raises Conflict for those who show both values their own way.
    """
    try:
        revision = operations.edit(web.engine(), web.actor(), process.id, form.revision, edit, verb)
    except Conflict:
        raise
    except (ModelError, Refusal) as problem:
        form.form_errors.append(say(problem.sentence))
        return getattr(problem, "status", 422)
    tell_kept(form.revision, revision)
    return 303


def keep_or_show(process: Process, form: BasedForm, edit: Edit, verb: str) -> tuple[int, Conflict | None]:
    """Make an edit as :func:`keep` does; where others changed the same, put the newest revision under the form."""
    try:
        return keep(process, form, edit, verb), None
    except Conflict as conflict:
        form.base.data = str(store.head(web.current(), process.id).n)
        form.form_errors.append(say(conflict.sentence))
        return 409, conflict


def tell_kept(base: int, revision: Revision) -> None:
    """Say which version was made, or that nothing was different."""
    if revision.n == base:
        web.tell("nothing_changed")
    else:
        web.tell("process_changed", n=revision.n)


def both(conflict: Conflict | None) -> dict[str, str] | None:
    """Return both values of a conflict in words."""
    if conflict is None:
        return None
    before, now = told_apart(conflict.base, conflict.head)
    return {"place": conflict.place, "before": before, "now": now}
