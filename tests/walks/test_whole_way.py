"""From a log to a signed decision, through the pages, in a real browser: on the example's log, and on a real one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from process_models.logs.example import claims_log
from tests.walks.conftest import Walk, context_of
from workbench.config import settings_from
from workbench.example import example_passwords

UCI = "licence_clean/uci498_incidents_2016-04-04_to_17.csv.gz"
MINUTES_FOR_JOBS = 200_000
"""ms that a job may take on a busy machine."""
pytestmark = pytest.mark.timeout(900)


class Story:
    """The people of one review, each with a window of their own."""

    def __init__(self, browser: Browser, served: tuple[str, Path]) -> None:
        self.browser = browser
        self.address, home = served
        self.words = example_passwords(settings_from({"WORKBENCH_HOME": str(home)}))
        self.walks: dict[str, Walk] = {}

    def as_(self, login: str) -> Walk:
        """Return somebody's window, signed in."""
        if login not in self.walks:
            page = context_of(self.browser, "wide").new_page()
            self.walks[login] = Walk(page, self.address, "wide", self.words)
            self.walks[login].sign_in(login)
        return self.walks[login]

    def end(self) -> None:
        """Close all windows."""
        for walk in self.walks.values():
            walk.page.context.close()


@pytest.fixture
def story(browser: Browser, served: tuple[str, Path]) -> Iterator[Story]:
    """Return the people, and close their windows afterwards."""
    made = Story(browser, served)
    yield made
    made.end()


def send(page: Page, words: str) -> None:
    """Press a button in the main part of a page; nothing may be refused."""
    page.locator("main").get_by_role("button", name=words).first.click()
    page.wait_for_load_state()
    said = page.locator(".summary, .fault")
    assert said.count() == 0, f"{words}: {said.all_inner_texts()}"


def opened(page: Page, words: str) -> None:
    """Open a part of a page that is folded away."""
    page.locator("main summary", has_text=words).first.click()


# 1. Bring in a log


def bring_in(walk: Walk, file: Path, name: str, corrections: dict[str, str]) -> None:
    """Bring in a log, look at each guess and its reason, correct, and wait until it is read."""
    page = walk.page
    walk.open("/data/", f"{name}-data")
    page.set_input_files("#file", file)
    send(page, "Bring in log")
    expect(page.locator("h1")).to_contain_text("columns")
    walk.look_at(f"{name}-columns")
    assert page.locator(".guess .note").count() >= 8
    for field, value in corrections.items():
        page.locator(f"#{field}").select_option(value)
    send(page, "Read the log")
    expect(page.get_by_role("button", name="Make process")).to_be_visible(timeout=MINUTES_FOR_JOBS)
    walk.look_at(f"{name}-log")


def make_process(walk: Walk, name: str) -> str:
    """Make a process of the log on show, and return its id."""
    page = walk.page
    page.fill("form:has(button:has-text('Make process')) input[name=name]", name)
    send(page, "Make process")
    page.wait_for_url(re.compile("/processes/"))
    return page.url.split("/processes/")[1].split("/")[0]


# 2. The map


def complete(walk: Walk, process: str, name: str) -> None:
    """Type what the log cannot tell: who does each step and how long it takes, as a guess; staff it; name a baseline."""
    page = walk.page
    walk.open(f"/processes/{process}/map?as=table", f"{name}-table")
    rows = page.locator("table.steps tbody tr")
    kinds = "r => [new URL(r.querySelector('th a').href).searchParams.get('step'), r.querySelector('th .note')?.textContent ?? 'work']"
    for step, kind in rows.evaluate_all(f"rows => rows.map({kinds})"):
        if kind.strip() in ("work", "wait"):
            type_what_is_missing(walk, process, step, work=kind.strip() == "work")
    walk.page.goto(f"{walk.address}/processes/{process}/staffing/pools/new")
    for field, value in {
        "#name": "Everybody at the desk",
        "#heads": "40",
        "#rate": "28",
        "#source": "nobody has counted",
    }.items():
        page.fill(field, value)
    send(page, "Keep pool")
    walk.open(f"/processes/{process}/staffing", f"{name}-staffing")
    for choice in page.locator("select[name^=role][name$='_0']").all():
        if not choice.input_value():
            choice.select_option(label="Everybody at the desk")
    send(page, "Keep who does what")
    walk.open(f"/processes/{process}/versions", f"{name}-versions")
    opened(page, "Name")
    newest = page.locator("form:has(input[name=baseline])").first
    newest.locator("input[name=name]").fill("As is")
    newest.locator("input[name=baseline]").check()
    newest.get_by_role("button").click()
    walk.open(f"/processes/{process}/map?heat=evidence", f"{name}-map")


