"""One hole, told in four ways by four people: proposed as one case, answered once in each way."""

import re

import pytest
from django.test import Client

from ngoma.casework import deciding, merging, talking
from ngoma.cities.book import Book
from ngoma.people.permissions import Actor
from ngoma.records.models import Case, Notice, Proposal, Report, User
from ngoma.work.worker import run_until_idle
from tests.channels.test_mail import kampala, mail, take
from tests.channels.test_messengers import Gateway, gateway, whatsapp
from tests.channels.test_texting import officer, post
from tests.channels.test_ussd import Phone

__all__ = ["gateway", "kampala", "officer"]


_DATE = re.compile(r"\d\d:\d\d|[A-Z][a-z]{2} \d+ [A-Z][a-z]{2}|Lw\d \d+ \S+")


@pytest.fixture
def told(kampala: Book, gateway: Gateway) -> list[Report]:
    """By USSD in Luganda, by SMS in English, by a photo over WhatsApp, and by mail."""
    phone = Phone("kampala", "+256772000001")
    phone.dial("3*2")
    for answer in ("1", "1", "Mulago II", "Ekinnya kinene mu luguudo ku katale"):
        said = phone.press(answer)
    assert said.startswith("END")
    run_until_idle()
    post("Big hole in the road at the market in Mulago II", "ATXid_1", "+256772000002")
    run_until_idle()
    image = {"id": "AgAC", "caption": "Big hole in the road, market, Mulago II"}
    whatsapp(id="wamid.1", image=image, **{"from": "256772000003"})
    run_until_idle()
    heads = {"From": "d@example.org", "Subject": "Big hole in the road"}
    take(kampala, mail("It is at the market in Mulago II.", **heads))
    run_until_idle()
    return list(Report.objects.order_by("pk"))


def test_four_reports_are_proposed_as_one_case_and_answered_once(
    told: list[Report], officer: Actor, client: Client
) -> None:
    assert [each.channel for each in told] == ["ussd", "sms", "messenger", "mail"]
    assert [each.language for each in told] == ["lg", "en", "en", "en"]
    assert told[2].photos.count() == 1
    first, *others = (each.case for each in told)
    for report in told[1:]:
        duplicates = Proposal.objects.filter(report=report).latest("pk").duplicates
        assert first.pk in [each["case"] for each in duplicates], report.channel
    client.force_login(User.objects.get(username="officer"))
    page = client.get(f"/desk/kampala/?case={others[-1].reference}").content.decode()
    assert "cases that may be the same problem" in page

    for case in others:
        merging.merge(actor=officer, case_id=case.pk, into=first.pk)
    deciding.accept(actor=officer, case_id=first.pk)
    run_until_idle()
    before = set(Notice.objects.values_list("pk", flat=True))
    words = {"en": "A crew comes today.", "lg": "Abakozi bajja leero."}
    talking.answer(actor=officer, case_id=first.pk, text=words["en"], texts=words)
    run_until_idle()
    answers = Notice.objects.exclude(pk__in=before).order_by("report")
    assert [(each.channel, each.language) for each in answers] == [
        *(("sms", "lg"), ("sms", "en"), ("whatsapp", "en"), ("email", "en")),
    ]
    for answer in answers:
        assert words[answer.language] in answer.text
    assert Case.objects.get(pk=first.pk).reports_count == 4


def test_each_is_heard_in_the_words_of_its_way(told: list[Report]) -> None:
    """The receipts, as they read: a golden transcript."""
    notices = Notice.objects.filter(kind="received").order_by("report")
    texts = [_DATE.sub("…", each.text) for each in notices]
    shown = [each.text.split("KLA ")[1][:7] for each in notices]
    assert len(set(shown)) == 4
    assert texts[0] == f"Kampala: KLA {shown[0]} tugifunye. Okuddamu: … …. {{link}}"
    assert texts[1] == f"Kampala: KLA {shown[1]} received. Answer by … …. {{link}}"
    assert texts[2] == f"Kampala: KLA {shown[2]} received. Answer by … …. {{link}}"
    assert texts[3].startswith("Thank you. Your report has reached us; its number is KLA ")
