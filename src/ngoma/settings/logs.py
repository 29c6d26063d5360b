"""Logging: one line an event, by structlog, to standard error; no personal data."""

import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_PERSONAL_KEYS = {"email", "phone", "name", "address", "ip", "contact", "words"}
_PERSONAL = re.compile(r"[\w.+-]{1,64}@[\w-]+\.[\w.-]+|\+\d[\d -]{6,}\d")
"""The part before the @ as long as RFC 5321 lets it be: a stranger may fill a line with letters."""
_OPENING = re.compile(
    r"(/r/[^/\s]+/|/(?:mine|follow|simple)/|/channels/(?:stop|voice/said|africastalking|kakao|kannel)/)[^/\s]+"
)
"""Addresses whose last part is a secret: who reads it can act for a reporter or a provider."""


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# One list, however often it is configured: loggers that were used before keep the one they had.
_PROCESSORS: list[Any] = [*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def hide_personal(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Take out what could name or reach a person or open their page, whoever logged it."""
    for key, value in event.items():
        if key in _PERSONAL_KEYS:
            event[key] = "…"
        elif isinstance(value, str):
            event[key] = _PERSONAL.sub("…", _OPENING.sub(r"\1…", value))
    return event


def tell_outages_in_a_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Say of a database that is away what it said, and not from where it was asked: that is the
    same for every request and every timer."""
    told = event.get("exc_info")
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if any(kind.__name__ == "OperationalError" for kind in type(error).__mro__):
        event["error"] = " ".join(str(error).split())
        del event["exc_info"]
    return event


def logging(level: str, as_json: bool) -> dict[str, Any]:
    """Configure structlog, and return Django's LOGGING that sends everything through it."""
    structlog.configure(
        processors=_PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # The plain traceback: the rich one prints local variables, which may hold personal data.
    render: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = {
        "()": "structlog.stdlib.ProcessorFormatter",
        "foreign_pre_chain": _SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            tell_outages_in_a_line,
            structlog.processors.format_exc_info,
            hide_personal,
            render,
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ngoma": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ngoma"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.utils.autoreload": {"level": "WARNING"},
            # It names every host that is asked: for a web push that is where somebody is reached.
            "httpcore": {"level": "WARNING"},
        },
    }
