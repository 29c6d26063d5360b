"""A morning at the desk in a real browser: by keyboard, without reloads, open to everybody."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec import to_builtins
from playwright.sync_api import expect

from ngoma.base.clock import now
from ngoma.casework import deciding, talking
from ngoma.cities.book import book
from ngoma.insight.forecast.kept import Figures, Line, Range, Score
from ngoma.people.permissions import staff
from ngoma.records.models import Case, Forecast, Hold, Membership, SavedView, User
from ngoma.records.queries import forecasts
from ngoma.work.worker import run_until_idle
from tests.browser.conftest import PASSWORD, sign_in, told
from tests.desk.test_outcomes import keep

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.server
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Sit = Callable[..., "Page"]


@pytest.fixture
def sit(browser: "Browser", live_server: Any, kampala: str) -> Iterator[Sit]:
    """Logs a triager in and opens a page of the desk; a script's error fails the test."""
    run_until_idle()
    user = User.objects.create_user("nakato", password=PASSWORD)
    Membership.objects.create(user=user, city_id=book(kampala).id, role="triager")
    contexts, troubles = [], []

    def sit(page: str = "", **options: Any) -> "Page":
        context = browser.new_context(
            base_url=live_server.url, **{"viewport": {"width": 1440, "height": 900}} | options
        )
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        tab.on("console", lambda said: troubles.append(said.text) if "Security" in said.text else 0)
        sign_in(tab, "nakato", page)
        return tab

    yield sit
    for context in contexts:
        context.close()
    assert not troubles


def test_three_reports_are_decided_by_key_without_a_reload(sit: Sit) -> None:
    tab = sit()
    tab.evaluate("window.stayed = true")
    rows = tab.locator(".row")
    expect(rows).to_have_count(3)
    tab.keyboard.press("j")
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    expect(tab.locator("#report h2").first).to_contain_text("Ekinnya")
    tab.keyboard.press("k")
    expect(tab.locator("#report h2").first).to_contain_text("deep")
    tab.keyboard.press("a")
    expect(rows).to_have_count(2)
    expect(tab.locator("#live")).to_contain_text("Accepted.")
    tab.keyboard.press("c")
    tab.keyboard.type("Open manhole")
    tab.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    tab.keyboard.press("q")
    expect(tab.locator("#ask-text")).to_be_focused()
    tab.keyboard.type("Which side of the road?")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#list .empty")).to_be_visible()
    assert tab.evaluate("window.stayed") is True
    states = Case.objects.order_by("pk").values_list("state", "service__code")
    assert list(states) == [
        ("accepted", "pothole"),
        ("accepted", "manhole"),
        ("waiting", "pothole"),
    ]


def test_what_a_colleague_did_meanwhile_is_shown_and_nothing_typed_is_lost(sit: Sit) -> None:
    tab = sit()
    tab.keyboard.press("r")
    tab.fill("#answer-text", "We are on our way")
    case = Case.objects.order_by("pk")[0]
    other = tab.context.new_page()
    other.goto(f"/desk/kampala/cases/{case.reference}/")
    other.click("#do-note summary")
    other.fill("#note-text", "I am there already")
    other.click("#do-note .yes")
    other.wait_for_selector(".toldbar")
    tab.press("#answer-text", "Control+Enter")
    tab.wait_for_selector(".trouble")
    assert "I am there already" in (tab.text_content(".trouble") or "")
    assert tab.input_value("#answer-text") == "We are on our way"
    tab.press("#answer-text", "Control+Enter")
    tab.wait_for_selector(".toldbar")


def test_a_decision_is_undone_by_key(sit: Sit, settings: Any) -> None:
    settings.NGOMA_UNDO = 10
    tab = sit()
    tab.keyboard.press("a")
    expect(tab.locator(".row")).to_have_count(2)
    tab.keyboard.press("u")
    expect(tab.locator(".row")).to_have_count(3)
    expect(tab.locator("#live")).to_contain_text("taken back.")
    assert set(Case.objects.values_list("state", flat=True)) == {"received"}


