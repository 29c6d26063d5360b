"""Somebody comes for the first time, on a slow line and at the pace of people, to report a hole."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from bench import phone
from tests.browser.pages import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.server
MOST_SECONDS = 40
"""Most of the walk is typing and reading, so a busy machine has room."""


def test_a_first_time_visitor_reports_a_pothole(
    browser: "Browser", site: Site, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    phone.slow(page)
    pages: list[str] = []
    page.on("framenavigated", lambda frame: pages.append(frame.url.rpartition("/")[2]))
    hole = phone.photo(tmp_path)
    started = monotonic()
    phone.visit(page, f"{site.url}/kampala", hole)
    seconds = monotonic() - started
    assert page.locator(".ref").inner_text().startswith("KLA ")
    context.close()
    assert pages == ["", "report", "report#where", "report#send", "receipt"]
    assert seconds < MOST_SECONDS


SLOW_MEMORY = """
const add = EventTarget.prototype.addEventListener
IDBOpenDBRequest.prototype.addEventListener = function (kind, heard, ...more) {
  const late = event => setTimeout(() => heard.call(this, event), 1500)
  add.call(this, kind, kind === "success" ? late : heard, ...more)
}
"""


def test_what_is_typed_before_the_phone_is_ready_stays(browser: "Browser", site: Site) -> None:
    """A slow phone opens its memory after somebody has begun to type."""
    context = browser.new_context()
    context.add_init_script(SLOW_MEMORY)
    page = context.new_page()
    page.goto(f"{site.url}/kampala/report")
    page.fill("#words", "Deep hole in the road")
    page.wait_for_timeout(2500)
    assert page.input_value("#words") == "Deep hole in the road"
    page.locator(".dock button:visible").click()
    page.locator("#location:visible").wait_for()
    assert page.url.endswith("#where")
    context.close()
