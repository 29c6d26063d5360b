"""The WSGI application a web process serves."""

import gc

from django.core.handlers.wsgi import WSGIHandler
from django.urls import get_resolver

from ngoma.settings.start import start

start()
# A mistake in a door stops the process here, and the first visitor need not wait for imports.
_ = get_resolver().url_patterns
application = WSGIHandler()
# All that is there now stays: the collector need not go through it again and again.
gc.collect()
gc.freeze()
