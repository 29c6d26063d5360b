"""What PostgreSQL keeps of questions that are asked again and again."""

import pytest
from django.db import connection

from ngoma.records.models import User
from ngoma.records.queries.members import roles
from ngoma.records.sql.planning import planned_anew
from ngoma.records.sql.statements import fetch

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BY_ROLES = "%FROM records_membership m%"
BY_PLAN = """SELECT CAST(SUM(generic_plans) AS int), SUM(custom_plans) > 0
    FROM pg_prepared_statements WHERE statement LIKE %s"""
KEPT = "SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE %s"


@pytest.fixture(autouse=True)
def _nothing_was_asked_before(transactional_db: None) -> None:
    """What is kept belongs to a connection: that of the tests before has theirs."""
    connection.close()


def test_who_fills_a_table_has_it_planned_as_it_is_by_then() -> None:
    with planned_anew():
        for number in range(8):
            roles(number)
        assert fetch(BY_PLAN, [BY_ROLES]) == [(0, True)]
    for number in range(8):
        roles(number)
    assert fetch("SHOW plan_cache_mode") == [("auto",)]


def test_a_question_that_is_asked_often_is_planned_once() -> None:
    for number in range(8):
        assert not roles(number)
        assert not User.objects.filter(username=f"nobody {number}").exists()
    for part in (BY_ROLES, '%"records_user"."username" =%'):
        assert fetch(KEPT, [part]) == [(1,)]
