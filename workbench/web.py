"""What every request passes through: who asks, whether they may, from where it comes, and that a form acts once.

- A browser holds one random token. The database knows its hash; the CSRF token is derived from it, so that a page
  typed on for an hour is still known to be ours when the session has run out.
- An expired session while posting: the sign-in page carries what was typed, signed, without secrets, and sends it again
  for the same person. A signing, or another person's form, is only shown again; nothing can be written meanwhile.
- A form's token is claimed in the act's own transaction: the same form sent twice acts once and gets the same answer.
"""

import hashlib
import hmac
import json
import secrets
import time
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from process_models.values.sentences import Sentence, say
from workbench import store
from workbench.accounts import operations as accounts
from workbench.accounts.forms import SignInForm
from workbench.accounts.model import Person
from workbench.config import Settings
from workbench.database import RIDER, now, reading, transaction
from workbench.errors import Invalid, NotAllowed, NotPossible, NotSignedIn, Refusal, Unavailable
from workbench.forms import is_secret
from workbench.permissions import ANYWHERE, NOBODY, Actor, may

SAFE = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
MB = 1024 * 1024
LARGEST = 20
"""Megabytes that a request may hold, where no files are taken."""
AROUND = 1
"""Megabytes that a form may hold beside its file."""
CARRIED_HOLDS = 12 * 3600
WAIT_FOR_TWIN = timedelta(seconds=10)
"""How long after a form was claimed its twin waits for the answer that the first gets."""

csrf = CSRFProtect()


# What routes ask for


def settings() -> Settings:
    """Return the settings of this installation."""
    found: Settings = current_app.extensions["settings"]
    return found


def engine() -> Engine:
    """Return the database that operations take."""
    found: Engine = current_app.extensions["engine"]
    return found


def current() -> Connection:
    """Return this request's reading connection; after an act it sees what was stored."""
    if "reading" not in g:
        g.reading = reading(engine())
        g.db = g.reading.__enter__()
    found: Connection = g.db
    return found


def _close_reading() -> None:
    if "reading" in g:
        g.pop("reading").__exit__(None, None, None)
        g.pop("db")


def actor() -> Actor:
    """Return who asks, with all responsibilities; nobody if not signed in."""
    if "actor" not in g:
        person = g.get("person")
        g.actor = accounts.actor_of(current(), person) if person else NOBODY
    found: Actor = g.actor
    return found


def address() -> str:
    """Return where the request comes from."""
    return request.remote_addr or ""


def tell(id: str, **params: object) -> None:
    """Say a sentence on the next page."""
    flash(say(Sentence.of(id, **params)))


# The browser's token, and sentences for the next page


class BrowserSession(dict[str, Any], SessionMixin):
    """What Flask and Flask-WTF see of a browser: its token, the CSRF token derived from it, sentences to show."""

    token = ""
    new = False
    said = False
    """Whether sentences came with the request, so that an answer that showed them takes them away."""


class Browser(SessionInterface):
    """Keeps one random token in a cookie, and sentences for the next page in a signed one."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """Return what the cookies say."""
        session = BrowserSession()
        session.token = request.cookies.get(cookie_name(app), "")
        session.new = len(session.token) < 32
        if session.new:
            session.token = secrets.token_urlsafe(32)
        session["csrf_token"] = csrf_of(app, session.token)
        if said := request.cookies.get("said"):
            session.said = True
            session["_flashes"] = _unsigned(app, "said", said, 300) or []
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the token when it is new and needed, and the sentences when there are any."""
        assert isinstance(session, BrowserSession)
        secure = app.extensions["settings"].secure
        rules: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": secure, "path": "/"}
        if session.new and g.get("keep_token", False):
            response.set_cookie(cookie_name(app), session.token, **rules)
        sentences = session.get("_flashes")
        if sentences:
            response.set_cookie("said", _signer(app, "said").dumps(sentences), max_age=300, **rules)
        elif session.said:
            response.delete_cookie("said", path="/")


def cookie_name(app: Flask) -> str:
    """Return the cookie's name: over TLS one that no other host can set."""
    return "__Host-session" if app.extensions["settings"].secure else "session"


