"""Photos and recordings that lie in a bucket: brought into a folder, and back.

restic reads files, not buckets. So the host that makes backups has a copy of what lies there, and
fetches what is new each time. A file never changes under its name, so size and name tell.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

from ngoma.backup.restic import Refused

OURS = ("private", "public")
"""The folders of Ngoma. What else lies in the bucket is left alone."""
SPARE = 1 << 30
"""Bytes that stay free beside the copies: the database may lie on the same disk."""
AT_ONCE = 8
"""Files on their way, as long as each waits for an answer more than for the line."""


def is_used() -> bool:
    """Whether they lie in a bucket."""
    return not isinstance(default_storage, FileSystemStorage)


def bring_here(folder: Path) -> None:
    """Make a folder hold what the bucket holds, and nothing else. Raises `Refused`."""
    with _hands() as hands:
        for name in OURS:
            _bring_here(f"{name}/", folder / name, hands)


def bring_back(folder: Path) -> None:
    """Put into the bucket what is in a folder and not there yet. Raises `Refused`."""
    with _hands() as hands:
        for name in OURS:
            _bring_back(folder / name, f"{name}/", hands)


def _bring_here(place: str, folder: Path, hands: ThreadPoolExecutor) -> None:
    files, folders = _listed(place)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = {}
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name not in folders:
            shutil.rmtree(entry)
        elif entry.is_file():
            known[entry.name] = entry.stat().st_size
    for name in known.keys() - files.keys():
        (folder / name).unlink()
    wanted = [name for name, size in files.items() if known.get(name) != size]
    if wanted:
        _require_room(folder, sum(files[name] for name in wanted))
    for _ in hands.map(partial(_fetch, place, folder), wanted):
        pass
    for name in folders:
        _bring_here(f"{place}{name}/", folder / name, hands)


def _bring_back(folder: Path, place: str, hands: ThreadPoolExecutor) -> None:
    if not folder.is_dir():
        return
    known, _folders = _listed(place)
    entries = list(os.scandir(folder))
    wanted = [
        entry.name
        for entry in entries
        if entry.is_file() and known.get(entry.name) != entry.stat().st_size
    ]
    for _ in hands.map(partial(_put, folder, place), wanted):
        pass
    for entry in entries:
        if entry.is_dir():
            _bring_back(folder / entry.name, f"{place}{entry.name}/", hands)


def _listed(place: str) -> tuple[Mapping[str, int], set[str]]:
    """The files that lie directly in a folder of the bucket, with their bytes, and its folders."""
    files: dict[str, int] = {}
    folders: set[str] = set()
    client, bucket = _client()
    pages = client.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=bucket, Prefix=place, Delimiter="/"):
        files |= {each["Key"][len(place) :]: each["Size"] for each in page.get("Contents", ())}
        folders |= {each["Prefix"][len(place) : -1] for each in page.get("CommonPrefixes", ())}
    files.pop("", None)  # the folder itself, as some programs write it
    for name in (*files, *folders):
        if name in ("", ".", "..") or "\0" in name:
            raise Refused(f"{place}{name} in the bucket is not of Ngoma: take it away")
    return files, folders


def _fetch(place: str, folder: Path, name: str) -> None:
    """Fetch a file. One that was deleted meanwhile is named by nothing that is in use."""
    from botocore.exceptions import ClientError

    client, bucket = _client()
    try:
        client.download_file(bucket, f"{place}{name}", str(folder / name))
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise


def _put(folder: Path, place: str, name: str) -> None:
    with (folder / name).open("rb") as file:
        default_storage.save(f"{place}{name}", File(file))


def _require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise Refused(
            f"{folder} has {free >> 20:,} MB left, and photos of the bucket need {needed >> 20:,} "
            f"and {SPARE >> 20:,} to spare: make room, or let NGOMA_DATA/backup lead elsewhere"
        )


def _client() -> tuple[Any, str]:
    """What speaks to the bucket, for this thread, and the bucket's name."""
    storage: Any = default_storage
    return storage.connection.meta.client, storage.bucket_name


@contextmanager
def _hands() -> Iterator[ThreadPoolExecutor]:
    """Threads that carry files; what the store or the disk says against it is `Refused`."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    with ThreadPoolExecutor(AT_ONCE) as hands:
        try:
            yield hands
        except (Boto3Error, BotoCoreError, ClientError, OSError) as error:
            hands.shutdown(cancel_futures=True)
            raise Refused(f"photos of the bucket: {error}") from error
