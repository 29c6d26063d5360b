"""The WSGI application a web process serves."""

from django.core.handlers.wsgi import WSGIHandler

from ngoma.settings.start import start

start()
application = WSGIHandler()