def csrf_of(app: Flask, token: str) -> str:
    """Return the CSRF secret that belongs to a browser's token."""
    return hmac.new(app.extensions["settings"].secret.encode(), f"csrf {token}".encode(), hashlib.sha256).hexdigest()


def browser() -> BrowserSession:
    """Return this request's browser."""
    found = flask_session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, BrowserSession)
    return found


def begin_session(token: str) -> None:
    """Give the browser a new token, as at sign-in."""
    session = browser()
    session.token, session.new = token, True
    session["csrf_token"] = csrf_of(current_app, token)
    g.pop("csrf_token", None)
    g.keep_token = True


def _signer(app: Flask, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app.extensions["settings"].secret, salt=purpose)


def _unsigned(app: Flask, purpose: str, text: str, seconds: int) -> Any:
    try:
        return _signer(app, purpose).loads(text, max_age=seconds)
    except BadSignature:
        return None


# Before a view


def set_up(app: Flask) -> None:
    """Hang everything on an app, in the order in which a request meets it."""
    app.session_interface = Browser()
    app.before_request(know_who)
    app.before_request(set_size)
    app.before_request(check_origin)
    csrf.init_app(app)
    app.before_request(check_permission)
    app.before_request(once)
    app.after_request(keep_answer)
    app.after_request(add_headers)
    app.teardown_request(close)
    app.register_error_handler(CSRFError, csrf_missing)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(Twin, twin)
    app.register_error_handler(ValueError, not_a_model)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_busy)
    app.jinja_env.globals.update(
        csrf_token=token_for_forms, may=may_here, say=say, reachable=reachable, is_here=is_here
    )
    app.jinja_env.filters.update(moment=moment, day=day)


def know_who() -> None:
    """Find the person of the browser's token; remember whose session ran out."""
    g.person = g.expired = None
    if request.endpoint == "static" or browser().new:
        return
    person, good = accounts.resume(engine(), browser().token)
    g.person, g.expired = (person, None) if good else (None, person)


def set_size() -> None:
    """Let known people send large files to a route that takes them; set before anything is read."""
    if _takes_files():
        request.max_content_length = (settings().upload_mb + AROUND) * MB


def _takes_files() -> bool:
    return getattr(_view(), "takes_files", False) and bool(g.person or g.expired)


