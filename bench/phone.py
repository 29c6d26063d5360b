"""A cheap phone on a slow line: how long until the form can be used, and until a report is sent.

Chromium with the line cut to what 2G gives, 400 kbit/s each way with 400 ms there and back, against
`ngoma web` as in production. Beside each time stands what its bytes alone take on that line.
"""

import io
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import msgspec
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, BrowserType, Page

BYTES_PER_SECOND = 50_000
ROUND_TRIP_MS = 400
PHOTO_BYTES = 300_000
RUNS = 5

TYPING_MS = 330
"""Three letters a second: 36 words a minute, what 37,000 people typed on phones (Palin, 2019)."""
READING_MS = 2500
"""What somebody looks at a step that they see for the first time, before they do anything."""
CAMERA_MS = 5000
"""To open the camera, aim, press and accept."""

WORDS = "Big pothole near the market gate"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


class Taken(msgspec.Struct):
    """One thing on the phone: median seconds, at most, and what its bytes alone would take."""

    name: str
    seconds: float
    most: float
    line: float


def slow(page: "Page") -> None:
    """Cut the page's line to what a phone has at the edge of town."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MS,
            "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        },
    )


def photo(folder: Path) -> Path:
    """A photo of about 300 KB, as the page would have made it."""
    image = Image.effect_noise((1024, 768), 60).convert("RGB")
    for quality in range(95, 30, -5):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if out.tell() <= PHOTO_BYTES:
            break
    path = folder / "hole.jpg"
    path.write_bytes(out.getvalue())
    return path


def report(
    page: "Page", hole: Path, *, typing_ms: int = 0, reading_ms: int = 0, camera_ms: int = 0
) -> None:
    """From the first step to the receipt: a photo, words, a place from the list, no contact."""
    page.wait_for_timeout(camera_ms)
    page.set_input_files("#photo", hole)
    page.wait_for_timeout(reading_ms)
    page.locator("#words").press_sequentially(WORDS, delay=typing_ms)
    page.locator(".dock button").click()
    page.locator("#place").wait_for()
    page.wait_for_timeout(reading_ms)
    page.select_option("#place", index=3)
    page.locator(".dock button").click()
    page.locator("#contact").wait_for()
    page.wait_for_timeout(reading_ms)
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt", timeout=60_000)


def measure(chromium: "BrowserType", url: str, *, say: Callable[[str], object]) -> list[Taken]:
    """Open, open again, send, and let a first-time visitor walk; each some times over."""
    cold, warm, sent, walked, weight = [], [], [], [], []
    for run in range(1, RUNS + 1):
        say(f"Run {run} of {RUNS}")
        with _phone(chromium) as (context, folder):
            page = context.pages[0]
            slow(page)
            came = _weighed(page)
            page.goto(f"{url}/report")
            cold.append(_usable(page))
            weight.append(came[0])
            _wait_until_kept(page)
            page.goto(f"{url}/report")
            warm.append(_usable(page))
            hole = photo(folder)
            started = monotonic()
            report(page, hole)
            sent.append(monotonic() - started)
        with _phone(chromium) as (context, folder):
            page = context.pages[0]
            slow(page)
            hole = photo(folder)
            started = monotonic()
            visit(page, url, hole)
            walked.append(monotonic() - started)
    opened = statistics.median(weight) / BYTES_PER_SECOND
    upload = PHOTO_BYTES / BYTES_PER_SECOND
    trip = ROUND_TRIP_MS / 1000
    return [
        Taken("Form usable, first visit", statistics.median(cold), 5.0, opened + 2 * trip),
        Taken("Form usable, next visit", statistics.median(warm), 1.0, 0.0),
        Taken("Report with a photo of 300 KB sent", statistics.median(sent), 15.0, upload + trip),
        Taken(
            "First-time visitor, front page to receipt", statistics.median(walked), 40.0,
            upload + 6 * trip,
        ),
    ]  # fmt: skip


def visit(page: "Page", url: str, hole: Path) -> None:
    """The walk of somebody who comes for the first time, at the pace of people."""
    page.goto(f"{url}/")
    page.wait_for_timeout(READING_MS)
    page.locator("a.btn.go").click()
    page.locator("#words").wait_for()
    page.wait_for_timeout(READING_MS)
    report(page, hole, typing_ms=TYPING_MS, reading_ms=READING_MS, camera_ms=CAMERA_MS)


@contextmanager
def _phone(chromium: "BrowserType") -> Iterator[tuple["BrowserContext", Path]]:
    """A browser that has never been here, and a folder that goes away."""
    with tempfile.TemporaryDirectory() as name:
        context = chromium.launch_persistent_context(
            Path(name) / "phone",
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=list(ARGUMENTS),
            viewport={"width": 360, "height": 640},
        )
        try:
            yield context, Path(name)
        finally:
            context.close()


def _weighed(page: "Page") -> list[int]:
    """Counts the bytes of what is loaded, into the list that it returns."""
    total = [0]
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")

    def count(told: dict[str, float]) -> None:
        total[0] += int(told["encodedDataLength"])

    protocol.on("Network.loadingFinished", count)
    return total


def _usable(page: "Page") -> float:
    """Seconds from the request until the form was painted and all that its script does was there.

    The script is a module: it has run when the document says that its content is loaded.
    """
    page.locator("#words").wait_for()
    times = """Math.max(
        performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
        performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0)"""
    return float(page.evaluate(times)) / 1000


def _wait_until_kept(page: "Page") -> None:
    """The form is on the phone, with all it needs, for the next time."""
    kept = "async () => (await caches.match(location.pathname)) !== undefined"
    for _ in range(600):
        if page.evaluate(kept):
            return
        page.wait_for_timeout(100)
    raise TimeoutError("the form was not kept within a minute")
