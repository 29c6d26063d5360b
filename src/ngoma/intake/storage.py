"""Files that are there once we have said so."""

import os

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage


def save(path: str, data: bytes) -> str:
    """Write a file and have it on disk; a bucket has it when it answers. Returns its path."""
    saved = default_storage.save(path, ContentFile(data))
    if isinstance(default_storage, FileSystemStorage):
        with default_storage.open(saved, "rb") as file:
            os.fsync(file.fileno())
    return saved