def test_the_undo_goes_away_when_it_is_too_late(sit: Sit, settings: Any) -> None:
    settings.NGOMA_UNDO = 2
    tab = sit()
    tab.keyboard.press("a")
    expect(tab.locator(".toldbar .btn")).to_be_visible()
    expect(tab.locator(".toldbar .btn")).to_have_count(0)
    expect(tab.locator(".toldbar")).to_be_visible()


def test_an_open_queue_shows_what_others_do(sit: Sit) -> None:
    tab = sit()
    rows = tab.locator(".row")
    expect(rows).to_have_count(3)
    told("A live wire is down on the path", "danger")
    expect(rows).to_have_count(4, timeout=15_000)
    run_until_idle()  # only now it is read
    expect(rows.first).to_contain_text("A live wire", timeout=15_000)
    expect(tab.locator("#live")).to_contain_text("New danger: A live wire")
    expect(tab.locator(".grp.d")).to_be_visible()
    first, second, third = Case.objects.order_by("pk")[:3]
    colleague = User.objects.create_user("okello", first_name="Okello")
    Hold.objects.create(case=third, user=colleague, until=now() + timedelta(minutes=2))
    actor = staff(User.objects.get(username="nakato"))
    deciding.accept(actor=actor, case_id=second.pk)
    talking.note(actor=actor, case_id=first.pk, text="I look at it")
    expect(rows).to_have_count(3, timeout=15_000)
    expect(tab.locator(".held:visible")).to_contain_text("Okello", timeout=15_000)
    expect(tab.locator(".stale")).to_be_visible(timeout=15_000)
    tab.click(".stale a")
    expect(tab.locator(".stale")).to_be_hidden()


def test_filters_are_chosen_and_kept_by_key(sit: Sit) -> None:
    tab = sit()
    expect(tab.locator(".row")).to_have_count(3)
    tab.keyboard.press("f")
    tab.select_option("#choose-channel", "sms")
    tab.click(".choosing .btn.yes")
    expect(tab.locator("#list .empty")).to_be_visible()
    tab.wait_for_load_state("domcontentloaded")
    tab.keyboard.press("f")
    tab.fill("#keep-name", "By phone")
    tab.keyboard.press("Enter")
    expect(tab.locator(".kept [aria-current]")).to_have_text("By phone")
    tab.click("text=Everything")
    expect(tab.locator(".row")).to_have_count(3)


def test_a_click_on_the_map_is_a_position(sit: Sit) -> None:
    case = Case.objects.order_by("pk")[0]
    tab = sit(f"cases/{case.reference}/")
    box = tab.locator(".map svg").bounding_box()
    assert box
    tab.mouse.click(box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2)
    lat, lon = map(float, tab.input_value("[data-position]").split(","))
    assert abs(lat - 0.3476) < 0.0002
    assert 0.0005 < lon - 32.5825 < 0.005
    tab.click("#do-correct form .yes")
    tab.wait_for_selector(".toldbar")
    case.refresh_from_db()
    assert case.lon == pytest.approx(lon, abs=1e-5)


def test_the_desk_works_without_a_script(sit: Sit) -> None:
    tab = sit(java_script_enabled=False)
    tab.click("text=Agree and accept")
    expect(tab.locator(".toldbar")).to_contain_text("Accepted.")
    with tab.expect_navigation():
        tab.click(".row >> nth=1")
    tab.click("#do-answer summary")
    tab.fill("#answer-text", "Soon")
    tab.click("#do-answer form .yes")
    expect(tab.locator(".toldbar")).to_have_count(1)


def _foretell(city_id: int) -> None:
    """Keeps a forecast with everything that its page can show."""
    service = next(iter(book("kampala").services))
    place = book("kampala").districts[0]
    day, week, score = Range(4.2, 1, 9), Range(29.0, 19, 41), Score(49, 3.1, 2.9, 0.91)
    keys = ((service, place), (service, None), (None, place), (None, None))
    lines = [Line(*key, [day] * 14, [week] * 2, score) for key in keys]
    row = Forecast.objects.create(
        city_id=city_id,
        day=now().date(),
        made_at=now(),
        figures=to_builtins(Figures(lines, [])),
        first=[[], []],
    )
    forecasts.replace_lines(row, ((each.key, to_builtins(each)) for each in lines))


