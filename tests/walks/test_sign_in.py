"""From the sign-in page to one's own pages and out again, by mouse, by keyboard and without script."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.walks.conftest import Walk, context_of
from workbench.config import settings_from
from workbench.example import PEOPLE, example_passwords


def test_somebody_signs_in_looks_round_and_signs_out(walk: Walk) -> None:
    walk.open("/signin")
    walk.page.fill("#login", "owen")
    walk.page.fill("#password", "not this one")
    walk.page.click("main button[type=submit]")
    walk.look_at("signin-refused")
    expect(walk.page.locator(".summary")).to_be_focused()
    expect(walk.page.locator("#login")).to_have_value("owen")

    walk.sign_in("owen")
    for path in ("/", "/library", "/record", "/services/", "/services/household-claims", "/people/me", "/nowhere"):
        walk.open(path)
        assert walk.small_targets() == []

    walk.page.click("details.menu summary")
    walk.look_at("menu")
    walk.page.keyboard.press("Escape")
    expect(walk.page.locator("details.menu")).not_to_have_attribute("open", "")
    walk.page.click("details.menu summary")
    walk.page.click("text=Sign out")
    expect(walk.page.locator("h1")).to_have_text("Sign in")
    walk.page.goto(f"{walk.address}/record")
    expect(walk.page.locator("h1")).to_have_text("Sign in")


@pytest.mark.parametrize("login", [role.login for role in PEOPLE])
def test_each_of_the_six_people_sees_their_first_page(walk: Walk, login: str) -> None:
    walk.sign_in(login)

    walk.look_at("waiting")

    assert next(role.name for role in PEOPLE if role.login == login) in walk.page.locator(".menu summary").inner_text()


def test_the_record_link_shows_only_to_those_who_may_read_it(wide: Walk) -> None:
    wide.sign_in("samir")
    assert wide.page.locator("nav >> text=Record").count() == 0
    wide.page.goto(f"{wide.address}/record")
    wide.look_at("record-refused")
    expect(wide.page.locator("h1")).to_have_text("You may not do this")


def test_the_way_in_works_by_keyboard_alone(wide: Walk) -> None:
    wide.page.goto(f"{wide.address}/signin")
    wide.page.keyboard.press("Tab")
    expect(wide.page.locator(".skip")).to_be_focused()
    wide.page.keyboard.press("Enter")
    wide.page.keyboard.press("Tab")
    wide.page.keyboard.type("nora")
    wide.page.keyboard.press("Tab")
    wide.page.keyboard.type(wide.words["nora"])
    wide.page.keyboard.press("Enter")

    expect(wide.page.locator("h1")).to_have_text("Waiting for you")


def test_the_theme_that_somebody_chose_overrides_the_device(wide: Walk) -> None:
    wide.sign_in("lucia")
    wide.page.goto(f"{wide.address}/people/me")
    wide.page.check("text=Dark")
    wide.page.click("text=Keep")

    expect(wide.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(wide.page.locator(".said")).to_contain_text("Kept.")
    assert wide.page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 25, 28)"
    wide.page.click("text=Close")
    assert wide.page.locator(".said").count() == 0
    wide.page.check("text=As this device is set")
    wide.page.click("text=Keep")


def test_adding_a_service_and_a_member_works_without_script(browser: Browser, served: tuple[str, Path]) -> None:
    address, home = served
    context = context_of(browser, "narrow", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/services/")
    page.fill("#login", "owen")
    page.fill("#password", example_passwords(settings_from({"WORKBENCH_HOME": str(home)}))["owen"])
    page.click("main button[type=submit]")

    page.fill("#name", "Motor claims")
    page.fill("#zone", "Nowhere")
    page.click("text=Add service")
    assert "Nowhere is not a time zone" in page.content()
    assert page.input_value("#name") == "Motor claims"
    page.fill("#zone", "Europe/Dublin")
    page.click("main button[type=submit]")
    page.select_option("#person", label="Nora Whitcombe")
    page.get_by_label("Lead").check()
    page.click("text=Keep")

    assert page.locator("tbody tr").count() == 1
    assert "Nora Whitcombe" in page.locator("tbody tr").inner_text()
    context.close()


def test_a_page_prints_without_bar_and_buttons(wide: Walk) -> None:
    wide.sign_in("owen")
    wide.page.goto(f"{wide.address}/services/household-claims")
    wide.page.emulate_media(media="print")

    assert not wide.page.locator(".bar").is_visible()
    assert not wide.page.locator("main form").is_visible()
    assert wide.page.locator("table").is_visible()
    wide.page.screenshot(path=Path(__file__).parents[2] / "artefacts" / "service--owen--print.png", full_page=True)
