"""The door of the witness, https://c2sp.org/tlog-witness: other logs ask for our cosignature."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ngoma.ledger import witnessing
from ngoma.tlog.witness import PLAIN

LONGEST = 64 * 1024
"""Bytes of a request: a proof of 63 hashes and a note fit into a tenth of it."""


@csrf_exempt
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Cosign a checkpoint of a log that we witness, if it only grew."""
    if not witnessing.logs():
        raise Http404("no log is witnessed here")
    if int(request.headers.get("Content-Length") or 0) > LONGEST:
        return HttpResponse("larger than any request\n", status=413, content_type=PLAIN)
    answer = witnessing.add_checkpoint(request.body)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


@require_safe
def checkpoint(request: HttpRequest, digest: str) -> HttpResponse:
    """What we cosigned last of a log, by the SHA-256 of its origin in hex."""
    found = witnessing.latest(digest)
    if found is None:
        raise Http404(digest)
    return HttpResponse(found, content_type=PLAIN)


@require_safe
def vkey(request: HttpRequest) -> HttpResponse:
    """The key that checks our cosignatures; there is none where we witness no log."""
    if not witnessing.logs():
        raise Http404("no log is witnessed here")
    return HttpResponse(f"{witnessing.cosigner().witness}\n", content_type=PLAIN)
