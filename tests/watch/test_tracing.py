"""What OpenTelemetry is told: by requests, jobs and readers, to who is named by its own variables,
and nothing of what people wrote or how they are reached."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from typer.testing import CliRunner

from ngoma.__main__ import app
from ngoma.base import tracing
from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.insight import arriving
from ngoma.intake.submit import Receipt
from ngoma.ledger import sealing
from ngoma.records.models import Job
from ngoma.settings import serve
from ngoma.work import timers, worker
from tests.processes import plain_environment

pytestmark = pytest.mark.django_db(transaction=True)
Tell = Callable[..., Receipt]


class Collector:
    """A receiver of OTLP over HTTP that keeps what it is sent."""

    def __init__(self) -> None:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.bodies.append((self.path, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.bodies: list[tuple[str, bytes]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self) -> list[tuple[str, dict[str, Any], Any]]:
        """Name, attributes and the span itself of all that came."""
        assert {path for path, _body in self.bodies} <= {"/v1/traces"}
        return [
            (span.name, {each.key: _value(each.value) for each in span.attributes}, span)
            for _path, body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the environment names."""
    made = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", made.address)
    yield made
    tracing.end()
    made.server.shutdown()
    made.server.server_close()


def test_requests_jobs_and_batches_are_told_and_no_more(
    town: Book, tell: Tell, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=trial")
    tracing.begin()
    report = tell(words="Zebulonia's hole, call +256 772 123456", email="zeb@example.org").report
    client = Client(raise_request_exception=False)
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    asked = client.get(
        f"/small/r/{report.reference}/{report.secret}?x=xylophone",
        headers={
            "X-Request-ID": "from-the-proxy",
            "traceparent": f"00-{trace}-00f067aa0ba902b7-01",
        },
    )
    assert asked.status_code == 200
    client.get("/small/r/call-0772-123456")
    client.post("/small/report", {"words": "xylophone", "contact": "zeb@example.org", "go": "x"})
    Job.objects.create(kind="of nobody", data={"case": report.case_id}, run_at=now())
    worker.run_until_idle()
    sealing.follow()
    arriving.read_batch()
    with suppress(ValueError), tracing.span("what fails", {}):
        raise ValueError("Zebulonia was here")
    tracing.end()

    spans = collector.spans()
    (own,) = [each for each in spans if each[0] == "public.own.own"]
    assert own[1] == {
        "ngoma.request_id": "from-the-proxy",
        "ngoma.reference": report.reference,
        "http.request.method": "GET",
        "http.response.status_code": 200,
    }
    assert own[2].trace_id.hex() == trace
    (track,) = [each for each in spans if each[0] == "public.tracking.track"]
    assert "ngoma.reference" not in track[1], "that was none"
    jobs = [each for each in spans if "ngoma.job" in each[1]]
    assert {"proposals.read", "of nobody"} <= {each[0] for each in jobs}
    (failed,) = [each for each in jobs if each[0] == "of nobody"]
    assert failed[1]["ngoma.case"] == report.case_id
    assert (failed[2].status.code, failed[2].status.message) == (2, "LookupError")
    (broken,) = [each[2] for each in spans if each[0] == "what fails"]
    assert (broken.status.message, list(broken.events)) == ("ValueError", [])
    batches = {
        each[1]["ngoma.reader"]: each[1]["ngoma.events"] for each in spans if each[0] == "batch"
    }
    assert batches.keys() >= {"ledger", "arrivals"}
    assert min(batches.values()) >= 1

    sent = b"".join(body for _path, body in collector.bodies)
    assert b"trial" in sent
    assert b"ngoma" in sent
    private = (
        "Zebulonia",
        "772 123",
        "772123",
        "zeb@",
        "xylophone",
        report.secret,
        "call-0772",
        "127.0.0.1",
    )
    assert [mark for mark in private if mark.encode() in sent] == []


@pytest.mark.once
@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SDK_DISABLED"])
def test_nothing_is_told_unless_it_is_asked_for(
    town: Book, collector: Collector, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "true" if name == "OTEL_SDK_DISABLED" else "")
    tracing.begin()
    assert not tracing.is_on()
    Client().get("/small/")
    assert collector.bodies == []


@pytest.mark.once
def test_a_collector_that_hangs_delays_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "LAST_S", 0.1)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "20")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        tracing.begin()
        with tracing.span("anything", {}):
            pass
        begun = monotonic()
        tracing.end()
        assert monotonic() - begun < 10


WEB = """
import io
from ngoma.settings.wsgi import application
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "wsgi.input": io.BytesIO()}
print(application(environ, lambda *_: None))
"""


@pytest.mark.once
def test_a_web_process_tells(collector: Collector, tmp_path: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WEB],
        env=plain_environment() | {"NGOMA_DATA": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert [name for name, _about, _span in collector.spans()] == ["healthz"]


@pytest.mark.once
def test_a_worker_tells(
    town: Book, tell: Tell, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was told to stop before it began its second round."""
    stop = Event()
    monkeypatch.setattr(serve, "stop_on_signals", lambda: stop)
    monkeypatch.setattr(timers, "tick", stop.set)
    tell()
    assert CliRunner().invoke(app, ["worker"]).exit_code == 0
    assert tracing.is_on()
