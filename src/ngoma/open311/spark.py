"""One tree of plain data, written as XML or as the JSON that the Spark convention makes of it.

A list is a container of one repeated child; JSON drops the root and the names of such children.
Source: the convention of Open311's "JSON and XML Conversion".
"""

import re
from typing import Any
from xml.sax.saxutils import escape

import msgspec

ITEMS = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "media_urls": "media_url",
    "notes": "note",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
"""What each item of a list is called, by the name of the list."""

# What XML 1.0 (section 2.2) has no way to write, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml(root: str, data: Any) -> bytes:
    """The document with this root element. Characters that XML cannot hold are left out."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(out, root, data)
    return _FORBIDDEN.sub("", "".join(out)).encode()


def json(data: Any) -> bytes:
    """The document without its root."""
    return msgspec.json.encode(data)


def _write(out: list[str], name: str, value: Any) -> None:
    if value is None or value == "" or value == [] or value == {}:
        out.append(f"<{name}/>")
        return
    out.append(f"<{name}>")
    if isinstance(value, dict):
        for key, each in value.items():
            _write(out, key, each)
    elif isinstance(value, list):
        for each in value:
            _write(out, ITEMS[name], each)
    elif isinstance(value, bool):
        out.append("true" if value else "false")
    else:
        out.append(escape(str(value)))
    out.append(f"</{name}>")
