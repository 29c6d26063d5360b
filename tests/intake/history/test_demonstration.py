"""San Francisco as the demonstration shows it: recorded, and up to yesterday."""

from collections import Counter
from datetime import timedelta

from rich.progress import Progress

from ngoma.base.clock import now
from ngoma.casework import deadlines, rebuild
from ngoma.cities import book
from ngoma.cities.load import load
from ngoma.people import apikeys
from ngoma.records.models import Case, Report
from ngoma.settings import demo


def test_san_francisco_is_recorded_up_to_yesterday(database: None) -> None:
    book.forget()
    city = load(demo.PACKS / "demo")
    for _ in range(2):
        with Progress(disable=True) as progress:
            demo.fill(city, progress)
    reports = Report.objects.filter(city=city)
    assert reports.count() == reports.filter(demo=True).count() == 1562
    assert Counter(Case.objects.values_list("state", flat=True)) == {"accepted": 860, "closed": 702}
    zone = book.book("demo").zone
    newest = reports.latest("received_at").received_at.astimezone(zone)
    assert newest.date() == now().astimezone(zone).date() - timedelta(days=1)
    old = now() - timedelta(days=90)
    assert reports.filter(received_at__lt=old).exists()
    assert reports.filter(received_at__gt=old).exists()
    assert not Case.objects.filter(updated_at__gt=now()).exists()
    assert deadlines.escalate_late() == 0
    assert rebuild.rebuild(lambda done: None) == 0
    assert apikeys.find(city.pk, "demo-key").updates
