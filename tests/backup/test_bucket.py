"""Photos in a bucket are in the backup like those on disk, and come back into a bucket."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from ngoma.backup import bucket, making, trying
from ngoma.backup.restic import Refused
from ngoma.casework import erasing
from ngoma.cities.book import Book
from ngoma.people.permissions import Actor
from ngoma.records.models import Photo
from ngoma.work.worker import run_until_idle
from tests.backup.conftest import Place
from tests.backup.pictures import photo
from tests.ledger.conftest import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.server]

ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "town",
    "AWS_SECRET_ACCESS_KEY": "town",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture
def store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store that speaks S3, with the bucket `photos` of the town and an empty one, `new`."""
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    monkeypatch.setenv("NGOMA_MEDIA_BUCKET", "photos")
    monkeypatch.setenv("NGOMA_MEDIA_ENDPOINT", address)
    httpx.post(f"{address}/moto-api/reset")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {"bucket_name": "photos", "endpoint_url": address},
        }
    }
    storage: Any = default_storage
    for name in ("photos", "new"):
        storage.connection.meta.client.create_bucket(Bucket=name)
    yield address
    server.stop()


def _ours(name: str) -> dict[str, int]:
    """The sizes of our files in a bucket."""
    storage: Any = default_storage
    found = storage.connection.Bucket(name).objects.all()
    return {each.key: each.size for each in found if each.size and "others" not in each.key}


def _files(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_they_are_kept_tried_and_brought_back(
    town: Book, kept: Path, home: Path, store: str, elsewhere: Place, coordinator: Actor
) -> None:
    erased = tell(town, key="1", photos=(photo(1),))
    tell(town, key="2", photos=(photo(2),), email="ana@example.org")
    storage: Any = default_storage
    client = storage.connection.meta.client
    client.put_object(Bucket="photos", Key="of others/list.txt", Body=b"theirs")
    client.put_object(Bucket="photos", Key="private/", Body=b"")
    making.make()
    copies = home / "backup" / "media"
    first = _ours("photos")
    assert len(first) >= 6, "an original and its copies of each"
    assert _files(copies) == first

    # The second fetches what is new or half there, leaves the rest, and drops what was erased.
    left = Photo.objects.get(report__key="2")
    known = copies / left.original
    half = next(path for path in copies.rglob(f"*{left.name}*") if path != known)
    fetched = known.stat().st_ino
    half.write_bytes(b"half")
    (copies / "public" / "zz").mkdir()
    erasing.erase(actor=coordinator, report_id=erased.pk)
    run_until_idle()
    tell(town, key="3", photos=(photo(3),))
    making.make()
    second = _ours("photos")
    assert second.keys() != first.keys()
    assert _files(copies) == second
    assert known.stat().st_ino == fetched
    assert not (copies / "public" / "zz").exists()

    for key in second:
        client.delete_object(Bucket="photos", Key=key)
    _row, verdict = trying.try_newest()
    assert (verdict.files, verdict.good) == (2, True)
    assert _ours("photos") == {}, "a drill has nothing to do with the living photos"

    again = {"NGOMA_MEDIA_BUCKET": "new", "NGOMA_MEDIA_ENDPOINT": store}
    done = elsewhere.restore("--json", **again)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["files"] == 2
    assert _ours("new") == second
    assert not _files(elsewhere.data / "media")


def test_what_stands_against_it_is_said(
    town: Book, kept: Path, home: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage: Any = default_storage
    client = storage.connection.meta.client
    client.put_object(Bucket="photos", Key="public/large.jpg", Body=bytes(5 << 20))
    with monkeypatch.context() as patched:
        nearly_full = shutil.disk_usage("/")._replace(free=bucket.SPARE + (4 << 20))
        patched.setattr(shutil, "disk_usage", lambda path: nearly_full)
        with pytest.raises(Refused, match="need 5 and 1,024 to spare: make room"):
            making.make()
    client.delete_object(Bucket="photos", Key="public/large.jpg")
    client.put_object(Bucket="photos", Key="public/../../keys/vault", Body=b"mine")
    with pytest.raises(Refused, match=r"public/\.\. in the bucket is not of Ngoma"):
        making.make()
    assert not (home / "keys" / "vault").exists()
    client.delete_object(Bucket="photos", Key="public/../../keys/vault")
    client.delete_bucket(Bucket="photos")
    with pytest.raises(Refused, match=r"photos of the bucket: .*NoSuchBucket"):
        bucket.bring_here(home / "backup" / "media")
