"""The disk is full: nothing is taken, nothing half-written, and all goes on when there is room."""

import base64
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from bench.hosts import LOCAL, Hosts, Sqlite, installed
from bench.storm import Storm

from tests.faults.conftest import unable
from tests.intake.pictures import as_taken

pytestmark = [pytest.mark.server, pytest.mark.once]


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own at a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        unable("SKIPPED: disks cannot be mounted here; run it as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Nothing more fits on the disk until the block ends."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_a_full_disk_refuses_and_goes_on(installation: Hosts, tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "small", 24) as disk,
        small_disk(tmp_path / "pictures", 8) as pictures,
        installed(tmp_path / "it", Sqlite(disk / "db.sqlite3"), like=installation) as whole,
    ):
        media = tmp_path / "it" / "data" / "media"
        media.rmdir()
        media.symlink_to(pictures)
        host, storm = whole.hosts[0], Storm(whole)
        (last_notice,) = whole.database.rows("SELECT coalesce(max(id), 0) FROM records_notice")[0]
        host.begin("web", "worker")
        assert storm.say(host, "room-for-the-first-1").status_code == 201
        before = whole.database.rows("SELECT count(*) FROM records_report")

        with full(disk):
            taken = 0
            # The journal may have room still: what fits is taken.
            while (last := storm.say(host, f"no-room-for-others-{taken}")).status_code == 201:
                taken += 1
            assert (last.status_code, last.headers["Retry-After"]) == (507, "10")
            assert httpx.get(f"{host.url}/small/", headers=LOCAL).status_code == 200
            time.sleep(2)
        counted = whole.database.rows("SELECT count(*) FROM records_report")
        assert counted[0][0] == before[0][0] + taken
        assert whole.database.rows("PRAGMA integrity_check") == [("ok",)]
        assert storm.say(host, f"no-room-for-others-{taken}").status_code == 201

        photo = base64.b64encode(as_taken("JPEG", 6)).decode()
        create = {
            "jurisdiction_id": "small", "service_code": "pothole", "api_key": "bench-key",
            "lat": "0.15", "long": "32.05", "description": "Seen", "media": photo,
        }  # fmt: skip
        address = f"{host.url}/open311/v2/requests.json"
        there = files(pictures)
        with full(pictures):
            answer = httpx.post(address, data=create, headers=LOCAL, timeout=20)
            assert (answer.status_code, answer.json()[0]["code"]) == (507, 507)
            assert {each for each in files(pictures) if each.name != "ballast"} == there
        answer = httpx.post(address, data=create, headers=LOCAL, timeout=20)
        assert answer.status_code == 200, answer.text
        assert len(files(pictures)) == len(there) + 3

        whole.settle()
        assert host.processes["worker"].poll() is None
        states = f"SELECT DISTINCT state FROM records_notice WHERE id > {last_notice}"
        assert whole.database.rows(states) == [("sent",)]
    assert not os.path.ismount(tmp_path / "small")
