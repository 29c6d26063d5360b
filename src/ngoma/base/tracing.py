"""What is done, how long it takes and what it belongs to, for OpenTelemetry: a span for each
request, each job and each batch of a reader.

Only where the standard variables say where spans go (OTEL_EXPORTER_OTLP_ENDPOINT): without them
nothing is imported, and a span is a shared object that does nothing. A span never has an address,
what somebody typed, who they are, or what an error said: its callers name views, kinds and numbers.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
LAST_S = 2.0
"""Seconds for which a process that ends tries to send what is left."""
About = Mapping[str, str | int]

_NOTHING = nullcontext()
_provider: "TracerProvider | None" = None
_tracer: "Tracer | None" = None


def begin() -> None:
    """Send spans from now on, if the environment asks for it. Called once by a process."""
    global _provider, _tracer
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if off or not any(map(os.environ.get, ENDPOINTS)):
        return
    try:
        from multiprocessing.util import Finalize

        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        import structlog

        log = structlog.get_logger(__name__)
        log.warning("no traces are sent: they need the packages of ngoma[otel]")
        return
    named = Resource.create({"service.name": "ngoma"}).merge(OTELResourceDetector().detect())
    _provider = TracerProvider(resource=named, shutdown_on_exit=False)
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = _provider.get_tracer("ngoma")
    Finalize(None, end, exitpriority=0)  # of the server's processes, too, which know no atexit


def end() -> None:
    """Send what is left, and no more. A collector that is away delays no end of a process."""
    global _provider, _tracer
    if _provider is not None:
        sending = Thread(target=_provider.shutdown, daemon=True)
        sending.start()
        sending.join(LAST_S)
    _provider = _tracer = None


def is_on() -> bool:
    """Whether spans are sent."""
    return _tracer is not None


def span(name: str, about: About) -> AbstractContextManager[None]:
    """A span around what is done inside."""
    return _NOTHING if _tracer is None else _open(_tracer, name, about)


def request(about: About, caller: str | None) -> AbstractContextManager[None]:
    """A span around the answer to a request. `caller` is its `traceparent`: the trace of who asks,
    such as a proxy, goes on here."""
    return _NOTHING if _tracer is None else _answering(_tracer, about, caller)


def note(about: About, name: str | None = None) -> None:
    """Say more of the innermost span, and how it is called, once that is known."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(about)
        if name is not None:
            get_current_span().update_name(name)


def failed(why: str) -> None:
    """Mark the innermost span as failed: by the name of an error, or a number."""
    if _tracer is not None:
        from opentelemetry.trace import StatusCode, get_current_span

        get_current_span().set_status(StatusCode.ERROR, why)


def _answering(tracer: "Tracer", about: About, caller: str | None) -> AbstractContextManager[None]:
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": caller or ""})
    return _open(tracer, "request", about, context=context, kind=SpanKind.SERVER)


@contextmanager
def _open(tracer: "Tracer", name: str, about: About, **options: Any) -> Iterator[None]:
    # What an error said stays here.
    options |= {"record_exception": False, "set_status_on_exception": False}
    with tracer.start_as_current_span(name, attributes=dict(about), **options):
        try:
            yield
        except Exception as error:
            failed(type(error).__name__)
            raise