def type_what_is_missing(walk: Walk, process: str, step: str, work: bool) -> None:
    """Fill the gaps of one step in its form."""
    page = walk.page
    page.goto(f"{walk.address}/processes/{process}/steps/{step}")
    missing = {"#good": "5 min", "#usual": "15 min", "#bad": "40 min"} if not page.input_value("#usual") else {}
    if missing:
        page.select_option("#grade", "D")
        missing["#source"] = "typed in: the log holds no start of work"
    if work and not page.input_value("#role"):
        missing["#role"] = "service desk"
    for field, value in missing.items():
        page.fill(field, value)
    send(page, "Keep step")


# 3. Plan and scope


def plan_and_scope(story: Story, process: str, name: str) -> str:
    """Begin a review, plan it, draw its scope and have it signed; return its id."""
    walk = story.as_("nora")
    page = walk.page
    walk.open("/reviews/", f"{name}-reviews")
    page.fill("#name", f"Review of {name}")
    page.select_option("#examined", process)
    send(page, "Begin review")
    review = page.url.rstrip("/").split("/")[-1]
    walk.look_at(f"{name}-review")
    page.goto(f"{story.address}/reviews/{review}/plan")
    page.fill("#text", "Customers hear the decision sooner")
    send(page, "Add aim")
    opened(page, "Add a feature")
    for field, value in {"#name >> nth=0": f"Time in {name}", "#best": "24", "#worst": "480"}.items():
        page.fill(field, value)
    page.select_option("#outcome", "time")
    send(page, "Add feature")
    opened(page, "Add a criterion")
    page.locator("form:has(#measure) input[name=name]").fill("Not too long")
    page.select_option("#measure", "time_in_process")
    page.select_option("#direction", "at most")
    page.fill("#threshold", "400")
    send(page, "Add criterion")
    walk.look_at(f"{name}-plan")
    draw_scope(walk, review)
    walk.look_at(f"{name}-scope")
    sign(story.as_("henrik"), f"/reviews/{review}/scope", "Sign the scope", f"{name}-scope-signing")
    walk.open(f"/reviews/{review}/scope", f"{name}-scope-signed")
    expect(page.locator("h1")).to_have_text("The scope is signed")
    return review


def draw_scope(walk: Walk, review: str) -> None:
    """Mark the boundary from the first step to the ends, and submit it."""
    page = walk.page
    page.goto(f"{walk.address}/reviews/{review}/scope")
    page.locator("#first").select_option(index=2)
    page.locator("#last input").last.check()
    page.fill("#included", "every case of the log")
    page.fill("#extra_heads", "2")
    send(page, "Keep this scope")
    send(page, "Submit the scope for signature")


def sign(walk: Walk, path: str, words: str, name: str) -> None:
    """Approve what is shown, with reason and password; a wrong password keeps what was typed."""
    page = walk.page
    walk.open(path, name)
    page.get_by_label("Approve", exact=True).check()
    page.fill("#reason", "It fits what we agreed.")
    page.fill("#password", "not this one")
    page.locator("main").get_by_role("button", name=words).click()
    expect(page.locator("#password-fault")).to_be_visible()
    expect(page.locator("#reason")).to_have_value("It fits what we agreed.")
    page.fill("#password", walk.words[walk.who])
    page.locator("main").get_by_role("button", name=words).click()
    expect(page.locator("main")).to_contain_text("It fits what we agreed.")
    expect(page.locator("#password")).to_have_count(0)


# 4. Questions


def ask_and_answer(story: Story, review: str, name: str) -> None:
    """Ask a proposed question; somebody who does the step, a manager and a link answer blind; the lead settles it."""
    walk = story.as_("nora")
    page = walk.page
    walk.open(f"/reviews/{review}/questions", f"{name}-questions")
    page.locator("input[name=ask]").first.check()
    send(page, "Ask the ticked questions")
    page.locator("table tbody th a").first.click()
    question = page.url.split("/questions/")[1]
    send(page, "Make a link")
    link = page.locator(".digest.wrap a").get_attribute("href")
    grace = story.as_("grace")
    grace.open(f"/questions/{question}", f"{name}-question")
    answer(grace.page)
    stranger = Walk(context_of(story.browser, "narrow").new_page(), story.address, "narrow", {})
    stranger.page.goto(str(link))
    stranger.look_at(f"{name}-question-by-link")
    answer(stranger.page)
    expect(stranger.page.locator("h1")).to_contain_text("Thank you")
    stranger.page.context.close()
    walk.open(f"/questions/{question}", f"{name}-question-settling")
    page.get_by_label("Explored").check()
    page.locator("#disposition").get_by_label("Keep").check()
    page.locator("#grade").get_by_label("C, experience").check()
    page.fill("#closing", "Both sides see it alike.")
    send(page, "Close the question")
    expect(page.locator("main")).to_contain_text("Both sides see it alike.")


