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
