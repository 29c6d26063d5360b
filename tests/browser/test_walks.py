"""A resident's way through the pages, with a script and without."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import comes_true, open_form
from tests.intake.pictures import encoded

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.server, pytest.mark.once]
Open = Callable[..., "Page"]
LOW_PHONE = {"width": 360, "height": 640}
KEPT = """location => new Promise(done => {
    indexedDB.open("ngoma").onsuccess = ({ target: { result: opened } }) => {
        const asked = opened.transaction("drafts").objectStore("drafts").getAll()
        asked.onsuccess = () => {
            opened.close()
            done(asked.result.some(draft => draft.location === location))
        }
    }
})"""
"""Whether the phone keeps a draft with such a location."""


@pytest.fixture
def hole(tmp_path: Path) -> str:
    """A photo file larger than what is sent over a slow network."""
    path = tmp_path / "hole.jpg"
    path.write_bytes(encoded(Image.effect_noise((2400, 1800), 90), "JPEG", quality=95))
    assert path.stat().st_size > 1_000_000
    return str(path)


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("part", ["", "lg/"])
def test_a_report_is_told_in_three_steps(
    kampala: str, open_page: Open, hole: str, script: bool, part: str
) -> None:
    page = open_page(f"/{kampala}/{part}", viewport=LOW_PHONE, java_script_enabled=script)
    page.locator("a.btn.go").click()
    page.set_input_files("#photo", hole)
    page.fill("#words", "Big pothole near the market gate")
    page.locator(".dock button").click()
    page.fill("#location", "opposite the gate")
    page.select_option("#place", "kawempe")
    page.locator(".dock button").click()
    page.fill("#contact", "0772 123456")
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt")
    assert page.locator(".ref").inner_text().startswith("KLA ")
    page.locator("main a.btn").last.click()
    assert "Big pothole near the market gate" in page.locator(".said").first.inner_text()


def test_a_photo_is_made_small_and_sent_while_the_rest_is_told(
    kampala: str, open_page: Open, hole: str
) -> None:
    from ngoma.records.models import Photo

    before = Photo.objects.count()
    page = open_page("/")
    open_form(page)
    with page.expect_response(
        lambda answer: answer.headers.get("upload-complete") == "?1"
    ) as arrived:
        page.set_input_files("#photo", hole)
    assert int(arrived.value.request.headers["upload-length"]) <= 300_000
    expect(page.locator("#kept img")).to_be_visible()
    assert Photo.objects.count() == before + 1


def test_what_was_begun_is_there_after_a_reload(kampala: str, open_page: Open, hole: str) -> None:
    page = open_page("/")
    open_form(page)
    page.set_input_files("#photo", hole)
    expect(page.locator("#kept img")).to_have_count(1)
    page.fill("#words", "A deep hole by the school")
    page.locator("#guess .chip").first.wait_for()
    page.locator(".dock button").click()
    page.fill("#location", "by the gate")
    comes_true(page, KEPT, "by the gate")
    page.reload()
    expect(page.locator("#location")).to_have_value("by the gate")
    page.go_back()
    expect(page.locator("#words")).to_have_value("A deep hole by the school")
    expect(page.locator("#kept img")).to_have_count(1)
    page.get_by_role("button", name="Start anew").click()
    expect(page.locator("#words")).to_have_value("")
    expect(page.locator("#kept img")).to_have_count(0)


def test_the_number_is_remembered_on_this_phone_if_its_owner_wants(
    kampala: str, open_page: Open
) -> None:
    page = open_page("/")
    for remembered in (True, False):
        open_form(page)
        page.fill("#words", "A street light is out")
        page.locator(".dock button").click()
        page.select_option("#place", "kawempe")
        page.locator(".dock button").click()
        expect(page.locator("#contact")).to_have_value("" if remembered else "0772 123456")
        page.fill("#contact", "0772 123456")
        page.locator("#keep input").set_checked(remembered)
        page.press("#contact", "Enter")
        page.wait_for_url("**/receipt")
        kept = page.evaluate("localStorage.getItem('ngoma.contact')")
        assert kept == ("0772 123456" if remembered else None)


def test_one_more_voice_is_one_tap(kampala: str, open_page: Open) -> None:
    from ngoma.records.models import Case, Report

    cases, reports = Case.objects.count(), Report.objects.count()
    page = open_page(
        "/",
        geolocation={"latitude": 0.3476, "longitude": 32.5825, "accuracy": 10},
        permissions=["geolocation"],
    )
    open_form(page)
    page.fill("#words", "A deep hole")
    page.locator(".dock button").click()
    page.locator("#locate button").click()
    expect(page.locator("#there")).to_be_visible()
    page.locator(".dock button").click()
    page.get_by_label("Yes, same one").check()
    expect(page.locator(".dock button")).to_have_text("Add my voice")
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt")
    assert (Case.objects.count(), Report.objects.count()) == (cases, reports + 1)


def test_what_is_missing_is_said_and_can_be_mended(kampala: str, open_page: Open) -> None:
    page = open_page("/")
    open_form(page)
    page.locator(".dock button").click()
    expect(page.locator("#trouble")).to_be_focused()
    page.locator("#trouble a").click()
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.type("A deep hole")
    page.locator(".dock button").click()
    page.locator(".dock button").click()
    expect(page.locator("#trouble")).to_contain_text("where the problem is")
    page.fill("#location", "opposite the gate")
    page.locator(".dock button").click()
    expect(page.locator("#contact")).to_be_visible()
    assert page.locator("#trouble").count() == 0


def test_the_phone_says_where_it_is(kampala: str, open_page: Open) -> None:
    from ngoma.records.models import Report

    page = open_page(
        "/",
        geolocation={"latitude": 0.36, "longitude": 32.56, "accuracy": 15},
        permissions=["geolocation"],
    )
    open_form(page)
    page.fill("#words", "A street light is out")
    page.locator(".dock button").click()
    page.locator("#locate button").click()
    expect(page.locator("[name=lat]")).not_to_have_value("")
    page.locator(".dock button").click()
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt")
    report = Report.objects.latest("pk")
    assert (round(report.lat, 3), round(report.lon, 3)) == (0.36, 32.56)
    assert report.accuracy == 15


def test_chips_come_while_somebody_types(kampala: str, open_page: Open) -> None:
    page = open_page("/")
    open_form(page)
    page.locator("#words").press_sequentially("deep pothole")
    page.locator("#guess .chip", has_text="Pothole").first.wait_for()


@pytest.mark.parametrize("step", ["report", "lg/report"])
def test_the_next_step_is_in_reach_on_a_low_phone(kampala: str, open_page: Open, step: str) -> None:
    page = open_page("/", viewport=LOW_PHONE)
    open_form(page, f"/{kampala}/{step}")
    for filled in ("#words", "#location"):
        button = page.locator(".dock button").bounding_box()
        assert button
        assert button["y"] + button["height"] <= LOW_PHONE["height"]
        assert page.evaluate("document.documentElement.scrollWidth") <= LOW_PHONE["width"]
        page.fill(filled, "a hole, by Kasubi")
        page.locator(".dock button").click()
