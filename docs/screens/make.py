"""Makes the pictures of this directory anew, on a fresh demonstration of its own, and the contact
sheets of all residents' pages in `pages/`.

    .venv/bin/python -m docs.screens.make
    .venv/bin/python -m docs.screens.make home list     # the sheets of these pages alone

Needs the packages of the tests and Chromium; `./ngoma test` installs both.
"""

import io
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs.screens import sheets
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PHOTOS = ROOT / "src" / "ngoma" / "packs" / "illustrations"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
QUALITY = 80


@dataclass(frozen=True, slots=True)
class Served:
    """A demonstration that answers at `url`; `password` is that of all its logins."""

    url: str
    password: str


@contextmanager
def demonstration() -> Iterator[Served]:
    """A fresh `./ngoma up` with data that go away with it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="ngoma-screens-") as data:
        command = [ROOT / "ngoma", "up", "--data", data, "--port", port]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            try:
                yield Served(f"http://localhost:{port}", _password(running))
            finally:
                running.terminate()


def _password(running: "subprocess.Popen[str]") -> str:
    for line in running.stdout or ():
        found = re.search(r"password (\S+):", line)
        if found:
            return found[1]
    raise RuntimeError("ngoma up ended before it was ready")


class Camera:
    """Opens pages of the demonstration and keeps what they look like."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self._browser = browser
        self._served = served

    def page(self, size: dict[str, int], *, dark: bool = False, **options: Any) -> Page:
        """A page in a window of this size, with nothing remembered."""
        scheme = "dark" if dark else "light"
        context = self._browser.new_context(
            base_url=self._served.url, viewport=size, color_scheme=scheme, **options
        )
        return context.new_page()

    def desk(self, name: str, *, dark: bool = False, **options: Any) -> Page:
        """The desk in a wide window, logged in as `name`."""
        page = self.page(options.pop("size", DESKTOP), dark=dark, **options)
        page.goto("/desk/")
        page.fill("#username", name)
        page.fill("#password", self._served.password)
        page.press("#password", "Enter")
        page.wait_for_selector(".tabs")
        return page

    def keep(self, page: Page, name: str) -> Image.Image:
        """Keep what the window shows as `name`.webp."""
        page.evaluate("document.fonts.ready")
        page.wait_for_load_state("networkidle")
        picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        picture.save(HERE / f"{name}.webp", quality=QUALITY, method=6)
        return picture


def residents(camera: Camera) -> Image.Image:
    """The pages that anybody can open. Returns the home page on a phone."""
    phone, dark = camera.page(PHONE), camera.page(PHONE, dark=True)
    phone.goto("/kampala/")
    home = camera.keep(phone, "home-phone")
    dark.goto("/kampala/")
    camera.keep(dark, "home-phone-dark")
    for name, address in (
        ("home-phone-lg", "/kampala/lg/"),
        ("home-phone-ko", "/seoul/"),
        ("list-phone", "/kampala/list"),
        ("map-phone", "/kampala/map"),
    ):
        phone.goto(address)
        camera.keep(phone, name)
    wide = camera.page(DESKTOP)
    for name, address in (
        ("home", "/kampala/"),
        ("map", "/seoul/en/map"),
        ("place", "/kampala/places/kawempe"),
    ):
        wide.goto(address)
        camera.keep(wide, name)
    return home


def report(camera: Camera) -> None:
    """A report told on a phone in three steps, its receipt, and its page."""
    phone = camera.page(PHONE)
    phone.goto("/kampala/report")
    phone.set_input_files("#photo", PHOTOS / "pothole-before.jpg")
    phone.locator("#words").press_sequentially("Deep hole in the road, bodas swerve round it")
    phone.locator("#chips .chip").first.wait_for()
    phone.evaluate("scrollTo(0, 0)")
    camera.keep(phone, "report-1")
    phone.locator(".dock button").click()
    phone.fill("#location", "Opposite the gate of Kalerwe market")
    phone.select_option("#place", "kawempe")
    phone.evaluate("scrollTo(0, 0)")
    camera.keep(phone, "report-2")
    phone.locator(".dock button").click()
    phone.fill("#contact", "nakato@resident.example")
    phone.evaluate("scrollTo(0, 0)")
    camera.keep(phone, "report-3")
    phone.locator(".dock button").click()
    phone.wait_for_url("**/receipt")
    camera.keep(phone, "receipt")


def desks(camera: Camera) -> Image.Image:
    """The desk of staff, and a case as the public sees it. Returns the queue of Seoul."""
    camera.keep(camera.desk("seoul-triager", locale="ko-KR"), "queue-ko")
    queue = camera.keep(camera.desk("seoul-triager"), "queue")
    camera.keep(camera.desk("kampala-triager", dark=True), "queue-dark")
    camera.keep(camera.desk("kampala-triager", size=PHONE), "queue-phone")
    kampala = camera.desk("kampala-supervisor")
    kampala.goto("/desk/kampala/work/")
    camera.keep(kampala, "cases")
    public = camera.page(DESKTOP)
    public.goto("/kampala/")
    public.goto(public.locator("a[href*='/r/']").first.get_attribute("href") or "")
    camera.keep(public, "track")
    phone = camera.page(PHONE)
    phone.goto(public.url)
    camera.keep(phone, "track-phone")
    reference = public.url.rpartition("/")[2]
    kampala.goto(f"/desk/kampala/cases/{reference}/")
    camera.keep(kampala, "case")
    morning(camera, kampala)
    return queue


def morning(camera: Camera, lead: Page) -> None:
    """A call, a shift and a supervisor's figures."""
    agent = camera.desk("kampala-coordinator")
    agent.goto("/desk/kampala/call/")
    agent.fill("#phone", "+256 772 000000")
    agent.locator("#words").press_sequentially("Deep pothole on the road, bodas swerve round it")
    agent.fill("#location", "Kalerwe market")
    agent.locator("#help .picks").wait_for()
    camera.keep(agent, "call")
    crew = camera.desk("kampala-officer", size=PHONE)
    crew.goto("/desk/kampala/field/")
    camera.keep(crew, "field-phone")
    lead.goto("/desk/kampala/performance/")
    camera.keep(lead, "performance")
    lead.goto("/desk/kampala/board/")
    camera.keep(lead, "board")
    lead.goto("/desk/kampala/situation/?span=week")
    camera.keep(lead, "situation")
    queue = camera.desk("kampala-supervisor")
    queue.keyboard.press("a")
    queue.locator(".toldbar").wait_for()
    camera.keep(queue, "queue-undo")


def beside(phone: Image.Image, desk: Image.Image) -> None:
    """The picture of the README: the phone before the desk."""
    margin, height = 40, 820
    wide = desk.resize((desk.width * height // desk.height, height), Image.Resampling.LANCZOS)
    small = phone.resize((phone.width * height // phone.height, height), Image.Resampling.LANCZOS)
    size = (small.width + wide.width + 3 * margin, height + 2 * margin)
    both = Image.new("RGB", size, "#d8d5cc")
    both.paste(small, (margin, margin))
    both.paste(wide, (small.width + 2 * margin, margin))
    colours = both.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    colours.save(HERE / "readme.png", optimize=True)


def main(names: list[str]) -> None:
    """Make every picture, or only the sheets of some pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        if not names:
            with demonstration() as served:
                camera = Camera(browser, served)
                home = residents(camera)
                queue = desks(camera)
                report(camera)
                beside(home, queue)
        sheets.make(browser, HERE / "pages", names)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
