"""What every request passes through: forms that act once, other sites, and sessions that run out while somebody types."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from threading import Barrier, Thread, Timer

import msgspec
import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, select, text, update
from werkzeug.test import TestResponse

from tests.workbench.people import Visitor, everything
from workbench import database, store, web
from workbench.accounts import store as accounts
from workbench.accounts.passwords import hashed
from workbench.app import create_app
from workbench.config import Settings
from workbench.errors import NotAllowed
from workbench.forms import Form
from workbench.permissions import Permission, needs, signing
from workbench.services import store as services

PASSWORD = "a sentence of the tests"


@pytest.fixture
def service_form() -> dict[str, str]:
    return {"name": "Motor claims", "zone": "Europe/London", "currency": "GBP", "form_token": "t" * 24}


def expire(engine: Engine, person: str) -> None:
    with database.transaction(engine) as db:
        long_ago = database.now() - timedelta(minutes=31)
        db.execute(update(accounts.session).where(accounts.session.c.person == person).values(last_seen=long_ago))
        db.execute(update(accounts.person).values(password_hash=hashed(PASSWORD)))


def names(engine: Engine) -> list[str]:
    with database.reading(engine) as db:
        return [service.name for service in services.services(db)]


def carried(page: str) -> str:
    found = re.search(r'name="carried" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


def test_the_same_form_sent_twice_acts_once_and_answers_the_same(
    app: Flask, engine: Engine, service_form: dict[str, str]
) -> None:
    owen = Visitor(app, "owen")

    first = owen.post("/services/", service_form)
    second = owen.post("/services/", service_form)

    assert first.status_code == second.status_code == 303
    assert first.location == second.location == "/services/motor-claims"
    assert names(engine) == ["Household claims", "Motor claims"]


def test_the_same_form_sent_eight_times_at_once_acts_once(
    app: Flask, engine: Engine, service_form: dict[str, str]
) -> None:
    owen = Visitor(app, "owen")
    token, together, answers = owen.csrf(), Barrier(8), []

    def send() -> None:
        client = app.test_client()
        client.set_cookie("session", owen.token)
        together.wait()
        answers.append(client.post("/services/", data={"csrf_token": token, **service_form}))

    threads = [Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/services/motor-claims")}
    assert names(engine) == ["Household claims", "Motor claims"]


def test_a_form_sent_again_while_the_first_is_acted_on_gets_the_answer_of_the_first(
    app: Flask, engine: Engine, service_form: dict[str, str]
) -> None:
    owen = Visitor(app, "owen")
    owen.post("/services/", service_form)
    with database.transaction(engine) as db:
        token = db.execute(select(store.submission.c.token)).scalar_one()
        db.execute(update(store.submission).values(location=None))

    def answered_late() -> None:
        with database.transaction(engine) as db:
            store.answer(db, token, "/services/motor-claims")

    late = Timer(0.5, answered_late)
    late.start()
    answer = owen.post("/services/", service_form)
    late.join()

    assert (answer.status_code, answer.location) == (303, "/services/motor-claims")


def test_other_content_under_a_form_that_was_sent_is_refused(app: Flask, service_form: dict[str, str]) -> None:
    owen = Visitor(app, "owen")
    owen.post("/services/", service_form)

    answer = owen.post("/services/", {**service_form, "name": "Another"})

    assert answer.status_code == 422
    assert "sent before with other content" in answer.text


def test_a_form_whose_answer_was_lost_is_not_acted_on_again(
    app: Flask, engine: Engine, service_form: dict[str, str]
) -> None:
    owen = Visitor(app, "owen")
    owen.post("/services/", service_form)
    with database.transaction(engine) as db:
        db.execute(update(store.submission).values(location=None, at=database.now() - web.WAIT_FOR_TWIN))

    answer = owen.post("/services/", service_form)

    assert answer.status_code == 409
    assert names(engine) == ["Household claims", "Motor claims"]


def test_a_form_that_was_refused_can_be_sent_again(app: Flask, engine: Engine, service_form: dict[str, str]) -> None:
    owen = Visitor(app, "owen")

    refused = owen.post("/services/", {**service_form, "zone": "Nowhere"})
    taken = owen.post("/services/", service_form)

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "Nowhere is not a time zone" in refused.text
    assert 'value="Motor claims"' in refused.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ],
)
def test_what_another_site_sends_is_refused(
    app: Flask, engine: Engine, service_form: dict[str, str], headers: dict[str, str]
) -> None:
    owen = Visitor(app, "owen")
    before = everything(engine)

    answer = owen.post("/services/", service_form, headers=headers)

    assert answer.status_code == 403
    assert everything(engine) == before


@pytest.mark.parametrize("token", ["", "invented", "another's"])
def test_a_form_without_this_browsers_token_is_refused(
    app: Flask, engine: Engine, service_form: dict[str, str], token: str
) -> None:
    owen = Visitor(app, "owen")
    sent = Visitor(app, "nora").csrf() if token == "another's" else token
    before = everything(engine)

    answer = owen.client.post("/services/", data={**service_form, "csrf_token": sent})

    assert answer.status_code == 400
    assert everything(engine) == before


def test_what_was_typed_when_the_session_ran_out_is_sent_after_signing_in(
    app: Flask, engine: Engine, service_form: dict[str, str]
) -> None:
    owen = Visitor(app, "owen")
    expire(engine, "owen")

    page = owen.post("/services/", {**service_form, "password": "never to be seen"})
    signed_in = owen.post("/signin", {"login": "owen", "password": PASSWORD, "carried": carried(page.text)})

    assert page.status_code == 401
    assert "Motor claims" in page.text
    assert "never to be seen" not in page.text + carried(page.text)
    assert (signed_in.status_code, signed_in.location) == (303, "/services/motor-claims")
    assert names(engine) == ["Household claims", "Motor claims"]
    assert owen.get("/services/motor-claims").status_code == 200


def test_what_one_person_typed_is_not_sent_for_another(
    app: Flask, engine: Engine, service_form: dict[str, str]
) -> None:
    nora = Visitor(app, "nora")
    expire(engine, "nora")

    page = nora.post("/services/household-claims/members", {"person": "lucia", "responsibilities": "lead"})
    answer = nora.post("/signin", {"login": "owen", "password": PASSWORD, "carried": carried(page.text)})

    assert answer.status_code == 422
    assert "You were signed out meanwhile" in answer.text
    with database.reading(engine) as db:
        lucia = accounts.memberships_of(db, "lucia")
    assert [sorted(one.responsibilities) for one in lucia] == [["analyst"]]


def test_what_was_carried_cannot_be_forged(app: Flask, engine: Engine, service_form: dict[str, str]) -> None:
    owen = Visitor(app, "owen")
    expire(engine, "owen")
    text = carried(owen.post("/services/", service_form).text)

    answer = owen.post(
        "/signin", {"login": "owen", "password": PASSWORD, "carried": text[:-1] + "x" * (text[-1] != "x") + "y"}
    )

    assert answer.location == "/"
    assert names(engine) == ["Household claims"]


def signing_app(app: Flask) -> Flask:
    """Add a route that signs, one that does not look at its form, and say what they wrote."""

    @needs(Permission.SELF)
    @signing
    def sign() -> ResponseReturnValue:
        form = Form()
        if not form.validate():
            return f"look again: {request.form['reason']} {form.form_errors}", 422
        return careless()

    @needs(Permission.SELF)
    @signing
    def careless() -> ResponseReturnValue:
        with database.transaction(web.engine()) as db:
            store.keep_draft(db, web.actor().person, "signed", {"reason": request.form["reason"]})
        return "signed", 200

    app.add_url_rule("/sign", "sign", sign, methods=["POST"])
    app.add_url_rule("/careless", "careless", careless, methods=["POST"])
    return app


@pytest.mark.parametrize(
    ("path", "status", "said"), [("/sign", 422, "look again: because"), ("/careless", 409, "nothing was done")]
)
def test_a_signing_is_shown_again_after_the_session_ran_out_and_never_sent(
    app: Flask, engine: Engine, path: str, status: int, said: str
) -> None:
    owen = Visitor(signing_app(app), "owen")
    assert owen.post("/sign", {"reason": "the first"}).text == "signed"
    expire(engine, "owen")

    page = owen.post(path, {"reason": "because"})
    answer = owen.post("/signin", {"login": "owen", "password": PASSWORD, "carried": carried(page.text)})

    assert answer.status_code == status
    assert said in answer.text
    with database.reading(engine) as db:
        kept = store.draft_of(db, "owen", "signed")
    assert kept
    assert kept.body == {"reason": "the first"}


def test_a_browser_that_forgot_its_token_is_asked_to_sign_in_and_shown_what_was_typed(
    app: Flask, engine: Engine, service_form: dict[str, str]
) -> None:
    owen = Visitor(app, "owen")
    csrf = owen.csrf()
    expire(engine, "owen")
    forgetful = Visitor(app)

    page = forgetful.client.post("/services/", data={"csrf_token": csrf, **service_form})
    answer = forgetful.post("/signin", {"login": "owen", "password": PASSWORD, "carried": carried(page.text)})

    assert page.status_code == 401
    assert answer.status_code == 422
    assert 'value="Motor claims"' in answer.text
    assert names(engine) == ["Household claims"]


def test_every_answer_carries_the_headers_that_bind_the_browser(app: Flask) -> None:
    answers = [Visitor(app, "owen").get("/"), Visitor(app).get("/nowhere"), Visitor(app).get("/health")]

    for answer in answers:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_over_tls_the_cookie_can_only_be_set_by_this_host(app: Flask, installation: Settings) -> None:
    made = create_app(msgspec.structs.replace(installation, origin="https://workbench.example"))
    answer = made.test_client().get("/signin", base_url="https://workbench.example")
    cookie = answer.headers["Set-Cookie"]
    made.extensions["engine"].dispose()

    assert cookie.startswith("__Host-session=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Strict-Transport-Security" in answer.headers


def test_a_refusal_is_a_problem_in_json_for_those_who_ask_for_data(app: Flask) -> None:
    answer = Visitor(app, "samir").get("/record", headers={"Accept": "application/json"})

    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["title"] == NotAllowed.title


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example", "//elsewhere.example", "\\\\elsewhere.example", "/\\elsewhere"]
)
def test_signing_in_never_leads_to_another_site(app: Flask, engine: Engine, target: str) -> None:
    expire(engine, "nobody")

    answer = Visitor(app).post("/signin", {"login": "owen", "password": PASSWORD, "next": target})

    assert answer.location == "/"


def test_a_draft_is_kept_replaced_and_forgotten(app: Flask, engine: Engine) -> None:
    with database.transaction(engine) as db:
        store.keep_draft(db, "nora", "answer/q1", {"text": "first"})
        store.keep_draft(db, "nora", "answer/q1", {"text": "second"})
        kept = store.draft_of(db, "nora", "answer/q1")
        others = store.draft_of(db, "owen", "answer/q1")
        store.drop_draft(db, "nora", "answer/q1")
        gone = store.draft_of(db, "nora", "answer/q1")

    assert kept
    assert (kept.body, others, gone) == ({"text": "second"}, None, None)


def test_a_busy_database_is_said_to_be_busy(app: Flask, engine: Engine, service_form: dict[str, str]) -> None:
    owen = Visitor(app, "owen")
    with database.reading(engine) as db:
        db.exec_driver_sql("PRAGMA busy_timeout")
    other = database.engine(str(engine.url))

    with database.transaction(other) as holder:
        holder.execute(select(text("1")))
        answer = owen.post("/services/", service_form)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert owen.post("/services/", service_form).status_code == 303
    other.dispose()


MB = 1024 * 1024


def send_file(visitor: Visitor, path: str, mb: int) -> TestResponse:
    fields = {"csrf_token": visitor.csrf(), "service": "household-claims"}
    parts = [f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    named = '--cut\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'
    body = "\r\n".join([*parts, named + "x" * mb * MB, "--cut--\r\n"]).encode()
    return visitor.client.post(path, input_stream=BytesIO(body), content_length=len(body), content_type=MULTIPART)


MULTIPART = "multipart/form-data; boundary=cut"


@pytest.fixture
def app_of_two_mb(installation: Settings) -> Iterator[Flask]:
    made = create_app(msgspec.structs.replace(installation, upload_mb=2))
    yield made
    made.extensions["engine"].dispose()


@pytest.mark.parametrize("path", ["/data/", "/processes/file"])
def test_a_page_that_takes_files_takes_as_much_as_the_setting_says(app_of_two_mb: Flask, path: str) -> None:
    nora = Visitor(app_of_two_mb, "nora")

    taken, refused = send_file(nora, path, 2), send_file(nora, path, 4)

    assert (taken.status_code, refused.status_code) == (422, 413)
    assert f"{path} takes files of up to 2 MB" in refused.text
    assert "WORKBENCH_UPLOAD_MB" in refused.text


def test_a_page_that_takes_files_may_take_more_than_others(app: Flask) -> None:
    nora = Visitor(app, "nora")

    taken, refused = send_file(nora, "/data/", 21), send_file(nora, "/processes/", 21)

    assert (taken.status_code, refused.status_code) == (422, 413)
    assert "/processes/ takes up to 20 MB" in refused.text


def test_somebody_unknown_cannot_send_large_files(app: Flask) -> None:
    answer = send_file(Visitor(app), "/data/", 21)

    assert answer.status_code == 413
    assert "/data/ takes up to 20 MB" in answer.text
