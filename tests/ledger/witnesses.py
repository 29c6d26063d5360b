"""Witnesses as others run them: real servers that keep what they cosigned in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from ngoma.tlog import witness as protocol
from ngoma.tlog.checkpoint import Checkpoint
from ngoma.tlog.cosignature import Cosigner
from ngoma.tlog.note import Note, Verifier


class Elsewhere:
    """One witness. `down`: it answers nothing of use."""

    def __init__(self, name: str, at: int = 1_800_000_000) -> None:
        self.cosigner = Cosigner(name, name.encode().ljust(32, b"."))
        self.logs: dict[str, list[Verifier]] = {}
        self.seen: dict[str, Note] = {}
        self.down = False
        self.asked = 0
        self.at = at
        self.url = ""
        self._lock = Lock()

    def answer(self, body: bytes) -> protocol.Answer:
        with self._lock:
            self.asked += 1
            if self.down:
                return protocol.Answer(503, b"closed\n")
            answer = protocol.decide(body, self.logs, self._latest, self.cosigner, self.at)
            if answer.keep is not None:
                self.seen[Checkpoint.parse(answer.keep.text).origin] = answer.keep
            return answer

    def _latest(self, origin: str) -> Checkpoint | None:
        note = self.seen.get(origin)
        return Checkpoint.parse(note.text) if note else None


@contextmanager
def running(*witnesses: Elsewhere) -> Iterator[None]:
    """Serve each at an address of its own."""
    servers = [_server(each) for each in witnesses]
    for server, each in zip(servers, witnesses, strict=True):
        each.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _server(witness: Elsewhere) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/add-checkpoint"
            answer = witness.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
