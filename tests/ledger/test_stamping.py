"""Time stamps of RFC 3161, by an authority that OpenSSL makes and that OpenSSL checks."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.test import Client

from ngoma.base.clock import frozen, now
from ngoma.cities.book import Book
from ngoma.ledger import sealing, stamping
from ngoma.records.models import Checkpoint, Job
from ngoma.work.worker import run_until_idle
from tests.ledger.conftest import tell

pytestmark = pytest.mark.once

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def openssl(*words: str, cwd: Path) -> None:
    """Run it; what it says is shown where it fails."""
    done = subprocess.run(["openssl", *words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def authority(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A server that stamps; the directory of its certificate `tsa.pem`."""
    (tmp_path / "serial").write_text("01")
    (tmp_path / "tsa.cnf").write_text(CONFIG.format(folder=tmp_path))
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.pem",
        "-subj", "/CN=TSA of the tests", "-addext", "extendedKeyUsage=critical,timeStamping",
        cwd=tmp_path,
    )  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            (tmp_path / "query.tsq").write_bytes(asked)
            openssl(
                "ts", "-reply", "-queryfile", "query.tsq", "-out", "reply.tsr",
                "-config", "tsa.cnf", "-section", "one", cwd=tmp_path,
            )  # fmt: skip
            answer = (tmp_path / "reply.tsr").read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.NGOMA_LEDGER_TSA = f"http://127.0.0.1:{server.server_port}/"
    yield tmp_path
    server.shutdown()
    server.server_close()


def test_a_checkpoint_is_stamped_once_a_day(town: Book, authority: Path, client: Client) -> None:
    tell(town, key="1")
    sealing.follow()
    stamping.watch()
    run_until_idle()
    (row,) = Checkpoint.objects.filter(stamp__isnull=False)
    for ending in ("tsr", "txt"):
        answer = client.get(f"/ledger/stamps/{row.size}.{ending}")
        (authority / f"kept.{ending}").write_bytes(answer.content)
    openssl(
        "ts", "-verify", "-data", "kept.txt", "-in", "kept.tsr", "-CAfile", "tsa.pem",
        cwd=authority,
    )  # fmt: skip
    assert (authority / "kept.txt").read_text().startswith(f"localhost:8000/ledger\n{row.size}\n")
    tell(town, key="2")
    sealing.follow()
    stamping.watch()
    assert not Job.objects.filter(kind=stamping.STAMP).exists()
    with frozen(now() + timedelta(days=1, minutes=1)):
        stamping.watch()
        run_until_idle()
    assert Checkpoint.objects.filter(stamp__isnull=False).count() == 2


def test_a_stamp_of_something_else_is_not_kept(
    town: Book, authority: Path, monkeypatch: Any
) -> None:
    tell(town, key="1")
    sealing.follow()
    row = Checkpoint.objects.get()
    real = stamping.httpx.post

    def swapped(url: str, *, content: bytes, **more: Any) -> Any:
        other = stamping.TimestampRequestBuilder(b"else", stamping.HashAlgorithm.SHA256).build()
        return real(url, content=other.as_bytes(), **more)

    monkeypatch.setattr(stamping.httpx, "post", swapped)
    with pytest.raises(stamping.NoStamp, match="something else"):
        stamping.stamp(row.pk)
    row.refresh_from_db()
    assert row.stamp is None
