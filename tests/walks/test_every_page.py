"""Every page of the example, as each of its six people, wide, narrow and dark; and one way through by keyboard alone.

Each line of ``PAGES`` names who may see a page. The first of them checks it with axe, which takes a second; for the
others it is opened, looked over (status, console, width, one heading) and its picture kept in ``artefacts/``.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.walks.conftest import Walk
from tests.workbench.test_exchange import TABLE, two_pools
from workbench.example import PEOPLE

REVIEW = "/reviews/household-claims-spring-2026"
PROCESS = "/processes/household-claims"
LOG = "/data/household-claims-2026-q1"
ALL = "nora samir grace henrik lucia owen"
REVIEWERS = "nora samir grace henrik lucia"
DECIDERS = "henrik nora lucia"
WEIGHERS = "grace henrik nora lucia"
EDITORS = "samir nora lucia"
READERS = "lucia nora"

PAGES: dict[str, str] = {
    # what everybody has
    "/": "owen nora samir grace henrik lucia",
    "/library": "owen nora samir grace henrik lucia",
    "/people/me": "grace nora samir henrik lucia owen",
    "/services/": "owen nora samir grace henrik lucia",
    "/services/household-claims": "owen nora samir grace henrik lucia",
    "/record": "owen nora henrik",
    # the review, stage by stage
    "/reviews/": REVIEWERS,
    f"{REVIEW}/": REVIEWERS,
    f"{REVIEW}/plan": REVIEWERS,
    f"{REVIEW}/scope": "henrik nora samir grace lucia",
    f"{REVIEW}/map": REVIEWERS,
    f"{REVIEW}/map?as=map&step=second-check": "grace nora",
    f"{REVIEW}/map?as=map&heat=wait": "nora",
    f"{REVIEW}/map?as=table&heat=cost": "nora",
    f"{REVIEW}/questions": REVIEWERS,
    f"{REVIEW}/options": WEIGHERS,
    "/options/check-cover-before-assessing": WEIGHERS,
    "/options/drop-the-second-check": "lucia henrik",
    "/options/drop-the-second-check?show=option": "lucia",
    f"{REVIEW}/simulation": WEIGHERS,
    f"{REVIEW}/decisions": DECIDERS,
    # the process behind it
    "/processes/": ALL,
    "/processes/file": EDITORS,
    f"{PROCESS}/files": ALL,
    f"{PROCESS}/map": ALL,
    f"{PROCESS}/map?as=map&step=second-check": EDITORS,
    f"{PROCESS}/map?as=map&heat=evidence": "lucia",
    f"{PROCESS}/map?as=table&heat=rework": "lucia",
    f"{PROCESS}/map?as=words": "lucia",
    f"{PROCESS}/map?as=map&phases=all": "lucia",
    f"{PROCESS}/map/print?paper=a4&heat=wait": "lucia",
    f"{PROCESS}/document": "lucia",
    f"{PROCESS}/steps/second-check": EDITORS,
    f"{PROCESS}/steps/second-check?figure=wait": "lucia",
    f"{PROCESS}/steps/assess-claim/ways": EDITORS,
    f"{PROCESS}/add-step?after=second-check": "samir",
    f"{PROCESS}/obligations": "grace nora samir henrik lucia owen",
    f"{PROCESS}/obligations/O-01": "lucia",
    f"{PROCESS}/obligations/new": "lucia",
    f"{PROCESS}/promises/registered-in-two-hours": "lucia",
    f"{PROCESS}/hours": "lucia",
    f"{PROCESS}/staffing": "lucia grace owen",
    f"{PROCESS}/staffing/pools/claims-handlers": "lucia",
    f"{PROCESS}/staffing/pools/new": "lucia",
    f"{PROCESS}/versions": "lucia samir henrik",
    f"{PROCESS}/difference?from=1&to=13": "henrik",
    f"{PROCESS}/difference?from=20&to=21&as=table": "henrik",
    # the log it came from
    "/data/": READERS,
    f"{LOG}/": READERS,
    f"{LOG}/columns": READERS,
    f"{LOG}/rows": "lucia",
    f"{LOG}/arrivals": "lucia",
    f"{LOG}/moves": "lucia",
    f"{LOG}/waits": "lucia",
    f"{LOG}/figures": "lucia",
    f"{LOG}/against/household-claims": "lucia",
}


def named(path: str) -> str:
    """Return a name for the picture of a page.

    >>> named("/processes/household-claims/map?as=map&heat=wait")
    'processes-household-claims-map-as-map-heat-wait'
    """
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "waiting"


def opened(walk: Walk, path: str) -> None:
    """Open a page that must be there."""
    answer = walk.page.goto(walk.address + path)
    assert answer is not None
    assert answer.status == 200, f"{path} as {walk.who}: {answer.status}"


@pytest.mark.parametrize("login", [role.login for role in PEOPLE])
def test_every_page_that_somebody_may_see_is_whole(walk: Walk, login: str) -> None:
    walk.sign_in(login)
    for path, people in PAGES.items():
        if login not in people.split():
            continue
        opened(walk, path)
        if people.split()[0] == login:
            walk.look_at(named(path))
        else:
            walk.glance_at(named(path))
        filled = walk.page.locator("main :is(a, button).main:visible").all_inner_texts()
        assert len(filled) <= 1, f"{path} has more than one main button: {filled}"


def test_no_link_of_the_review_s_home_leads_to_a_closed_door(wide: Walk) -> None:
    for login in (role.login for role in PEOPLE if role.login != "owen"):
        wide.page.context.clear_cookies()
        wide.sign_in(login)
        opened(wide, f"{REVIEW}/")
        links = wide.page.eval_on_selector_all(
            "a[href^='/']", "all => [...new Set(all.map(a => a.getAttribute('href')))]"
        )
        assert len(links) > 8
        for link in links:
            opened(wide, link)


def test_a_file_is_reported_before_it_is_kept_and_afterwards(walk: Walk) -> None:
    walk.sign_in("lucia")
    page = walk.page
    for name, content in (("pools.bpmn", two_pools()), ("steps.csv", TABLE)):
        opened(walk, "/processes/file?process=household-claims")
        page.set_input_files("#file", {"name": name, "mimeType": "text/plain", "buffer": content})
        page.get_by_role("button", name="Read the file").click()
        expect(page.locator("h1")).to_contain_text(name)
        for group in page.locator("details.more > summary").all():
            group.click()
        walk.look_at(f"report-of-{name.split('.')[0]}")
        page.emulate_media(media="print")
        walk.glance_at(f"report-of-{name.split('.')[0]}-printed")
        page.emulate_media(media="screen")

    opened(walk, "/processes/file")
    page.set_input_files("#file", {"name": "x.bpmn", "mimeType": "text/plain", "buffer": b"<a"})
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator(".fault")).to_contain_text("line 1")
    walk.look_at("file-refused")


def test_a_question_is_asked_of_its_doer_and_read_by_the_lead(walk: Walk) -> None:
    walk.sign_in("grace")
    opened(walk, "/")
    asked = walk.page.locator("main .list h3 a[href^='/questions/']").first.get_attribute("href")
    assert asked is not None

    opened(walk, asked)
    walk.look_at("question-to-answer")

    walk.page.context.clear_cookies()
    walk.sign_in("nora")
    opened(walk, asked)
    walk.look_at("question-to-settle")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that fits is reached; the next twenty stops are near enough."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"Tab does not reach {selector} from {page.url}")


def test_a_question_is_answered_by_keyboard_alone(wide: Walk) -> None:
    page, keys = wide.page, wide.page.keyboard
    page.goto(f"{wide.address}/signin")
    tab_to(page, "#login")
    keys.type("samir")
    tab_to(page, "#password")
    keys.type(wide.words["samir"])
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Waiting for you")

    tab_to(page, "main .list h3 a")
    question = page.evaluate("document.activeElement.innerText")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text(question)
    tab_to(page, "#view input")
    keys.press("Space")
    keys.press("ArrowDown")
    tab_to(page, "#reason")
    keys.type("Half of the papers that we ask for are already there.")
    tab_to(page, "#basis input")
    keys.press("Space")
    tab_to(page, "main button.main")
    keys.press("Enter")

    expect(page.locator("main .notice")).to_contain_text("Your answer is sent")
    tab_to(page, "main .notice a")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text("Waiting for you")
    assert page.get_by_role("link", name=question, exact=True).count() == 0
