"""A security key or passkey as second factor, with an authenticator that the browser plays."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from ngoma.cities.book import book
from ngoma.records.models import Membership, User
from tests.browser.conftest import PASSWORD, say_who

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.server, pytest.mark.once]


@pytest.fixture
def tab(browser: "Browser", live_server: Any, kampala: str, settings: Any) -> Iterator["Page"]:
    """Where somebody signs in who needs a second factor; a script's error fails the test."""
    settings.NGOMA_SECOND_FACTOR = ("supervisor",)
    user = User.objects.create_user("nakato", password=PASSWORD)
    Membership.objects.create(user=user, city_id=book(kampala).id, role="supervisor")
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if "Security" in said.text else 0)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()
    assert not troubles


def test_a_key_is_set_up_and_lets_in(tab: "Page") -> None:
    tab.goto("/desk/kampala/")
    say_who(tab, "nakato")
    tab.wait_for_url("**/desk/account/2fa/**")
    tab.goto("/desk/account/2fa/webauthn/add/")
    if tab.locator("input[type=password]").count():
        tab.fill("input[type=password]", PASSWORD)
        tab.press("input[type=password]", "Enter")
    tab.fill("input[name=name]", "Blue key")
    tab.click("#mfa_webauthn_add")
    tab.wait_for_url(lambda url: "webauthn/add" not in url)
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    tab.goto("/desk/account/2fa/webauthn/")
    expect(tab.locator("main")).to_contain_text("Blue key")
    tab.goto("/desk/kampala/")
    tab.wait_for_selector(".tabs")

    tab.context.clear_cookies()
    tab.goto("/desk/kampala/")
    say_who(tab, "nakato")
    tab.wait_for_url("**/2fa/authenticate/**")
    tab.goto("/desk/kampala/")
    expect(tab.locator("#password")).to_be_visible()
    say_who(tab, "nakato")
    tab.locator("#mfa_webauthn_authenticate").click()
    tab.wait_for_selector(".tabs")
