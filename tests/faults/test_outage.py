"""The database is away for some seconds: nobody's words are lost, and all goes on by itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from bench.hosts import LOCAL, Hosts, Postgres, until
from bench.storm import Storm

pytestmark = pytest.mark.server
FORM = {
    "go": "send", "words": "A deep hole & <b>nobody</b> comes", "lat": "0.15", "lon": "32.05",
    "contact": "ann@example.org", "service": "pothole",
}  # fmt: skip


@contextmanager
def away(installation: Hosts) -> Iterator[None]:
    """No database, until the block ends."""
    database = installation.database
    assert isinstance(database, Postgres)
    database.kill()
    try:
        yield
    finally:
        database.begin()


@pytest.mark.postgres  # SQLite is a file, which is never away
def test_what_callers_hear_and_what_goes_on(installation: Hosts) -> None:
    host, storm = installation.hosts[0], Storm(installation)
    worker, said = host.processes["worker"], host.log("worker").stat().st_size
    key = f"outage-of-the-database-{time.monotonic_ns() % 10_000}"
    with away(installation), httpx.Client(base_url=host.url, headers=LOCAL, timeout=10) as client:
        page = client.post("/small/sw/report", data=FORM)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
        assert 'lang="sw"' in page.text
        assert "Hii bado haijatumwa" in page.text
        assert 'name="words" value="A deep hole &amp; &lt;b&gt;nobody&lt;/b&gt; comes"' in page.text
        assert 'name="contact" value="ann@example.org"' in page.text

        foreign = {"Sec-Fetch-Site": "cross-site"}
        page = client.post("/small/sw/report", data=FORM, headers=foreign)
        assert "hole" not in page.text, "what another site sent is not offered as a form of ours"
        page = client.post("/desk/login/", data={"username": "ann", "password": "s3cret"})
        assert "s3cret" not in page.text

        handed_in = storm.say(host, key)
        assert (handed_in.status_code, handed_in.json().keys()) == (503, {"error"})

        create = {"jurisdiction_id": "small", "service_code": "pothole", "api_key": "bench-key",
                  "lat": "0.15", "long": "32.05", "description": "A hole"}  # fmt: skip
        answer = client.post("/open311/v2/requests.xml", data=create)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "<code>503</code><description>Nothing can be taken" in answer.text
        answer = client.post("/open311/v2/requests.json", data=create)
        assert [each["code"] for each in answer.json()] == [503]

        health = client.get("/readyz")
        assert (health.status_code, health.text) == (503, "the database does not answer\n")
        told = b"worker cannot reach its jobs"
        until(lambda: told in host.log("worker").read_bytes()[said:], "the worker is silent")
        time.sleep(4)
    assert until(lambda: storm.say(host, key).status_code == 201, "nothing is taken", 10) < 2
    number = f"(SELECT id FROM records_report WHERE key = '{key}')"
    notices = f"SELECT state FROM records_notice WHERE report_id = {number}"
    until(lambda: installation.database.rows(notices) == [("sent",)], "no receipt was sent")
    assert worker.poll() is None
    assert host.processes["web"].poll() is None
    log = host.log("worker").read_bytes()[said:].decode()
    assert len(log.splitlines()) < 60, "each try of each timer tells at length"
