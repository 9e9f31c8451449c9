"""The register of obligations, the promises, and the hours in which their clocks run."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from process_models.graph.edits import Conflict, SetHours, SetPromise
from process_models.values.errors import ModelError
from workbench.errors import NotFound
from workbench.permissions import Permission, needs
from workbench.processes import picture
from workbench.processes.forms import HoursForm
from workbench.processes.frame import both, bp, found, frame, head_of, keep_or_show, to_edit
from workbench.processes.model import Process
from workbench.processes.step_forms import ObligationForm, PromiseForm

NEW = "new"


@bp.get("/<id>/obligations")
@needs(Permission.PROCESS_READ)
def obligations(id: str) -> ResponseReturnValue:
    """Show obligations, promises and hours, and whether they hold on every way."""
    process = found(id)
    _head, graph = head_of(process)
    return render_template(
        "processes/obligations.html",
        **frame(process, "obligations"),
        rows=picture.register(graph),
        promises=[(one, picture.in_clock_words(graph, one.clock)) for one in graph.promises],
        hours=graph.hours,
        week=picture.week_in_words(graph.hours),
    )


@bp.get("/<id>/obligations/<duty>")
@needs(Permission.PROCESS_EDIT)
def edit_obligation(id: str, duty: str) -> ResponseReturnValue:
    """Show an obligation to be changed, or a new one."""
    process = to_edit(id)
    head, graph = head_of(process)
    old = graph.obligation(duty)
    if old is None and duty != NEW:
        raise NotFound("no_such_duty")
    return _duty_page(process, duty, ObligationForm.on(graph, head.n, old), None)


@bp.post("/<id>/obligations/<duty>")
@needs(Permission.PROCESS_EDIT)
def set_obligation(id: str, duty: str) -> ResponseReturnValue:
    """Add an obligation or change it."""
    process = to_edit(id)
    head, graph = head_of(process)
    old = graph.obligation(duty)
    if old is None and duty != NEW:
        raise NotFound("no_such_duty")
    form = ObligationForm.on(graph, head.n)
    if form.validate():
        try:
            edit = form.edit(graph, old)
        except ModelError as problem:
            form.refuse(form.name, problem)
        else:
            status, conflict = keep_or_show(process, form, edit, f"set obligation {edit.obligation.name}")
            if status == 303:
                return redirect(url_for(".obligations", id=id), 303)
            return _duty_page(process, duty, form, conflict), status
    return _duty_page(process, duty, form, None), 422


def _duty_page(process: Process, duty: str, form: ObligationForm, conflict: Conflict | None) -> str:
    _head, graph = head_of(process)
    return render_template(
        "processes/obligation.html",
        **frame(process, "obligations"),
        duty=graph.obligation(duty),
        form=form,
        address=duty,
        conflict=both(conflict),
    )


@bp.get("/<id>/promises/<promise>")
@needs(Permission.PROCESS_EDIT)
def edit_promise(id: str, promise: str) -> ResponseReturnValue:
    """Show a promise to be changed, or a new one."""
    process = to_edit(id)
    head, graph = head_of(process)
    old = next((one for one in graph.promises if one.id == promise), None)
    if old is None and promise != NEW:
        raise NotFound("no_such_promise")
    return _promise_page(process, promise, PromiseForm.on(graph, head.n, old), None)


@bp.post("/<id>/promises/<promise>")
@needs(Permission.PROCESS_EDIT)
def set_promise(id: str, promise: str) -> ResponseReturnValue:
    """Add a promise or change it."""
    process = to_edit(id)
    head, graph = head_of(process)
    old = next((one for one in graph.promises if one.id == promise), None)
    if old is None and promise != NEW:
        raise NotFound("no_such_promise")
    form = PromiseForm.on(graph, head.n)
    if form.validate():
        new = form.promise(graph, old)
        status, conflict = keep_or_show(process, form, SetPromise(new), f"set promise {new.name}")
        if status == 303:
            return redirect(url_for(".obligations", id=id), 303)
        return _promise_page(process, promise, form, conflict), status
    return _promise_page(process, promise, form, None), 422


def _promise_page(process: Process, promise: str, form: PromiseForm, conflict: Conflict | None) -> str:
    return render_template(
        "processes/promise.html", **frame(process, "obligations"), form=form, address=promise, conflict=both(conflict)
    )


@bp.get("/<id>/hours")
@needs(Permission.PROCESS_EDIT)
def edit_hours(id: str) -> ResponseReturnValue:
    """Show the working week to be changed."""
    process = to_edit(id)
    head, graph = head_of(process)
    return _hours_page(process, HoursForm.on(graph.hours, head.n), None)


@bp.post("/<id>/hours")
@needs(Permission.PROCESS_EDIT)
def set_hours(id: str) -> ResponseReturnValue:
    """Set the working week."""
    process = to_edit(id)
    head, graph = head_of(process)
    form = HoursForm.on(graph.hours, head.n)
    if form.validate():
        try:
            week = form.week()
        except ModelError as problem:
            form.refuse(form.closes, problem)
        else:
            status, conflict = keep_or_show(process, form, SetHours(week), "set the working hours")
            if status == 303:
                return redirect(url_for(".obligations", id=id), 303)
            return _hours_page(process, form, conflict), status
    return _hours_page(process, form, None), 422


def _hours_page(process: Process, form: HoursForm, conflict: Conflict | None) -> str:
    return render_template("processes/hours.html", **frame(process, "obligations"), form=form, conflict=both(conflict))
