"""Where the pages of a city begin: under its slug, with a language or without."""

from collections.abc import Sequence

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter


class CityConverter(StringConverter):
    """A city's slug: at least three characters, so that no language looks like one."""

    regex = "[a-z0-9][a-z0-9-]{2,}"


class LanguageConverter(StringConverter):
    """A language tag, such as `lg` or `pt-BR`."""

    regex = "[a-z]{2}(?:-[A-Za-z]{2,4})?"


register_converter(CityConverter, "city")
register_converter(LanguageConverter, "language")


def below_cities(pages: Sequence[URLPattern | URLResolver]) -> list[URLResolver]:
    """The pages of every city; at the top of a city's own host in its other languages too."""
    return [
        path("<language:language>/", include(pages)),
        path("<city:city>/", include(pages)),
        path("<city:city>/<language:language>/", include(pages)),
    ]
