"""The main loop, whole, in three languages: told, read, decided, acted on, answered."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ngoma.cities.book import book
from ngoma.cities.load import load
from ngoma.records.models import Case, Membership, Notice, User
from ngoma.work.worker import run_until_idle
from tests.browser.conftest import PACKS, PASSWORD, say_who
from tests.intake.pictures import encoded, scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.server

TOLD = [
    ("kampala", "", "Deep pothole by the market gate", "kawempe", "pothole", "is solved"),
    ("kampala", "lg/", "Ekinnya kinene mu luguudo ku katale", "kawempe", "pothole", "kigonjoddwa"),
    ("seoul", "", "시장 앞 도로에 포트홀이 크게 생겼어요", "11140", "pothole", "처리를 마쳤습니다"),
]


@pytest.fixture
def visit(
    browser: "Browser", live_server: Any, transactional_db: None, settings: Any, tmp_path: Path
) -> Iterator[Callable[[str], "Page"]]:
    """Opens a page in a browser of its own, without a script."""
    settings.MEDIA_ROOT = tmp_path / "media"
    contexts = []

    def visit(address: str) -> "Page":
        context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("city", "language", "words", "place", "service", "solved"), TOLD)
def test_a_report_is_told_read_decided_solved_and_answered(
    visit: Callable[[str], "Page"],
    tmp_path: Path,
    city: str,
    language: str,
    words: str,
    place: str,
    service: str,
    solved: str,
) -> None:
    load(PACKS / city)
    photo = tmp_path / "filled.jpg"
    photo.write_bytes(encoded(scene(), "JPEG"))
    resident = _tell(visit(f"/{city}/{language}report"), words, place)
    run_until_idle()
    case = Case.objects.get()
    proposed = case.events.get(kind="proposed").data["service"]
    assert proposed == book(city).service_by_code[service].id

    desk = _sit_down(visit("/desk/"), city)
    desk.get_by_role("button", name="Agree and accept").click()
    desk.wait_for_selector(".toldbar")
    _resolve(desk, city, case.reference, photo)
    run_until_idle()
    case.refresh_from_db()
    assert (case.state, case.service.code) == ("resolved", service)

    resident.reload()
    assert resident.locator(".ba img").count() >= 1 or resident.locator("main img").count() >= 1
    kinds = list(Notice.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["received", "accepted", "resolved"]
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    outbox = visit("/outbox/").inner_text("main")
    assert solved in outbox


def _tell(page: "Page", words: str, place: str) -> "Page":
    page.fill("#words", words)
    page.locator(".dock button").click()
    page.select_option("#place", place)
    page.locator(".dock button").click()
    page.fill("#contact", "resident@mail.example")
    page.locator(".dock button").click()
    page.wait_for_url("**/receipt")
    page.locator("main a.btn").last.click()
    return page


def _sit_down(page: "Page", city: str) -> "Page":
    user = User.objects.create_user("nakato", password=PASSWORD)
    Membership.objects.create(user=user, city_id=book(city).id, role="supervisor")
    say_who(page, "nakato")
    page.wait_for_selector(".tabs")
    return page


def _resolve(page: "Page", city: str, reference: str, photo: Path) -> None:
    page.goto(f"/desk/{city}/cases/{reference}/?open=resolve")
    page.set_input_files("#do-resolve input[type=file]", str(photo))
    page.locator("#do-resolve textarea").fill("The hole was filled today.")
    page.click("#do-resolve form .yes")
    page.wait_for_selector(".toldbar")
