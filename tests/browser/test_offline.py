"""No network is a normal state: what is told waits on the phone, and is sent once."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import Error, expect

from tests.browser.conftest import open_form
from tests.browser.line import Line
from tests.intake.pictures import encoded

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.conftest import Play

pytestmark = pytest.mark.server
WORDS = ("A deep hole by the school", "The drain is blocked", "The street light is out")


DRAWN_ANEW = """() => {
    document.querySelectorAll("#outbox li").forEach(each => each.dataset.old = "yes")
    new BroadcastChannel("ngoma").postMessage({ kind: "changed" })
}"""
"""Have the list of what waits drawn anew, as it is when sending is tried."""


@pytest.fixture
def line(live_server: Any) -> Iterator[Line]:
    line = Line(live_server.url)
    yield line
    line.close()


@pytest.fixture
def phone(play: "Play", line: Line, tmp_path: Path) -> Iterator[Callable[[], "BrowserContext"]]:
    """Opens the browser of one phone: what it keeps is there when it is opened again."""
    opened: list[BrowserContext] = []

    def phone() -> "BrowserContext":
        context = play.chromium.launch_persistent_context(
            tmp_path / "phone", base_url=line.url, viewport={"width": 360, "height": 640},
            **play.options,
        )  # fmt: skip
        opened.append(context)
        return context

    yield phone
    for context in opened:
        with suppress(Error):  # it may have been killed
            context.close()


def kill(context: "BrowserContext", folder: Path) -> None:
    """End the browser as a phone does that runs out of power."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={folder}".encode() in command:
            os.kill(int(process.parent.name), signal.SIGKILL)
    with suppress(Error):
        context.close()


def keep_offline(page: "Page") -> None:
    """Open the form once with a network, as a visitor does, until it is kept."""
    open_form(page)
    kept = """async () => (await Promise.all(["", "report", "mine", "offline"].map(
        page => caches.match(`/kampala/${page}`)))).every(Boolean)"""
    for _ in range(400):
        if page.evaluate(kept):
            return
        page.wait_for_timeout(50)
    pytest.fail("the pages were not kept within 20 seconds")


