"""The addresses of this door, answered by whatever name the installation is asked for.

A balancer and Prometheus know a process by its number, which NGOMA_HOSTS does not list; and nothing
here makes an address from the name.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ngoma.watch import health, metrics

Handler = Callable[[HttpRequest], HttpResponse]

VIEWS: dict[str, Handler] = {
    "/healthz": health.healthz,
    "/readyz": health.readyz,
    "/metrics": metrics.metrics,
}


def answer(others: Handler) -> Handler:
    """Middleware: answer at this door's addresses, before the name of the host is looked at."""

    def answered(request: HttpRequest) -> HttpResponse:
        return VIEWS.get(request.path_info, others)(request)

    return answered
