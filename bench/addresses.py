"""Every address of the house, as the URL map has them."""

import re
from collections.abc import Iterator, Sequence

from django.urls import URLPattern, URLResolver, get_resolver

from ngoma.watch.addresses import VIEWS

_PLAIN = ((r"^", ""), (r"$", ""), (r"\.", "."), (r"\Z", ""))
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()\[\]]|\[[^\]]*\])*\)")


def addresses() -> tuple[str, ...]:
    """The patterns without a slash before them: `r/<str:reference>`, `requests/<ids>.<form>`."""
    before_all = [address[1:] for address in VIEWS]
    return tuple(dict.fromkeys([*before_all, *_walk(get_resolver().url_patterns)]))


def _walk(found: Sequence[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for each in found:
        text = _GROUP.sub(r"<\1>", str(each.pattern))
        for symbol, plain in _PLAIN:
            text = text.replace(symbol, plain)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, before + text)
        else:
            yield before + text
