"""What every process does first."""

import os
from importlib import import_module
from importlib.util import find_spec

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ngoma.settings.django")


def start() -> None:
    """Set Django up and hand the life of a report to the queue."""
    django.setup()
    if find_spec("ngoma.journey"):
        import_module("ngoma.journey").install()
