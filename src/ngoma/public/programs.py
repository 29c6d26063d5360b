"""What there is for programs, described for their tools."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

OPENAPI = Path(__file__).parent / "handout" / "openapi.yaml"


@require_safe
@cache_control(public=True, max_age=3600)
def openapi(_request: HttpRequest) -> HttpResponse:
    """The description as OpenAPI 3.1 (RFC 9512), for pages of any origin."""
    response = HttpResponse(OPENAPI.read_bytes(), content_type="application/yaml")
    response["Access-Control-Allow-Origin"] = "*"
    return response
