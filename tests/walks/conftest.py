"""A real server, a real browser: walks go through the pages as people do, and keep a picture of each.

``walk.open(path)`` opens a page, checks it with axe and for faults in the console, and keeps its picture in
``artefacts/``: wide (1440), narrow (360) and dark.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import ROOT
from workbench.config import settings_from
from workbench.example import example_passwords

ARTEFACTS = ROOT / "artefacts"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
"""Without the sandbox only because tests run as root."""
LOOKS = {"wide": (1440, "light"), "narrow": (360, "light"), "dark": (1440, "dark")}


class Walk:
    """One person on the way through the pages, in one look."""

    def __init__(self, page: Page, address: str, look: str, words: dict[str, str]) -> None:
        self.page = page
        self.address = address
        self.look = look
        self.words = words
        self.who = "nobody"
        self.faults: list[str] = []
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda problem: self.faults.append(str(problem)))

    def _heard(self, kind: str, text: str) -> None:
        expected = re.search(r"status of (401|403|404|409|422|429)", text)
        if kind in ("error", "warning") and not expected:
            self.faults.append(text)

    def sign_in(self, login: str) -> None:
        """Sign in as a person of the example."""
        self.page.goto(f"{self.address}/signin")
        self.page.fill("#login", login)
        self.page.fill("#password", self.words[login])
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(f"{self.address}/")
        self.who = login

    def open(self, path: str, name: str = "") -> None:
        """Open a page, look at it, and keep its picture."""
        self.page.goto(self.address + path)
        self.look_at(name or path.strip("/").replace("/", "-") or "waiting")

    def look_at(self, name: str) -> None:
        """Check the page that is open, also with axe, and keep its picture."""
        self.glance_at(name)
        found = Axe().run(self.page, options={"runOnly": RULES})
        assert found.violations_count == 0, f"{name} in {self.look}: {found.generate_report()}"

    def glance_at(self, name: str) -> None:
        """Check the page that is open for all that takes no time, and keep its picture."""
        ARTEFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}--{self.who}--{self.look}.png", full_page=True)
        assert self.faults == [], f"{name}: {self.faults}"
        assert self.overflow() <= 0, f"{name} in {self.look} is {self.overflow()} px wider than the window"
        assert self.page.locator("h1").count() == 1

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        measure = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(measure))

    def small_targets(self) -> list[str]:
        """Return what can be clicked but is smaller than 24 pixels, other than links within text."""
        return [str(found) for found in self.page.evaluate(SMALL)]


SMALL = """() => [...document.querySelectorAll("button, summary, input, select, textarea, .button, nav a")]
  .filter(e => e.checkVisibility({contentVisibilityAuto: true}) && e.type !== "hidden" && !e.closest(".crumbs"))
  .map(e => [e, Math.max(e.getBoundingClientRect().height, e.closest("label")?.getBoundingClientRect().height ?? 0)])
  .filter(([e, height]) => height && height < 23.9)
  .map(([e, height]) => `${height} ${e.outerHTML.slice(0, 80)}`)"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a browser, or skip; with REQUIRE_BROWSER fail."""
    path = "/usr/bin/chromium"
    if not Path(path).exists():
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"{path} is needed here, because REQUIRE_BROWSER is set.")
        pytest.skip(f"No browser at {path}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Start the workbench as ``make run`` does, and return its address and home."""
    home = tmp_path_factory.mktemp("walk")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "WORKBENCH_HOME": str(home)}
    command = [sys.executable, "-m", "workbench", "start", "--port", str(port)]
    with (home / "log").open("w") as log:
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    _until_it_answers(port, home)
    yield f"http://127.0.0.1:{port}", home
    running.terminate()
    running.wait(30)


def _until_it_answers(port: int, home: Path) -> None:
    for _ in range(240):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"The workbench did not start: {(home / 'log').read_text()}")


def context_of(browser: Browser, look: str, **more: object) -> BrowserContext:
    """Return a browser window of a look."""
    width, scheme = LOOKS[look]
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        **more,  # type: ignore[arg-type]
    )
    context.set_default_timeout(15_000)
    return context


@pytest.fixture(params=sorted(LOOKS))
def walk(request: pytest.FixtureRequest, browser: Browser, served: tuple[str, Path]) -> Iterator[Walk]:
    """Return somebody with a fresh window, once for each look."""
    address, home = served
    context = context_of(browser, request.param)
    words = example_passwords(settings_from({"WORKBENCH_HOME": str(home)}))
    yield Walk(context.new_page(), address, request.param, words)
    context.close()


@pytest.fixture
def wide(browser: Browser, served: tuple[str, Path]) -> Iterator[Walk]:
    """Return somebody with a fresh wide window, for walks that need no other look."""
    address, home = served
    context = context_of(browser, "wide")
    words = example_passwords(settings_from({"WORKBENCH_HOME": str(home)}))
    yield Walk(context.new_page(), address, "wide", words)
    context.close()
