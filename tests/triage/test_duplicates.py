"""Which known cases a report may repeat."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ngoma.triage import Catalogue, Nearby, Submission, read

Say = Callable[..., Submission]
NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

REPORT = Submission("A deep pothole beside the school gate", None, 0.3136, 32.5811, NOON, "web")


def case(**more: object) -> Nearby:
    fields: dict[str, object] = {
        "case_id": 7,
        "service_id": 1,
        "group": "roads",
        "lat": 0.3137,
        "lon": 32.5811,
        "radius_m": 0.0,
        "at": NOON - timedelta(days=1),
        "open": True,
        "words": "pothole at the school",
    }
    return Nearby(**{**fields, **more})  # type: ignore[arg-type]


def probability(city: Catalogue, other: Nearby, report: Submission = REPORT) -> float:
    found = read(report, city, nearby=[other]).duplicates
    return found[0].probability if found else 0.0


def test_near_recent_and_alike_is_found(city: Catalogue) -> None:
    (found,) = read(REPORT, city, nearby=[case()]).duplicates
    assert found.case_id == 7
    assert 10 < found.metres < 12
    assert {reason.kind for reason in found.reasons} == {"place", "time", "word", "service"}


def test_each_difference_lowers_it(city: Catalogue) -> None:
    best = probability(city, case())
    worse = [
        case(lat=0.3139),
        case(at=NOON - timedelta(days=20)),
        case(open=False),
        case(words="something else entirely"),
        case(service_id=99),
    ]
    assert all(0 <= probability(city, other) < best for other in worse)


def test_far_is_out_unless_the_place_is_uncertain(city: Catalogue, say: Say) -> None:
    far = {"lat": 0.3146}  # 111 m
    assert probability(city, case(**far)) == 0
    assert probability(city, case(**far, radius_m=70.0)) > 0
    unsure = say(REPORT.words, radius_m=70.0)
    assert probability(city, case(**far), unsure) > 0


def test_long_closed_is_out(city: Catalogue, say: Say) -> None:
    long_ago = NOON - timedelta(days=90)
    assert probability(city, case(open=False, at=long_ago)) == 0
    reopened = case(open=False, at=long_ago, closed_at=NOON - timedelta(days=2))
    assert probability(city, reopened, say("pothole at the school")) > 0


def test_another_kind_in_other_words_is_out(city: Catalogue) -> None:
    assert probability(city, case(service_id=3, group="waste", words="garbage heap")) == 0


def test_the_same_department_is_enough(city: Catalogue) -> None:
    other = case(service_id=3, group="waste", department_id=10)
    assert probability(city, other) > 0


def test_korean_words_are_compared_by_syllables(city: Catalogue, say: Say) -> None:
    report = say("학교 앞에 포트홀이 있습니다")
    like = probability(city, case(words="학교앞 포트홀"), report)
    unlike = probability(city, case(words="버스 정류장 의자"), report)
    assert like > unlike


def test_without_a_place_nothing_is_near(city: Catalogue, say: Say) -> None:
    nowhere = say(REPORT.words, lat=None, lon=None)
    assert read(nowhere, city, nearby=[case()]).duplicates == ()
    assert probability(city, case(lat=None, lon=None)) == 0


def test_at_most_five_best_first(city: Catalogue) -> None:
    cases = [case(case_id=i, lat=0.3136 + i / 100_000) for i in range(20)]
    found = read(REPORT, city, nearby=cases).duplicates
    assert [d.case_id for d in found] == [0, 1, 2, 3, 4]


def test_times_without_a_zone_are_utc(city: Catalogue) -> None:
    naive = case(at=(NOON - timedelta(days=1)).replace(tzinfo=None))
    assert probability(city, naive) == probability(city, case())
