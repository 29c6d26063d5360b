"""How much a caller may send at once: to any door, before a byte of it is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

MOST_BYTES = 70_000_000
"""Of a whole body: five photos of the largest size, and what is said with them."""

Handler = Callable[[HttpRequest], HttpResponse]


def limit(answer: Handler) -> Handler:
    """Middleware: 413 for a body that says it is larger; what says nothing is not read at all."""

    def limited(request: HttpRequest) -> HttpResponse:
        promised = request.META.get("CONTENT_LENGTH") or "0"
        if promised.isdecimal() and len(promised) < 9 and int(promised) <= MOST_BYTES:
            return answer(request)
        return HttpResponse("too large\n", status=413, content_type="text/plain")

    return limited