def _keep_views(city_id: int) -> None:
    """One of one's own and one of a colleague, both shared and published."""
    colleague = User.objects.create_user("okello", first_name="Okello")
    for number, user in enumerate((User.objects.get(username="nakato"), colleague)):
        SavedView.objects.create(
            user=user, city_id=city_id, page="work", query="state=all&service=pothole", shared=True,
            name="Holes of the whole city, open and done", code=f"7hk3mq2{number}",
            public_page="list", public_query="what=pothole",
        )  # fmt: skip


UNFOLDED = ("views/", "work/", "outcomes/?service=pothole", "situation/", "performance/")
"""Pages that are looked at with all that they fold away, too."""


@pytest.mark.once
@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [("en", 1440, "light"), ("ko", 1440, "dark"), ("lg", 390, "light"), ("sw", 390, "dark")],
)
def test_every_page_is_open_to_everybody(sit: Sit, theme: str, language: str, width: int) -> None:
    User.objects.update(language=language)
    keep(book("kampala"), 48)
    city = book("kampala").id
    for role in ("coordinator", "auditor", "administrator"):
        Membership.objects.create(user=User.objects.get(), city_id=city, role=role)
    first = Case.objects.order_by("pk")[0]
    _foretell(city)
    _keep_views(city)
    tab = sit(color_scheme=theme, viewport={"width": width, "height": 844})
    case = f"cases/{first.reference}/"
    pages = (
        "", f"?case={first.reference}", "work/", "work/?q=nothing", "board/", "call/", case,
        f"{case}?open=reject", "cases/KLA000000/", "inbox/", "batch/", "performance/",
        "situation/", "forecast/?service=-", "forecast/", "outcomes/", "topics/",
        "views/", "outcomes/?service=pothole", "words/",
        "words/article/reference/", "words/template/-/", "looks/", "people/", "/account/sessions",
        "/account/2fa", "/account/password/change", "/login",
    )  # fmt: skip
    for page in pages:
        if page == "/login":
            tab.context.clear_cookies()
        tab.goto(f"/desk{page}/" if page.startswith("/") else f"/desk/kampala/{page}")
        if page in UNFOLDED:
            tab.evaluate(
                "document.querySelectorAll('main details').forEach(each => each.open = true)"
            )
        found = Axe().run(tab, options=RULES).response["violations"]
        assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == [], page
        overflow = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, page


NO_LETTER_SMALLER = """() => {
    const seen = [...document.querySelectorAll("#now *")].filter(each =>
        each.checkVisibility() && !each.closest("svg, .vh") && each.getClientRects().length
        && [...each.childNodes].some(node => node.nodeType == 3 && node.data.trim()))
    return Math.min(...seen.map(each => parseFloat(getComputedStyle(each).fontSize)))
}"""
FITS = "document.documentElement.scrollHeight <= innerHeight && document.querySelector('.turn')"


def test_a_wall_is_read_from_five_metres_part_by_part(sit: Sit) -> None:
    """On a screen 1.2 m wide letters of 28 px are at least 9 mm high: good eyes need 7 there."""
    city = book("kampala").id
    Membership.objects.create(user=User.objects.get(), city_id=city, role="coordinator")
    tab = sit(viewport={"width": 1920, "height": 1080})
    tab.clock.install()
    tab.goto("/desk/kampala/situation/")
    panels = tab.locator(".panel")
    expect(panels).to_have_count(5)
    expect(panels.last).to_be_visible()
    tab.locator("#full").click()
    expect(panels.nth(0)).to_be_visible()
    for number in (0, 1, 2, 3, 4, 0):
        expect(panels.nth(number)).to_be_visible()
        assert [each.is_visible() for each in panels.all()].count(True) == 1
        assert tab.evaluate(NO_LETTER_SMALLER) >= 28
        assert tab.evaluate(FITS)
        tab.clock.run_for(15_000)
    tab.evaluate("document.exitFullscreen()")
    expect(panels.last).to_be_visible()
    assert all(each.is_visible() for each in panels.all())
