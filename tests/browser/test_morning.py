"""A morning at the desk: of a triager, of an agent with a caller, of a crew, of a supervisor."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from ngoma.base.clock import now
from ngoma.cities.book import book
from ngoma.insight import performing
from ngoma.records.models import Alert, Case, Decision, Membership, Notice, Question, User
from ngoma.work.worker import run_until_idle
from tests.browser.conftest import PASSWORD, sign_in, told
from tests.intake.pictures import encoded, scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.server
Sit = Callable[..., "Page"]


@pytest.fixture
def sit(browser: "Browser", live_server: Any, kampala: str) -> Iterator[Sit]:
    """Lets somebody with a role sit down at their page; a script's error fails the test."""
    run_until_idle()
    contexts, troubles = [], []

    def sit(name: str, role: str, page: str = "", **options: Any) -> "Page":
        user = User.objects.create_user(name, password=PASSWORD, first_name=name.title())
        Membership.objects.create(user=user, city_id=book(kampala).id, role=role)
        context = browser.new_context(
            base_url=live_server.url, **{"viewport": {"width": 1440, "height": 900}} | options
        )
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        sign_in(tab, name, page)
        return tab

    yield sit
    for context in contexts:
        context.close()
    assert not troubles


def test_a_morning(sit: Sit, tmp_path: Path) -> None:
    triager = sit("nakato", "triager")
    _triage(triager)
    _call(sit("akello", "agent", "call/"))
    _work(sit, tmp_path)
    _oversee(sit)


def _triage(tab: "Page") -> None:
    """Agree, take back, agree again, overrule, mention the supervisor."""
    rows = tab.locator(".row")
    expect(rows).to_have_count(3)
    tab.keyboard.press("a")
    expect(rows).to_have_count(2)
    tab.keyboard.press("c")
    tab.keyboard.type("Open manhole")
    tab.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    User.objects.create_user("okello", password=PASSWORD, first_name="Okello")
    Membership.objects.create(
        user=User.objects.get(username="okello"), city_id=book("kampala").id, role="supervisor"
    )
    tab.keyboard.press("n")
    tab.keyboard.type("@okello is this ours?")
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#live")).to_contain_text("Noted")
    tab.keyboard.press("a")
    expect(tab.locator("#list .empty")).to_be_visible()
    run_until_idle()
    assert Decision.objects.count() == 3


def _call(tab: "Page") -> None:
    """A question that an article answers, then a problem, all by keyboard."""
    expect(tab.locator("#phone")).to_be_focused()
    tab.keyboard.type("0772 123456")
    tab.keyboard.press("Tab")
    tab.keyboard.type("What is my reference good for?")
    expect(tab.locator("#help .article").first).to_contain_text("What is my reference for?")
    tab.keyboard.press("Alt+KeyA")
    expect(tab.locator(".toldbar")).to_contain_text("no case was opened")
    assert Question.objects.get().article == "reference"
    assert Case.objects.count() == 3
    expect(tab.locator("#phone")).to_have_value("")  # nothing of the last caller is left
    tab.fill("#phone", "0772 123456")
    tab.fill("#words", "There is a deep pothole on the road")
    tab.fill("#location", "Kawempe")
    expect(tab.locator("#help .picks")).to_contain_text("Alt 1")
    tab.reload()
    assert tab.input_value("#words") == "There is a deep pothole on the road"
    expect(tab.locator("#help .picks")).to_contain_text("Alt 1")
    tab.keyboard.press("Alt+Digit1")
    assert tab.input_value("#service")
    tab.press("#words", "Control+Enter")
    expect(tab.locator(".toldbar")).to_contain_text("The reference to tell the caller")
    tab.goto("/desk/kampala/call/")
    tab.fill("#phone", "+256 772 123456")
    expect(tab.locator("#help")).to_contain_text("There is a deep pothole on the road")


def _work(sit: Sit, folder: Path) -> None:
    """The first stop is done, with a photo."""
    photo = folder / "after.jpg"
    photo.write_bytes(encoded(scene(), "JPEG"))
    tab = sit("mukasa", "crew", "field/", viewport={"width": 390, "height": 844})
    stop = tab.locator(".stops > li").first
    reference = stop.get_attribute("data-reference")
    stop.locator("summary").click()
    stop.locator('[name="after"]').set_input_files(str(photo))
    stop.locator('[name="text"]').fill("Filled with gravel")
    stop.locator('[name="minutes"]').fill("25")
    with tab.expect_response("**/field/sync/") as answer:
        stop.locator("form .yes").click()
    assert answer.value.ok
    expect(tab.locator("#waiting")).to_be_hidden()
    case = Case.objects.get(reference=reference)
    assert case.state == "resolved"


def _oversee(sit: Sit) -> None:
    """What a colleague asked, who has how much, how promises are kept; many answered at once."""
    for number in range(4):
        told(f"The same hole {number}", f"more {number}")
    run_until_idle()
    while performing.read_batch():
        pass
    tab = sit("amina", "supervisor", "board/")
    expect(tab.locator("h1")).to_contain_text("Who has how much to do")
    tab.click("text=How promises are kept")
    expect(tab.locator(".chart").first).to_be_visible()
    with tab.expect_download() as download:
        tab.locator("text=As a file (CSV)").first.click()
    assert download.value.suggested_filename == "kampala-month.csv"
    tab.goto("/desk/kampala/work/?state=received")
    tab.click("text=To all that fit")
    expect(tab.locator("h1")).to_contain_text("Many at once")
    for tag in ("en", "lg", "sw"):
        tab.fill(f"#text-{tag}", "{reference}: we look at it this week.")
    tab.click(".many .yes")
    tab.locator("#batch").wait_for()
    run_until_idle()
    expect(tab.locator("#batch")).to_contain_text("Done for 5 cases.", timeout=10_000)
    own = Alert.objects.get(user__username="okello")
    assert own.kind == "mentioned"


@pytest.mark.once
def test_fifty_reports_are_decided_by_one_key_each(sit: Sit, kampala: str) -> None:
    for number in range(47):
        told(f"There is a pothole number {number}", f"many {number}")
    run_until_idle()
    tab = sit("nakato", "triager")
    waits = tab.locator(".row")
    expect(waits).to_have_count(50)
    tab.evaluate("window.stayed = true")
    begun = now()
    for left in range(49, -1, -1):
        tab.keyboard.press("a")
        if left % 10 == 0:
            expect(waits).to_have_count(left)
        else:
            tab.wait_for_function(
                "left => document.querySelectorAll('.row').length === left", arg=left
            )
    assert tab.evaluate("window.stayed") is True
    assert set(Case.objects.values_list("state", flat=True)) == {"accepted"}
    assert Case.objects.count() == 50
    assert now() - begun < timedelta(minutes=2)
    assert not Notice.objects.filter(kind="rejected").exists()
