"""How proposals met the decisions of people, and first answers their dates, in groups of reports
that have language, channel, place and service in common."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Max

from ngoma.records.models import Quality
from ngoma.records.sql.moments import parameter
from ngoma.records.sql.statements import fetch


class Group(NamedTuple):
    """What reports have in common; `language` is empty where it was not noted, `proposed_id` None
    where no service was proposed."""

    language: str
    channel: str
    place_id: int | None
    service_id: int | None
    proposed_id: int | None


class Decided(NamedTuple):
    """Decisions on a group. `promised` is the sum of the probabilities of what was proposed."""

    decided: int
    right: int
    sure: int
    sure_right: int
    promised: float
    dangers: int
    dangers_seen: int


class Answered(NamedTuple):
    """Cases of a group whose first answer was given or due, and how many had it in time."""

    due: int
    in_time: int


_DECIDED = """
SELECT p.language, r.channel, r.place_id, d.service_id, p.service_id, COUNT(*),
       SUM(CASE WHEN d.service_id = p.service_id THEN 1 ELSE 0 END),
       SUM(CASE WHEN p.confident THEN 1 ELSE 0 END),
       SUM(CASE WHEN p.confident AND d.service_id = p.service_id THEN 1 ELSE 0 END),
       SUM(p.confidence),
       SUM(CASE WHEN d.urgency = 2 THEN 1 ELSE 0 END),
       SUM(CASE WHEN d.urgency = 2 AND p.urgency = 2 THEN 1 ELSE 0 END)
FROM records_decision d
JOIN records_proposal p ON p.id = d.proposal_id
JOIN records_report r ON r.id = p.report_id
WHERE r.city_id = %s AND d.at >= %s AND d.at < %s AND d.user_id IS NOT NULL
  AND d.service_id IS NOT NULL AND d.merged_into_id IS NULL AND r.words <> ''
GROUP BY p.language, r.channel, r.place_id, d.service_id, p.service_id
"""
_ANSWERED = """
SELECT COALESCE(p.language, ''), r.channel, c.place_id, c.service_id, NULL, COUNT(*),
       SUM(CASE WHEN c.answered_at <= c.answer_due THEN 1 ELSE 0 END)
FROM records_case c
JOIN records_report r ON r.reference = c.reference
LEFT JOIN records_proposal p ON p.report_id = r.id
WHERE c.city_id = %s AND c.opened_at >= %s AND c.opened_at < %s
  AND (c.answered_at IS NOT NULL OR c.answer_due < %s)
GROUP BY COALESCE(p.language, ''), r.channel, c.place_id, c.service_id
"""


def decided(city_id: int, since: datetime, until: datetime) -> list[tuple[Group, Decided]]:
    """Decisions of people on the service of reports with words, made in a time."""
    rows = fetch(_DECIDED, [city_id, parameter(since), parameter(until)])
    return [(Group(*row[:5]), Decided(*row[5:])) for row in rows]


def answered(
    city_id: int, since: datetime, until: datetime, at: datetime
) -> list[tuple[Group, Answered]]:
    """First answers to cases that were opened in a time, as they stand `at` a later moment."""
    rows = fetch(_ANSWERED, [city_id, *map(parameter, (since, until, at))])
    return [(Group(*row[:5]), Answered(*row[5:])) for row in rows]


def measured() -> dict[int, datetime]:
    """When each city was measured last."""
    rows = Quality.objects.values("city").annotate(last=Max("measured_at")).order_by()
    return dict(rows.values_list("city", "last"))


def newest(city_id: int) -> Quality | None:
    """What was measured last."""
    return Quality.objects.filter(city=city_id).order_by("-day").first()
