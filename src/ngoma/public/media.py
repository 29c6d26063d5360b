"""Public copies of photos, where they lie on this machine; a bucket serves its own."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from ngoma.people.permissions import may, staff
from ngoma.records.models import User
from ngoma.records.queries.photos import hidden_of

YEAR = 365 * 86400
HOUR = 3600
"""Seconds after which what lies between asks again whether a photo is still published."""

_PHOTO = re.compile(r"[0-9a-f]{2}/([0-9a-f]{32})-[0-9]{1,5}\.jpg")


@require_safe
def public(request: HttpRequest, path: str) -> FileResponse:
    """A file below `public/`; a photo under its name never changes.

    One that was taken back from the public is still shown to staff who may see its case.
    """
    match = _PHOTO.fullmatch(path)
    if match is None:
        raise Http404(path)
    hidden = hidden_of(match[1])
    if hidden and not _may_see(request, *hidden):
        raise Http404(path)
    try:
        file = default_storage.open(f"public/{path}")
    except FileNotFoundError:
        raise Http404(path) from None
    response = FileResponse(file, content_type="image/jpeg")
    known = f"public, max-age={YEAR}, s-maxage={HOUR}, immutable"
    response["Cache-Control"] = "private, no-store" if hidden else known
    return response


def _may_see(request: HttpRequest, city_id: int, department_id: int | None) -> bool:
    user = request.user
    return isinstance(user, User) and may(staff(user), "see", city_id, department_id)
