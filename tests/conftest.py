"""The tests' own installation: a data directory that goes away, and one of the two databases.

NGOMA_TEST_DB says which: `sqlite` (the default), or `postgres`, at DATABASE_URL or on this machine.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

    from ngoma.cities.book import Book

ON_POSTGRES = os.environ.get("NGOMA_TEST_DB", "sqlite") == "postgres"
DATA = Path(tempfile.mkdtemp(prefix="ngoma-tests-"))
for name in [name for name in os.environ if name.startswith("NGOMA_") and "TEST" not in name]:
    del os.environ[name]
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "ngoma.settings.django",
    "NGOMA_DATA": str(DATA),
    "NGOMA_DEMO": "yes",
    "NGOMA_LOG": "ERROR",
    "NGOMA_UNDO": "0",
    "DATABASE_URL": os.environ.get("DATABASE_URL") or "postgresql://127.0.0.1:5432/postgres"
    if ON_POSTGRES
    else "",
}
# Everywhere as in CI: the same examples each time, and as long as a busy machine takes for them.
hypothesis.settings.load_profile("ci")
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "database", "installation"}


def _set_up() -> None:
    """Finish Django's settings for tests and start it, before any test module is imported."""
    import django
    from django.conf import settings

    database = settings.DATABASES["default"]
    test_name = f"ngoma_test_{os.getpid()}" if ON_POSTGRES else str(DATA / "test.sqlite3")
    database.setdefault("TEST", {})["NAME"] = test_name
    # Nothing here must outlive a power cut, and waiting for the disk is most of the time.
    if ON_POSTGRES:
        # Nor is a lock waited for to the end of time: whoever does so says which.
        database["OPTIONS"]["options"] = "-c synchronous_commit=off -c lock_timeout=100s"
    else:
        database["OPTIONS"]["init_command"] += "; PRAGMA synchronous = OFF"
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"] = {"BACKEND": plain}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


_set_up()


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(DATA, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what touches the database; the rest has run on SQLite."""
    chosen = [item for item in items if _belongs_here(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _belongs_here(item: pytest.Item) -> bool:
    if not ON_POSTGRES:
        return not item.get_closest_marker("postgres")
    if item.get_closest_marker("once"):
        return False
    if item.get_closest_marker("django_db") or item.get_closest_marker("postgres"):
        return True
    return bool(DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session", autouse=True)
def _life_of_a_report() -> None:
    """Jobs follow events in tests as they do in a running installation."""
    from ngoma.settings.start import start

    start()


@pytest.fixture(autouse=True)
def _every_service_is_at_work() -> None:
    """No test meets a service that rests because it failed in another."""
    from ngoma.notices import resting

    resting.forget()


@pytest.fixture(autouse=True)
def _nothing_is_of_another_city() -> None:
    """Nothing is kept of the city of another test, which had the same numbers and times."""
    from ngoma.base import remembered
    from ngoma.insight import figures
    from ngoma.insight.forecast import expected
    from ngoma.ledger import receipts, sealing
    from ngoma.ledger.naming import Names
    from ngoma.proposals import in_use
    from ngoma.public import unchanged
    from ngoma.records.queries import requests
    from ngoma.watch import standing

    unchanged.forget()
    remembered.forget()
    in_use.look_again()
    for kept in (
        figures._newest, expected._expected, requests._count, standing._marked,
        in_use._loaded, in_use._weights,
    ):  # fmt: skip
        kept.cache_clear()
    receipts._names, sealing._names = Names(), Names()


@pytest.fixture
def database(db: None) -> None:
    """A migrated database; what a test writes is undone after it."""


@pytest.fixture
def town(db: None) -> "Book":
    """A small city, loaded from its pack."""
    from ngoma.cities import book
    from ngoma.cities.load import load

    book.forget()
    return book.book_of(load(Path(__file__).parent / "cities" / "small").pk)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process looks at again every few seconds it does not look at again in this test,
    however long that takes: its questions can be counted."""
    for name in ("cities.book.FRESH", "proposals.in_use.LOOK_AGAIN", "watch.metrics.FRESH"):
        monkeypatch.setattr(f"ngoma.{name}", 3600.0)


@pytest.fixture(scope="session")
def play() -> Iterator["Play"]:
    """How browsers are started; a machine without Chromium skips, but CI fails."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    path = next((path for path in found if path), None)
    if path is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no Chromium: install it (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    quiet = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")
    with sync_playwright() as playwright:
        yield Play(playwright.chromium, {"executable_path": path, "args": list(quiet)})


@dataclass(frozen=True)
class Play:
    """Chromium as Playwright starts it, and the options that it needs here."""

    chromium: "BrowserType"
    options: dict[str, Any]


@pytest.fixture(scope="session")
def browser(play: Play) -> Iterator["Browser"]:
    """Headless Chromium."""
    chromium = play.chromium.launch(**play.options)
    yield chromium
    chromium.close()
