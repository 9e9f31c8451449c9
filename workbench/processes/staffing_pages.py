"""The pages of staffing: pools with their heads and hours, and who does the work of which role."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import structs

from process_models.graph.checks import staffing_faults
from process_models.graph.design import Staffing
from process_models.values.errors import ModelError
from process_models.values.sentences import say
from process_models.values.words import money
from workbench import database, web
from workbench.errors import NotFound, NotPossible, Refusal
from workbench.permissions import Permission, needs
from workbench.processes import operations, picture, store
from workbench.processes.forms import BasedForm, PoolForm, RolesForm, roles_form
from workbench.processes.frame import bp, found, frame, head_of, tell_kept, to_edit
from workbench.processes.model import Process
from workbench.services import store as services

NEW = "new"


@bp.get("/<id>/staffing")
@needs(Permission.PROCESS_READ)
def staffing(id: str) -> ResponseReturnValue:
    """Show pools and roles, and the steps that are left without heads."""
    process = found(id)
    head, graph = head_of(process)
    return _page(process, roles_form(graph, store.staffing(web.current(), head), head.n))


@bp.post("/<id>/staffing")
@needs(Permission.PROCESS_EDIT)
def set_roles(id: str) -> ResponseReturnValue:
    """Say which pools do the work of each role."""
    process = to_edit(id)
    head, graph = head_of(process)
    current = store.staffing(web.current(), head)
    form = roles_form(graph, current, head.n)
    if form.validate():
        elsewhere = tuple(one for one in current.roles if one.id not in graph.roles)
        status = _keep(process, form, structs.replace(current, roles=(*elsewhere, *form.chosen())), "set who does what")
        if status == 303:
            return redirect(url_for(".staffing", id=id), 303)
        return _page(process, form), status
    return _page(process, form), 422


def _keep(process: Process, form: BasedForm, new: Staffing, verb: str) -> int:
    """Store a staffing, or put the refusal into the form; return the status."""
    try:
        revision = operations.set_staffing(web.engine(), web.actor(), process.id, form.revision, new, verb)
    except (ModelError, Refusal) as problem:
        form.form_errors.append(say(problem.sentence))
        form.base.data = str(store.head(web.current(), process.id).n)
        return getattr(problem, "status", 422)
    tell_kept(form.revision, revision)
    return 303


def _page(process: Process, form: RolesForm) -> str:
    db = web.current()
    head, graph = head_of(process)
    current = store.staffing(db, head)
    currency = services.find(db, process.service).currency
    return render_template(
        "processes/staffing.html",
        **frame(process, "staffing"),
        pools=[(pool, money(pool.rate, currency), picture.shifts_in_words(pool)) for pool in current.pools],
        pool_names={pool.id: pool.name for pool in current.pools},
        roles=current.roles,
        role_steps={role: [step.name for step in graph.steps if step.role == role] for role in graph.roles},
        pools_of={role: [pool.name for pool in current.pools_of(role)] for role in graph.roles},
        faults=staffing_faults(store.design(db, head)),
        form=form,
        base=head.n,
    )


@bp.get("/<id>/staffing/pools/<pool>")
@needs(Permission.PROCESS_EDIT)
def edit_pool(id: str, pool: str) -> ResponseReturnValue:
    """Show a pool to be changed, or a new one."""
    process = to_edit(id)
    head, _graph = head_of(process)
    old = store.staffing(web.current(), head).pool(pool)
    if old is None and pool != NEW:
        raise NotFound("no_such_pool")
    return _pool_page(process, pool, PoolForm.on(head.n, old, request.args.get("shift", "")))


@bp.post("/<id>/staffing/pools/<pool>")
@needs(Permission.PROCESS_EDIT)
def set_pool(id: str, pool: str) -> ResponseReturnValue:
    """Add a pool, or change it."""
    process = to_edit(id)
    head, _graph = head_of(process)
    current = store.staffing(web.current(), head)
    if current.pool(pool) is None and pool != NEW:
        raise NotFound("no_such_pool")
    form = PoolForm.on(head.n)
    form.pool.data = "" if pool == NEW else pool
    if form.validate():
        try:
            new = form.added(current, database.now().date().isoformat())
        except ModelError as problem:
            form.refuse(form.name, problem)
        else:
            status = _keep(process, form, new, f"staffed {form.name.data.strip()}")
            if status == 303:
                return redirect(url_for(".staffing", id=id), 303)
            return _pool_page(process, pool, form), status
    return _pool_page(process, pool, form), 422


def _pool_page(process: Process, pool: str, form: PoolForm) -> str:
    head, _graph = head_of(process)
    old = store.staffing(web.current(), head).pool(pool)
    return render_template("processes/pool.html", **frame(process, "staffing"), pool=old, form=form, address=pool)


@bp.post("/<id>/staffing/pools/<pool>/remove")
@needs(Permission.PROCESS_EDIT)
def remove_pool(id: str, pool: str) -> ResponseReturnValue:
    """Take a pool out that no role is given to."""
    process, form = to_edit(id), BasedForm()
    head, _graph = head_of(process)
    current = store.staffing(web.current(), head)
    if current.pool(pool) is None:
        raise NotFound("no_such_pool")
    if used := [one.id for one in current.roles if pool in one.pools]:
        raise NotPossible("pool_in_use", roles=", ".join(used))
    kept = structs.replace(current, pools=tuple(one for one in current.pools if one.id != pool))
    base = form.revision or head.n
    revision = operations.set_staffing(web.engine(), web.actor(), id, base, kept, f"took out pool {pool}")
    tell_kept(base, revision)
    return redirect(url_for(".staffing", id=id), 303)
