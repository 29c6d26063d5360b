"""What goes on by itself: the worker, readers of events, jobs, notices, backups."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from ngoma.backup import releasing
from ngoma.base.clock import now
from ngoma.doctor.finding import Finding, ill, note, well
from ngoma.ledger import publishing
from ngoma.records.models import Backup, Beat, Notice
from ngoma.records.queries import backups, watch

DEAD = timedelta(minutes=5)
SLOW = timedelta(minutes=2)
DAY = timedelta(days=1)
OLD_BACKUP = timedelta(hours=36)
OLD_TRIAL = timedelta(days=10)
_LOOK_AT_JOBS = "read why in /admin/records/job/, mend it, and let them run again: docs, at the end"
_LOOK_AT_WITNESSES = "see on the ledger's page which one does not answer, and tell whoever runs it"
_RESTART = "systemctl restart ngoma-worker; journalctl -u ngoma-worker"


def worker() -> Iterator[Finding]:
    """Whether timers run."""
    last = Beat.objects.order_by("-at").first()
    if last is None:
        yield ill("worker", "has never run", "systemctl enable --now ngoma-worker")
    elif now() - last.at > DEAD:
        yield ill("worker", f"ran last {_span(last.at)} ago, on {last.host}", _RESTART)
    else:
        hosts = Beat.objects.filter(at__gt=now() - DEAD).count()
        yield well("worker", f"alive on {hosts} host{'s' if hosts > 1 else ''}")


def readers() -> Iterator[Finding]:
    """Whether search, map, figures and ledger keep up. After a restore the ledger rests."""
    resting = backups.restoration() is not None
    slow = [
        each
        for each in watch.readers()
        if each.since is not None
        and now() - each.since > SLOW
        and not (resting and each.name == "ledger")
    ]
    for each in slow:
        assert each.since is not None
        yield ill("readers", f"{each.name} has been behind for {_span(each.since)}", _RESTART)
    if not slow:
        yield well("readers", "search, map, figures and ledger are up to date")


def jobs() -> Iterator[Finding]:
    """Whether jobs are done, and which were given up."""
    queue = watch.jobs(now())
    since = min((each.oldest for each in queue if each.oldest), default=now())
    slow = now() - since > SLOW
    if slow:
        yield ill("jobs", f"the first has waited for {_span(since)}", _RESTART)
    parked = [each for each in queue if each.parked]
    if parked:
        told = ", ".join(f"{each.parked:,} × {each.kind}" for each in parked)
        yield ill("jobs", f"given up: {told}", _LOOK_AT_JOBS)
    if not slow and not parked:
        yield well("jobs", "none waits long, none was given up")


def notices() -> Iterator[Finding]:
    """What reached nobody in a day."""
    waiting = watch.not_sent(now() - DAY)
    for state, told in ((Notice.State.FAILED, "failed"), (Notice.State.UNSURE, "perhaps sent")):
        found = [each for each in waiting if each.state == state and each.lately]
        if found:
            counts = ", ".join(f"{each.lately:,} by {each.channel}" for each in found)
            yield note(
                "notices",
                f"{told} in a day: {counts}",
                f"look at /admin/records/notice/?state__exact={state}",
            )
    restored = backups.restoration()
    if restored is not None:
        count = sum(releasing.held().values())
        yield ill(
            "restored",
            f"{_span(restored.at)} ago: the ledger rests, {count:,} notices are held back",
            "ngoma release, and then --send or --drop",
        )


def ledger() -> Iterator[Finding]:
    """Whether what is sealed is published."""
    since = publishing.overdue()
    if since is not None:
        yield ill(
            "ledger",
            f"waits for its witnesses for {_span(since)}",
            _LOOK_AT_WITNESSES,
        )


def kept() -> Iterator[Finding]:
    """Whether there is a backup, and whether it could be restored."""
    if not settings.NGOMA_BACKUP_REPOSITORY:
        yield ill(
            "backup", "there is none", "set NGOMA_BACKUP_REPOSITORY, then: ngoma backup --init"
        )
        return
    kinds = ((Backup.Kind.MAKING, "backup", OLD_BACKUP), (Backup.Kind.TRIAL, "drill", OLD_TRIAL))
    for kind, command, oldest in kinds:
        last, good = backups.last(kind), backups.last_good(kind)
        if last is not None and last.failure:
            yield ill(
                command, f"failed {_span(last.began_at)} ago: {last.failure}", f"ngoma {command}"
            )
        if good is None:
            yield ill(command, "none has gone well yet", f"ngoma {command}")
        elif now() - good.began_at > oldest:
            yield ill(
                command, f"the last good one was {_span(good.began_at)} ago", f"ngoma {command}"
            )
        elif last == good:
            yield well(command, f"{_span(good.began_at)} ago, {good.snapshot[:8]}")


def _span(at: datetime) -> str:
    """How long ago something was."""
    seconds = int((now() - at).total_seconds())
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{max(seconds, 0)} seconds"
