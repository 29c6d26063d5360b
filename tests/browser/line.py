"""A line to a server that can be cut: a TCP relay on this machine."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Line:
    """Relays connections to a server while it is up. `carried`: bytes it took to the server.

    While it is `deaf` what is asked arrives, and the answer is lost.
    """

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._server = (parts.hostname or "localhost", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._cuts: list[int] = []
        self.up = True
        self.deaf = False
        self.carried = 0
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """What a browser opens: a name that it trusts as it does an encrypted one."""
        return f"http://localhost:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection, and let none through."""
        self.up = False
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let connections through again."""
        self.up = True

    def cut_after(self, *counts: int) -> None:
        """Break once each time that so many more bytes went to the server; the next connection
        goes through."""
        total = self.carried
        for count in counts:
            total += count
            self._cuts.append(total)

    @property
    def cuts_left(self) -> int:
        """How many of those are still to come."""
        return len(self._cuts)

    def close(self) -> None:
        """Stop for good."""
        self.cut()
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self.up:
                near.close()
                continue
            far = socket.create_connection(self._server)
            self._open |= {near, far}
            threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, upwards: bool) -> None:
        with suppress(OSError):
            while data := one.recv(16384):
                if upwards:
                    self.carried += len(data)
                    if self._cuts and self.carried >= self._cuts[0]:
                        self._cuts.pop(0)
                        self.cut()
                        self.mend()
                        break
                elif self.deaf:
                    break
                other.sendall(data)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            self._open.discard(each)
