"""The entry of a report is found by the report, however long the ledger has become."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ngoma.cities.book import Book
from ngoma.intake.submission import Submission
from ngoma.intake.submit import submit
from ngoma.ledger import receipts
from ngoma.records.queries import stories

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

_LONG = """
INSERT INTO records_entry ("index", report_id, content, leaf, salts, late)
SELECT n, CASE WHEN n % 100 = 0 THEN %s END, '', decode(md5(n::text), 'hex'), '{}', FALSE
FROM generate_series(1, 20000) n
"""


def test_nothing_goes_through_the_ledger_by_its_key(town: Book) -> None:
    told = {"words": "A hole", "place": "kasubi"}
    first, second = (
        submit(Submission(book=town, origin="test", key=key, channel="web", **told)).report
        for key in ("1", "2")
    )
    with connection.cursor() as cursor:
        cursor.execute(_LONG.replace("% 100", "%% 100"), [first.pk])
    with CaptureQueriesContext(connection) as asked:
        stories.stamp(second.reference)
        receipts.of_report(second.pk)
    plans = []
    with connection.cursor() as cursor:
        for each in asked.captured_queries:
            cursor.execute("EXPLAIN " + each["sql"])
            plans.append("\n".join(row[0] for row in cursor.fetchall()))
    assert len(plans) == 2
    for plan in plans:
        assert "records_entry_report" in plan, plan
        assert "records_entry_pkey" not in plan, plan
