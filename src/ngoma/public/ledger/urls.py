"""The addresses of the log's files, below `/ledger/`."""

from django.urls import path, re_path

from ngoma.public.ledger import files

urlpatterns = [
    path("checkpoint", files.checkpoint),
    path("tile/<path:path>", files.tile),
    path("vkey", files.vkey),
    path("policy", files.policy),
    path("handover", files.handover),
    path("index/<str:day>", files.index),
    re_path(r"^stamps/(?P<size>[0-9]{1,15})\.(?P<kind>tsr|txt)$", files.stamp),
    path("checkpoints.atom", files.feed),
    path("verify.py", files.program),
]
