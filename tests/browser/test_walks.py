"""A resident's way through the pages, with a script and without."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.intake.pictures import encoded

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.server
Open = Callable[..., "Page"]
LOW_PHONE = {"width": 360, "height": 640}


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


def test_a_photo_is_made_small_before_it_is_sent(kampala: str, open_page: Open, hole: str) -> None:
    page = open_page(f"/{kampala}/report")
    page.set_input_files("#photo", hole)
    expect(page.locator("#form")).not_to_have_attribute("aria-busy", "true")
    assert page.evaluate("document.querySelector('#photo').files[0].size") <= 300_000
    assert page.locator("#preview").is_visible()


def test_the_phone_says_where_it_is(kampala: str, open_page: Open) -> None:
    from ngoma.records.models import Report

    page = open_page(
        f"/{kampala}/report",
        geolocation={"latitude": 0.36, "longitude": 32.56, "accuracy": 15},
        permissions=["geolocation"],
    )
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
    page = open_page(f"/{kampala}/report")
    page.locator("#words").press_sequentially("deep pothole")
    page.locator("#guess .chip", has_text="Pothole").first.wait_for()


@pytest.mark.parametrize("step", ["report", "lg/report"])
def test_the_next_step_is_in_reach_on_a_low_phone(kampala: str, open_page: Open, step: str) -> None:
    page = open_page(f"/{kampala}/{step}", viewport=LOW_PHONE)
    for filled in ("#words", "#location"):
        button = page.locator(".dock button").bounding_box()
        assert button
        assert button["y"] + button["height"] <= LOW_PHONE["height"]
        assert page.evaluate("document.documentElement.scrollWidth") <= LOW_PHONE["width"]
        page.fill(filled, "a hole, by Kasubi")
        page.locator(".dock button").click()
        page.wait_for_load_state()
