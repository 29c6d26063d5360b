"""In a browser: a flood the device works its way through, an edge to move, a language kept."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from ngoma.casework import deciding, working
from ngoma.cities.book import book
from ngoma.intake import photos
from ngoma.people.permissions import staff
from ngoma.records.models import Membership, Report, User
from ngoma.settings.table import ROOT
from tests.browser.axe import violations
from tests.browser.conftest import PACKS, told
from tests.intake.pictures import encoded, made_public, scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.server, pytest.mark.once]
Open = Callable[..., "Page"]


def tell(page: "Page", words: str) -> None:
    """From the first step to the pressed button of the last."""
    page.goto("/kampala/report")
    page.fill("#words", words)
    page.locator(".dock button").click()
    page.select_option("#place", "kawempe")
    page.locator(".dock button").click()
    page.fill("#contact", "a@example.org")
    page.locator(".dock button").click()


@pytest.fixture
def flood(kampala: str, settings: Any, open_page: Open) -> None:
    """Somebody has just sent twice what is allowed: half of it still counts minutes later."""
    settings.NGOMA_FLOOD_LIMIT = 0.5
    page = open_page("/kampala/", java_script_enabled=False)
    tell(page, "Rubbish everywhere")
    page.wait_for_url("**/receipt")


def test_a_device_works_its_way_through_a_flood(flood: None, open_page: Open) -> None:
    page = open_page("/kampala/")
    before = Report.objects.count()
    tell(page, "A deep hole")
    page.wait_for_url("**/receipt", timeout=30_000)
    assert Report.objects.count() == before + 1
    assert Report.objects.latest("pk").contact is not None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_a_script_the_page_says_what_to_do(
    flood: None, open_page: Open, theme: str
) -> None:
    page = open_page("/kampala/", java_script_enabled=False, color_scheme=theme)
    tell(page, "A deep hole")
    status = page.locator("#slowed [role=status]")
    expect(status).to_contain_text("press Send again")
    with page.expect_navigation():
        page.locator("#slowed button").click()
    expect(status, "too early").to_contain_text("press Send again")
    page.wait_for_timeout(7000)
    page.locator("#slowed button").click()
    page.wait_for_url("**/receipt")


def test_the_page_of_a_flood_can_be_used_by_everyone(flood: None, open_page: Open) -> None:
    page = open_page("/kampala/")
    page.add_init_script("HTMLFormElement.prototype.submit = function () {};")
    for _ in range(2):
        page.goto("/kampala/mine")
        page.fill("#contact", "a@example.org")
        page.get_by_role("button", name="Send me a code").click()
    expect(page.locator("[role=status]")).to_contain_text("doing a small sum")
    expect(page.locator("[name=proof]")).to_have_value(re.compile("^eyJjaGFsbGVuZ2Ui"))
    assert violations(page) == []


def test_the_work_needs_no_page() -> None:
    """A service worker does it too, where there is neither a document nor a window."""
    code = (ROOT / "frontend" / "src" / "proof.ts").read_text(encoding="utf-8")
    assert not re.search(r"\b(document|window|localStorage)\b", code)


def test_what_fills_itself_in_can_be_mended(kampala: str, open_page: Open) -> None:
    page = open_page("/kampala/")
    # Where the phone keeps nothing, the server takes the form step by step.
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.goto("/kampala/report")
    page.fill("#words", "A deep hole")
    page.locator(".dock button").click()
    page.select_option("#place", "kawempe")
    page.locator(".dock button").click()
    page.evaluate("document.querySelector('[name=website]').value = 'https://mine.example'")
    page.locator(".dock button").click()
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.locator("[name=website]")).to_be_visible()
    assert violations(page) == []
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt")


@pytest.fixture
def fixed(kampala: str) -> str:
    """The address of a report whose repair has a photo."""
    user = User.objects.create_user("nakato")
    Membership.objects.create(user=user, city_id=book("kampala").id, role="supervisor")
    receipt = told("A hole by the gate", "fixed")
    deciding.accept(actor=staff(user), case_id=receipt.case.pk)
    done = photos.store(encoded(scene(), "JPEG"), kind="after")
    working.resolve(actor=staff(user), case_id=receipt.case.pk, text="Ok", photo_ids=[done.pk])
    made_public()
    return f"/kampala/r/{receipt.report.reference}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_edge_moves_between_before_and_after(fixed: str, open_page: Open, theme: str) -> None:
    page = open_page(fixed, viewport={"width": 360, "height": 640}, color_scheme=theme)
    edge = page.get_by_role("slider")
    shown = "getComputedStyle(document.querySelector('#slider .after')).clipPath"
    expect(edge).to_have_accessible_name("How much of the photo from before is shown")
    assert "50%" in page.evaluate(shown)
    edge.press("ArrowRight")
    assert "51%" in page.evaluate(shown)
    edge.press("Home")
    assert page.evaluate(shown) in ("inset(0px 0px 0px 0%)", "inset(0px)")
    box = page.locator("#slider").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    at = float(page.evaluate(shown).rsplit(" ", 1)[1].rstrip("%)"))
    assert abs(at - 75) <= 2, "the line is where the finger is"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations(page) == []


def test_the_edge_runs_from_the_right_where_lines_do(fixed: str, open_page: Open) -> None:
    page = open_page(fixed, viewport={"width": 360, "height": 640})
    page.evaluate("document.documentElement.dir = 'rtl'")
    box = page.locator("#slider").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    clip = page.evaluate("getComputedStyle(document.querySelector('#slider .after')).clipPath")
    at = float(clip.split()[1].rstrip("%"))
    assert abs(at - 25) <= 2


def test_without_a_script_both_photos_stand_side_by_side(fixed: str, open_page: Open) -> None:
    page = open_page(fixed, java_script_enabled=False)
    first, second = (page.locator(".ba figure").nth(each).bounding_box() for each in (0, 1))
    assert first
    assert second
    assert second["x"] >= first["x"] + first["width"]
    assert page.get_by_role("slider").count() == 0


def test_nothing_jumps_when_the_script_arrives(fixed: str, open_page: Open) -> None:
    page = open_page("/kampala/", viewport={"width": 360, "height": 640})
    page.evaluate("localStorage.setItem('ngoma.language', 'lg')")
    for address in (fixed, "/kampala/"):
        page.goto(address)
        page.wait_for_timeout(300)
        moved = page.evaluate(
            """new Promise(done => new PerformanceObserver(list => done(list.getEntries()
                 .reduce((sum, each) => sum + each.value, 0)))
               .observe({type: 'layout-shift', buffered: true})
               || setTimeout(() => done(0), 200))"""
        )
        assert moved < 0.01, address


def test_a_chosen_language_is_offered_where_the_address_names_none(
    kampala: str, open_page: Open
) -> None:
    page = open_page("/kampala/", locale="sw")
    assert not page.locator("#offer").is_visible(), "the browser's own language says nothing"
    page.goto("/kampala/lg/")
    page.goto("/kampala/")
    assert not page.locator("#offer").is_visible(), "to read is not to choose"
    page.locator(".langs a[hreflang=lg]").click()
    page.wait_for_url("**/kampala/lg/")
    assert page.locator("#offer").count() == 0
    page.goto("/kampala/")
    assert page.evaluate("document.documentElement.lang") == "en", "never against the address"
    offer = page.locator("#offer a:visible")
    assert offer.count() == 1
    assert offer.get_attribute("lang") == "lg"
    assert violations(page) == []
    offer.click()
    page.wait_for_url("**/kampala/lg/")
    page.goto("/kampala/")
    with page.expect_navigation():
        page.locator(".langs a[hreflang=en]").click()
    assert not page.locator("#offer").is_visible(), "chosen back"


def test_the_front_page_leads_to_the_chosen_language(kampala: str, open_page: Open) -> None:
    from ngoma.cities.load import load

    load(PACKS / "seoul")
    page = open_page("/")
    cities = page.locator(".city h3 a")
    addresses = [cities.nth(each).get_attribute("href") for each in range(2)]
    page.locator(".langs a[hreflang=lg]").click()
    page.wait_for_url("**/?lang=lg")
    page.goto("/")
    expect(cities.first).to_have_attribute("href", "/kampala/lg/")
    assert cities.nth(1).get_attribute("href") == addresses[1], "Seoul speaks no Luganda"
    assert page.locator("#offer a:visible").get_attribute("href") == "/?lang=lg"
    page.goto("/?lang=en")
    assert cities.first.get_attribute("href") == addresses[0], "never against the address"


def test_in_a_flood_the_form_works_for_its_report_and_sends_it(
    flood: None, open_page: Open
) -> None:
    before = Report.objects.count()
    page = open_page("/kampala/report")
    for _ in range(2):
        tell(page, "A street light is out")
        page.wait_for_url("**/receipt")
    assert Report.objects.count() == before + 2
