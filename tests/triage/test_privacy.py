"""What leads to a person is found and hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.triage import find_private, redact
from ngoma.triage.privacy import MARKS

PRIVATE = [
    ("UG", "0772 123456", "phone"),
    ("UG", "+256 701 234 567", "phone"),
    ("UG", "0701234567", "phone"),
    ("KR", "010-1234-5678", "phone"),
    ("KR", "02-312-4567", "phone"),
    ("UG", "O772 123456", "phone"),
    ("UG", "0772,123,456", "phone"),
    ("UG", "0772_123_456", "phone"),
    ("KR", "공일공-1234-5678", "phone"),
    ("KR", "010·1234·5678", "phone"),
    ("UG", "jane at gmail dot com", "email"),
    ("UG", "jane at gmail.com", "email"),
    ("UG", "jane.doe＠gmail．com", "email"),
    ("UG", "CM 8900 1234 ABCD", "national_id"),
    ("UG", "UAX. 123A", "plate"),
    ("UG", "jane.doe@example.org", "email"),
    ("KR", "minji(at)naver.com", "email"),
    ("KR", "900101-1234567", "national_id"),
    ("KR", "900101-2******", "national_id"),
    ("KR", "9001011234567", "national_id"),
    ("UG", "CM89001234ABCD", "national_id"),
    ("UG", "cf920151048XYZ", "national_id"),
    ("KR", "12가 3456", "plate"),
    ("KR", "서울 34바1234", "plate"),
    ("KR", "123하4567", "plate"),
    ("UG", "UAX 123A", "plate"),
    ("UG", "ubf123k", "plate"),
    ("UG", "UA 012AB", "plate"),
]


@pytest.mark.parametrize(("country", "value", "kind"), PRIVATE)
@pytest.mark.parametrize(
    "around", ["{}", "call {} please", "연락처: {}입니다", "({}).", "a\n{}\nb"]
)
def test_found_and_hidden(country: str, value: str, kind: str, around: str) -> None:
    text = around.format(value)
    spans = find_private(text, country)
    assert [span.kind for span in spans] == [kind]
    assert value in text[spans[0].start : spans[0].end]
    assert value not in redact(text, spans)


@pytest.mark.parametrize(
    "text",
    ["It cost UGX 500K", "use 100m of pipe", "12월 2024", "101동 1502호", "report 123456",
     "at 10:30 on 2026-03-02", "KLA-7F3K9", "0.31363, 32.58112", "meet me @ the gate",
     "CMEXPRESSWAYS", "it cost 772,123,456 shillings", "he was at home",
     "look at gmail, it is down", "0,5 m and 1,200,000 UGX", "공영주차장 일공공",
     "3개 1000원", "63조 7000억", "call 112 or 119", "look (at the corner)"],
)  # fmt: skip
def test_what_leads_to_nobody_stays(text: str) -> None:
    assert find_private(text, "UG") == ()
    assert find_private(text, "KR") == ()


def test_letters_that_touch_a_number_do_not_hide_it() -> None:
    text = "tel0772123456ask"
    assert "0772123456" not in redact(text, find_private(text, "UG"))


def test_a_full_stop_ends_an_address() -> None:
    text = "Write to jo@example.org. Please hurry"
    assert redact(text, find_private(text, "UG")) == "Write to [@ …]. Please hurry"


def test_what_comes_late_is_found_too() -> None:
    text = "x " * 30_000 + "0772 123456"
    assert "123456" not in redact(text, find_private(text, "UG"))


@given(
    pieces=st.lists(st.one_of(st.sampled_from([v for _, v, _ in PRIVATE]), st.text()), max_size=8),
    country=st.sampled_from(["UG", "KR", "ZZ", ""]),
)
def test_spans_are_apart_and_hidden(pieces: list[str], country: str) -> None:
    text = " ".join(pieces)
    spans = find_private(text, country)
    at, kept = 0, []
    for span in spans:
        assert at <= span.start < span.end <= len(text)
        kept.append(text[at : span.start])
        at = span.end
    kept.append(text[at:])
    hidden = redact(text, spans)
    assert len(hidden) == sum(map(len, kept)) + sum(len(MARKS[span.kind]) for span in spans)
    position = 0
    for piece in kept:
        position = hidden.index(piece, position) + len(piece)


NAMED = [
    ("My name is Okello John and the road is bad", "Okello John"),
    ("my names are nakato sarah, we have no water", "nakato sarah"),
    ("my name is okello from bwaise", "okello"),
    ("I am Kizza Moses of Kasubi.", "Kizza Moses"),
    ("I'm Anne O’Connor-Byaruhanga", "Anne O’Connor-Byaruhanga"),
    ("Please ask for Mr. Ssemakula Godfrey at the gate", "Ssemakula Godfrey"),
    ("Dr Apio was not at work", "Apio"),
    ("Regards, Achieng Mary", "Achieng Mary"),
    ("Name: Lwanga Paul, Kasubi", "Lwanga Paul"),
    ("Nze Nakato, omwala guzibye", "Nakato"),
    ("Erinnya lyange Musoke Peter", "Musoke Peter"),
    ("Mukyala Namubiru tatuwa mazzi", "Namubiru"),
    ("Jina langu ni Juma Hassan, taa hazifanyi kazi", "Juma Hassan"),
    ("Naitwa Amina", "Amina"),
    ("Mzee Kamau anamwaga takataka", "Kamau"),
    ("제 이름은 김철수입니다. 가로등이 고장났어요", "김철수"),
    ("옆집 박영희 씨가 쓰레기를 버려요", "박영희"),
    ("이민호님께 연락 주세요", "이민호"),
    ("성명: 최수빈, 연락처는 따로", "최수빈"),
]


@pytest.mark.parametrize(("text", "name"), NAMED)
def test_a_name_that_is_announced_is_found_and_hidden(text: str, name: str) -> None:
    (span,) = find_private(text, "UG")
    assert (span.kind, text[span.start : span.end]) == ("name", name)
    assert name not in redact(text, [span])


@pytest.mark.parametrize(
    "text",
    ["I am writing about a pothole", "I am Ugandan", "Mr Kato Road is flooded", "I am in Kampala",
     "Maama Ngina Street is dark", "The road to Hon Close", "name: the old market",
     "The name of the street is Luwum", "Nze omutuuze w'e Kasubi", "mimi ni mkazi wa hapa",
     "구청장님 가로등을 고쳐 주세요", "주무관님 감사합니다", "선생님께서 다치셨어요",
     "마음씨 좋은 분", "날씨가 나빠요", "저는 주민입니다", "아저씨가 넘어졌어요"],
)  # fmt: skip
def test_what_names_nobody_stays(text: str) -> None:
    assert find_private(text, "UG") == find_private(text, "KR") == ()