def check_origin() -> None:
    """Refuse what another site's page sends."""
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != (settings().origin or request.host_url.rstrip("/")):
        raise NotAllowed("other_origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("other_origin")


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def check_permission() -> ResponseReturnValue | None:
    """Ask for a sign-in where one is needed, and refuse politely what the person may do nowhere."""
    view = _view()
    if view is None or request.endpoint == "static":
        return None
    permission = view.permission
    if permission is None:
        return None
    if g.person is None:
        return sign_in_page()
    if not may(actor(), permission, ANYWHERE):
        raise NotAllowed("not_allowed", what=permission.value)
    return None


# Once


class Once:
    """Goes along with every write of a request: closes its reader, and claims the form in the act's own transaction."""

    def __init__(self, form: store.Submission | None, read_only: bool) -> None:
        self.form = form
        self.read_only = read_only
        self.claimed = False

    def before(self) -> None:
        """End reading, so that no old state is seen after the act and no lock is in its way."""
        if self.read_only:
            raise NotPossible("shown_again")
        _close_reading()

    def within(self, db: Connection) -> None:
        """Claim the form's token; a second claim undoes the second act."""
        if self.form and not self.claimed:
            if not store.claim(db, self.form):
                raise Twin
            self.claimed = True


class Twin(Exception):
    """The same form is being acted on by another request."""


def once() -> ResponseReturnValue | None:
    """Answer a form that was acted on before as it was answered then."""
    form = None if request.method in SAFE else _submission()
    g.once = Once(form, g.get("shown_again", False))
    g.rider = RIDER.set(g.once)
    return _answer_again(form) if form else None


def _submission() -> store.Submission | None:
    token = request.form.get("form_token", "")
    if not token or g.person is None:
        return None
    return store.Submission(token[:64], g.person.id, request.path[:200], _body_hash())


def _body_hash() -> str:
    fields = [[name, values] for name, values in sorted(request.form.lists()) if not is_secret(name)]
    files = [[name, file.filename] for name, file in sorted(request.files.items(multi=True))]
    return hmac.new(settings().secret.encode(), json.dumps([fields, files]).encode(), hashlib.sha256).hexdigest()


def _answer_again(form: store.Submission) -> ResponseReturnValue | None:
    """Answer a form as it was answered before; while its twin is still being acted on, wait for that answer."""
    while (before := _acted_on(form)) is not None:
        if before.location is not None:
            return redirect(before.location, 303)
        if before.at is None or now() - before.at > WAIT_FOR_TWIN:
            raise NotPossible("sent_before")
        time.sleep(0.05)
    return None


def _acted_on(form: store.Submission) -> store.Submission | None:
    with reading(engine()) as db:
        before = store.submitted(db, form.token)
    if before and (before.person, before.route, before.body_hash) != (form.person, form.route, form.body_hash):
        raise Invalid("other_form")
    return before


def keep_answer(response: Response) -> Response:
    """Keep where the sender of a form was sent, for when it comes again."""
    once: Once | None = g.get("once")
    if once and once.claimed and once.form and response.location:
        rider = RIDER.set(None)
        with transaction(engine()) as db:
            store.answer(db, once.form.token, response.location)
        RIDER.reset(rider)
    return response


def close(_problem: BaseException | None) -> None:
    """Let go of the connection and of the rider."""
    _close_reading()
    if (token := g.pop("rider", None)) is not None:
        RIDER.reset(token)


# An expired session


def sign_in_page() -> ResponseReturnValue:
    """Show the sign-in page in place of what was asked; what was being sent goes with it."""
    if request.method in SAFE:
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    if wants_json():
        raise NotSignedIn("sign_in_first")
    form = SignInForm(formdata=None, carried=_carried())
    return sign_in_drawn(form), 401


def sign_in_drawn(form: SignInForm) -> str:
    """Draw the sign-in page, and what the form carries so that nothing typed is lost from sight."""
    sent = carried(form.carried.data or "")
    typed = [value for name, value in sent["fields"] if not is_secret(name) and value.strip()] if sent else []
    return render_template("accounts/sign_in.html", form=form, typed=typed, sent=sent)


def _carried() -> str:
    fields = [[n, v] for n, v in request.form.items(multi=True) if not is_secret(n) or n == "form_token"]
    person = g.expired.id if g.expired else None
    sent = {"person": person, "path": request.full_path.rstrip("?"), "fields": fields}
    return str(_signer(current_app, "carried").dumps({**sent, "files": sorted(request.files)}))


def carried(text: str) -> dict[str, Any] | None:
    """Return what a sign-in page carried, or None if it is not ours or older than a session can be."""
    found: dict[str, Any] | None = _unsigned(current_app, "carried", text, CARRIED_HOLDS) if text else None
    return found


def send_again(sent: dict[str, Any], person: Person, token: str) -> Response:
    """Send a carried form for its person; show it again if it signs, had files, or was somebody else's."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    path = urlsplit(sent["path"])
    view = app.view_functions.get(_endpoint(path.path))
    replay = sent["person"] == person.id and not sent["files"] and not getattr(view, "signing", False)
    fields = MultiDict((str(name), str(value)) for name, value in sent["fields"])
    builder = EnvironBuilder(
        path=path.path, query_string=path.query, base_url=request.host_url, method="POST", data=fields
    )
    environ = builder.get_environ()
    environ.update({"HTTP_COOKIE": f"{cookie_name(app)}={token}", "REMOTE_ADDR": address()})
    environ["HTTP_X_CSRFTOKEN"] = generate_csrf()
    environ["HTTP_REFERER"] = request.host_url
    with app.app_context(), app.request_context(environ):
        g.shown_again = not replay
        g.files_again = sent["files"]
        return app.full_dispatch_request()


def _endpoint(path: str) -> str:
    urls = current_app.url_map.bind(urlsplit(request.host_url).netloc)
    try:
        return str(urls.match(path, method="POST")[0])
    except HTTPException:
        return ""


# Refusals and answers


def wants_json() -> bool:
    """Say whether the asker wants data rather than a page."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def refused(refusal: Refusal) -> ResponseReturnValue:
    """Show a refusal as a page, or as a problem in JSON (RFC 9457)."""
    return _problem(refusal.status, refusal.title, say(refusal.sentence), getattr(refusal, "wait", None))


def not_a_model(problem: ValueError) -> ResponseReturnValue:
    """Show what a model package refused, where no form did; any other ValueError is a bug and rises."""
    sentence = getattr(problem, "sentence", None)
    if sentence is None:
        raise problem
    return _problem(422, "This does not fit", say(sentence), None)


def http_error(problem: HTTPException) -> ResponseReturnValue:
    """Show what HTTP itself refuses."""
    if problem.response is not None:
        return problem.response
    code = problem.code or 500
    title = HTTP_TITLES.get(code, problem.name)
    sentence = say(_of_http(code)) if code in HTTP_TITLES else problem.description or ""
    return _problem(code, title, sentence, None)


def _of_http(code: int) -> Sentence:
    if code != 413:
        return Sentence.of(f"http_{code}")
    if _takes_files():
        return Sentence.of("file_too_large", path=request.path, mb=settings().upload_mb)
    return Sentence.of("http_413", path=request.path, mb=LARGEST)


HTTP_TITLES = {
    404: "This is not here",
    405: "This cannot be sent here",
    413: "This is too large",
    500: "A fault of ours",
}


def csrf_missing(_problem: CSRFError) -> ResponseReturnValue:
    """Ask for a sign-in when the browser has forgotten its token; else refuse the form."""
    if g.get("person") is None and _view() is not None and getattr(_view(), "permission", None) is not None:
        return sign_in_page()
    return refused(Refusal("form_too_old"))


def database_busy(problem: OperationalError) -> ResponseReturnValue:
    """Say that the database is busy, when it is that."""
    if not any(word in str(problem.orig) for word in ("locked", "busy", "connect", "terminat")):
        raise problem
    return refused(Unavailable("database_busy"))


def _problem(status: int, title: str, sentence: str, wait: int | None) -> ResponseReturnValue:
    headers = {"Retry-After": str(wait)} if wait else {}
    if wants_json():
        body = {"type": "about:blank", "title": title, "status": status, "detail": sentence}
        return json.dumps(body), status, {**headers, "Content-Type": "application/problem+json"}
    return render_template("error.html", title=title, sentence=sentence, status=status), status, headers


def twin(_problem: Twin) -> ResponseReturnValue:
    """Give the second of two equal forms the answer of the first."""
    try:
        return _answer_again(g.once.form) or refused(NotPossible("sent_before"))
    except Refusal as refusal:
        return refused(refusal)


def add_headers(response: Response) -> Response:
    """Add what keeps browsers from doing more than our pages mean."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings().secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


# What templates use


def token_for_forms() -> str:
    """Return the CSRF token of this page's forms, and keep the browser's token for them."""
    g.keep_token = True
    return str(generate_csrf())


def may_here(permission: Any, place: Any = ANYWHERE) -> bool:
    """Say whether the person who looks may do something."""
    return may(actor(), permission, place)


def reachable(endpoint: str) -> bool:
    """Say whether a page is there, and the person who looks may see it somewhere."""
    view: Any = current_app.view_functions.get(endpoint)
    return view is not None and (view.permission is None or may(actor(), view.permission, ANYWHERE))


def is_here(endpoint: str) -> bool:
    """Say whether this page belongs to a place in the bar: it is that page, or of the same use case."""
    own = request.endpoint or ""
    return own == endpoint or (own.split(".")[0] == endpoint.split(".")[0] and not endpoint.startswith("pages."))


def moment(value: datetime) -> str:
    """Return a moment as people write it, in UTC.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 10, 9, 14, 5, tzinfo=UTC))
    '9 October 2026, 14:05 UTC'
    """
    return f"{day(value)}, {value:%H:%M} UTC"


def day(value: date) -> str:
    """Return a date as people write it.

    >>> day(date(2026, 10, 9))
    '9 October 2026'
    """
    return f"{value.day} {value:%B %Y}"
