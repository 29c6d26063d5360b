"""Whatever is asked, the answer is a document in the format asked for, and never an accident."""

from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.open311.conftest import KEY, Door

_WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "0", "-1", "1e400", "nan", "inf", "99999999999999999999", "pothole", "light", "tryout",
         "open", "closed", "2026-03-01", "2026-02-30T25:61:61Z", "0001-01-01T00:00:00+14:00",
         "9999-12-31T23:59:59-14:00", "0-0", "99999999999999999-1", "1,2,3,4", "0,0,0,0", "\x00",
         "\ufffd", "TRYMWVJD7", "true", "0.15", "32.05", KEY]
    ),
)  # fmt: skip
_NAMES = st.sampled_from(
    ["jurisdiction_id", "service_request_id", "service_code", "start_date", "end_date", "status",
     "page", "page_size", "after", "updated_after", "updated_before", "lat", "long", "radius",
     "bbox", "extensions", "api_key", "locale", "q", "callback"]
)  # fmt: skip
_FIELDS = st.sampled_from(
    ["jurisdiction_id", "service_code", "lat", "long", "address_string", "address_id", "email",
     "phone", "first_name", "description", "media_url", "media", "idempotency_key", "update_id",
     "service_request_id", "status", "updated_datetime", "attribute[depth]", "attribute[seen][]",
     "attribute[]", "locale"]
)  # fmt: skip
_FORMS = st.sampled_from(["xml", "json"])
_GETS = st.sampled_from(
    ["requests", "services", "discovery", "servicerequestupdates", "requests/{}", "services/{}",
     "tokens/{}", "{}"]
)  # fmt: skip
_QUIET = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check(answer: Any, form: str) -> None:
    """A document of the form, and no server error."""
    assert answer.status_code in (200, 400, 403, 404), answer.content
    if form == "json":
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        msgspec.json.decode(answer.content)
    else:
        assert answer["Content-Type"] == "text/xml; charset=utf-8"
        ElementTree.fromstring(answer.content)
    if answer.status_code != 200:
        assert b"description" in answer.content


@_QUIET
@given(path=_GETS, part=_WORDS, form=_FORMS, query=st.dictionaries(_NAMES, _WORDS, max_size=5))
def test_reading(door: Door, path: str, part: str, form: str, query: dict[str, str]) -> None:
    address = path.format(quote(part.encode("utf-8", "surrogatepass"), safe=""))
    pairs = [
        f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in query.items()
    ]
    answer = door.client.get(f"/open311/v2/{address}.{form}?{'&'.join(pairs)}")
    check(answer, form)


@_QUIET
@given(
    path=st.sampled_from(["requests", "servicerequestupdates"]),
    form=_FORMS,
    fields=st.dictionaries(_FIELDS, _WORDS, max_size=7),
    right=st.booleans(),
)
def test_writing(door: Door, path: str, form: str, fields: dict[str, str], right: bool) -> None:
    usual = {"service_code": "pothole", "lat": "0.15", "long": "32.05"} if right else {}
    body = "&".join(
        f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'))}"
        for name, value in ({"api_key": KEY} | usual | fields).items()
    )
    answer = door.client.post(
        f"/open311/v2/{path}.{form}", body, content_type="application/x-www-form-urlencoded"
    )
    check(answer, form)
