"""Contact sheets of the residents' pages: each page in four languages, on a phone and on a desk, in
the light and in the dark. The pages are those that the tests go through (`tests/browser/pages.py`).
"""

import io
import tempfile
from collections.abc import Collection
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page
from tests.browser.installation import installed
from tests.browser.pages import FACES, PAGES, open_page

DRESSES = (
    ((390, 844), "light"),
    ((390, 844), "dark"),
    ((1280, 844), "light"),
    ((1280, 844), "dark"),
)
SCALE = 0.42
GAP = 12
GROUND = "#8a8f9a"
QUALITY = 42


def make(browser: Browser, folder: Path, names: Collection[str] = ()) -> None:
    """A sheet for each of the pages (or those of these names), named by it: languages below,
    dresses beside each other."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ngoma-sheets-") as data, installed(Path(data)) as site:
        for page in (each for each in PAGES if not names or each.name in names):
            rows = []
            for face in FACES:
                tab = browser.new_page()
                open_page(tab, page, face, site)
                rows.append([_look(tab, size, theme) for size, theme in DRESSES])
                tab.close()
            _sheet(rows).save(folder / f"{page.name}.webp", quality=QUALITY, method=6)


def _look(tab: Page, size: tuple[int, int], theme: str) -> Image.Image:
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
    tab.wait_for_load_state("networkidle")
    shot = tab.screenshot(animations="disabled")
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    small = (round(size[0] * SCALE), round(size[1] * SCALE))
    return picture.resize(small, Image.Resampling.LANCZOS)


def _sheet(rows: list[list[Image.Image]]) -> Image.Image:
    width = sum(each.width + GAP for each in rows[0]) + GAP
    height = sum(row[0].height + GAP for row in rows) + GAP
    sheet = Image.new("RGB", (width, height), GROUND)
    y = GAP
    for row in rows:
        x = GAP
        for each in row:
            sheet.paste(each, (x, y))
            x += each.width + GAP
        y += row[0].height + GAP
    return sheet
