"""The Jinja2 environment of every page."""

from functools import cache
from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined

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
        icon=icon, static=cache(static), autonym=formats.autonym, direction=formats.direction
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
