"""What every process does first."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ngoma.settings.django")


def start() -> None:
    """Set Django up and hand the life of a report to the queue."""
    django.setup()
    # Imports the models, which Django refuses before it is set up.
    from ngoma import journey

    journey.install()
