"""Calls at the same time: each its own requests one after the other, with time to read in between.

A program of its own, so that its work is not counted with the server's:

    python -m bench.calls FILE PORT LEAST MOST

FILE holds a list of requests for each call, as MessagePack. Between two of a call lie LEAST to MOST
seconds. What was measured is written as JSON, as `bench.load` does.
"""

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import msgspec

from bench.load import Taken, answer


async def run(calls: list[list[bytes]], port: int, least: float, most: float) -> Taken:
    """All calls at once, each from its first request to its last."""
    taken, statuses, draw = Taken({}, [], 0, 0, 0.0), Counter[str](), Random(1)
    start = time.perf_counter()

    async def call(requests: list[bytes]) -> None:
        await asyncio.sleep(draw.uniform(0, most))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in requests:
            sent = time.perf_counter()
            writer.write(request)
            status, size = await answer(reader)
            taken.times.append(time.perf_counter() - sent)
            taken.size += size
            taken.largest = max(taken.largest, size)
            statuses[status] += 1
            await asyncio.sleep(draw.uniform(least, most))
        writer.close()

    await asyncio.gather(*map(call, calls))
    taken.seconds = time.perf_counter() - start
    taken.statuses = dict(statuses)
    return taken


def main(file: str, port: str, least: str, most: str) -> None:
    """Run as a program."""
    calls = msgspec.msgpack.decode(Path(file).read_bytes(), type=list[list[bytes]])
    taken = asyncio.run(run(calls, int(port), float(least), float(most)))
    sys.stdout.buffer.write(msgspec.json.encode(taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
