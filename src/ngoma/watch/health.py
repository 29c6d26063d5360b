"""Is this process alive, and is it able to answer? For balancers, and for `up` while it waits."""

import structlog
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ngoma.cities.book import books
from ngoma.records.sql.versions import difference

log = structlog.get_logger(__name__)
_checked = False


class NotReady(Exception):
    """Why this process cannot answer yet; the text says what to do."""


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 from a process that lives. A database that is away is no reason to start it anew."""
    return _said("ok")


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when the database answers, its tables are those of this release, and the cities can be
    read; else 503 with the reason."""
    try:
        _check_tables()
        books()
    except NotReady as reason:
        return _said(str(reason), status=503)
    except Error as error:
        # What the driver says may name hosts and users: that is for the log.
        log.warning("not ready: the database does not answer", error=str(error))
        return _said("the database does not answer", status=503)
    return _said("ok")


def forget() -> None:
    """Look at the tables again: the tests need it."""
    global _checked
    _checked = False


def _check_tables() -> None:
    """Raises `NotReady` where a migration of this release is not applied. Once they all are, it is
    enough that the database answers."""
    global _checked
    if _checked:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return
    if missing := difference().missing:
        raise NotReady(f"migrations that are not applied: {len(missing)}; run `ngoma migrate`")
    _checked = True


def _said(text: str, *, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(f"{text}\n", content_type="text/plain", status=status, headers=headers)
