"""One way in: what is accepted and how it is kept, what is refused and in which words."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ngoma.base.clock import frozen
from ngoma.cities import book
from ngoma.cities.book import Book
from ngoma.intake import photos
from ngoma.intake.explaining import explain
from ngoma.intake.submission import Problem, Refused
from ngoma.intake.submit import CLOCK_SKEW, LONGEST_WORDS, submit
from ngoma.people import vault
from ngoma.records.models import Case, City, Contact, Event, Job, Photo, Report, Service
from tests.casework import MONDAY
from tests.intake import told
from tests.intake.pictures import as_taken

pytestmark = pytest.mark.django_db
TABLES = (Case, Contact, Event, Job, Photo, Report)
HALF = as_taken("JPEG", 6)[:2500]


def refused(town: Book, **said: Any) -> list[tuple[str, str]]:
    """The problems of a submission that is refused and leaves nothing behind."""
    with pytest.raises(Refused) as wrong:
        submit(told(town, **said))
    assert not any(table.objects.exists() for table in TABLES)
    return [(problem.field, problem.code) for problem in wrong.value.problems]


def alter(town: Book, service: str, **values: Any) -> Book:
    """The town after one of its services has changed."""
    Service.objects.filter(code=service).update(**values)
    City.objects.update(version=town.version + 1)
    book.forget()
    return book.book_of(town.id)


def test_a_good_submission_is_a_report_with_its_case(town: Book) -> None:
    photo = as_taken("JPEG", 6)
    with frozen(MONDAY):
        receipt = submit(
            told(
                town, service="pothole", answers={"depth": "knee"}, photos=(photo,),
                phone="0772 123456", name=" Ann\x00 ", location="by the  mosque",
            )
        )  # fmt: skip
    report = Report.objects.get()
    assert report == receipt.report
    assert report.reference == report.case.reference
    assert (report.words, report.language) == ("There is a deep hole in the road", "en")
    assert report.public_words == report.words
    assert (report.answers, report.location) == ({"depth": "knee"}, "by the  mosque")
    assert town.places[report.place_id].code == "kasubi"
    assert (report.received_at, report.case.opened_at) == (MONDAY, MONDAY)
    assert vault.reveal(report.contact) == vault.Address("phone", "+256772123456", "Ann")
    assert report.photos.count() == 1
    assert len(report.secret) >= 24


@pytest.mark.parametrize(
    ("said", "problems"),
    [
        ({"words": ""}, [("words", "empty")]),
        ({"words": " \x00\ud800\u202e "}, [("words", "empty")]),
        ({"words": "x" * (LONGEST_WORDS + 1)}, [("words", "too_long")]),
        ({"words": "x" * 10_000_000}, [("words", "too_long")]),
        ({"location": "x" * 10_000_000}, [("location", "too_long")]),
        ({"lat": 32.05, "lon": 0.15}, [("location", "swapped")]),
        ({"lat": 51.5, "lon": 0.1}, [("location", "outside_city")]),
        ({"lat": None, "lon": None}, [("location", "no_place")]),
        ({"lat": None, "lon": None, "place": "zzz"}, [("place", "unknown_place")]),
        ({"service": "volcano"}, [("service", "unknown_service")]),
        ({"service": "\x00\ud800"}, [("service", "unknown_service")]),
        ({"email": "nobody"}, [("email", "bad_email")]),
        ({"email": "a@b.c\nBcc: all@example.org"}, [("email", "bad_email")]),
        ({"email": "a@" + "b" * 100_000 + ".org"}, [("email", "bad_email")]),
        ({"phone": "12"}, [("phone", "bad_phone")]),
        ({"phone": "9" * 100_000}, [("phone", "bad_phone")]),
        ({"photos": (b"%PDF-1.7",)}, [("photos", "photo_type")]),
        ({"photos": (bytes(13_000_000),)}, [("photos", "photo_too_large")]),
        ({"photos": (HALF,)}, [("photos", "photo_unreadable")]),
        ({"photos": (as_taken("PNG", 1), HALF)}, [("photos", "photo_unreadable")]),
        ({"photos": (b"x",) * 6}, [("photos", "too_many_photos")]),
        ({"photos": (b"x",) * 3, "kept": ("a", "b", "c")}, [("photos", "too_many_photos")]),
        (
            {"service": "pothole", "answers": {"depth": "mile"}},
            [("attribute[depth]", "bad_answer")],
        ),
        (
            {"words": "", "lat": 0.0, "lon": 0.0, "email": "x", "photos": (b"",)},
            [("location", "outside_city"), ("email", "bad_email"), ("photos", "photo_type")],
        ),
    ],
)
def test_what_is_wrong_is_said_all_at_once_and_nothing_is_kept(
    town: Book, said: dict[str, Any], problems: Any, media: Callable[[], set[str]]
) -> None:
    assert refused(town, **said) == problems
    assert media() == set()


def test_a_time_to_come_is_refused_but_a_clock_may_be_a_little_fast(town: Book) -> None:
    with frozen(MONDAY):
        assert refused(town, at=MONDAY + CLOCK_SKEW + timedelta(seconds=1)) == [("at", "future")]
        assert refused(town, at=datetime.max.replace(tzinfo=UTC)) == [("at", "future")]
        assert submit(told(town, at=MONDAY + CLOCK_SKEW)).report.received_at == MONDAY + CLOCK_SKEW


@pytest.mark.parametrize("year", [1, 1900, 1970])
def test_history_may_be_as_old_as_it_is(town: Book, year: int) -> None:
    at = datetime(year, 3, 1, tzinfo=UTC)
    report = submit(told(town, at=at)).report
    report.refresh_from_db()
    assert report.received_at == at
    assert report.case.due > at


def test_a_retired_service_is_unknown_a_required_answer_is_asked_for(town: Book) -> None:
    retired = alter(town, "light", retired=True)
    assert refused(retired, service="light") == [("service", "unknown_service")]
    question = {"code": "pole", "datatype": "string", "text": {"en": "Pole?"}, "required": True}
    asking = alter(retired, "pothole", questions=[question])
    assert refused(asking, service="pothole") == [("attribute[pole]", "missing_answer")]


def test_a_photo_or_a_service_may_say_it_without_words(town: Book) -> None:
    for said in ({"photos": (as_taken("PNG", 1),)}, {"service": "light"}):
        assert submit(told(town, words="", **said)).report.words == ""


def test_words_are_kept_as_said_but_for_what_is_no_text(town: Book) -> None:
    report = submit(told(town, words="Cafe\u0301\r\nhole\x00\ud800 \U0001f573\ufe0f\u202e!")).report
    report.refresh_from_db()
    assert report.words == "Caf\u00e9\nhole \U0001f573\ufe0f!"


@pytest.mark.parametrize("language", ["", "en", "x" * 500, "\x00\ud800", "EN_gb", "zh-Hant-TW-x"])
def test_the_language_of_the_page_is_only_a_hint(town: Book, language: str) -> None:
    for words in ("", "There is a deep hole in the road", "12345"):
        said = told(town, words=words, service="light", language=language, email="a@example.org",
                    contact_language=language)  # fmt: skip
        report = submit(said).report
        report.refresh_from_db()
        assert len(report.language) <= 8
        assert report.contact.language in town.languages


def test_what_leads_to_a_person_is_not_published(town: Book) -> None:
    words = "Hole! Call 0772 123456 or ann@example.org, car UAX 123B, id CM12345678ABCD"
    report = submit(told(town, words=words)).report
    assert report.words == words
    for private in ("0772", "123456", "ann@", "example", "UAX", "123B", "CM123"):
        assert private not in report.public_words
    assert report.public_words.startswith("Hole! Call")


def test_a_service_that_is_not_public_publishes_no_words(town: Book) -> None:
    private = alter(town, "light", public=False)
    receipt = submit(told(private, service="light"))
    assert receipt.report.public_words == ""
    assert not receipt.case.public
    assert receipt.report.words


def test_one_more_voice_joins_the_case_it_names(town: Book) -> None:
    first = submit(told(town))
    second = submit(told(town, joins=first.report.reference))
    assert second.case.pk == first.case.pk
    assert second.case.reports_count == 2
    for unknown in ("SML", "\x00\ud800", "x" * 10_000, "' or 1=1 --"):
        assert submit(told(town, joins=unknown)).case.reports_count == 1


def test_joining_follows_what_was_merged(town: Book) -> None:
    a, b, c = (submit(told(town)).case for _ in range(3))
    for gone, into in ((a, b), (b, c)):
        Case.objects.filter(pk=gone.pk).update(state="merged", merged_into=into)
    assert submit(told(town, joins=a.reference)).case.pk == c.pk


def test_a_stranger_does_not_get_into_a_private_case(town: Book) -> None:
    private = alter(town, "light", public=False)
    case = submit(told(private, service="light")).case
    other = submit(told(private, joins=case.reference)).case
    assert other.pk != case.pk


def test_a_photo_that_was_kept_before_belongs_to_the_first_that_names_it(town: Book) -> None:
    kept = photos.store(as_taken("JPEG", 1))
    names = (kept.name, "no-such", "\x00\ud800")
    first = submit(told(town, words="", kept=names)).report
    second = submit(told(town, kept=names)).report
    assert [photo.pk for photo in first.photos.all()] == [kept.pk]
    assert not second.photos.exists()


def test_a_failure_that_nobody_foresaw_leaves_no_photo(
    town: Book, media: Callable[[], set[str]]
) -> None:
    with pytest.raises(IntegrityError):
        submit(told(town, channel=None, photos=(as_taken("JPEG", 1),)))
    assert media() == set()
    assert not Report.objects.exists()


@pytest.mark.usefixtures("unhurried")
def test_accepting_costs_few_questions_to_the_database(
    town: Book, django_assert_max_num_queries: Any
) -> None:
    submit(told(town, service="pothole"))
    with django_assert_max_num_queries(11):
        submit(told(town, service="pothole"))
    with django_assert_max_num_queries(18):
        submit(told(town, service="pothole", phone="0772123456", photos=(as_taken("PNG", 1),)))


def test_every_problem_has_its_sentence_in_every_language(town: Book) -> None:
    folder = files("ngoma.intake") / "texts"
    languages = [path.name.removesuffix(".toml") for path in folder.iterdir()]
    codes = set(tomllib.loads((folder / "en.toml").read_text()))
    question = {"text": {"en": "How deep?", "sw": "Kina gani?"}}
    params = {"most": 5, "place": "{x}", "service": "{city}", "question": question}
    for language in languages:
        told_codes = tomllib.loads((folder / f"{language}.toml").read_text())
        assert set(told_codes) == codes
        for code in codes:
            sentence = explain(Problem("f", code, params), town, language)
            assert sentence == sentence.strip() != ""
    assert explain(Problem("f", "empty"), town, "tlh") == explain(Problem("f", "empty"), town, "en")


TEXT = st.text(max_size=30) | st.text(st.characters(categories=["Cc", "Cs", "Cf", "Lo"]))
ANY: dict[str, Any] = {
    "key": TEXT,
    "words": TEXT,
    "language": TEXT,
    "lat": st.none() | st.floats() | st.floats(0.1, 0.2),
    "lon": st.none() | st.floats() | st.floats(32.0, 32.2),
    "accuracy": st.floats(),
    "location": TEXT,
    "place": st.none() | TEXT | st.just("kasubi"),
    "service": st.none() | TEXT | st.just("pothole"),
    "answers": st.dictionaries(TEXT | st.just("depth"), TEXT | st.lists(TEXT)),
    "photos": st.lists(st.binary(max_size=50), max_size=2).map(tuple),
    "kept": st.lists(TEXT, max_size=2),
    "email": TEXT,
    "phone": TEXT,
    "name": TEXT,
    "contact_language": TEXT,
    "joins": st.none() | TEXT,
}


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.fixed_dictionaries({}, optional=ANY))
def test_whatever_comes_in_is_accepted_or_refused(town: Book, said: dict[str, Any]) -> None:
    before = Report.objects.count()
    try:
        report = submit(told(town, **said)).report
    except Refused as refusal:
        for problem in refusal.problems:
            assert explain(problem, town, "en")
        assert Report.objects.count() == before
    else:
        report.refresh_from_db()
        (report.words + report.public_words + report.location).encode()
