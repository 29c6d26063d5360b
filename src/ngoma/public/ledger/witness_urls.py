"""The addresses of the witness, below `/witness/`."""

from django.urls import re_path

from ngoma.public.ledger import witness

urlpatterns = [
    re_path(r"^add-checkpoint$", witness.add_checkpoint),
    re_path(r"^vkey$", witness.vkey),
    re_path(r"^(?P<digest>[0-9a-f]{64})/checkpoint$", witness.checkpoint),
]
