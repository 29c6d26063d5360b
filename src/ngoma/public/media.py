"""Copies of photos: public ones where they lie on this machine, and those as they are for who may
see them. A bucket serves public copies itself."""

import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from ngoma.intake.photos import open_inside
from ngoma.people.permissions import may, staff
from ngoma.records.models import User
from ngoma.records.queries.photos import SIZES, owner_of, published

YEAR = 365 * 86400
HOUR = 3600
"""Seconds after which what lies between asks again whether a photo is still published."""

_PUBLIC = re.compile(r"[0-9a-f]{2}/([0-9a-f]{32})-([0-9a-f]{8})-[0-9]{1,5}\.jpg")
_BY_EDGE = {edge: size for size, edge in SIZES.items()}


@require_safe
def public(request: HttpRequest, path: str) -> FileResponse:
    """A file below `public/`; a public copy under its name never changes."""
    match = _PUBLIC.fullmatch(path)
    if match is None or not published(match[1], match[2]):
        raise Http404(path)
    try:
        file = default_storage.open(f"public/{path}")
    except FileNotFoundError:
        raise Http404(path) from None
    response = FileResponse(file, content_type="image/jpeg")
    response["Cache-Control"] = f"public, max-age={YEAR}, s-maxage={HOUR}, immutable"
    return response


@require_safe
def inside(request: HttpRequest, name: str, edge: int) -> FileResponse:
    """A photo as it is, for staff who may see its case. While it belongs to none, whoever knows
    its name sees it: who sent it, on the pages of their report."""
    owner, size = owner_of(name), _BY_EDGE.get(edge)
    if owner is None or size is None or not _may_see(request, *owner):
        raise Http404(name)
    try:
        file = open_inside(name, size)
    except FileNotFoundError:
        raise Http404(name) from None
    response = FileResponse(file, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    return response


def _may_see(request: HttpRequest, city_id: int | None, department_id: int | None) -> bool:
    if city_id is None:
        return True
    user = request.user
    return isinstance(user, User) and may(staff(user), "see", city_id, department_id)
