"""What a simulation says, as its reader sees it: result, causes of waits, one case, the break-point, the quick screen."""

import re

from playwright.sync_api import expect

from tests.walks.conftest import Walk

REVIEW = "/reviews/household-claims-spring-2026"
PLAYED: list[str] = []
"""Addresses of the simulation that the first look had played; the others read it."""


def a_simulation(walk: Walk) -> str:
    """Have the usual weeks played, add replications, and find a break-point."""
    page = walk.page
    page.goto(f"{walk.address}{REVIEW}/simulation")
    page.get_by_role("checkbox", name="Storm with people away").uncheck()
    page.get_by_role("checkbox", name="Option B").uncheck()
    page.get_by_label("Add more, up to").fill("30")
    page.get_by_role("button", name="Simulate").click()
    page.wait_for_url(re.compile("/simulations/"))
    address = page.url.removeprefix(walk.address)
    expect(page.get_by_role("heading", name="Usual weeks", exact=True)).to_be_visible(timeout=240_000)
    page.goto(f"{walk.address}{address}/break-point")
    page.get_by_label("Threshold").fill("50")
    page.get_by_role("button", name="Find the break-point").click()
    expect(page.get_by_role("cell").filter(has_text=re.compile("×|fails")).first).to_be_visible(timeout=400_000)
    return address


def test_the_pages_of_a_simulation_are_whole(walk: Walk) -> None:
    walk.sign_in("nora")
    if not PLAYED:
        PLAYED.append(a_simulation(walk))
    for path in ("", "/inside", "/case?case=12", "/break-point", "/assumptions", "/sensitivity", "/heads"):
        walk.open(f"{PLAYED[0]}{path}", "simulation-result" + re.sub(r"\W+", "-", path))
        assert walk.small_targets() == []
    walk.open(f"{REVIEW}/staffing-screen?per_hour=200&work=3&within=0.5&share=80&patience=2", "staffing-screen")
