"""Everybody can use every page: in each language, theme and width, with a script and without.

Each page of `pages.py` is opened in each of the four languages. On a phone and on a desk, in the
light and in the dark, axe-core finds nothing against WCAG 2.2 AA or its best practices. The dark
theme changes colours alone (`tests/look/test_colours.py`), so only the rules on colours are asked
again there. Besides:

* nothing is wider than a phone of 320 px: as it is, with text twice as large, from right to left;
* what is pressed is at least 44 px wide and high: buttons, fields, chips, folds, and links that
  are drawn as controls or stand in menus. Links within a text are held to WCAG 2.5.8 by axe-core;
* the page says its language and direction; no script fails, nothing is missing, nothing is asked
  of another host, and no cookie is left.

Pages with a form are looked at as a phone without scripts shows them, in the light: in Luganda,
whose words are longest, and in Korean.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.pages import FACES, PAGES, Face, Page, Site, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Response

pytestmark = pytest.mark.server
PHONE, DESK, NARROW = (390, 844), (1280, 900), (320, 640)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
Dress = tuple[tuple[int, int], str, list[str]]
DRESSES: tuple[Dress, ...] = (
    (PHONE, "light", RULES),
    (PHONE, "dark", OF_COLOUR),
    (DESK, "dark", OF_COLOUR),
    (DESK, "light", RULES),
)
AXE = """async asked => {
    const options = {runOnly: asked, resultTypes: ["violations"], preload: false}
    const {violations} = await axe.run(document, options)
    return violations.map(each => `${each.id}: ${each.nodes[0].html.slice(0, 160)}`)
}"""
WIDER = """() => {
    const most = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= most) return []
    const parts = [...document.body.querySelectorAll("*")].filter(each => {
        const {left, right} = each.getBoundingClientRect()
        return (right > most + 1 || left < -1) && !each.closest(".vh, .skip")
    })
    return [parts.at(-1)?.outerHTML.slice(0, 160) ?? "something"]
}"""
SMALLER = """() => {
    const pressed = "button, summary, select, textarea, input:not([type=hidden], [readonly]), a"
    const tooSmall = ({width, height}) => width && height && (width < 43.5 || height < 43.5)
    return [...document.querySelectorAll(pressed)]
        .filter(each => each.localName != "a" || getComputedStyle(each).display != "inline")
        .filter(each => !each.closest(".vh, .skip, [aria-hidden=true]"))
        .map(each => each.closest("label") ?? each)
        .filter(each => tooSmall(each.getBoundingClientRect()))
        .map(each => each.outerHTML.slice(0, 160))
}"""
FORMS = [page for page in PAGES if page.form]


class Reader:
    """One tab that goes from page to page and tells what is wrong; between them it forgets all."""

    def __init__(self, browser: "Browser", site: Site) -> None:
        self._site = site
        self._tab = browser.new_page()
        self._protocol = self._tab.context.new_cdp_session(self._tab)
        self._wrong: list[str] = []
        self._tab.on("response", self._answered)
        self._tab.on("console", self._logged)
        self._tab.on("pageerror", lambda error: self._wrong.append(f"script: {error}"))

    def look(self, page: Page, face: Face, *, script: bool = True) -> list[str]:
        """What is wrong with a page in one language."""
        self._forget()
        self._dress(PHONE, "light")
        self._scripts(allowed=script)
        answer = open_page(self._tab, page, face, self._site)
        self._scripts(allowed=True)  # ours, which look at it; the page's own are past
        if answer.status != page.status:
            self._wrong.append(f"answered {answer.status}")
        said = self._tab.evaluate("[document.documentElement.lang, document.documentElement.dir]")
        if said != [page.language or face.language, "ltr"]:
            self._wrong.append(f"language and direction: {said}")
        self._wrong += self._violations(DRESSES if script else DRESSES[:1]) + self._measured()
        self._wrong += [f"cookie: {each['name']}" for each in self._tab.context.cookies()]
        return [f"{face.name}: {each}" for each in self._wrong]

    def _violations(self, dresses: Sequence[Dress]) -> list[str]:
        self._tab.evaluate(AXE_SCRIPT)
        found: list[str] = []
        for size, theme, rules in dresses:
            self._dress(size, theme)
            # At its end no field lies under the button that stays in reach.
            self._tab.evaluate("scrollTo(0, document.body.scrollHeight)")
            where = f"{theme}, {size[0]} px"
            found += [f"{where}: {each}" for each in self._tab.evaluate(AXE, rules)]
        return found

    def _measured(self) -> list[str]:
        """What is too small on a phone, or wider than a narrow one."""
        self._dress(PHONE, "light")
        found = [f"smaller than 44 px: {each}" for each in self._tab.evaluate(SMALLER)]
        self._dress(NARROW, "light")
        for name, on, off in (
            ("320 px", "", ""),
            ("text at 200 %", "style.fontSize = '200%'", "style.fontSize = ''"),
            ("right to left", "dir = 'rtl'", "dir = 'ltr'"),
        ):
            self._tab.evaluate(f"document.documentElement.{on or 'lang'}")
            found += [f"wider than {name}: {each}" for each in self._tab.evaluate(WIDER)]
            self._tab.evaluate(f"document.documentElement.{off or 'lang'}")
        return found

    def _forget(self) -> None:
        self._protocol.send(
            "Storage.clearDataForOrigin", {"origin": self._site.url, "storageTypes": "all"}
        )
        self._wrong = []

    def _dress(self, size: tuple[int, int], theme: str) -> None:
        self._tab.set_viewport_size({"width": size[0], "height": size[1]})
        # Colours that fade into each other would be measured halfway.
        scheme = "dark" if theme == "dark" else "light"
        self._tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def _scripts(self, *, allowed: bool) -> None:
        self._protocol.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def _answered(self, answer: "Response") -> None:
        if not answer.url.startswith((self._site.url, "data:", "blob:")):
            self._wrong.append(f"asked of another host: {answer.url}")
        if answer.status >= 400 and not answer.request.is_navigation_request():
            self._wrong.append(f"{answer.status}: {answer.url}")

    def _logged(self, said: "ConsoleMessage") -> None:
        # That a page itself is answered with 404 or 422 is told here too.
        if said.type == "error" and "Failed to load resource" not in said.text:
            self._wrong.append(f"console: {said.text}")


@pytest.fixture(scope="module")
def reader(browser: "Browser", site: Site) -> Reader:
    """Somebody who looks at pages."""
    return Reader(browser, site)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_everybody_can_use(reader: Reader, page: Page) -> None:
    wrong = [each for face in FACES for each in reader.look(page, face)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", FORMS, ids=lambda page: page.name)
def test_everybody_can_use_without_a_script(reader: Reader, page: Page) -> None:
    wrong = [each for face in FACES[1::2] for each in reader.look(page, face, script=False)]
    assert not wrong, "\n".join(wrong)
