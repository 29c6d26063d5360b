"""The map of reports: moved by hand and keys, the list in step, and the same again by its link."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.axe import RULES

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.server, pytest.mark.once]
Open = Callable[..., "Page"]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 640}
HERE, THERE = "0.34660,32.58150,0.34860,32.58350", "0.25000,32.60000,0.26000,32.61000"
"""Around all three reports, and around none."""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_point_tells_of_its_report_and_leads_to_it(
    kampala: str, open_page: Open, size: dict[str, int]
) -> None:
    page = open_page(f"/{kampala}/map?box={HERE}", viewport=size)
    with page.expect_response(re.compile(r"/list/KLA")):
        _tap_the_middle(page)
    bubble = page.locator("#map .said-by")
    expect(bubble.locator("a")).to_contain_text("Pothole")
    expect(bubble.locator("img")).to_have_count(1)
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    _tap_the_middle(page, after=400)
    bubble.locator("a").click()
    page.wait_for_url(f"**/{kampala}/r/KLA*")


def test_the_list_follows_the_map_and_the_link_shows_it_again(
    kampala: str, open_page: Open
) -> None:
    page = open_page(f"/{kampala}/sw/map", viewport=DESK)
    expect(page.locator(".line")).to_have_count(3)
    assert "box=" not in page.url
    canvas = page.locator("#map canvas")
    with page.expect_response(re.compile("list/part")):
        canvas.press("ArrowRight", delay=10)
        for _ in range(25):
            canvas.press("ArrowRight")
    expect(page.locator(".line")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    seen, switch = page.evaluate("[location.href, document.querySelector('.langs a').href]")
    assert "box=" in seen
    assert seen.partition("box=")[2] == switch.partition("box=")[2]
    page.goto(seen)
    expect(page.locator(".line")).to_have_count(0)
    page.locator(".filters summary").click()
    page.select_option("#state", "open")
    with page.expect_navigation():
        page.locator(".apply button").click()
    assert page.url.partition("box=")[2] == seen.partition("box=")[2]
    for _ in range(12):
        page.locator("#map button", has_text="−").click()
    expect(page.locator(".line")).to_have_count(3)


@pytest.mark.parametrize("hand", ["hover", "focus"])
def test_a_line_of_the_list_sets_its_point_off(kampala: str, open_page: Open, hand: str) -> None:
    page = open_page(f"/{kampala}/map?box={HERE}", viewport=DESK)
    page.wait_for_load_state("networkidle")
    drawn = "document.querySelector('#map canvas').toDataURL()"
    expect(page.locator("#map .loading")).to_be_hidden()
    page.wait_for_timeout(300)
    plain = page.evaluate(drawn)
    link = page.locator(".line a").first
    link.hover() if hand == "hover" else link.focus()
    page.wait_for_function(f"before => {drawn} !== before", arg=plain)


def test_what_the_network_loses_is_asked_for_again(kampala: str, open_page: Open) -> None:
    page = open_page("/", viewport=DESK)
    lost: list[str] = []

    def lose(route: object) -> None:
        lost.append(route.request.url)  # type: ignore[attr-defined]
        route.abort() if lost.count(lost[-1]) == 1 else route.continue_()  # type: ignore[attr-defined]

    page.route("**/tiles/**", lose)
    page.goto(f"/{kampala}/map?box={HERE}")
    expect(page.locator("#map .loading")).to_be_visible()
    expect(page.locator("#map .loading")).to_be_hidden()
    _tap_the_middle(page)
    expect(page.locator("#map .said-by")).to_be_visible()


def test_a_map_without_network_says_so(kampala: str, open_page: Open) -> None:
    page = open_page("/", viewport=DESK)
    page.route("**/tiles/**", lambda route: route.abort())
    page.goto(f"/{kampala}/map")
    expect(page.locator("#map .loading")).to_contain_text("The list says the same")
    expect(page.locator(".line")).to_have_count(3)


def test_my_location_is_shown(kampala: str, open_page: Open) -> None:
    page = open_page(
        f"/{kampala}/map?box={THERE}",
        viewport=PHONE,
        geolocation={"latitude": 0.3476, "longitude": 32.5825},
        permissions=["geolocation"],
    )
    expect(page.locator(".line")).to_have_count(0)
    page.locator("#map .here").click()
    expect(page.locator(".line")).to_have_count(3)


def test_without_a_script_taps_lead_closer(kampala: str, open_page: Open) -> None:
    page = open_page(f"/{kampala}/map", viewport=PHONE, java_script_enabled=False)
    expect(page.locator(".line")).to_have_count(3)
    picture = page.locator(".tapmap input[type=image]")
    picture.click(position={"x": 12, "y": 12})
    page.wait_for_url("**box=**")
    expect(page.locator(".line")).to_have_count(0)
    for _ in range(3):
        with page.expect_navigation():
            page.locator(".tapmap + .links a").click()
    expect(page.locator(".line")).to_have_count(3)


def test_the_map_can_stand_in_a_frame(kampala: str, open_page: Open) -> None:
    page = open_page(f"/{kampala}/embed?box={HERE}", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollHeight") <= PHONE["height"]
    _tap_the_middle(page)
    expect(page.locator("#map .said-by a")).to_contain_text("Pothole")
    with page.context.expect_page() as opened:
        page.locator(".credit a").last.click()
    assert f"/{kampala}/list?box=" in opened.value.url


def _tap_the_middle(page: "Page", after: int = 0) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(after)
    box = page.locator("#map canvas").bounding_box()
    assert box
    page.locator("#map canvas").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
