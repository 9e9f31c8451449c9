"""Sign in, sign out, one's own page, all people, and the links by which accounts begin."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workbench import web
from workbench.accounts import operations, store
from workbench.accounts.forms import BeginForm, PasswordForm, PersonForm, SignInForm, ThemeForm
from workbench.errors import NotFound, Refusal
from workbench.permissions import Permission, needs, open_to_all

bp = Blueprint("accounts", __name__)


@bp.get("/signin")
@open_to_all
def sign_in() -> ResponseReturnValue:
    """Ask who it is."""
    if g.person is not None:
        return redirect(url_for("pages.waiting"), 303)
    return web.sign_in_drawn(SignInForm(formdata=None, next=request.args.get("next", "")))


@bp.post("/signin")
@open_to_all
def signed_in() -> ResponseReturnValue:
    """Begin a session, and go on where it had stopped."""
    form = SignInForm()
    if not form.validate():
        return web.sign_in_drawn(form), 422
    try:
        person, token = operations.sign_in(
            web.engine(), form.login.data, form.password.data, web.address(), request.user_agent.string
        )
    except Refusal as refusal:
        form.refuse(form.password, refusal)
        return web.sign_in_drawn(form), refusal.status
    web.begin_session(token)
    if sent := web.carried(form.carried.data or ""):
        return web.send_again(sent, person, token)
    return redirect(_inside(form.next.data or ""), 303)


def _inside(target: str) -> str:
    """Return a path of ours, whatever was asked for."""
    parts = urlsplit(target.replace("\\", "/"))
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not target.startswith("//")
    return target if inside else url_for("pages.waiting")


@bp.post("/signout")
@needs(Permission.SELF)
def sign_out() -> ResponseReturnValue:
    """End the session and take what the browser kept."""
    operations.sign_out(web.engine(), web.browser().token)
    answer: Response = make_response(redirect(url_for("accounts.sign_in"), 303))
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer


@bp.get("/people/me")
@needs(Permission.SELF)
def me() -> ResponseReturnValue:
    """Show one's own account: how the pages look, and where one is signed in."""
    db = web.current()
    person = store.find(db, web.actor().person)
    return render_template(
        "accounts/me.html",
        person=person,
        form=ThemeForm(formdata=None, theme=person.theme),
        sessions=store.sessions_of(db, person.id),
        this_session=operations.fingerprint(web.browser().token),
        memberships=store.memberships_of(db, person.id),
    )


@bp.post("/people/me/theme")
@needs(Permission.SELF)
def theme() -> ResponseReturnValue:
    """Keep how the pages look."""
    operations.set_theme(web.engine(), web.actor(), request.form.get("theme", ""))
    web.tell("theme_kept")
    return redirect(url_for("accounts.me"), 303)


@bp.post("/people/me/sessions/<id>/end")
@needs(Permission.SELF)
def end_session(id: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    operations.end_session(web.engine(), web.actor(), id)
    web.tell("session_ended")
    return redirect(url_for("accounts.me"), 303)


@bp.get("/people/")
@needs(Permission.PERSON_ADD)
def people() -> ResponseReturnValue:
    """Show everybody with an account."""
    return _people(PersonForm(formdata=None))


@bp.post("/people/")
@needs(Permission.PERSON_ADD)
def add_person() -> ResponseReturnValue:
    """Add a person, and show once the link by which they choose a password."""
    form = PersonForm()
    if not form.validate():
        return _people(form), 422
    try:
        person, token = operations.add_person(web.engine(), web.actor(), form.login.data, form.name.data)
    except Refusal as refusal:
        form.refuse(form.login, refusal)
        return _people(form), refusal.status
    return _people(PersonForm(formdata=None), person.name, token)


@bp.post("/people/<id>/link")
@needs(Permission.PERSON_ADD)
def invite(id: str) -> ResponseReturnValue:
    """Make a link by which a person chooses a new password, and show it once."""
    token = operations.invite(web.engine(), web.actor(), id)
    return _people(PersonForm(formdata=None), store.find(web.current(), id).name, token)


def _people(form: PersonForm, invited: str = "", token: str = "") -> str:
    db = web.current()
    everybody = store.people(db)
    return render_template(
        "accounts/people.html",
        people=everybody,
        memberships={person.id: store.memberships_of(db, person.id) for person in everybody},
        waiting=store.without_password(db),
        form=form,
        invited=invited,
        link=url_for(".join", token=token, _external=True) if token else "",
    )


@bp.get("/join/<token>")
@open_to_all
def join(token: str) -> ResponseReturnValue:
    """Ask a person who has a link for a password."""
    return _join(token, PasswordForm(formdata=None))


@bp.post("/join/<token>")
@open_to_all
def joined(token: str) -> ResponseReturnValue:
    """Keep the password that a person chose."""
    form = PasswordForm()
    if not form.validate():
        return _join(token, form), 422
    try:
        operations.join(web.engine(), token, form.password.data)
    except Refusal as refusal:
        form.refuse(form.password, refusal)
        return _join(token, form), refusal.status
    web.tell("password_chosen")
    return redirect(url_for("accounts.sign_in"), 303)


def _join(token: str, form: PasswordForm) -> str:
    person = operations.invited(web.engine(), token)
    return render_template("accounts/join.html", form=form, token=token, person=person)


@bp.get("/begin/<token>")
@open_to_all
def begin(token: str) -> ResponseReturnValue:
    """Ask the first administrator for a name and a password."""
    if not store.open_invitation(web.current(), operations.fingerprint(token)):
        raise NotFound("no_invitation")
    return render_template("accounts/begin.html", form=BeginForm(formdata=None), token=token)


@bp.post("/begin/<token>")
@open_to_all
def begun(token: str) -> ResponseReturnValue:
    """Make the first administrator."""
    form = BeginForm()
    if not form.validate():
        return render_template("accounts/begin.html", form=form, token=token), 422
    try:
        operations.begin(web.engine(), token, form.login.data, form.name.data, form.password.data)
    except Refusal as refusal:
        form.refuse(form.password, refusal)
        return render_template("accounts/begin.html", form=form, token=token), refusal.status
    web.tell("installation_begun")
    return redirect(url_for("accounts.sign_in"), 303)
