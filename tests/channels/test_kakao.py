"""KakaoTalk: the conversation of the pack in a chat, with buttons."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from ngoma.channels import floods
from ngoma.cities import book
from ngoma.cities.load import load
from ngoma.records.models import Report, Talk
from tests.channels.test_ussd import PACKS


@pytest.fixture
def seoul(db: None, settings: Settings) -> str:
    settings.NGOMA_KAKAO_HOOK = "word"
    book.forget()
    floods.forget()
    load(PACKS / "seoul")
    return "seoul"


def say(words: str, user: str = "u1", *, hook: str = "word", city: str = "seoul") -> Any:
    """Say something to the bot; the answer, or its status where it is none."""
    body = {"userRequest": {"utterance": words, "user": {"id": user, "type": "botUserKey"}}}
    path = f"/channels/kakao/{hook}/{city}/"
    answer = Client().post(path, json.dumps(body), content_type="application/json")
    return answer.json() if answer.status_code == 200 else answer.status_code


def text(answer: Any) -> str:
    assert answer["version"] == "2.0"
    return str(answer["template"]["outputs"][0]["simpleText"]["text"])


def test_a_report_by_buttons(seoul: str) -> None:
    first = say("안녕")
    assert text(first).startswith("서울시 신고\n1 신고하기\n")
    buttons = first["template"]["quickReplies"]
    assert buttons[0] == {"label": "1 신고하기", "action": "message", "messageText": "1"}
    assert len(say("1")["template"]["quickReplies"]) == 5
    say("4")
    assert text(say("역삼1동")).startswith("더 적거나 보내세요.")
    end = say("밤에 너무 어두워요")
    assert text(end).startswith("감사합니다. 접수번호 SEL ")
    assert end["template"]["quickReplies"] == []
    report = Report.objects.get()
    assert (report.channel, report.language, report.contact) == ("messenger", "ko", None)
    assert report.service.code == "streetlight"
    assert text(say("또 왔어요")).startswith("서울시 신고"), "and from the beginning"


def test_each_has_a_conversation_of_their_own(seoul: str) -> None:
    say("안녕", "u1")
    say("1", "u1")
    assert text(say("1", "u2")).startswith("서울시 신고")
    assert text(say("9", "u1")).startswith("번호로 답해 주세요.\n무엇입니까?")
    assert text(say("시작", "u1")).startswith("서울시 신고")
    assert "'u1'" not in str(list(Talk.objects.values()))


def test_a_report_is_asked_about_by_its_number(seoul: str) -> None:
    for words in ("안녕", "1", "1", "역삼1동", "1"):
        say(words)
    reference = Report.objects.get().reference
    for words in ("안녕", "2"):
        say(words)
    assert "접수됨" in text(say(reference))


@pytest.mark.parametrize(
    ("hook", "city", "status"), [("other", "seoul", 403), ("word", "nowhere", 404)]
)
def test_who_does_not_know_the_address_is_refused(
    seoul: str, hook: str, city: str, status: int
) -> None:
    assert say("안녕", hook=hook, city=city) == status
    assert not Talk.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", '{"userRequest": {"user": 1}}', "[" * 90_000])
def test_what_is_no_request_is_refused(seoul: str, body: str) -> None:
    path = "/channels/kakao/word/seoul/"
    answer = Client().post(path, body, content_type="application/json")
    assert answer.status_code == 400
