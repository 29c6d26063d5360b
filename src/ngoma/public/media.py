"""Public copies of photos, where they lie on this machine; a bucket serves its own."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

YEAR = 365 * 86400


@require_safe
def public(request: HttpRequest, path: str) -> FileResponse:
    """A file below `public/`; a photo under its name never changes."""
    if ".." in path.split("/") or not path.endswith(".jpg"):
        raise Http404(path)
    try:
        file = default_storage.open(f"public/{path}")
    except (FileNotFoundError, IsADirectoryError):
        raise Http404(path) from None
    response = FileResponse(file, content_type="image/jpeg")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
