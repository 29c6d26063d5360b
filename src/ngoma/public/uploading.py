"""Photos in parts, as draft-ietf-httpbis-resumable-upload has it: a phone asks how much has arrived
(HEAD) and goes on from there (PATCH)."""

import re

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from ngoma.base.characters import whole
from ngoma.intake import uploads
from ngoma.intake.explaining import explain
from ngoma.intake.photos import PhotoRefused
from ngoma.intake.submission import Problem
from ngoma.intake.uploads import Misplaced, Standing
from ngoma.public import flooding
from ngoma.public.site import Site, page

NAME = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The sender's name for a file: a random UUID (RFC 9562)."""


@require_http_methods(["HEAD", "PATCH"])
@page
def photo(request: HttpRequest, site: Site, upload: str) -> HttpResponse:
    """`Upload-Offset` and `Upload-Complete` say how far the file has come.

    PATCH needs `Upload-Offset` and `Upload-Length`: 409 where the part is not the next one, 422
    with the reason where the file is not a photo that can be taken, 400 for a bad header. A file
    that begins in a flood is answered 429, with what is to be shown as `Upload-Proof`.
    """
    if not NAME.fullmatch(upload):
        raise Http404(upload)
    if request.method == "HEAD":
        return _answer(uploads.standing(upload))
    start, length = (
        whole(request.headers.get(f"Upload-{name}", "")) for name in ("Offset", "Length")
    )
    if start is None or length is None:
        return HttpResponse("Upload-Offset and Upload-Length\n", "text/plain", status=400)
    if start == 0:
        proof = request.headers.get("Upload-Proof", "")
        challenge = flooding.demand(
            request, site, key=upload, words="", service="", proof=proof, kind="photo"
        )
        if challenge:
            return flooding.refused(challenge)
        flooding.count(request, site, "photo")
    try:
        return _answer(uploads.add(upload, start=start, data=request.body, length=length))
    except Misplaced as misplaced:
        return _answer(Standing(misplaced.offset), status=409)
    except PhotoRefused as refused:
        text = explain(Problem("photo", f"photo_{refused.code}"), site.book, site.language)
        return JsonResponse({"problem": text}, status=422)


def _answer(standing: Standing, *, status: int = 204) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Upload-Offset"] = str(standing.offset)
    response["Upload-Complete"] = "?1" if standing.whole else "?0"
    response["Cache-Control"] = "no-store"
    return response