def answer(page: Page) -> None:
    """Give the three things that an answer needs."""
    page.locator("#view input").first.check()
    page.fill("#reason", "It works as it is.")
    page.locator("#basis").get_by_label("C, experience").check()
    send(page, "Send answer")


# Findings


def analyse(story: Story, review: str, name: str) -> None:
    """Make a finding of the settled question, let the team it names reply, accept it, and conclude on the criterion."""
    walk = story.as_("nora")
    page = walk.page
    walk.open(f"/reviews/{review}/findings", f"{name}-analysis")
    page.get_by_role("link", name="Write it down").first.click()
    expect(page.locator("#text")).to_have_value("Both sides see it alike.")
    walk.look_at(f"{name}-finding-begun")
    send(page, "Write it down")
    finding = page.url.split("/findings/")[1]
    walk.look_at(f"{name}-finding")
    if page.get_by_role("button", name="Put it to the teams it names").count():
        send(page, "Put it to the teams it names")
        grace = story.as_("grace")
        grace.open(f"/findings/{finding}", f"{name}-finding-to-reply")
        grace.page.get_by_label("Yes, that is how it is").check()
        send(grace.page, "Send the reply")
        page.reload()
    send(page, "Accept it as a finding")
    page.goto(f"{story.address}/reviews/{review}/findings")
    opened(page, "Conclude on a criterion")
    for field, words in {"low": "300", "high": "350", "source": "the log"}.items():
        page.locator(f"form[action$=conclusions] [name={field}]").fill(words)
    page.locator("form[action$=conclusions] input[name=findings]").first.check()
    page.locator("form[action$=conclusions]").get_by_label("A, all of them were counted").check()
    send(page, "Conclude")
    expect(page.get_by_role("region", name="Criteria and what is concluded")).to_contain_text("met")
    walk.look_at(f"{name}-concluded")


# 5. Options, 6. Simulation


def draft_and_simulate(story: Story, review: str, name: str) -> None:
    """Draft one more head, submit it, describe a scenario, and have both designs played."""
    walk = story.as_("nora")
    page = walk.page
    walk.open(f"/reviews/{review}/options", f"{name}-options")
    page.locator("form:has(button:has-text('Begin option')) input[name=name]").last.fill("One more at the desk")
    send(page, "Begin option")
    opened(page, "Heads of Everybody at the desk")
    heads = page.locator("details[open] input[type=number], details[open] input[name^=shift]").first
    heads.fill("41")
    send(page, "Make this move")
    walk.look_at(f"{name}-option")
    send(page, "Submit option A")
    walk.open(f"/reviews/{review}/simulation", f"{name}-scenarios")
    page.fill("#start", "2026-03-02")
    page.fill("#weeks", "2")
    send(page, "Keep scenario")
    page.fill("#replications", "20")
    send(page, "Simulate")
    walk.look_at(f"{name}-simulating")
    expect(page.locator(".forest").first).to_be_visible(timeout=MINUTES_FOR_JOBS)
    walk.look_at(f"{name}-simulated")


# 7. Decide


def decide(story: Story, review: str, name: str) -> None:
    """Write the recommendation, have it signed, and compute its figures again."""
    walk = story.as_("nora")
    page = walk.page
    page.goto(f"{story.address}/reviews/{review}/decisions")
    for field, words in {
        "title": "Put one more person at the desk",
        "why": "Cases wait for people.",
        "costs": "One head.",
        "risks": "Nobody may be found.",
        "unknown": "Handling times are guesses.",
    }.items():
        page.fill(f"#{field}", words)
    page.locator("#findings input").first.check()
    send(page, "Write recommendation")
    send(page, "Submit revision 1")
    path = page.url.removeprefix(story.address)
    walk.look_at(f"{name}-recommendation")
    sign(story.as_("henrik"), path, "Sign revision 1", f"{name}-deciding")
    henrik = story.as_("henrik")
    send(henrik.page, "Re-run")
    expect(henrik.page.locator("main")).to_contain_text(re.compile("Re-run on .*the same"), timeout=MINUTES_FOR_JOBS)
    walk.open(path, f"{name}-decided")
    expect(page.locator("main")).to_contain_text("Approved")
    page.emulate_media(media="print")
    walk.look_at(f"{name}-decided-print")
    page.emulate_media(media="screen")


