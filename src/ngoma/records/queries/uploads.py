"""Files that come in parts: how far they have come, and what they became."""

from collections.abc import Iterable

from ngoma.records.models import Part, Photo
from ngoma.records.sql.statements import fetch


def arrived(upload: str) -> int:
    """How many bytes of a file are here; its parts follow each other without a gap."""
    sql = "SELECT COALESCE(MAX(start + LENGTH(data)), 0) FROM records_part WHERE upload = %s"
    ((count,),) = fetch(sql, [upload])
    return int(count)


def content(upload: str) -> bytes:
    """What has come of a file so far."""
    parts = Part.objects.filter(upload=upload).order_by("start").values_list("data", flat=True)
    return b"".join(bytes(part) for part in parts)


def photo_names(uploads: Iterable[str]) -> dict[str, str]:
    """The names of the photos that files became, by upload; left out is what is not here whole."""
    found = Photo.objects.filter(upload__in=list(uploads))
    return {str(upload): name for upload, name in found.values_list("upload", "name")}


def is_whole(upload: str) -> bool:
    """Whether a file has come whole, and is a photo."""
    return Photo.objects.filter(upload=upload).exists()
