"""The map of a process: to look at, and to change by acts of which each makes one version.

An act is one form: without script it leads back to the map, with script the map that comes back takes the place of the
one on show. Where somebody changed the same thing meanwhile, nothing is stored and both values are shown.
"""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from process_models.graph.checks import Fault, faults, staffing_faults
from process_models.graph.edits import Conflict
from process_models.graph.graph import StepGraph
from process_models.graph.narration import changed_ways
from process_models.graph.telling import case_told, likeliest_way, process_told
from process_models.values.errors import ModelError
from process_models.values.sentences import Sentence, say
from process_models.values.words import count
from workbench import web
from workbench.errors import Refusal
from workbench.permissions import Permission, needs
from workbench.processes import operations, picture, store
from workbench.processes.frame import asked, both, bp, facts_of, found, frame, head_of, to_edit
from workbench.processes.map_forms import TURNS, MapForm, places
from workbench.processes.map_page import KEPT, map_page
from workbench.processes.model import Process, Revision, turns
from workbench.processes.rows import kept_rows
from workbench.services import store as services


@bp.get("/<id>/map")
@needs(Permission.PROCESS_READ)
def map(id: str) -> ResponseReturnValue:
    """Show a process as map or as table, with heat, and the card of the chosen step."""
    process = found(id)
    return _map(process, asked(process, "version"))


@bp.post("/<id>/map")
@needs(Permission.PROCESS_EDIT)
def edit_map(id: str) -> ResponseReturnValue:
    """Do one act on the map; what it did to the ways on is said."""
    process, form = to_edit(id), MapForm()
    _head, before = head_of(process)
    try:
        if not form.validate():
            raise ModelError("act_does_not_fit", why=_first(form))
        if not form.revision:
            raise ModelError("act_without_version")
        step = _turn(process, form) if form.act.data in TURNS else _edit(process, form, before)
    except Conflict as conflict:
        return _map(process, store.head(web.current(), id), conflict=both(conflict), sent=form), 409
    except (ModelError, Refusal) as problem:
        status = getattr(problem, "status", 422)
        return _map(process, store.head(web.current(), id), refused=say(problem.sentence), sent=form), status
    kept: dict[str, Any] = {name: request.args[name] for name in KEPT if name in request.args and name != "version"}
    return redirect(url_for(".map", id=id, step=step, **kept), 303)


def _first(form: MapForm) -> str:
    return next((f"{form[name].label.text}: {words[0]}" for name, words in form.errors.items() if name), "")


def _turn(process: Process, form: MapForm) -> str | None:
    """Undo or redo, and say what."""
    act = operations.undo if form.act.data == "undo" else operations.redo
    new, what = act(web.engine(), web.actor(), process.id, form.revision)
    web.tell("map_undone" if form.act.data == "undo" else "map_redone", what=what, n=new.n)
    return form.said("step") or None


def _edit(process: Process, form: MapForm, before: StepGraph) -> str | None:
    """Make the edit, say what it did, and return the step to show."""
    base = store.graph(web.current(), store.find_revision(web.current(), process.id, form.revision))
    edit, what = form.edit(base)
    new = operations.edit(web.engine(), web.actor(), process.id, form.revision, edit, what)
    if new.n == form.revision:
        web.tell("nothing_changed")
        return form.said("step") or None
    after = store.graph(web.current(), new)
    web.tell("map_changed", n=new.n, what=what, ways=changed_ways(before, after))
    added = [step.id for step in after.steps if step.id not in before.by_id]
    leading = [flow.source for flow in before.before(form.said("step"))]
    return next((id for id in (*added, form.said("step"), *leading) if id in after.by_id), None)


def _map(process: Process, revision: Revision, **told: Any) -> str:
    """Draw the page; with a conflict or a refusal it says so above the map."""
    facts = facts_of(revision)
    wrong = (*faults(facts.graph), *staffing_faults(facts.design))
    turn = turns(store.revisions(web.current(), process.id))
    return render_template(
        "processes/map.html",
        **frame(process, "map"),
        **map_page(
            facts,
            services.find(web.current(), process.service).currency,
            f"{process.name}, {revision.title}",
            lambda **words: url_for(".map", id=process.id, **words),
            rows=kept_rows(web.current(), revision),
        ),
        **told,
        revision=revision,
        heading=_heading(process, revision, wrong, picture.finding(facts)),
        faults=[fault for fault in wrong if fault.weight == "fault"],
        gaps=[fault for fault in wrong if fault.weight == "gap"],
        graph=facts.graph,
        act=MapForm(formdata=None, base=revision.n),
        places=places(facts.graph),
        told=process_told(facts.graph),
        one_case=case_told(facts.graph, likeliest_way(facts.graph)),
        tree=picture.tree(facts.graph),
        undo=turn.done if turn.undo else None,
        redo=turn.redo,
    )


def _heading(process: Process, revision: Revision, wrong: tuple[Fault, ...], said: str) -> str:
    """Return the finding, if there is one to say."""
    hard = [fault for fault in wrong if fault.weight == "fault"]
    if hard:
        return say(Sentence.of("finding_faults", n=count(len(hard), "thing", "things")))
    return said or f"{process.name}, {revision.title}"
