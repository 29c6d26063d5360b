"""The WSGI application a web process serves."""

import gc
from contextlib import suppress

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import Error, connections
from django.urls import get_resolver

from ngoma.base import tracing
from ngoma.settings.admission import Admission
from ngoma.settings.start import start

start()
tracing.begin()
# Imports the models, which Django refuses before it is set up.
from ngoma.cities.book import books  # noqa: E402
from ngoma.public.crowded import Pages  # noqa: E402

# A mistake in a door stops the process here, and the first visitor need not wait for imports.
_ = get_resolver().url_patterns
# Whose cities these are is known from here on, also while the database is away.
with suppress(Error):
    books()
connections.close_all()
application = Admission(WSGIHandler(), settings.NGOMA_THREADS, Pages())
# All that is there now stays: the collector need not go through it again and again.
gc.collect()
gc.freeze()
