"""Residents and an officer who go on whatever happens: they try again until they are answered.

Whatever was answered is written down, to be looked for afterwards by `check`.
"""

import itertools
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpx

from bench.hosts import CITY, LOCAL, Host, Hosts, until

PATIENCE = 0.1
"""Seconds before who was not answered tries again."""

CHANGES = 3
"""How often the officer decides anew because a case was changed meanwhile."""
TIMEOUT = httpx.Timeout(10, connect=1)


@dataclass
class Storm:
    """What was answered: references by key of the submission, and what the officer accepted."""

    installation: Hosts
    reports: int = 0
    notices: int = 0
    """Numbers of the last report and notice before."""
    answered: dict[str, str] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """References that the officer has dealt with, or given up."""
    refused: Counter[str] = field(default_factory=Counter)
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    """With what the keys of its submissions begin."""
    over: threading.Event = field(default_factory=threading.Event)
    problems: list[str] = field(default_factory=list)

    def say(self, host: Host, key: str, **more: object) -> httpx.Response:
        """Hand a report in, once."""
        number = int(key.rpartition("-")[2])
        contact = f"+25677200{number:04}" if number % 2 else f"ann{number}@example.org"
        told = {
            "key": key, "words": f"Hole number {number}", "service": "pothole", "lat": 0.15,
            "lon": 32.05, "contact": contact,
        }  # fmt: skip
        return httpx.post(
            f"{host.url}/{CITY}/report/hand-in", json=told | more, headers=LOCAL, timeout=TIMEOUT
        )

    def hand_in(self, keys: Iterator[int]) -> None:
        """Hand reports in, one after another, each until it is answered, at whichever host."""
        hosts = itertools.cycle(self.installation.hosts)
        for number in keys:
            key = f"{self.name}-{number}"
            while not self.over.is_set():
                status = "nobody"
                with suppress(httpx.HTTPError):
                    answer = self.say(next(hosts), key)
                    status = str(answer.status_code)
                    if answer.status_code in (200, 201):
                        self.answered[key] = answer.json()["reference"]
                        break
                self.refused[status] += 1
                if status not in ("nobody", "503"):
                    self.problems.append(f"{key}: {answer.status_code} {answer.text[:200]}")
                time.sleep(PATIENCE)
            if self.over.is_set():
                return

    def decide(self) -> None:
        """Accept what has come, one case after another, each until that is answered."""
        hosts = itertools.cycle(self.installation.hosts)
        while not self.over.is_set():
            for reference in [each for each in self.answered.values() if each not in self.seen]:
                if self._accept(hosts, reference):
                    self.accepted.append(reference)
                self.seen.add(reference)
            time.sleep(0.02)

    def _accept(self, hosts: Iterator[Host], reference: str) -> bool:
        """Whether the step was answered as done. Only the answer counts: the event may be there and
        the answer lost; then who tries again is told that somebody changed the case."""
        changed = 0
        while not self.over.is_set() and changed < CHANGES:
            with suppress(httpx.HTTPError):
                status = self._accept_once(f"{next(hosts).url}/desk/{CITY}/cases/{reference}/")
                if status == 302:
                    return True
                changed += status == 409
                if status not in (409, 503):
                    self.problems.append(f"{reference}: {status}")
            time.sleep(PATIENCE)
        return False

    def _accept_once(self, case: str) -> int:
        """Open a case and accept it as it is shown; the status that this is answered with."""
        headers = LOCAL | {"Cookie": f"sessionid={self.installation.session}"}
        page = httpx.get(case, headers=headers, timeout=TIMEOUT)
        version = re.search(r'name="version" value="(\d+)"', page.text)
        if version is None:
            return page.status_code
        token = secrets.token_hex(16)
        headers = LOCAL | {"Cookie": f"{headers['Cookie']}; csrftoken={token}"}
        form = {"version": version[1], "service": "pothole", "csrfmiddlewaretoken": token}
        answer = httpx.post(f"{case}accept/", data=form, headers=headers, timeout=TIMEOUT)
        return answer.status_code


@contextmanager
def blowing(
    installation: Hosts, reports: int, residents: int = 3, patience: float = 120.0
) -> Iterator[Storm]:
    """While residents hand in so many reports and an officer accepts them. Ends when all are
    answered and the officer has seen them; raises TimeoutError where that takes too long (s)."""
    last = "SELECT coalesce(max(id), 0) FROM"
    storm = Storm(
        installation,
        *(installation.database.rows(f"{last} {table}")[0][0] for table in
          ("records_report", "records_notice")),
    )  # fmt: skip
    keys = iter(range(reports))
    lock = threading.Lock()

    def one_at_a_time() -> Iterator[int]:
        while True:
            with lock:
                number = next(keys, None)
            if number is None:
                return
            yield number

    acts: list[Callable[[], None]] = [lambda: storm.hand_in(one_at_a_time())] * residents
    threads = [threading.Thread(target=act) for act in (*acts, storm.decide)]
    for thread in threads:
        thread.start()
    try:
        yield storm
        until(lambda: len(storm.answered) == reports, "not every report was answered", patience)
        until(lambda: len(storm.seen) == reports, "not all were decided on", patience)
    finally:
        storm.over.set()
        for thread in threads:
            thread.join()


def check(storm: Storm) -> list[str]:
    """What is not as it should be, in sentences: nothing accepted is lost, nothing is sent twice,
    and what was not sent is marked for a person."""
    rows = storm.installation.database.rows
    problems = list(storm.problems)
    known = dict(rows(f"SELECT reference, words FROM records_report WHERE id > {storm.reports}"))
    for key, reference in storm.answered.items():
        if known.get(reference) != f"Hole number {key.rpartition('-')[2]}":
            problems.append(f"{reference} was answered and is not there")
    if len(known) != len(storm.answered):
        problems.append(f"{len(storm.answered)} were sent, and {len(known)} are there")
    events = Counter(
        reference for (reference,) in rows(
            "SELECT c.reference FROM records_event e JOIN records_case c ON c.id = e.case_id "
            "WHERE e.kind = 'accepted'"
        )
    )  # fmt: skip
    problems += [f"{each} was accepted {events[each]} times" for each in storm.accepted
                 if events[each] != 1]  # fmt: skip
    return problems + _messages(storm.installation.messages, rows(
        f"SELECT id, state, channel FROM records_notice WHERE id > {storm.notices}"
    ), rows("SELECT kind, error FROM records_job"))  # fmt: skip


def _messages(
    taken: Sequence[str], notices: Sequence[tuple[int, str, str]], jobs: Sequence[tuple[str, str]]
) -> list[str]:
    problems = [f"{kind} was not done: {error}" for kind, error in jobs]
    times = Counter(int(line.split()[1]) for line in taken)
    for number, state, channel in notices:
        if times[number] > 1:
            problems.append(f"notice {number} ({channel}) was sent {times[number]} times")
        if state == "sent" and not times[number]:
            problems.append(f"notice {number} ({channel}) is called sent, and nobody got it")
        if state not in ("sent", "unsure"):
            problems.append(f"notice {number} ({channel}) is {state}")
    return problems
