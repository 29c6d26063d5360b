"""Where published files lie, by digest: new ones are laid beside those that are public."""

import gzip
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from ngoma.insight.opendata.manifest import File, Manifest, folder, packed, stored
from ngoma.insight.partitions import settle

MEDIA_TYPES = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
"""By the end of a file's name."""
BINARY = ("parquet",)
"""What is packed in itself; all else is kept packed as well, for whoever takes it so."""
LEVEL = 1
"""Of packing: each higher one costs more of the night than it saves on the way."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of a city. What is as it was before keeps the moment of its last change."""

    slug: str
    at: datetime
    before: Manifest | None

    def lay(
        self, name: str, dataset: str, rows: int | None, write: Callable[[Path], object]
    ) -> File:
        """Have a file written, and lay it on the shelf."""
        end = name.rpartition(".")[2]
        part = folder(self.slug) / "files" / f"{os.getpid()}-{name}.part"
        try:
            write(part)
            with part.open("rb") as written:
                digest = file_digest(written, "sha256").hexdigest()
            known = self.before.file(name) if self.before else None
            file = File(
                name=name,
                dataset=dataset,
                media_type=MEDIA_TYPES[end],
                rows=rows,
                bytes=part.stat().st_size,
                sha256=digest,
                modified=known.modified if known and known.sha256 == digest else self.at,
            )
            path = stored(self.slug, file)
            if end not in BINARY:
                _pack(part, packed(path))
            settle(part, path)
        finally:
            part.unlink(missing_ok=True)
        return file

    def put(self, name: str, dataset: str, rows: int | None, content: bytes) -> File:
        """Lay a small file on the shelf."""
        return self.lay(name, dataset, rows, lambda out: out.write_bytes(content))

    def has(self, files: Iterable[File]) -> bool:
        """Whether all of these lie here."""
        return all(stored(self.slug, each).exists() for each in files)

    def clear(self, kept: Iterable[File]) -> None:
        """Throw away all but these."""
        names = {path.name for each in kept for path in _both(stored(self.slug, each))}
        for path in (folder(self.slug) / "files").iterdir():
            if path.name not in names:
                path.unlink()


def _both(path: Path) -> tuple[Path, Path]:
    return path, packed(path)


def _pack(whole: Path, path: Path) -> None:
    part = path.with_name(f"{path.name}.part")
    with (
        whole.open("rb") as source,
        part.open("wb") as target,
        gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=target, mtime=0) as out,
    ):
        shutil.copyfileobj(source, out, 1 << 20)
    settle(part, path)
