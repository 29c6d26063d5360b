"""The icons: one set of outlines on a 24-unit square, set inline, always beside a word."""

from functools import cache

from markupsafe import Markup

_SHAPES = {
    "again": '<path d="M4.5 12A7.5 7.5 0 1 0 12 4.5c-2.5 0-4.7 1.2-6 3M5.5 3.5v4.3h4.3"/>',
    "arrow": '<path d="M4.5 12h15M13.5 6l6 6-6 6"/>',
    "back": '<path d="M19.5 12h-15M10.5 6l-6 6 6 6"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 20.5h4"/>',
    "camera": '<path d="M4 8h3.2l1.6-2.5h6.4L16.8 8H20a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1H4a1 1 0'
    ' 0 1-1-1V9a1 1 0 0 1 1-1Z"/><circle cx="12" cy="13.4" r="3.6"/>',
    "chat": '<path d="M4 5h16v11H11l-5 4v-4H4Z"/>',
    "check": '<path d="M5 12.5l4.6 4.6L19 7.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.5 2"/>',
    "crew": '<path d="M4 17h16M6 17v-2a6 6 0 0 1 12 0v2M12 5v4M9 9.5V7M15 9.5V7"/>',
    "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
    "download": '<path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15"/>',
    "eye": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "filter": '<path d="M4 6h16M7 12h10M10 18h4"/>',
    "flag": '<path d="M6 21V4h11l-2 4 2 4H6"/>',
    "inbox": '<path d="M4 13l2.5-8h11L20 13v6H4zM4 13h5l1.2 2.5h3.6L15 13h5"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.1M4.5 12h.1M4.5 18h.1"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "map": '<path d="M3.5 6.5l5.5-2 6 2 5.5-2v13l-5.5 2-6-2-5.5 2ZM9 4.5v13M15 6.5v13"/>',
    "merge": '<path d="M6 4v4c0 4 6 4 6 8v4M18 4v4c0 4-6 4-6 8M8.5 17l3.5 3.5 3.5-3.5"/>',
    "out": '<path d="M13 5H5v14h14v-8M14 4h6v6M20 4l-9 9"/>',
    "pencil": '<path d="M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19ZM13.5 7l3.5 3.5"/>',
    "person": '<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20c.8-4.5 3.5-6.5 7.5-6.5s6.7 2 7.5'
    ' 6.5"/>',
    "people": '<circle cx="9" cy="8.5" r="3.4"/><path d="M2.5 19.5c.7-4 3-5.8 6.5-5.8s5.8 1.8 6.5'
    ' 5.8M15.5 5.3a3.4 3.4 0 0 1 0 6.4M17.5 14c2.3.6 3.6 2.4 4 5.5"/>',
    "phone": '<path d="M5 4h4l1.5 4.5-2.3 1.7a12 12 0 0 0 5.6 5.6l1.7-2.3L20 15v4a1.5 1.5 0'
    ' 0 1-1.6 1.5C10.5 20 4 13.5 3.5 5.6A1.5 1.5 0 0 1 5 4Z"/>',
    "pin": '<path d="M12 21c-2-4-6.5-6.5-6.5-11.5a6.5 6.5 0 0 1 13 0C18.5 14.5 14 17 12 21Z"/>'
    '<circle cx="12" cy="9.5" r="2.3"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "question": '<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8'
    '.4-1.1.9-1.1 1.7M12 16.6v.1"/>',
    "search": '<circle cx="10.8" cy="10.8" r="6.3"/><path d="M15.5 15.5l5 5"/>',
    "send": '<path d="M4 12l16-8-5 16-3.5-6.5Z"/><path d="M11.5 13.5L20 4"/>',
    "shield": '<path d="M12 3l7.5 3v5.5c0 4.6-3.1 7.8-7.5 9.5-4.4-1.7-7.5-4.9-7.5-9.5V6Z"/>'
    '<path d="M8.7 12l2.4 2.4 4.4-4.6"/>',
    "split": '<path d="M12 20v-5c0-4-6-4-6-8V4M12 15c0-4 6-4 6-8V4M3.5 6.5L6 4l2.5 2.5M15.5'
    ' 6.5L18 4l2.5 2.5"/>',
    "star": '<path d="M12 4l2.4 5.1 5.6.7-4.1 3.8 1.1 5.5-5-2.7-5 2.7 1.1-5.5L4 9.8l5.6-.7Z"/>',
    "warning": '<path d="M12 4l9 16H3Z"/><path d="M12 10v4.5M12 17.3v.1"/>',
}


_DIRECTED = frozenset({"again", "arrow", "back", "out", "send"})
"""What points along the line of reading, and so turns where that runs from right to left."""


@cache
def icon(name: str) -> Markup:
    """The icon as inline SVG, hidden from screen readers. Raises KeyError for an unknown name."""
    shape = Markup(_SHAPES[name])  # noqa: S704 - ours, above
    kind = "ic flip" if name in _DIRECTED else "ic"
    return Markup(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>'
    ).format(kind, shape)
