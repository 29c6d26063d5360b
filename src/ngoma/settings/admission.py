"""How many requests a web process works on at once, how many wait, and who is told to come again.

Without a bound everybody waits longer the more there are, until nobody is answered in time. So a
few threads do the work, each with its connection to the database; those of the server only wait
for them. When too many wait, whoever reads is asked to come again, at next to no cost. Who hands
something in waits longer before that: a report is worth more than a page. A browser is shown a page
that was made before (`public/crowded.py`), a program gets a line.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from secrets import choice
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ngoma.public.crowded import Pages

READERS, WRITERS = 48, 60
"""Requests of either kind in a process, those worked on not counted, above which they are refused:
half a second of work, or so."""
AGAIN_S = range(3, 11)
"""Seconds after which to come again, drawn by chance: all at once would be no better."""
ALWAYS = ("/healthz", "/readyz", "/metrics")
"""What tells how a process is, and so has to be answered while it has much to do."""
LINE = b"Many people are using this just now. Please try again in a few seconds.\n"
PLAIN = [("Content-Type", "text/plain; charset=utf-8")]
"""What a program is told."""

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]


class Admission:
    """A WSGI application before another one."""

    def __init__(self, application: Application, at_once: int, pages: "Pages") -> None:
        self._application = application
        self._at_once = at_once
        self._pages = pages
        self._workers = ThreadPoolExecutor(at_once, "request")
        self._inside = 0
        self._lock = Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Have the request worked on, or refuse it."""
        if not self._enter(environ):
            return self._refuse(environ, start)
        try:
            status, headers, body = self._workers.submit(self._answer, environ).result()
        finally:
            with self._lock:
                self._inside -= 1
        start(status, headers)
        return body

    def _enter(self, environ: Environ) -> bool:
        reads = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        most = self._at_once + (READERS if reads else WRITERS)
        with self._lock:
            if self._inside >= most and environ["PATH_INFO"] not in ALWAYS:
                return False
            self._inside += 1
            return True

    def _answer(self, environ: Environ) -> tuple[str, list[tuple[str, str]], Iterable[bytes]]:
        """The whole answer, in a thread that works. A file is read by whoever sends it."""
        said: list[Any] = []
        answer: Any = self._application(environ, lambda *line: said.extend(line[:2]))
        if getattr(answer, "streaming", False):
            return said[0], said[1], answer
        try:
            return said[0], said[1], [b"".join(answer)]
        finally:
            answer.close()  # which gives back the connection of this thread

    def _refuse(self, environ: Environ, start: Start) -> Iterable[bytes]:
        page = self._pages.page(environ)
        body = LINE if page is None else page
        headers = [
            *(PLAIN if page is None else self._pages.headers),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Retry-After", str(choice(AGAIN_S))),
        ]
        start("503 Service Unavailable", headers)
        return [body]
