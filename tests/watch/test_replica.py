"""Residents' pages are read from the replica: never older than allowed, and never missed."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bench import serving
from tests.processes import CALL, ROOT
from tests.watch.servers import Pair, pair

pytestmark = pytest.mark.postgres
KEY = "a key of a program"
LAG = 3
HEADERS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}


class Site:
    """A server that reads from the replica; `log` is what it has said."""

    def __init__(self, pair: Pair, server: serving.Server, log: Path) -> None:
        self.pair, self._server, self._log = pair, server, log

    def ask(
        self, path: str, method: str = "GET", body: str = "", **headers: str
    ) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=20)
        line.request(method, path, body or None, headers)
        answer = line.getresponse()
        found = answer.status, answer.read().decode(errors="replace")
        line.close()
        return found

    def tell(self, words: str) -> dict[str, str]:
        """Hand a report in."""
        told = {"key": str(uuid4()), "words": words, "service": "pothole"}
        body = json.dumps(told | {"lat": 0.15, "lon": 32.05})
        status, answer = self.ask("/small/report/hand-in", "POST", body, **HEADERS)
        assert status == 201, answer
        found: dict[str, str] = json.loads(answer)
        return found

    def lists(self, words: str, **headers: str) -> bool:
        """Whether the public list shows a report with these words."""
        status, page = self.ask("/small/list", **headers)
        assert status == 200
        return words in page

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("replica")
    with pair() as servers, pytest.MonkeyPatch.context() as patch:
        here = {
            "DATABASE_URL": servers.primary,
            "NGOMA_REPLICA_URL": servers.replica,
            "NGOMA_REPLICA_LAG": str(LAG),
            "NGOMA_DATA": str(data),
            "NGOMA_LOG": "INFO",
            "NGOMA_PROCESSES": "1",
        }
        for name, value in here.items():
            patch.setenv(name, value)
        _call("prepare_town", KEY)
        log = data / "server.log"
        with serving.running("", log, NGOMA_PROCESSES="1") as server:
            yield Site(servers, server, log)


@pytest.fixture(autouse=True)
def _asked(site: Site) -> Iterator[None]:
    """The replica is there, and the server reads from it."""
    _until(lambda: not _reads_the_primary(site))
    yield
    site.pair.resume()


def _call(function: str, *arguments: str) -> str:
    command = [sys.executable, "-c", CALL, "tests.watch.filling", function, *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def _until(so: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.2)


def _reads_the_primary(site: Site) -> bool:
    """Whether the list shows what only the primary has: the replica is paused for a moment."""
    words = f"Seen at once {uuid4()}"
    site.pair.pause()
    try:
        site.tell(words)
        return site.lists(words)
    finally:
        site.pair.resume()


def test_the_replica_answers_readers_and_the_primary_who_has_just_written(site: Site) -> None:
    site.pair.pause()
    words = f"Told while it slept {uuid4()}"
    told = site.tell(words)
    assert not site.lists(words)
    requests = "/open311/v2/requests.json?jurisdiction_id=small"
    assert told["reference"] not in site.ask(requests)[1]
    own = told["url"].removesuffix("/receipt")
    for address in (told["url"], own, f"/small/r/{told['reference']}"):
        assert site.ask(address)[0] == 200, "whoever has just told it is not told that it is not"
    assert words in site.ask(own)[1]
    assert site.ask("/small/find?ref=" + told["reference"])[0] == 302
    assert site.lists(words, Cookie="sessionid=somebody-of-the-staff")
    assert told["reference"] in site.ask(f"{requests}&api_key={KEY.replace(' ', '+')}")[1]
    one = f"/open311/v2/requests/{told['reference']}.json?jurisdiction_id=small"
    assert site.ask(one)[0] == 200
    site.pair.resume()
    _until(lambda: site.lists(words))


def test_a_replica_that_is_too_far_behind_is_not_asked(site: Site) -> None:
    site.pair.pause()
    words = f"Told long ago {uuid4()}"
    site.tell(words)
    _until(lambda: site.lists(words), LAG + 5)
    assert "the replica is not asked" in site.said()


def test_a_replica_that_is_gone_costs_no_reader_an_error(site: Site) -> None:
    _until(lambda: not _reads_the_primary(site))
    site.pair.kill()
    words = f"Told without it {uuid4()}"
    site.tell(words)
    assert site.lists(words)
    for path in ("/small/", "/small/map", "/small/places", "/small/figures"):
        assert site.ask(path)[0] == 200
    assert "did not answer" in site.said()
    site.pair.start()
    _until(lambda: not _reads_the_primary(site))
    assert "Traceback" not in site.said()


def test_what_would_write_is_done_at_the_primary(site: Site) -> None:
    """Nothing of ours does so; whoever writes such a view by mistake breaks no page."""
    assert _call("write_while_reading").split() == ["True", "KE", "replica", "default", "default"]
    _until(
        lambda: site.pair.run(site.pair.replica, "SELECT country FROM records_city") == [("KE",)]
    )
