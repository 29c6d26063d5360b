"""What every process does first."""

import os

import django
from django.apps import apps
from django.conf import settings

from ngoma.base import clock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ngoma.settings.django")


def start() -> None:
    """Set Django up, set the clock and hand the life of a report to the queue."""
    if not apps.ready:  # a second time would open the log anew, to wherever errors go just then
        django.setup()
    clock.run(settings.NGOMA_CLOCK)
    # Imports the models, which Django refuses before it is set up.
    from ngoma import journey

    journey.install()
