"""A served city with some reports, and pages of a real browser that reach nothing else."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from ngoma.cities import book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import Receipt, submit
from ngoma.public import flooding
from tests.browser.installation import installed
from tests.browser.pages import Site
from tests.insight.following import count_up
from tests.intake.pictures import encoded, made_public, scene

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Playwright's loop runs in this thread, and Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PASSWORD = "a drum of wood"
PACKS = Path(__file__).resolve().parents[2] / "src" / "ngoma" / "packs"


@pytest.fixture
def quiet(transactional_db: None) -> Iterator[None]:
    """Before the tables are emptied, what a closed page had asked for is answered to its end."""
    yield
    if connection.vendor == "postgresql":
        for _ in range(1000):
            if not _busy():
                return
            time.sleep(0.01)
        pytest.fail("after ten seconds a request still holds the database")


def _busy() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture
def kampala(quiet: None, settings: Any, tmp_path: Path) -> str:
    """A shipped city with three reports; its slug."""
    from ngoma.cities.load import load

    settings.MEDIA_ROOT = tmp_path / "media"
    book.forget()
    flooding.forget()
    load(PACKS / "kampala")
    for number, words in enumerate(("A deep hole", "Ekinnya mu luguudo", "Shimo barabarani")):
        told(words, str(number))
    made_public()
    count_up()
    return "kampala"


def open_form(page: "Page", address: str = "/kampala/report") -> None:
    """Come to the form, and wait until the script has it: until then the server takes its steps."""
    page.goto(address)
    page.locator("#form > div > .flow").wait_for()


def comes_true(page: "Page", promise: str, arg: object = None) -> None:
    """Wait until what a page promises is true. (`wait_for_function` takes the promise itself for
    true, and does not wait.)"""
    for _ in range(600):
        if page.evaluate(promise, arg):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"after thirty seconds it is not true: {promise}")


def sign_in(tab: "Page", name: str, page: str = "") -> None:
    """Somebody whose password is `PASSWORD` signs in and sees a page of Kampala's desk."""
    tab.goto(f"/desk/kampala/{page}")
    say_who(tab, name)
    tab.wait_for_selector(".tabs")
    tab.wait_for_load_state("domcontentloaded")  # before it no script hears a key


def say_who(tab: "Page", name: str) -> None:
    """On the page that asks who signs in."""
    tab.fill("#username", name)
    tab.fill("#password", PASSWORD)
    tab.press("#password", "Enter")


def told(words: str, key: str) -> Receipt:
    """A report with a photo, in the middle of the city."""
    return submit(
        Submission(
            book=book.book("kampala"),
            origin="test",
            key=key,
            channel="web",
            words=words,
            service="pothole",
            lat=0.3476,
            lon=32.5825,
            location="by the market",
            photos=(encoded(scene(), "JPEG"),),
        )
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All that a resident can see, on a server as in production; made once for all workers."""
    base = tmp_path_factory.getbasetemp()
    with installed((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "site") as site:
        yield site


@pytest.fixture
def open_page(browser: "Browser", quiet: None, live_server: Any) -> Iterator[Callable[..., "Page"]]:
    """Opens a page of the server; whatever asks anything of another host fails the test."""
    contexts, strangers, troubles = [], [], []

    def open_page(address: str, **options: Any) -> "Page":
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda asked: strangers.append(asked.url) if _far(asked.url) else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(address)
        return page

    def _far(url: str) -> bool:
        return not url.startswith((live_server.url, "blob:", "data:"))

    yield open_page
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert not strangers
    assert not troubles
    assert not cookies
