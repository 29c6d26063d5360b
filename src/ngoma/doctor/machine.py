"""The computer: Python, room on its disks, its clock, the programs it needs, its units."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from ngoma.backup import runs
from ngoma.cities.book import books
from ngoma.doctor.finding import Finding, ill, note, well
from ngoma.records.sql import copies
from ngoma.report import printing

LEAST_FREE = 1 << 30
LEAST_SHARE = 0.05
UNITS = ("ngoma-web.service", "ngoma-worker.service")
NANUM_OR_NOTO = frozenset(printing.OTHERS)


def python() -> Iterator[Finding]:
    """The version of Python; with one that is too old nothing here would run."""
    yield well("Python", ".".join(map(str, sys.version_info[:3])))


def disks() -> Iterator[Finding]:
    """Room on the disk of the data, and on that of backups in a directory of this computer."""
    places = {"disk of NGOMA_DATA": Path(settings.NGOMA_DATA)}
    repository = settings.NGOMA_BACKUP_REPOSITORY
    if isinstance(repository, Path) and repository.exists():
        places["disk of the backups"] = repository
    for what, place in places.items():
        usage = shutil.disk_usage(place)
        says = f"{usage.free / 1e9:,.1f} of {usage.total / 1e9:,.1f} GB free"
        if usage.free < LEAST_FREE or usage.free < usage.total * LEAST_SHARE:
            yield ill(what, says, f"make room below {place}, before reports cannot be taken")
        else:
            yield well(what, says)


def rights() -> Iterator[Finding]:
    """Who can read the keys."""
    folder = Path(settings.NGOMA_DATA) / "keys"
    files = [folder, *folder.glob("*")] if folder.is_dir() else []
    files += [Path(each) for each in (settings.NGOMA_LEDGER_KEY,) if each]
    files += [runs.password_file()] if settings.NGOMA_BACKUP_REPOSITORY else []
    there = [path for path in dict.fromkeys(files) if path.exists()]
    open_ = [path for path in there if path.stat().st_mode & 0o077]
    for path in open_:
        rights = "700" if path.is_dir() else "600"
        yield ill("keys", f"others can read {path}", f"chmod {rights} {path}")
    foreign = [path for path in there if path.stat().st_uid != os.geteuid()]
    if foreign and os.geteuid() != 0:
        yield ill("keys", f"{foreign[0]} belongs to another user", f"chown ngoma: {foreign[0]}")
    elif not open_:
        yield well("keys", f"{len(there)} files, readable by their owner alone")


def clock() -> Iterator[Finding]:
    """Whether the clock is kept by the network, as far as systemd knows."""
    told = _told("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if told == "yes":
        yield well("clock", "kept by the network")
    elif told == "no":
        yield ill("clock", "not kept by the network", "timedatectl set-ntp true")
    else:
        yield note("clock", "systemd does not know who keeps it", "see that NTP runs (chrony)")


def programs() -> Iterator[Finding]:
    """What is needed beside Python."""
    needed: dict[str, str] = {}
    if settings.NGOMA_BACKUP_REPOSITORY:
        needed = {"restic": "restic"} | copies.programs()
    missing = {name: package for name, package in needed.items() if not shutil.which(name)}
    if missing:
        packages = " ".join(sorted(set(missing.values())))
        yield ill("programs", f"missing: {', '.join(missing)}", f"apt install {packages}")
    elif needed:
        yield well("programs", ", ".join(needed))


def fonts() -> Iterator[Finding]:
    """Letters for the monthly report, where a city needs those that do not come along."""
    korean = [book.slug for book in books() if "ko" in book.languages]
    if not korean:
        return
    if NANUM_OR_NOTO & set(printing.fonts()):
        yield well("fonts", "the monthly report has Korean letters")
    else:
        yield note(
            "fonts",
            f"no Korean letters for the monthly report of {', '.join(korean)}",
            "apt install fonts-noto-cjk",
        )


def units() -> Iterator[Finding]:
    """The units of systemd, where it runs this computer."""
    if not Path("/run/systemd/system").is_dir():
        yield note(
            "services", "systemd does not run here", "see that web and worker start by themselves"
        )
        return
    for unit in UNITS:
        state = _told("systemctl", "is-active", unit)
        if state == "active":
            yield well(unit, "runs")
        else:
            yield ill(
                unit, state or "not known", f"systemctl enable --now {unit}; journalctl -u {unit}"
            )


def _told(*command: str) -> str:
    """What a program of the system says; empty where there is none."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    return done.stdout.strip()
