"""The doors of the house, by address. The public door is last: it takes every city's own name.

Those of `watch` are answered before the name of the host is looked at (`watch/addresses.py`).
"""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from ngoma.desk import signing

# The desk's own addresses come with what it registers for the settings, which name their addresses
# once, when they are asked for below.
_desk = include("ngoma.desk.urls")

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/login/", signing.to_settings),
    path("admin/", admin.site.urls),
    path("desk/", _desk),
    path("open311/v2/", include("ngoma.open311.urls")),
    path("ledger/", include("ngoma.public.ledger.urls")),
    path("witness/", include("ngoma.public.ledger.witness_urls")),
    path("", include("ngoma.channels.urls")),
    path("", include("ngoma.public.urls")),
]

handler400 = "ngoma.public.errors.unreadable"
handler403 = "ngoma.public.errors.forbidden"
handler404 = "ngoma.public.errors.not_found"
handler500 = "ngoma.public.errors.broken"
