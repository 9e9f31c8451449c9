"""Every part that pages are made of, on one page that only this test knows, in all looks."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from flask import Flask, g
from playwright.sync_api import Browser, Route
from wtforms import IntegerField, StringField

from tests.walks.conftest import LOOKS, Walk, context_of
from workbench import app as workbench_app
from workbench import database
from workbench.accounts.model import Person
from workbench.config import Settings
from workbench.forms import Form
from workbench.jobs import Job, State

STAGES = ("Plan", "Scope", "Map", "Challenge", "Analyse", "Options", "Decide", "Implement", "Monitor")


class Estimate(Form):
    """A form with a fault in it."""

    usual = StringField("Mean wait, working days", description="For example 3.4")
    bad = IntegerField("Bad week")


def drawn(app: Flask) -> str:
    """Return the page of components."""
    when = ["past"] * 4 + ["now"] + ["later"] * 4
    stages = [{"name": n, "when": w, "url": "/", "note": "15 Jul"} for n, w in zip(STAGES, when, strict=True)]
    needs = [
        {"state": "done", "words": "The teams have had their right of reply", "count": "2 of 2"},
        {"state": "under way", "words": "Findings accepted", "count": "7 of 9"},
        {"state": "not begun", "words": "Gate agreed by Henrik Sand", "count": "not asked"},
    ]
    at = database.now() - timedelta(minutes=3)
    job = Job("j", "try", "", None, State.RUNNING, 1, 124, 200, None, False, None, None, at, at, None)
    with app.test_request_context("/"):
        g.person = Person("nora", "nora", "Nora Whitcombe")
        form = Estimate(formdata=None, usual="3.4", bad=0)
        form.bad.errors = ["A bad week must be 1 or more, your usual week"]
        template = app.jinja_env.from_string(Path(__file__).with_name("components.html").read_text("utf-8"))
        return template.render(
            stages=stages,
            needs=needs,
            form=form,
            job=SimpleNamespace(
                **{name: getattr(job, name) for name in (*job.__struct_fields__, "open", "minutes_left")}
            ),
        )


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_every_component_passes_in_every_look(browser: Browser, installation: Settings, look: str) -> None:
    app = workbench_app.create_app(installation)
    page_text, client = drawn(app), app.test_client()

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/components":
            route.fulfill(body=page_text, content_type="text/html")
            return
        with client.get(path) as answer:
            route.fulfill(body=answer.data, content_type=answer.content_type)

    context = context_of(browser, look)
    page = context.new_page()
    page.route("**/*", serve)
    walk = Walk(page, "http://workbench.test", look, {})
    walk.open("/components")

    small = walk.small_targets()
    context.close()
    app.extensions["engine"].dispose()
    assert small == []
