"""The doors of the house, by address. The public door is last: it takes every city's own name."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from ngoma.settings.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("admin/", admin.site.urls),
    path("desk/", include("ngoma.desk.urls")),
    path("open311/v2/", include("ngoma.open311.urls")),
    path("", include("ngoma.channels.urls")),
    path("", include("ngoma.public.urls")),
]

handler403 = "ngoma.public.errors.forbidden"
handler404 = "ngoma.public.errors.not_found"
handler500 = "ngoma.public.errors.broken"
