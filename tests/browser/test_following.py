"""Follow a report in a browser: by a code, or by messages to the browser itself."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ngoma.records.models import Contact, Follow, Report

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.server
Open = Callable[..., "Page"]

SUBSCRIBED = r"""
const safe = bytes => btoa(String.fromCharCode(...bytes))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
PushManager.prototype.subscribe = async function ({userVisibleOnly, applicationServerKey}) {
  const ours = atob(applicationServerKey.replace(/-/g, '+').replace(/_/g, '/'));
  if (!userVisibleOnly || ours.length !== 65) throw new TypeError('bad key');
  const curve = {name: 'ECDH', namedCurve: 'P-256'};
  const pair = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const keys = {p256dh: safe(raw), auth: safe(new Uint8Array(16))};
  return {toJSON: () => ({endpoint: 'https://push.example/1', keys})};
};
"""
REFUSED = """
PushManager.prototype.subscribe = async () => { throw new DOMException('no', 'NotAllowedError'); };
"""


def test_a_neighbour_follows_by_a_code_without_a_script(kampala: str, open_page: Open) -> None:
    from ngoma.work.worker import run_until_idle

    report = Report.objects.earliest("pk")
    page = open_page(f"/{kampala}/r/{report.reference}", java_script_enabled=False)
    page.fill("#follow-contact", "neighbour@mail.example")
    page.get_by_role("button", name="Follow").click()
    page.locator("#code").wait_for()
    run_until_idle()
    outbox = open_page("/outbox/", java_script_enabled=False).inner_text("main")
    code = re.search(r"Your code is (\d{6})", outbox)
    assert code
    page.fill("#code", code[1])
    page.get_by_role("button", name="Follow").click()
    expect(page.locator("main")).to_contain_text("You follow this")
    page.get_by_role("button", name="Stop following").click()
    expect(page.locator("main")).to_contain_text("no longer follow")
    assert not Follow.objects.exists()


def test_a_browser_is_told_when_it_agrees(kampala: str, open_page: Open) -> None:
    report = Report.objects.earliest("pk")
    page = open_page(f"/{kampala}/")
    page.add_init_script(SUBSCRIBED)
    page.goto(f"/{kampala}/r/{report.reference}")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.get_by_role("button", name="Tell me on this phone").click()
    page.wait_for_url("**/follow/*")
    expect(page.locator("main")).to_contain_text("Messages come to this browser")
    assert Contact.objects.filter(kind="push").count() == 1


def test_who_refused_messages_is_told_what_to_do(kampala: str, open_page: Open) -> None:
    page = open_page(f"/{kampala}/")
    page.add_init_script(REFUSED)
    page.goto(f"/{kampala}/places/kawempe")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.get_by_role("button", name="Tell me on this phone").click()
    expect(page.locator("#push")).to_contain_text("You can allow it in its settings")
    assert not Contact.objects.filter(kind="push").exists()


def test_a_message_is_shown_and_leads_to_its_page(kampala: str, open_page: Open) -> None:
    page = open_page(f"/{kampala}/")
    page.context.grant_permissions(["notifications"])
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(each["registrationId"] for each in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)
    origin = page.evaluate("location.origin")
    link = f"{origin}/kampala/follow/secret"
    for body in ("Work has begun.", "Filled."):
        news = {"title": "KLA 7F3 K29", "body": body, "url": link, "tag": "follow-3"}
        session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": origin, "registrationId": found[0], "data": json.dumps(news)},
        )
    shown = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
        .map(each => [each.title, each.body, each.data])"""
    newest = [["KLA 7F3 K29", "Filled.", link]]
    for _ in range(100):
        if page.evaluate(shown) == newest:
            break
        page.wait_for_timeout(50)
    assert page.evaluate(shown) == newest, "it takes the place of what was shown before"
    # Nobody can tap a notification here, so the worker is told that somebody did.
    opened = page.context.service_workers[0].evaluate(
        """async () => {
            const { clients } = self;
            const opened = new Promise((done) => (clients.openWindow = async (link) => done(link)));
            const [notification] = await self.registration.getNotifications();
            self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
            return opened;
        }"""
    )
    assert opened == link
