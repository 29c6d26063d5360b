"""The page that checks a receipt in the browser, and goes on doing so when it is saved."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
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
        "texts": _texts(),
        "nonce": str(request.csp_nonce),  # type: ignore[attr-defined] # set by its middleware
        "city_name": site.name,
        "back": request.build_absolute_uri(site.url("ledger")),
    }
    return show(request, site, "ledger-verify", context, page="ledger/verify")


def _texts() -> dict[str, Any]:
    """What the script says, by the names that it knows it by."""
    return {
        "genuine": _("This receipt is genuine: all of this was in the ledger."),
        "alone": _("No witness that you trust has signed; the city alone vouches for it."),
        "refused": _("Not proved:"),
        "old": _("this browser cannot check such signatures. Use a newer one, or the program."),
        "entry": _("Entry"),
        "log": _("Ledger"),
        "city": _("City"),
        "case": _("Case, under another name"),
        "seq": _("Step"),
        "kind": _("What"),
        "time": _("When"),
        "by": _("Who"),
        "data": _("Details"),
        "text": _("What was said"),
        "position": _("Position"),
        "report": _("Report"),
        "words": _("Words"),
        "location": _("Place as told"),
        "answers": _("Answers"),
        "photos": _("Photos (their SHA-256)"),
        "closed": _("Fields this receipt does not open"),
        "witness": _("Signed by the witness"),
        "reasons": {
            "receipt": _("this is not a receipt, or not all of it."),
            "form": _("something in it is not written as it must be."),
            "key": _("a key of the policy is damaged."),
            "policy": _("the list of whom you trust cannot be read."),
            "signature": _("a signature is false."),
            "other": _("it is from a ledger that you do not trust."),
            "unsigned": _("the ledger has not signed it."),
            "witnesses": _("too few of the witnesses you trust have signed."),
            "tree": _("the entry is not in the ledger."),
            "disclosure": _("something in it does not belong to this entry."),
        },
    }
