"""The map changed by keyboard alone, by pointer, and looked at in every size; checked with axe where it asks."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.walks.conftest import RULES, Walk

MAP = "/processes/household-claims/map?as=map"


def spoken(page: Page) -> str:
    return page.locator("#live").text_content() or ""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.dataset.name ?? document.activeElement.tagName"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.fixture
def lucia(wide: Walk) -> Iterator[Walk]:
    """Return Lucia in front of the map, which is as it was when she leaves."""
    wide.sign_in("lucia")
    wide.page.goto(wide.address + MAP)
    yield wide
    assert wide.faults == []


def test_a_step_is_added_renamed_moved_and_taken_out_by_keyboard_alone(lucia: Walk) -> None:
    page = lucia.page
    page.locator("a.step[data-name='Register']").focus()

    press(page, "n")
    assert Axe().run(page, options={"runOnly": RULES}).violations_count == 0
    page.keyboard.type("Call back")
    press(page, "Enter")
    expect(page.locator("a.step.selected[data-name='Call back']")).to_be_focused()
    assert "“Register” now leads to “Call back”" in spoken(page)

    press(page, "r")
    page.keyboard.type("Ring back")
    press(page, "Enter")
    expect(page.locator("a.step.selected[data-name='Ring back']")).to_be_focused()
    press(page, "l")
    page.keyboard.type("Support")
    press(page, "Tab", "Enter")
    expect(page.locator("a.step.selected[data-lane='support']")).to_be_focused()
    lucia.look_at("map-edited")

    press(page, "Delete", "Tab", "Enter")
    expect(page.locator("a.step[data-name='Ring back']")).to_have_count(0)
    expect(page.locator("a.step[data-name='Register']")).to_be_focused()
    assert "took out step Ring back" in spoken(page)

    for told in ("took out step", "moved Ring back", "renamed Call back", "added step"):
        press(page, "Control+z")
        expect(page.locator("#live")).to_contain_text(f"Undone: {told}")
    press(page, "Control+y")
    expect(page.locator("a.step[data-name='Call back']")).to_have_count(1)
    press(page, "Control+z")
    expect(page.locator("a.step[data-name='Call back']")).to_have_count(0)


def test_arrows_follow_flows_and_numbers_choose_among_them(lucia: Walk) -> None:
    page = lucia.page
    page.locator("a.step[data-name='Register']").focus()

    press(page, "2")
    assert focused(page) == "Ask for papers"
    press(page, "ArrowLeft", "1")
    assert focused(page) == "Assess claim"
    press(page, "Home")
    assert focused(page) == "Start"
    press(page, "Enter")
    expect(page.locator("aside.card h2")).to_have_text("Start")
    press(page, "Escape")
    expect(page.locator("aside.card")).to_have_count(0)


def test_the_map_is_made_smaller_by_key_and_button_and_the_keys_are_listed(lucia: Walk) -> None:
    page = lucia.page
    size = page.locator(".map-tools output")
    page.locator("a.step[data-name='Register']").focus()

    press(page, "-", "-")
    expect(size).to_have_text("50%")
    press(page, "0")
    expect(size).to_have_text("100%")
    page.get_by_role("button", name="Fit").click()
    region = page.locator(".map-region")
    assert region.evaluate("e => e.scrollWidth <= e.clientWidth + 1")

    page.locator("a.step[data-name='Register']").focus()
    page.keyboard.type("?")
    expect(page.get_by_role("dialog", name="Keys of the map")).to_be_visible()
    lucia.look_at("map-keys")
    press(page, "Escape")


def test_a_step_drawn_to_another_lane_moves_there(lucia: Walk) -> None:
    page = lucia.page
    box = page.locator("a.step[data-name='Register'] .shape").bounding_box()
    to = page.locator(".lane-name[data-lane='front']").bounding_box()
    assert box
    assert to

    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, to["y"] + 60, steps=4)
    page.mouse.up()

    expect(page.locator("a.step[data-name='Register'][data-lane='front']")).to_have_count(1)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("a.step[data-name='Register'][data-lane='back']")).to_have_count(1)


def test_what_somebody_else_changed_meanwhile_is_shown_and_can_be_done_again(lucia: Walk) -> None:
    page, other = lucia.page, lucia.page.context.new_page()
    other.goto(lucia.address + MAP)
    other.locator("a.step[data-name='Register']").focus()
    press(other, "r")
    other.keyboard.type("Enter it")
    press(other, "Enter")
    expect(other.locator("a.step[data-name='Enter it']")).to_have_count(1)

    page.locator("a.step[data-name='Register']").focus()
    press(page, "l")
    page.keyboard.type("Front")
    press(page, "Tab", "Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Somebody changed the same thing")
    lucia.look_at("map-conflict")
    page.get_by_role("button", name="Do it again").click()
    expect(page.locator("a.step[data-name='Register'], a.step[data-name='Enter it']")).to_have_attribute(
        "data-lane", "front"
    )

    for _ in range(2):
        page.locator("a.step").first.focus()
        press(page, "Control+z")
        expect(page.locator("#live")).to_contain_text("Undone")
        page.locator("#live").evaluate("e => { e.textContent = '' }")
