"""A shift in a real browser: offline, closed, opened again, cut while sending; each visit once."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ngoma.casework import deciding
from ngoma.cities.book import book
from ngoma.people.permissions import staff
from ngoma.records.models import Case, Membership, User, Visit
from ngoma.work.worker import run_until_idle
from tests.browser.conftest import PASSWORD, comes_true, sign_in
from tests.browser.test_desk import RULES
from tests.intake.pictures import encoded, scene

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.conftest import Play

pytestmark = pytest.mark.server
PHONE = {"viewport": {"width": 390, "height": 844}}
BEGUN = """text => new Promise(done => {
    indexedDB.open("ngoma-field").onsuccess = ({ target: { result: opened } }) => {
        const asked = opened.transaction("begun").objectStore("begun").getAll()
        asked.onsuccess = () => {
            opened.close()
            done(asked.result.some(each => each.typed.text === text))
        }
    }
})"""
"""Whether the phone keeps a visit that was begun with such words."""


@pytest.fixture
def shift(kampala: str) -> list[Case]:
    """Three accepted cases, and a crew to do them."""
    run_until_idle()
    for name, role in (("mukasa", "crew"), ("lead", "coordinator")):
        user = User.objects.create_user(name, password=PASSWORD)
        Membership.objects.create(user=user, city_id=book(kampala).id, role=role)
    lead = staff(User.objects.get(username="lead"))
    for case in Case.objects.all():
        deciding.accept(actor=lead, case_id=case.pk)
    return list(Case.objects.order_by("pk"))


def opened(play: "Play", folder: Path, address: str) -> "BrowserContext":
    """The phone's browser, with what it kept in a folder."""
    return play.chromium.launch_persistent_context(
        str(folder), base_url=address, **PHONE, **play.options
    )


def on_shift(phone: "BrowserContext") -> "Page":
    """The stops, for a crew that signs in on this phone."""
    tab = phone.new_page()
    sign_in(tab, "mukasa", "field/")
    return tab


def visit(tab: "Page", case: Case, photo: Path, text: str) -> None:
    stop = tab.locator(f"#stop-{case.reference}")
    stop.locator("summary").click()
    stop.locator('[name="after"]').set_input_files(str(photo))
    stop.locator('[name="text"]').fill(text)
    stop.locator("form .yes").click()


def test_a_shift_without_a_network_arrives_exactly_once(
    play: "Play", live_server: Any, shift: list[Case], tmp_path: Path
) -> None:
    photo = tmp_path / "after.jpg"
    photo.write_bytes(encoded(scene(), "JPEG"))
    phone = opened(play, tmp_path / "phone", live_server.url)
    tab = on_shift(phone)
    expect(tab.locator(".stops > li")).to_have_count(3)
    found = Axe().run(tab, options=RULES).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == []
    comes_true(tab, "caches.keys().then((names) => names.length > 0)")
    comes_true(tab, "caches.match('/desk/kampala/field/').then((page) => page !== undefined)")
    phone.set_offline(True)
    for number, case in enumerate(shift[:2]):
        visit(tab, case, photo, f"Filled {number}")
        expect(tab.locator("#waiting li")).to_have_count(number + 1)
    phone.close()
    lead = staff(User.objects.get(username="lead"))
    deciding.reject(actor=lead, case_id=shift[2].pk, reason="private-land")

    phone = opened(play, tmp_path / "phone", live_server.url)
    phone.set_offline(True)
    tab = phone.new_page()
    tab.goto("/desk/kampala/field/")
    expect(tab.locator("#waiting li")).to_have_count(2)
    visit(tab, shift[2], photo, "Filled 2")
    expect(tab.locator("#waiting li")).to_have_count(3)
    cut = iter((True, False, True))
    tab.route(
        "**/field/sync/", lambda route: route.abort() if next(cut, False) else route.continue_()
    )
    phone.set_offline(False)
    for _ in range(4):
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        tab.wait_for_timeout(800)
    expect(tab.locator("#waiting li")).to_have_count(1)
    expect(tab.locator("#waiting li")).to_contain_text("Nothing was overwritten")
    tab.click("text=Keep as a note")
    expect(tab.locator("#waiting")).to_be_hidden()
    phone.close()

    states = list(Case.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["resolved", "resolved", "rejected"]
    assert Visit.objects.count() == 3
    for number, case in enumerate(shift):
        (event,) = case.events.filter(kind="visited")
        assert event.data["text"] == f"Filled {number}"
        assert event.data["late"] is (number == 2)


@pytest.mark.once
def test_a_visit_that_was_begun_survives_the_end_of_the_browser(
    play: "Play", live_server: Any, shift: list[Case], tmp_path: Path
) -> None:
    photo = tmp_path / "after.jpg"
    photo.write_bytes(encoded(scene(), "JPEG"))
    phone = opened(play, tmp_path / "phone", live_server.url)
    tab = on_shift(phone)
    stop = tab.locator(f"#stop-{shift[0].reference}")
    stop.locator("summary").click()
    stop.locator('[name="after"]').set_input_files(str(photo))
    stop.locator('[name="minutes"]').fill("25")
    stop.locator('[name="text"]').fill("Half of it is fil")
    comes_true(tab, BEGUN, "Half of it is fil")
    phone.close()

    phone = opened(play, tmp_path / "phone", live_server.url)
    tab = phone.new_page()
    tab.goto("/desk/kampala/field/")
    stop = tab.locator(f"#stop-{shift[0].reference}")
    expect(stop.locator('[name="text"]')).to_have_value("Half of it is fil")
    expect(stop.locator('[name="minutes"]')).to_have_value("25")
    assert stop.locator('[name="after"]').evaluate("each => each.files.length") == 1
    stop.locator('[name="text"]').fill("Filled")
    with tab.expect_response("**/field/sync/"):
        stop.locator("form .yes").click()
    expect(tab.locator("#waiting")).to_be_hidden()
    event = shift[0].events.get(kind="visited")
    assert (event.data["text"], event.data["minutes"]) == ("Filled", 25)
    assert shift[0].events.get(kind="resolved").data["photos"]
    tab.reload()
    assert tab.locator('[name="text"]').evaluate_all("all => all.every((each) => !each.value)")
    phone.close()


def test_what_the_phone_kept_goes_with_who_signs_out(
    play: "Play", live_server: Any, shift: list[Case], tmp_path: Path
) -> None:
    phone = opened(play, tmp_path / "phone", live_server.url)
    tab = on_shift(phone)
    comes_true(tab, "caches.keys().then((names) => names.length > 0)")
    tab.click(".me summary")
    tab.click("text=Log out")
    tab.wait_for_selector("#username")
    assert tab.evaluate("caches.keys()") == []
    names = "indexedDB.databases().then((all) => all.map((each) => each.name))"
    assert "ngoma-field" not in tab.evaluate(names)
    phone.close()
