"""Services of messages for an installation that is put to the test: each message is written down.

    python -m bench.services HOST SMS_PORT SMTP_PORT FILE

speaks as Twilio does and SMTP, and adds a line to FILE for each message that it took, with the
number of the notice: `sms 12`, `mail 12`. A process of its own, because nothing may be lost by the
end of another.
"""

import asyncio
import email
import json
import os
import re
import sys
import threading
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

SLOWNESS = 0.02
"""Seconds until a message is answered: a moment in which somebody may be killed."""


def main(host: str, sms: str, smtp: str, file: str) -> None:
    """Serve until killed."""
    from aiosmtpd.smtp import SMTP

    book = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(kind: str, number: str) -> None:
        os.write(book, f"{kind} {number}\n".encode())

    class Twilio(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            number = form["StatusCallback"][0].rstrip("/").rpartition("/")[2]
            note("sms", number)
            time.sleep(SLOWNESS)
            body = json.dumps({"sid": f"SM{number}", "status": "queued"}).encode()
            self.send_response(201)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    class Mailbox:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            mail: Message = email.message_from_bytes(envelope.content)
            number = re.search(r"\.(\d+)@", mail["Message-ID"])
            note("mail", number[1] if number else "?")
            await asyncio.sleep(SLOWNESS)
            return "250 taken"

    server = ThreadingHTTPServer((host, int(sms)), Twilio)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: SMTP(Mailbox(), hostname="tests"), host, int(smtp))
        Path(f"{file}.ready").touch()
        await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
