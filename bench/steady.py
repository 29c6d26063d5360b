"""A steady load: requests that come when they come, whether or not others were answered.

A program of its own, so that its work is not counted with the server's:

    python -m bench.steady FILE PORT SECONDS

FILE holds the kinds of requests as MessagePack: a rate a second, and requests that are gone through
again and again. They come by chance, as people do. Seconds are counted from when a request was due,
so that who waits for a connection has waited. What came back is written as MessagePack.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random
from secrets import token_hex

import msgspec

from bench.load import answer

CONNECTIONS = 400
"""Kept open; a request that finds none free waits for one."""
FRESH = b"0" * 32
"""Stands in a request for what is another each time: a key by which it is a new one."""
LOST = "lost"
"""In place of a status: the connection ended without an answer."""


class Kind(msgspec.Struct):
    """Requests of which so many come in a second."""

    name: str
    rate: float
    requests: list[bytes]


class Answered(msgspec.Struct, array_like=True):
    """A request: when it was due, its kind's name, its status, and how long it took in seconds."""

    due: float
    kind: str
    status: str
    took: float


def arrivals(kinds: list[Kind], seconds: float) -> Iterator[tuple[float, str, bytes]]:
    """When each request is due, its kind, and itself."""
    draw, at = Random(11), 0.0
    rates = [kind.rate for kind in kinds]
    lines = {kind.name: cycle(kind.requests) for kind in kinds}
    while (at := at + draw.expovariate(sum(rates))) < seconds:
        (kind,) = draw.choices(kinds, rates)
        yield at, kind.name, next(lines[kind.name]).replace(FRESH, token_hex(16).encode())


async def run(kinds: list[Kind], port: int, seconds: float) -> list[Answered]:
    """Send each request when it is due; returns once all were answered."""
    found: list[Answered] = []
    waiting: asyncio.Queue[tuple[float, str, bytes] | None] = asyncio.Queue()
    start = time.perf_counter()

    async def visit() -> None:
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while (each := await waiting.get()) is not None:
                    due, kind, request = each
                    status = LOST
                    try:
                        writer.write(request)
                        status, _size = await answer(reader)
                    finally:
                        took = time.perf_counter() - start - due
                        found.append(Answered(due, kind, status, took))
                return
            except (OSError, asyncio.IncompleteReadError):
                continue
            finally:
                writer.close()

    visitors = [asyncio.create_task(visit()) for _ in range(CONNECTIONS)]
    for each in arrivals(kinds, seconds):
        ahead = each[0] - (time.perf_counter() - start)
        if ahead > 0:
            await asyncio.sleep(ahead)
        waiting.put_nowait(each)
    for _ in visitors:
        waiting.put_nowait(None)
    await asyncio.gather(*visitors)
    return found


def main(file: str, port: str, seconds: str) -> None:
    """Run as a program."""
    kinds = msgspec.msgpack.decode(Path(file).read_bytes(), type=list[Kind])
    found = asyncio.run(run(kinds, int(port), float(seconds)))
    sys.stdout.buffer.write(msgspec.msgpack.encode(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
