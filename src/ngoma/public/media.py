"""Public copies of photos, where they lie on this machine; a bucket serves its own."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

YEAR = 365 * 86400
_PHOTO = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}-[0-9]{1,5}\.jpg")


@require_safe
def public(request: HttpRequest, path: str) -> FileResponse:
    """A file below `public/`; a photo under its name never changes."""
    if not _PHOTO.fullmatch(path):
        raise Http404(path)
    try:
        file = default_storage.open(f"public/{path}")
    except FileNotFoundError:
        raise Http404(path) from None
    response = FileResponse(file, content_type="image/jpeg")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
