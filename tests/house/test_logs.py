"""What is logged names nobody and opens nothing."""

import logging
import time
from typing import Any

import pytest

from ngoma.settings import logs


def _line(text: str, *arguments: Any) -> str:
    """A message as it would be written to standard error."""
    formatter = logs.logging("INFO", as_json=True)["formatters"]["ngoma"]
    made = _formatter(formatter)
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, text, arguments, None)
    return str(made.format(record))


def _formatter(described: dict[str, Any]) -> Any:
    import structlog

    options = {name: value for name, value in described.items() if name != "()"}
    return structlog.stdlib.ProcessorFormatter(**options)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/kampala/r/KLA7F3K29/S3cret-word_x", "/kampala/r/KLA7F3K29/…"),
        ("/kampala/lg/r/KLA7F3K29/S3cret-word_x/receipt", "/kampala/lg/r/KLA7F3K29/…/receipt"),
        ("/r/KLA7F3K29/S3cret-word_x", "/r/KLA7F3K29/…"),
        ("/kampala/lg/mine/S3cret:word:x", "/kampala/lg/mine/…"),
        ("/kampala/lg/simple/S3cret.1:x", "/kampala/lg/simple/…"),
        ("/kampala/follow/S3cret-word_x", "/kampala/follow/…"),
        ("/channels/stop/S3cret-word_x/", "/channels/stop/…/"),
        ("/channels/africastalking/S3cret-word_x/", "/channels/africastalking/…/"),
        ("/desk/demo/cases/KLA7F3K29/accept/", "/desk/demo/cases/KLA7F3K29/accept/"),
    ],
)
def test_an_address_that_opens_something_is_cut(path: str, kept: str) -> None:
    line = _line("Forbidden (%s): %s", "a form of another site", path)
    assert "S3cret" not in line
    assert f"{kept}" in line


def test_addresses_of_people_are_left_out() -> None:
    line = _line("no answer for %s or %s", "ana@example.org", "+256 772 123456")
    assert "ana@" not in line
    assert "123456" not in line


@pytest.mark.once
def test_a_line_that_somebody_fills_is_written_at_once() -> None:
    """Addresses are logged, and a stranger may ask for a long one."""
    begun = time.process_time()
    logs.hide_personal(None, "", {"event": "Not Found: /" + "a" * 60_000})
    assert time.process_time() - begun < 1