def tell(page: "Page", words: str, photo: Path | None = None) -> None:
    """Three steps, as far as they go without a network."""
    open_form(page)
    if photo:
        page.set_input_files("#photo", photo)
        expect(page.locator("#kept img")).to_be_visible()
    page.fill("#words", words)
    page.locator(".dock button").click()
    page.fill("#location", "opposite the gate")
    page.select_option("#place", "kawempe")
    page.locator(".dock button").click()
    page.locator("#contact").wait_for()
    page.locator(".dock button").click()


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Photos that are large also when they have been made small."""
    paths = [tmp_path / f"{number}.jpg" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(encoded(Image.effect_noise((1800 + number, 1200), 60), "JPEG"))
    return paths


def test_three_reports_survive_a_killed_browser_and_a_broken_line(
    kampala: str,
    phone: Callable[[], "BrowserContext"],
    line: Line,
    photos: list[Path],
    tmp_path: Path,
) -> None:
    from ngoma.records.models import Photo, Report

    before = Report.objects.count()
    context = phone()
    page = context.pages[0]
    keep_offline(page)
    line.cut()
    for words, photo in zip(WORDS, photos, strict=True):
        tell(page, words, photo)
        expect(page.locator("h1")).to_contain_text("It sends itself")
    assert Report.objects.count() == before
    kill(context, tmp_path / "phone")

    context = phone()
    page = context.pages[0]
    page.goto("/kampala/mine")
    expect(page.locator("#outbox li")).to_have_count(3)
    line.cut_after(150_000, 250_000)
    line.mend()
    page.reload()
    expect(page.locator("#outbox [data-part=reference]")).to_have_count(3, timeout=60_000)
    assert line.cuts_left == 0
    told = Report.objects.order_by("pk")[before:]
    assert sorted(report.words for report in told) == sorted(WORDS)
    assert [report.photos.count() for report in told] == [1, 1, 1]
    assert Photo.objects.filter(report__in=told).count() == 3
    sizes = [Path(each.original) for each in Photo.objects.filter(report__in=told)]
    assert len({str(each) for each in sizes}) == 3


def test_what_waits_can_be_changed_and_dropped(
    kampala: str, phone: Callable[[], "BrowserContext"], line: Line
) -> None:
    from ngoma.records.models import Report

    before = Report.objects.count()
    page = phone().pages[0]
    keep_offline(page)
    line.cut()
    for words in WORDS[:2]:
        tell(page, words)
        expect(page.locator("h1")).to_contain_text("It sends itself")
    page.goto("/kampala/mine")
    waiting = page.locator("#outbox li")
    expect(waiting).to_have_count(2)
    drop = waiting.filter(has_text=WORDS[0]).locator("[data-part=drop]")
    drop.click()
    expect(waiting).to_have_count(2)
    page.evaluate(DRAWN_ANEW)
    expect(page.locator("#outbox li[data-old]")).to_have_count(0)
    drop.click()
    expect(waiting).to_have_count(1)
    waiting.locator("[data-part=open]").click()
    expect(page.locator("#words")).to_have_value(WORDS[1])
    page.fill("#words", "The drain overflows")
    line.mend()
    page.locator(".dock button").click()
    page.locator("#location").wait_for()
    page.locator(".dock button").click()
    page.locator("#contact").wait_for()
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt")
    assert [report.words for report in Report.objects.order_by("pk")[before:]] == [
        "The drain overflows"
    ]


def test_what_the_city_cannot_take_is_told_and_mended(
    kampala: str, phone: Callable[[], "BrowserContext"], line: Line
) -> None:
    page = phone().pages[0]
    keep_offline(page)
    line.cut()
    open_form(page)
    page.fill("#words", WORDS[0])
    page.locator(".dock button").click()
    page.select_option("#place", "kawempe")
    page.locator(".dock button").click()
    page.fill("#contact", "nobody@nowhere")
    page.locator(".dock button").click()
    expect(page.locator("h1")).to_contain_text("It sends itself")
    line.mend()
    page.goto("/kampala/mine")
    problem = page.locator("#outbox [data-part=problem]")
    expect(problem).to_contain_text("e-mail", timeout=20_000)
    page.locator("#outbox [data-part=open]").click()
    expect(page.locator("#trouble")).to_contain_text("e-mail")
    page.fill("#contact", "")
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt")


def test_what_is_changed_after_it_had_arrived_is_not_lost(
    kampala: str, phone: Callable[[], "BrowserContext"], line: Line
) -> None:
    from ngoma.records.models import Report

    before = Report.objects.count()
    page = phone().pages[0]
    keep_offline(page)
    page.fill("#words", WORDS[0])
    page.locator(".dock button").click()
    page.select_option("#place", "kawempe")
    page.locator(".dock button").click()
    page.locator("#contact").wait_for()
    line.deaf = True
    page.locator(".dock button").click()
    expect(page.locator("h1")).to_contain_text("It sends itself", timeout=20_000)
    line.cut()
    assert Report.objects.count() == before + 1
    page.goto("/kampala/mine")
    page.locator("#outbox [data-part=open]").click()
    page.fill("#words", "It is deeper now")
    page.locator(".dock button").click()
    page.locator("#location").wait_for()
    page.locator(".dock button").click()
    page.locator("#contact").wait_for()
    line.deaf = False
    line.mend()
    page.locator(".dock button").click()
    expect(page.locator("#told")).to_contain_text("before you changed it", timeout=20_000)
    assert Report.objects.count() == before + 1


def test_a_page_that_is_not_kept_says_so_and_what_is_possible(
    kampala: str, phone: Callable[[], "BrowserContext"], line: Line
) -> None:
    page = phone().pages[0]
    keep_offline(page)
    line.cut()
    page.goto("/kampala/places")
    expect(page.locator("h1")).to_contain_text("no network")
    page.locator("a.btn.go").click()
    expect(page.locator("#words")).to_be_visible()


def test_a_danger_is_told_what_to_do_also_without_a_network(
    kampala: str, phone: Callable[[], "BrowserContext"], line: Line
) -> None:
    page = phone().pages[0]
    keep_offline(page)
    line.cut()
    open_form(page)
    page.fill("#words", "There is a live wire on the road")
    expect(page.locator(".stop")).to_contain_text("999")
