"""The pages of services and their members."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from workbench import web
from workbench.accounts import store as accounts
from workbench.errors import Refusal
from workbench.permissions import INSTALLATION, Permission, may, needs, see
from workbench.services import operations, store
from workbench.services.forms import MemberForm, ServiceForm
from workbench.services.model import Service

bp = Blueprint("services", __name__, url_prefix="/services")


@bp.get("/")
@needs(Permission.SERVICE_READ)
def index() -> ResponseReturnValue:
    """Show the services that the person has to do with."""
    return render_template("services/index.html", services=_mine(), form=ServiceForm(formdata=None), may_add=_may_add())


@bp.post("/")
@needs(Permission.SERVICE_ADD)
def add() -> ResponseReturnValue:
    """Add a service."""
    form = ServiceForm()
    if form.validate():
        try:
            service = operations.add(web.engine(), web.actor(), form.name.data, form.zone.data, form.currency.data)
        except Refusal as refusal:
            form.form_errors.append(str(refusal))
        else:
            return redirect(url_for(".show", id=service.id), 303)
    return render_template("services/index.html", services=_mine(), form=form, may_add=_may_add()), 422


def _mine() -> list[Service]:
    all_of_them = store.services(web.current())
    return [service for service in all_of_them if may(web.actor(), Permission.SERVICE_READ, service.place)]


def _may_add() -> bool:
    return may(web.actor(), Permission.SERVICE_ADD, INSTALLATION)


@bp.get("/<id>")
@needs(Permission.SERVICE_READ)
def show(id: str) -> ResponseReturnValue:
    """Show a service and who has which responsibility for it."""
    service = store.find(web.current(), id)
    see(web.actor(), Permission.SERVICE_READ, service.place)
    return _page(service, MemberForm.on(accounts.people(web.current())))


@bp.post("/<id>/members")
@needs(Permission.MEMBERSHIP_CHANGE)
def put_member(id: str) -> ResponseReturnValue:
    """Say what a person is to the service."""
    service = store.find(web.current(), id)
    form = MemberForm.on(accounts.people(web.current()))
    if form.validate():
        try:
            operations.put_member(
                web.engine(),
                web.actor(),
                id,
                form.person.data,
                form.chosen(),
                form.roles(),
                form.reports_to.data or None,
            )
        except Refusal as refusal:
            form.refuse(form.responsibilities, refusal)
            return _page(service, form), refusal.status
        web.tell("membership_changed")
        return redirect(url_for(".show", id=id), 303)
    return _page(service, form), 422


def _page(service: Service, form: MemberForm) -> str:
    db = web.current()
    return render_template(
        "services/show.html",
        service=service,
        form=form,
        members=accounts.members(db, service=service.id),
        names=accounts.names(db),
        may_change=may(web.actor(), Permission.MEMBERSHIP_CHANGE, service.place),
    )
