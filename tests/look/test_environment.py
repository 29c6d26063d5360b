"""How templates speak, and the token of their forms."""

from typing import Any

from django.template import engines
from django.test import RequestFactory
from django.utils import translation


def rendered(source: str, **context: Any) -> str:
    request = RequestFactory().get("/")
    return str(engines["pages"].from_string(source).render(context, request))


def test_a_text_is_said_in_the_language_of_the_page() -> None:
    for language, expected in (("en", "Queue"), ("ko", "접수 대기"), ("en", "Queue")):
        with translation.override(language):
            assert rendered('{{ _("Queue") }}') == expected


def test_what_is_put_into_a_text_is_escaped_and_the_text_is_not() -> None:
    source = '{{ _("<b>%(name)s</b> and 5 %%", name=name) }}'
    assert rendered(source, name="<i>") == "<b>&lt;i&gt;</b> and 5 %"
    assert rendered('{{ _("90 %% <b>of</b> them") }}') == "90 % <b>of</b> them"


def test_the_forms_of_a_page_carry_one_token() -> None:
    one, two = rendered("{{ csrf_input }}|{{ csrf_input }}").split("|")
    assert one == two
    assert 'name="csrfmiddlewaretoken"' in one
    assert one not in rendered("{{ csrf_input }}")
