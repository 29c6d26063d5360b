"""The Jinja2 environment of every page."""

from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from ngoma.look import formats
from ngoma.look.icons import icon


def environment(**options: Any) -> Environment:
    """Jinja2 with translation, icons, and numbers and dates in the active language and zone.

    Templates are named by their package: `look/base.html.jinja`, `public/home.html.jinja`. A view
    activates language and zone with `django.utils.translation.override` and `timezone.override`.
    """
    environment = Environment(  # noqa: S701 - it is on
        **options | {"autoescape": True, "undefined": StrictUndefined},
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(
        _=said,
        icon=icon,
        static=cache(static),
        autonym=formats.autonym,
        direction=formats.direction,
    )
    environment.filters.update(
        number=formats.number,
        percent=formats.percent,
        day=formats.day,
        date=formats.date,
        short=formats.short,
        hour=formats.hour,
        moment=formats.moment,
        span=formats.span,
        days=formats.days,
        metres=formats.metres,
    )
    return environment


def said(message: str, **fields: Any) -> Markup:
    """A text of a page in the active language; what is put into it is escaped.

    It is `gettext` as Jinja2 makes it, but what pages say again and again is looked up once.
    """
    text = _text(get_language(), message)
    return text % fields if fields else _whole(text)


def one_token(request: HttpRequest) -> dict[str, Any]:
    """All forms of a page carry the same token against forgery: each time it is drawn it is new."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}


@lru_cache(maxsize=8192)
def _text(_language: str | None, message: str) -> Markup:
    return Markup(gettext(message))  # noqa: S704 - a catalogue's


@lru_cache(maxsize=8192)
def _whole(text: Markup) -> Markup:
    """The text as it is said where nothing is put into it: a `%` is written twice."""
    return text % {}
