"""The doors of the house, by address. The public door is last: it takes every city's own name."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from ngoma.desk import signing
from ngoma.settings.health import healthz

# The desk's own addresses come with what it registers for the settings, which name their addresses
# once, when they are asked for below.
_desk = include("ngoma.desk.urls")

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("admin/login/", signing.to_settings),
    path("admin/", admin.site.urls),
    path("desk/", _desk),
    path("open311/v2/", include("ngoma.open311.urls")),
    path("ledger/", include("ngoma.public.ledger.urls")),
    path("witness/", include("ngoma.public.ledger.witness_urls")),
    path("", include("ngoma.channels.urls")),
    path("", include("ngoma.public.urls")),
]

handler403 = "ngoma.public.errors.forbidden"
handler404 = "ngoma.public.errors.not_found"
handler500 = "ngoma.public.errors.broken"
