"""What goes wrong around an installation, for as long as it does in the world, and what is lost.

Residents go on handing in, and an officer goes on accepting, while a database is away for a minute,
everything is killed again and again, or one of two hosts is cut off and the other killed. After
that, all that was answered is looked for, and every message is counted.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.hosts import Hosts, Postgres, Unable, installed, until
from bench.storm import Storm, blowing, check
from bench.wires import Place, wired

AWAY_S = 60.0
KILLS = 5
REPORTS = 300
PATIENCE_S = 600.0
"""Until all of them are answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endured:
    """A fault, and what came of it. `back_s`: seconds until the next report was taken; `problems`:
    what was lost or sent twice, in sentences."""

    fault: str
    reports: int
    refused: int
    back_s: float
    messages: int
    unsure: int
    problems: list[str]


def measure(folder: Path, say: Callable[[str], object]) -> list[Endured]:
    """All faults, one after another, each on an installation of its own."""
    found = []
    for number, (fault, act) in enumerate(FAULTS.items()):
        say(fault)
        try:
            found.append(act(folder / str(number), fault))
        except Unable as why:
            say(f"  left out: {why}")
    return found


def _away(folder: Path, fault: str) -> Endured:
    with _one(folder) as (whole, database):
        with blowing(whole, REPORTS, patience=PATIENCE_S) as storm:
            until(lambda: len(storm.answered) > REPORTS // 10, "hardly anything is taken")
            database.kill()
            time.sleep(AWAY_S)
            database.begin()
            back = _back(storm)
        return _endured(fault, storm, back)


def _killed(folder: Path, fault: str) -> Endured:
    with _one(folder) as (whole, database):
        host, back = whole.hosts[0], 0.0
        with blowing(whole, REPORTS, patience=PATIENCE_S) as storm:
            for _ in range(KILLS):
                time.sleep(2)
                host.kill("web", "worker")
                database.kill()
                database.begin()
                host.begin("worker", "web")
                back = max(back, _back(storm))
        return _endured(fault, storm, back)


def _two_hosts(folder: Path, fault: str) -> Endured:
    with wired(("db", "a", "b")) as (there, *both):
        database = Postgres(there.address, there.prefix)
        database.begin()
        database.create()
        places = [(place.name, place.address, place.prefix) for place in both]
        services = (there.address, there.prefix)
        with installed(folder, database, places, services) as whole:
            return _walk(whole, both[0], fault)


def _walk(whole: Hosts, cut: Place, fault: str) -> Endured:
    first, second = whole.hosts
    first.begin("web", "worker")
    second.begin("web", "worker")
    with blowing(whole, REPORTS, patience=PATIENCE_S) as storm:
        until(lambda: len(storm.answered) > REPORTS // 10, "hardly anything is taken")
        cut.cut()
        back = _back(storm)
        time.sleep(AWAY_S / 2)
        cut.mend()
        until(lambda: first.status("/readyz") == 200, "the first host does not come back", 60)
        second.kill("web", "worker")
    return _endured(fault, storm, back)


FAULTS = {
    f"no database for {AWAY_S:.0f} s": _away,
    f"web, worker and database killed {KILLS} times": _killed,
    f"of two hosts one cut off for {AWAY_S / 2:.0f} s, the other killed": _two_hosts,
}


@contextmanager
def _one(folder: Path) -> Iterator[tuple[Hosts, Postgres]]:
    """An installation of one host, which is running."""
    database = Postgres()
    database.begin()
    database.create()
    with installed(folder, database) as whole:
        whole.hosts[0].begin("web", "worker")
        yield whole, database


def _back(storm: Storm) -> float:
    """Wait for the next report that is taken; returns how many seconds that took."""
    before = len(storm.answered)
    return until(lambda: len(storm.answered) > before, "nothing is taken any more", 120)


def _endured(fault: str, storm: Storm, back: float) -> Endured:
    storm.installation.settle(120)
    states = Counter(
        state for (state,) in storm.installation.database.rows("SELECT state FROM records_notice")
    )
    return Endured(
        fault=fault,
        reports=len(storm.answered),
        refused=storm.refused.total(),
        back_s=back,
        messages=len(storm.installation.messages),
        unsure=states["unsure"],
        problems=check(storm),
    )
