"""Which known cases a report may repeat."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from ngoma.triage import Catalogue, Nearby, Submission, read
from ngoma.triage.pictures import fingerprint, likeness
from ngoma.triage.sameness import BY_HAND, Weights

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


def street(seed: int) -> Image.Image:
    """A picture of some things of its own, as no two photos are alike."""
    draw = np.random.default_rng(seed)
    image = Image.new("RGB", (960, 720), tuple(map(int, draw.integers(60, 200, 3))))
    pen = ImageDraw.Draw(image)
    for _ in range(14):
        x, y, w, h = (int(each) for each in draw.integers(40, 900, 4))
        pen.ellipse((x, y, x + w // 2, y + h // 2), fill=tuple(map(int, draw.integers(0, 255, 3))))
    return image


def again(image: Image.Image) -> Image.Image:
    """Sent through a messenger: a little cropped, a third as large, darker, and coarse."""
    wide, high = image.size
    cropped = image.crop((wide // 50, high // 50, wide - wide // 50, high - high // 50))
    small = ImageEnhance.Brightness(cropped.resize((wide // 3, high // 3))).enhance(0.8)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=45)
    return Image.open(out)


def test_copies_of_a_picture_are_alike_and_others_are_not() -> None:
    pictures = [street(seed) for seed in range(30)]
    bits = [fingerprint(each) for each in pictures]
    assert all(likeness(own, own) == 1 for own in bits)
    copies = sorted(
        likeness(own, fingerprint(again(p))) for own, p in zip(bits, pictures, strict=True)
    )
    assert copies[3] > 0.6
    others = [likeness(one, two) for n, one in enumerate(bits) for two in bits[:n]]
    assert sorted(others)[-len(others) // 100] < 0.5
    assert all(-(2**63) <= each < 2**63 for each in bits)
    assert likeness(fingerprint(Image.new("L", (1, 1))), bits[0]) < 0.5


@pytest.mark.parametrize("seed", range(6))
def test_the_same_photo_outranks_the_same_words(city: Catalogue, say: Say, seed: int) -> None:
    """Two photos of one thing, told in other words, before the same words without a photo."""
    photo = street(seed)
    report = say("Enkubo", pictures=(fingerprint(photo),))
    photographed = case(case_id=1, words="gate hole", pictures=(fingerprint(again(photo)),))
    said = case(case_id=2, words="Enkubo", lat=0.3136)
    found = read(report, city, nearby=[said, photographed]).duplicates
    assert [each.case_id for each in found] == [1, 2]
    assert "photo" in {reason.kind for reason in found[0].reasons}
    other = case(case_id=3, words="gate hole", pictures=(fingerprint(street(seed + 100)),))
    assert read(report, city, nearby=[said, other]).duplicates[0].case_id == 2


def test_what_was_learned_changes_how_likely_but_not_what_was_found(city: Catalogue) -> None:
    sceptic = Weights(-3.0, BY_HAND.factors)
    (plain,) = read(REPORT, city, nearby=[case()]).duplicates
    (doubted,) = read(REPORT, city, nearby=[case()], sameness=sceptic).duplicates
    assert doubted.probability < plain.probability
    assert doubted.reasons == plain.reasons
