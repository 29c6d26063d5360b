"""Everyone can use every page: no violation of axe-core's rules, in both themes and widths."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.server
Open = Callable[..., "Page"]
PAGES = (
    "", "report", "find?ref=KLA", "list?state=open", "map", "places", "places/kawempe", "your-data",
    "map?box=0.34,32.57,0.36,32.59", "embed", "nowhere",
)  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.mark.parametrize(
    ("theme", "size", "part"),
    [("light", PHONE, ""), ("dark", DESK, ""), ("dark", PHONE, "lg/"), ("light", DESK, "sw/")],
    ids=["light-phone-en", "dark-desk-en", "dark-phone-lg", "light-desk-sw"],
)
def test_every_page_can_be_used_by_everyone(
    kampala: str, open_page: Open, theme: str, size: dict[str, int], part: str
) -> None:
    from ngoma.records.models import Report

    report = Report.objects.earliest("pk")
    own = f"r/{report.reference}/{report.secret}"
    page = open_page("/", viewport=size, color_scheme=theme)
    for address in (*PAGES, f"r/{report.reference}", own, f"{own}/receipt"):
        page.goto(f"/{kampala}/{part}{address}")
        assert _violations(page) == [], address


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_steps_can_be_used_by_everyone(kampala: str, open_page: Open, theme: str) -> None:
    page = open_page(f"/{kampala}/report", viewport=PHONE, color_scheme=theme)
    page.locator(".dock button").click()
    assert page.locator("#trouble").is_visible()
    assert _violations(page) == [], "a refusal"
    page.fill("#words", "A pothole, and a live wire down")
    page.locator(".dock button").click()
    assert _violations(page) == [], "where"
    page.select_option("#place", "kawempe")
    page.locator(".dock button").click()
    assert _violations(page) == [], "send"


def _violations(page: "Page") -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
