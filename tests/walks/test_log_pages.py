"""A log on a narrow screen, from its file to what a map denies: every state of its pages is looked at, also with axe."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.walks.conftest import Walk, context_of
from workbench.config import settings_from
from workbench.example import example_passwords

ROWS = [
    f'T{n // 2},{"Pay" if n % 2 else "Ask"},0{n % 9 + 1}/0{n % 8 + 1}/2026 {9 + n % 2}:00,"{n + 1},250"'
    for n in range(60)
]
FILE = "\n".join(["ticket,step,finished,cost", *ROWS, "T1,Ask", ",Pay,01/02/2026 10:00,7"]).encode()
"""Day and month, and the decimal mark, are open; two rows cannot be used."""


@pytest.fixture
def narrow(browser: Browser, served: tuple[str, Path]) -> Iterator[Walk]:
    """Return somebody with a fresh narrow window."""
    address, home = served
    context = context_of(browser, "narrow")
    words = example_passwords(settings_from({"WORKBENCH_HOME": str(home)}))
    yield Walk(context.new_page(), address, "narrow", words)
    context.close()


def test_a_log_is_asked_about_read_corrected_and_held_against_a_map(narrow: Walk) -> None:
    page = narrow.page
    narrow.sign_in("lucia")
    page.goto(f"{narrow.address}/data/")
    page.set_input_files("#file", {"name": "desk.csv", "mimeType": "text/csv", "buffer": FILE})
    page.get_by_role("button", name="Bring in log").click()
    expect(page.locator("h1")).to_contain_text("desk.csv")
    narrow.glance_at("log-columns-open")

    page.fill("#zone", "Atlantis")
    page.fill("#share", "2")
    page.get_by_role("button", name="Read the log").click()
    expect(page.locator(".summary")).to_be_visible()
    page.locator("details.more").evaluate_all("groups => groups.forEach(group => group.open = true)")
    narrow.look_at("log-columns-refused")

    page.select_option("#dates", "dmy")
    page.select_option("#decimal", ".")
    page.fill("#zone", "Europe/London")
    page.fill("#share", "")
    page.fill("#limit", "30 min")
    page.get_by_role("button", name="Read the log").click()
    page.wait_for_url("**/data/desk/")
    for _ in range(300):
        if page.locator("#cannot").count():
            break
        page.wait_for_timeout(200)
        page.goto(f"{narrow.address}/data/desk/")
    expect(page.locator("h1")).to_contain_text("30 cases")
    narrow.look_at("log-told")

    for part in ("rows", "waits", "against/household-claims"):
        narrow.open(f"/data/desk/{part}")
    narrow.open("/data/desk/figures?look=rating&column=cost&lowest=1&highest=5", "log-figures-told")
    expect(page.locator("h1")).to_contain_text("Ratings and their scale")
