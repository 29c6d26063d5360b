"""The addresses of this door, under /open311/v2/. Codes may hold slashes, spaces and colons."""

from django.urls import re_path

from ngoma.open311.answering import endpoint
from ngoma.open311.creating import create
from ngoma.open311.discovery import discover
from ngoma.open311.listing import list_requests, show_request
from ngoma.open311.services import define, list_services
from ngoma.open311.tokens import look_up, nothing
from ngoma.open311.updates import list_updates, take_update

_FORM = r"\.(?P<form>xml|json)$"

# Any character, also a line break: not by a flag, which Django cannot make an address from.
urlpatterns = [
    re_path(rf"^discovery{_FORM}", endpoint(get=discover)),
    re_path(rf"^services{_FORM}", endpoint(get=list_services)),
    re_path(rf"^services/(?P<code>[\s\S]+){_FORM}", endpoint(get=define)),
    re_path(rf"^requests{_FORM}", endpoint(get=list_requests, post=create)),
    re_path(rf"^requests/(?P<ids>[\s\S]+){_FORM}", endpoint(get=show_request)),
    re_path(rf"^tokens/(?P<token>[\s\S]+){_FORM}", endpoint(get=look_up)),
    re_path(rf"^servicerequestupdates{_FORM}", endpoint(get=list_updates, post=take_update)),
    # Whatever else is asked for here is refused in the caller's format too.
    re_path(rf"^(?P<path>[\s\S]*){_FORM}", endpoint(get=nothing, post=nothing)),
    re_path(r"^(?P<path>[\s\S]*)$", endpoint(get=nothing, post=nothing), {"form": "xml"}),
]
