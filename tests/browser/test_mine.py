"""My reports: who lost the link to a report gets it back by a code, on a phone without a script."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ngoma.records.models import Contact
from ngoma.work.worker import run_until_idle

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.server, pytest.mark.once]
Open = Callable[..., "Page"]
PHONE = {"viewport": {"width": 360, "height": 640}, "java_script_enabled": False}


def in_message(open_page: Open, pattern: str) -> str:
    """What the newest messages say, as their reader would see it."""
    run_until_idle()
    said = re.search(pattern, open_page("/outbox/", **PHONE).inner_text("main"))
    assert said
    return said[1]


def told(page: "Page") -> str:
    """Tells of a hole, leaves a number, and returns the reference."""
    page.fill("#words", "Big pothole near the market gate")
    page.locator(".dock button").click()
    page.fill("#location", "opposite the gate")
    page.select_option("#place", "kawempe")
    page.locator(".dock button").click()
    page.fill("#contact", "0772 123456")
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt")
    return page.locator(".ref").inner_text()


def test_a_lost_link_is_found_again_by_a_code(kampala: str, open_page: Open) -> None:
    reference = told(open_page(f"/{kampala}/report", **PHONE))
    page = open_page(f"/{kampala}/", **PHONE)
    page.get_by_role("link", name="My reports").first.click()
    page.fill("#contact", "+256 772 123456")
    page.get_by_role("button", name="Send me a code").click()
    page.fill("#code", "000 000x")
    page.get_by_role("button", name="Open my reports").click()
    expect(page.locator("main")).to_contain_text("not right")
    page.fill("#code", in_message(open_page, r"your code is (\d{6})"))
    page.get_by_role("button", name="Open my reports").click()
    page.wait_for_url("**/mine/*")
    expect(page.locator("main")).to_contain_text(reference)
    expect(page.locator("main")).to_contain_text("••• 456")
    page.locator(".line a").first.click()
    expect(page.locator(".said").first).to_contain_text("Big pothole near the market gate")
    own = page.locator("textarea[name=text]")
    expect(own.first, "it is the reporter's own page").to_be_attached()


def test_a_number_is_confirmed_on_the_receipt_and_erased_in_the_list(
    kampala: str, open_page: Open
) -> None:
    page = open_page(f"/{kampala}/report", **PHONE)
    told(page)
    page.fill("#code", in_message(open_page, r"Code (\d{6})"))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main")).to_contain_text("our messages reach you")
    assert Contact.objects.get().verified_at
    page.goto(f"/{kampala}/mine")
    page.fill("#contact", "0772123456")
    page.get_by_role("button", name="Send me a code").click()
    page.fill("#code", in_message(open_page, r"your code is (\d{6})"))
    page.get_by_role("button", name="Open my reports").click()
    page.get_by_role("button", name="Erase").click()
    expect(page.locator("main")).to_contain_text("Tick that you are sure")
    page.check("input[name=sure]")
    page.get_by_role("button", name="Erase").click()
    expect(page.locator("main")).to_contain_text("no more messages")
    assert not Contact.objects.exists()
