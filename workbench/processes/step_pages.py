"""The pages on which steps and their ways are changed."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from process_models.graph.checks import faults
from process_models.graph.edits import (
    AddStep,
    ChangeStep,
    Conflict,
    Connect,
    Disconnect,
    RemoveDependency,
    RemoveStep,
    SetDependency,
    SetShares,
)
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Step
from process_models.values.errors import ModelError
from process_models.values.sentences import say
from workbench import database, web
from workbench.errors import NotFound
from workbench.permissions import Permission, needs
from workbench.processes import picture, store
from workbench.processes.forms import BasedForm
from workbench.processes.frame import both, bp, frame, head_of, keep, keep_or_show, to_edit
from workbench.processes.model import Process
from workbench.processes.step_forms import (
    Clash,
    ConnectForm,
    FigureForm,
    NeedForm,
    NewStepForm,
    SharesForm,
    StepForm,
    merge,
    shares_form,
)


def _today() -> str:
    return database.now().date().isoformat()


def known(graph: StepGraph, step: str) -> Step:
    """Return a step of the newest graph."""
    if step not in graph.by_id:
        raise NotFound("no_such_step", step=step)
    return graph.by_id[step]


def based_on(process: Process, form: BasedForm) -> StepGraph:
    """Return the graph on which a form was typed."""
    db = web.current()
    return store.graph(db, store.find_revision(db, process.id, form.revision))


@bp.get("/<id>/steps/<step>")
@needs(Permission.PROCESS_EDIT)
def edit_step(id: str, step: str) -> ResponseReturnValue:
    """Show a step to be changed."""
    process = to_edit(id)
    head, graph = head_of(process)
    return _step_page(process, StepForm.on(known(graph, step), graph, head.n), step)


@bp.post("/<id>/steps/<step>")
@needs(Permission.PROCESS_EDIT)
def change_step(id: str, step: str) -> ResponseReturnValue:
    """Change a step; where somebody was quicker, show both and store nothing."""
    process = to_edit(id)
    head, graph = head_of(process)
    sent = BasedForm()
    base = based_on(process, sent) if sent.revision else graph
    form = StepForm.on(base.by_id.get(step) or known(graph, step), base, sent.revision or head.n)
    if not form.validate():
        return _step_page(process, form, step), 422
    old = base.by_id.get(step) or known(graph, step)
    try:
        status = keep(process, form, ChangeStep(form.changed(old, _today())), f"changed step {old.name}")
    except Conflict:
        head, graph = head_of(process)
        now = graph.by_id.get(step)
        if now is None:
            form.form_errors.append("Somebody took this step out while you were typing. Nothing was stored.")
            return _step_page(process, form, step, old=old), 409
        clashes = merge(form, StepForm.on(old, base, sent.revision, False), StepForm.on(now, graph, head.n, False))
        return _step_page(process, form, step, clashes), 409
    except ModelError as problem:
        form.form_errors.append(say(problem.sentence))
        status = 422
    if status == 303:
        return redirect(url_for(".map", id=id, step=step), 303)
    return _step_page(process, form, step), status


def _step_page(
    process: Process,
    form: StepForm,
    step: str,
    clashes: list[Clash] | None = None,
    figure: FigureForm | None = None,
    old: Step | None = None,
) -> str:
    head, graph = head_of(process)
    one = graph.by_id.get(step) or old
    assert one is not None
    chosen = request.args.get("figure", "")
    return render_template(
        "processes/step.html",
        **frame(process, "map"),
        step=one,
        number=graph.numbers.get(step, 0),
        form=form,
        clashes=clashes,
        card=picture.card(graph, step) if step in graph.by_id else None,
        figure=figure or _figure_form(one, head.n, chosen),
        roles=graph.roles,
        faults=[fault for fault in faults(graph) if fault.step == step],
        open_more=bool(clashes) or any(form[name].errors for name in MORE),
    )


MORE = (
    "kind",
    "nature",
    "owner",
    "description",
    "mean",
    "spread",
    "unit_cost",
    "systems",
    "inputs",
    "outputs",
    "reason",
    "reason_date",
    "place",
    "channel",
    "batch",
    "grade_needed",
    "grade_used",
    "fallback",
    "adjusted",
    "personal",
)


def _figure_form(step: Step, base: int, chosen: str) -> FigureForm:
    old = step.figure(chosen)
    filled = {"figure": chosen} if chosen else {}
    if old:
        filled |= {"figure_grade": old.provenance.grade, "figure_source": old.provenance.source}
    return FigureForm(formdata=None, base=base, **filled)


@bp.post("/<id>/steps/<step>/figures")
@needs(Permission.PROCESS_EDIT)
def change_figure(id: str, step: str) -> ResponseReturnValue:
    """Set a figure of a step, or take it out."""
    process, form = to_edit(id), FigureForm()
    head, graph = head_of(process)
    old = known(graph, step)
    status = 422
    if form.validate():
        base = based_on(process, form) if form.revision else graph
        try:
            new = form.changed(base.by_id.get(step, old), _today())
        except ModelError as problem:
            form.refuse(form.value, problem)
        else:
            verb = f"changed {form.figure.data.replace('_', ' ')} of step {old.name}"
            status, _conflict = keep_or_show(process, form, ChangeStep(new), verb)
    if status == 303:
        return redirect(url_for(".edit_step", id=id, step=step), 303)
    return _step_page(process, StepForm.on(old, graph, head.n, False), step, figure=form), status


@bp.get("/<id>/add-step")
@needs(Permission.PROCESS_EDIT)
def new_step(id: str) -> ResponseReturnValue:
    """Ask for a step to add."""
    process = to_edit(id)
    head, graph = head_of(process)
    return _new_step_page(process, NewStepForm.on(graph, head.n, request.args.get("after", "")))


@bp.post("/<id>/add-step")
@needs(Permission.PROCESS_EDIT)
def add_step(id: str) -> ResponseReturnValue:
    """Add a step, after another one if named."""
    process = to_edit(id)
    head, graph = head_of(process)
    form = NewStepForm.on(graph, head.n)
    if not form.validate():
        return _new_step_page(process, form), 422
    step = form.step(graph)
    status, _conflict = keep_or_show(process, form, AddStep(step, form.after.data or ""), f"added step {step.name}")
    if status == 303:
        return redirect(url_for(".map", id=id, step=step.id), 303)
    return _new_step_page(process, form), status


def _new_step_page(process: Process, form: NewStepForm) -> str:
    _head, graph = head_of(process)
    return render_template("processes/new_step.html", **frame(process, "map"), form=form, roles=graph.roles)


@bp.post("/<id>/steps/<step>/remove")
@needs(Permission.PROCESS_EDIT)
def remove_step(id: str, step: str) -> ResponseReturnValue:
    """Take a step out; what came in goes on to where it went."""
    process, sent = to_edit(id), BasedForm()
    head, graph = head_of(process)
    name = known(graph, step).name
    form = StepForm.on(known(graph, step), graph, head.n, False)
    form.base.data = str(sent.revision or head.n)
    status, _conflict = keep_or_show(process, form, RemoveStep(step), f"took out step {name}")
    if status == 303:
        return redirect(url_for(".map", id=id), 303)
    return _step_page(process, form, step), status


@bp.get("/<id>/steps/<step>/ways")
@needs(Permission.PROCESS_EDIT)
def edit_ways(id: str, step: str) -> ResponseReturnValue:
    """Show where a step goes to, to be changed."""
    process = to_edit(id)
    head, graph = head_of(process)
    known(graph, step)
    return _ways_page(process, step, shares_form(graph, step, head.n), ConnectForm.on(graph, head.n))


@bp.post("/<id>/steps/<step>/shares")
@needs(Permission.PROCESS_EDIT)
def set_shares(id: str, step: str) -> ResponseReturnValue:
    """Set the shares of all the ways that leave a step."""
    process = to_edit(id)
    head, graph = head_of(process)
    known(graph, step)
    sent = BasedForm()
    base = based_on(process, sent) if sent.revision else graph
    form = shares_form(base if step in base.by_id else graph, step, sent.revision or head.n)
    if form.validate():
        verb = f"set the shares of {graph.by_id[step].name}"
        status, conflict = keep_or_show(process, form, SetShares(step, form.shares()), verb)
        if status == 303:
            return redirect(url_for(".map", id=id, step=step), 303)
        return _ways_page(process, step, form, ConnectForm.on(graph, head.n), both(conflict)), status
    return _ways_page(process, step, form, ConnectForm.on(graph, head.n)), 422


@bp.post("/<id>/steps/<step>/connect")
@needs(Permission.PROCESS_EDIT)
def connect(id: str, step: str) -> ResponseReturnValue:
    """Add a way on from a step."""
    process = to_edit(id)
    head, graph = head_of(process)
    source = known(graph, step)
    form = ConnectForm.on(graph, head.n)
    if form.validate():
        try:
            flow = form.flow(graph, step)
        except ModelError as problem:
            form.refuse(form.share, problem)
        else:
            verb = f"connected {source.name} to {graph.by_id[flow.target].name}"
            status, conflict = keep_or_show(process, form, Connect(flow), verb)
            if status == 303:
                return redirect(url_for(".edit_ways", id=id, step=step), 303)
            return _ways_page(process, step, shares_form(graph, step, head.n), form, both(conflict)), status
    return _ways_page(process, step, shares_form(graph, step, head.n), form), 422


@bp.post("/<id>/flows/<flow>/remove")
@needs(Permission.PROCESS_EDIT)
def disconnect(id: str, flow: str) -> ResponseReturnValue:
    """Take a way out; the others that leave its step take over in proportion."""
    process, form = to_edit(id), BasedForm()
    head, graph = head_of(process)
    if flow not in graph.flow_by_id:
        raise NotFound("no_such_flow", flow=flow)
    one = graph.flow_by_id[flow]
    form.base.data = str(form.revision or head.n)
    verb = f"disconnected {graph.by_id[one.source].name} from {graph.by_id[one.target].name}"
    status, conflict = keep_or_show(process, form, Disconnect(flow), verb)
    if status == 303:
        return redirect(url_for(".edit_ways", id=id, step=one.source), 303)
    fresh = ConnectForm(formdata=None, base=head.n)
    fresh.target.choices = ConnectForm.on(graph, head.n).target.choices
    fresh.form_errors += form.form_errors
    return _ways_page(process, one.source, shares_form(graph, one.source, head.n), fresh, both(conflict)), status


@bp.post("/<id>/steps/<step>/needs")
@needs(Permission.PROCESS_EDIT)
def set_need(id: str, step: str) -> ResponseReturnValue:
    """Say what a step needs of another."""
    process = to_edit(id)
    head, graph = head_of(process)
    name = known(graph, step).name
    form = NeedForm.on(graph, step, head.n)
    if not form.validate():
        return _needs_page(process, step, form), 422
    need = form.dependency(graph, step)
    verb = f"said that {name} needs {graph.by_id[need.needs].name}"
    status, conflict = keep_or_show(process, form, SetDependency(need), verb)
    if status == 303:
        return redirect(url_for(".edit_ways", id=id, step=step), 303)
    return _needs_page(process, step, form, conflict), status


@bp.post("/<id>/needs/<need>/remove")
@needs(Permission.PROCESS_EDIT)
def remove_need(id: str, need: str) -> ResponseReturnValue:
    """Say that a step no longer needs another."""
    process, sent = to_edit(id), BasedForm()
    head, graph = head_of(process)
    old = graph.dependency(need)
    if old is None:
        raise NotFound("no_such_dependency", dependency=need)
    form = NeedForm.on(graph, old.step, sent.revision or head.n, False)
    verb = f"said that {graph.by_id[old.step].name} no longer needs {graph.by_id[old.needs].name}"
    status, conflict = keep_or_show(process, form, RemoveDependency(need), verb)
    if status == 303:
        return redirect(url_for(".edit_ways", id=id, step=old.step), 303)
    return _needs_page(process, old.step, form, conflict), status


def _needs_page(process: Process, step: str, form: NeedForm, conflict: Conflict | None = None) -> str:
    head, graph = head_of(process)
    connecting = ConnectForm(formdata=None, base=head.n)
    connecting.target.choices = ConnectForm.on(graph, head.n).target.choices
    return _ways_page(process, step, shares_form(graph, step, head.n), connecting, both(conflict), form)


def _ways_page(
    process: Process,
    step: str,
    form: SharesForm,
    connecting: ConnectForm,
    conflict: dict[str, str] | None = None,
    need: NeedForm | None = None,
) -> str:
    head, graph = head_of(process)
    return render_template(
        "processes/ways.html",
        **frame(process, "map"),
        step=graph.by_id[step],
        flows=[(flow, graph.by_id[flow.target]) for flow in graph.after(step)],
        rows=[row for row in graph.rows if graph.flow_by_id[row.flow].source == step],
        targets={flow.id: graph.by_id[flow.target].name for flow in graph.flows},
        form=form,
        connecting=connecting,
        need=need or NeedForm.on(graph, step, head.n, False),
        needed=picture.needed(graph, step),
        conflict=conflict,
        base=head.n,
    )
