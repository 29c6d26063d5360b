"""The page that checks a receipt in the browser, and goes on doing so when it is saved."""

from pathlib import Path

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from markupsafe import Markup

from ngoma.ledger import publishing
from ngoma.public.site import Site, page, show

_SCRIPT = Path(__file__).resolve().parents[1] / "static" / "verify.js"


@csp_update({"script-src": [SELF, NONCE], "style-src": [SELF, NONCE]})
@require_safe
@page
def verify(request: HttpRequest, site: Site) -> HttpResponse:
    """One file with all it needs: whoever saves it asks nothing of us any more."""
    context = {
        "policy": publishing.policy_text(),
        "script": Markup(_SCRIPT.read_text(encoding="utf-8")),  # noqa: S704 - a file of ours
        "nonce": str(request.csp_nonce),  # type: ignore[attr-defined] # set by its middleware
        "city_name": site.name,
        "program": request.build_absolute_uri("/ledger/verify.py"),
        "back": request.build_absolute_uri(site.url("ledger")),
    }
    return show(request, site, "ledger-verify", context, page="ledger/verify")
