"""The load: requests written beforehand, sent over a few connections that are kept open.

A program of its own, so that its work is not counted with the server's:

    python -m bench.load FILE PORT CONNECTIONS SECONDS ONCE

FILE holds the requests, as MessagePack. With ONCE "yes" each is sent only once, as reports have to
be; else they are gone through again and again. What was measured is written as JSON.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import msgspec


class Taken(msgspec.Struct):
    """What came back: answers by status, seconds of each, bytes of all and of the largest, and how
    long it took."""

    statuses: dict[str, int]
    times: list[float]
    size: int
    largest: int
    seconds: float

    @property
    def count(self) -> int:
        """How many requests were answered."""
        return len(self.times)

    def quantile(self, part: float) -> float:
        """Seconds within which `part` of the requests were answered."""
        ordered = sorted(self.times)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


async def run(requests: Iterator[bytes], port: int, connections: int, seconds: float) -> Taken:
    """Send as many requests as are answered in that time, one at a time on each connection."""
    taken, statuses = Taken({}, [], 0, 0, 0.0), Counter[str]()
    start = time.perf_counter()

    async def visit() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in requests:
            sent = time.perf_counter()
            if sent - start >= seconds:
                break
            writer.write(request)
            status, size = await answer(reader)
            taken.times.append(time.perf_counter() - sent)
            taken.size += size
            taken.largest = max(taken.largest, size)
            statuses[status] += 1
        writer.close()

    await asyncio.gather(*(visit() for _ in range(connections)))
    taken.seconds = time.perf_counter() - start
    taken.statuses = dict(statuses)
    return taken


async def answer(reader: asyncio.StreamReader) -> tuple[str, int]:
    """Status and size of one answer, which has to name its length or come in chunks."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if "content-length" in headers:
        length = int(headers["content-length"])
        await reader.readexactly(length)
        return status.split()[1], len(head) + length
    size = len(head)
    while "chunked" in headers.get("transfer-encoding", ""):
        length = int((await reader.readline()).strip(), 16)
        await reader.readexactly(length + 2)
        size += length
        if not length:
            break
    return status.split()[1], size


def main(file: str, port: str, connections: str, seconds: str, once: str) -> None:
    """Run as a program."""
    requests: list[bytes] = msgspec.msgpack.decode(Path(file).read_bytes(), type=list[bytes])
    line = iter(requests) if once == "yes" else cycle(requests)
    taken = asyncio.run(run(line, int(port), int(connections), float(seconds)))
    sys.stdout.buffer.write(msgspec.json.encode(taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