# Implement


def implement(story: Story, review: str, name: str) -> None:
    """Take up what follows from the decision, have it done, and go live with a way back."""
    walk = story.as_("nora")
    page = walk.page
    walk.open(f"/reviews/{review}/implementation", f"{name}-to-do")
    page.locator("#owner").first.select_option("grace")
    page.locator("#due").first.fill("2030-01-31")
    send(page, "Take up the ticked ones")
    walk.look_at(f"{name}-actions")
    grace = story.as_("grace")
    for number, link in enumerate(page.locator("[aria-label='All actions'] th a").all()):
        grace.page.goto(story.address + str(link.get_attribute("href")))
        if not number:
            grace.look_at(f"{name}-action")
        grace.page.get_by_label("Done", exact=True).check()
        grace.page.fill("#note", "Done as agreed.")
        send(grace.page, "Close it")
    page.reload()
    opened(page, "Plan it")
    page.get_by_label("At once: everybody from one day on").check()
    for field, words in {"start": "2026-01-05", "back": "The old rota.", "trigger": "More than 30% late."}.items():
        page.locator(f"form[action$=rollout] [name={field}]").fill(words)
    send(page, "Keep this roll-out")
    opened(page, "It is live")
    page.locator("form[action$=live] [name=day]").fill("2026-01-05")
    send(page, "It is live")
    expect(page.locator("h1")).to_contain_text("Live since")
    walk.look_at(f"{name}-live")


# Monitor


def monitor(story: Story, review: str, name: str) -> None:
    """Take readings before and after the change, look back, settle what is left, and close the review."""
    walk = story.as_("nora")
    page = walk.page
    walk.open(f"/reviews/{review}/benefits", f"{name}-promised")
    opened(page, "Take readings")
    days = [f"2025-{month:02}-28, {390 + month}" for month in range(7, 13)]
    days += [f"2026-{month:02}-28, {300 + month}" for month in range(1, 9)]
    page.fill("#lines", "\n".join(days))
    send(page, "Keep the readings")
    expect(page.locator("main svg.forest")).to_be_visible()
    walk.look_at(f"{name}-benefits")
    opened(page, "Look back")
    page.get_by_label("3 months", exact=True).check()
    page.get_by_label("Continue: it does what was promised, or enough of it").check()
    page.fill("#text", "It does what was promised.")
    send(page, "Keep it")
    opened(page, "Close the review")
    page.fill("#lessons", "Ask the people who do it first.")
    send(page, "Close the review")
    expect(page.locator("h1")).to_have_text("The review is closed")
    walk.look_at(f"{name}-closed")


def whole_way(story: Story, file: Path, name: str, corrections: dict[str, str]) -> str:
    """Walk all parts, and return what the review's first page says at the end."""
    nora = story.as_("nora")
    bring_in(nora, file, name, corrections)
    process = make_process(nora, f"{name.capitalize()} process")
    complete(nora, process, name)
    review = plan_and_scope(story, process, name)
    ask_and_answer(story, review, name)
    analyse(story, review, name)
    draft_and_simulate(story, review, name)
    decide(story, review, name)
    implement(story, review, name)
    monitor(story, review, name)
    nora.open(f"/reviews/{review}/", f"{name}-home")
    return nora.page.locator("main").inner_text()


def test_the_example_s_log_becomes_a_signed_decision(story: Story, tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text(claims_log(seed=11), "utf-8")

    assert "Every stage of this review is done" in whole_way(story, file, "claims", {})


def test_a_real_service_desk_s_log_becomes_a_signed_decision(story: Story, shared_data: Path) -> None:
    assert "Every stage of this review is done" in whole_way(story, shared_data / UCI, "incidents", {})


def test_the_real_log_is_told_with_what_it_cannot_tell(story: Story, shared_data: Path) -> None:
    nora = story.as_("nora")
    bring_in(nora, shared_data / UCI, "desk", {})

    told = nora.page.locator("main").inner_text()

    assert "4,003" in told
    assert "69" in told
    assert "22.6%" in told
    assert "grade D" in told
    assert "Closing by itself is neither work nor waiting" in told
