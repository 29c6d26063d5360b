"""The doors of the house, by address. The public door is last: it takes every city's own name."""

from pathlib import Path

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from ngoma.settings.health import healthz

_PACKAGE = Path(__file__).resolve().parents[1]
_DOORS = (
    ("desk/", "desk"),
    ("open311/v2/", "open311"),
    ("", "channels"),
    ("", "public"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("admin/", admin.site.urls),
]
urlpatterns += [
    path(address, include(f"ngoma.{door}.urls"))
    for address, door in _DOORS
    if (_PACKAGE / door / "urls.py").is_file()
]

handler403 = "ngoma.public.errors.forbidden"
handler404 = "ngoma.public.errors.not_found"
handler500 = "ngoma.public.errors.broken"
