"""What no page of the desk would ask or send: it is answered, and nothing breaks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from ngoma.records.models import Case, Event

HUGE = "9" * 30
ENDLESS = "9" * 5000


@pytest.mark.parametrize(
    "query",
    [
        f"department={HUGE}",
        f"service={HUGE}&place={HUGE}&assignee={HUGE}",
        f"department={ENDLESS}",
        f"after=2026-01-01T00:00:00Z~{HUGE}",
        f"after=2026-01-01T00:00:00Z~-{HUGE}",
        f"after=2026-01-01T00:00:00Z~{ENDLESS}",
        "after=0001-01-01T00:00:00Z~1",
        "q=%00",
        "q='%20OR%201=1--",
        'q="%20*%20NEAR(a%20b)%20:%20^\\',
        "q=%F0%9F%98%80%CC%81%E2%80%AE",
        "state=%00&late=%00",
        "assignee=%00&service=%00&place=%00&department=%00",
        "assignee=%F0%9F%98%80%CC%81%E2%80%AE",
    ],
)
def test_a_list_of_work_that_makes_no_sense(
    coordinator: Client, told: Callable[..., Case], query: str
) -> None:
    told()
    assert coordinator.get(f"/desk/small/work/?{query}").status_code == 200


@pytest.mark.parametrize(
    "after",
    [
        f"today~2026-01-01T00:00:00Z~{HUGE}",
        f"danger~2026-01-01T00:00:00Z~{HUGE}",
        f"late~2026-01-01T00:00:00Z~{ENDLESS}",
        "\0~\0~\0",
    ],
)
def test_a_queue_that_makes_no_sense(
    coordinator: Client, told: Callable[..., Case], after: str
) -> None:
    told()
    assert coordinator.get("/desk/small/", {"after": after}).status_code == 200


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("accept", {"service": "pothole", "department": HUGE}),
        ("accept", {"service": "pothole", "urgency": HUGE}),
        ("accept", {"service": "pothole", "urgency": ENDLESS}),
        ("assign", {"department": HUGE, "user": HUGE}),
        ("correct", {"position": "1e308, 1e308"}),
        ("correct", {"position": "nan, nan"}),
        ("extend", {"days": HUGE, "reason": "\0"}),
        ("hide", {"photo": HUGE}),
        ("split", {"report": HUGE}),
        ("merge", {"into": "\0"}),
        ("reject", {"reason": "\0"}),
        ("refer", {"body": "\0"}),
    ],
)
def test_a_form_that_makes_no_sense(
    coordinator: Client, told: Callable[..., Case], act: Any, name: str, fields: dict[str, str]
) -> None:
    assert act(coordinator, told(), name, **fields).status_code in (302, 409, 422)


def test_a_version_without_end(coordinator: Client, told: Callable[..., Case], act: Any) -> None:
    assert act(coordinator, told(), "note", text="x", version=ENDLESS).status_code == 409


@pytest.mark.parametrize("name", ["answer", "ask", "note", "inform"])
def test_text_is_kept_as_text(
    coordinator: Client, told: Callable[..., Case], act: Any, name: str
) -> None:
    case = told()
    assert act(coordinator, case, name, text="a\0b\x1b[31m\u202ec").status_code == 302
    assert Event.objects.filter(case=case).latest("id").data["text"] == "ab[31mc"


def test_published_words_are_kept_as_text(
    coordinator: Client, told: Callable[..., Case], act: Any
) -> None:
    case = told()
    report = case.reports.get()
    act(coordinator, case, "redact", report=report.pk, words="a\0b")
    report.refresh_from_db()
    assert report.public_words == "ab"
