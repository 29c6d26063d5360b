"""The index of words follows the events, and is what it would be if it were made anew."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ngoma.base import references
from ngoma.casework import deciding, merging, redacting, talking
from ngoma.casework.errors import Refusal
from ngoma.cities.book import Book
from ngoma.insight import searching
from ngoma.people.permissions import SYSTEM, Actor, resident
from ngoma.records.models import Case, Event, Report
from ngoma.records.queries.search import key, search
from ngoma.work import timers
from tests.casework.test_invariants import ACTS, STEPS
from tests.insight.following import catch_up

# What is not committed has not happened yet for a reader on PostgreSQL.
pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_told_is_found(tell: Any, finds: Any) -> None:
    case = tell("Ekinnya ekinene ku luguudo", location="near the old taxi park").case
    assert finds("ekinnya") == finds("TAXI park ekinene") == [case.pk]
    assert finds("ekinnya bridge") == []
    assert finds("") == finds(" …!?_ ") == []


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("사거리 가로등 고장났어요", "가로등고장"),
        ("사거리 가로등 고장났어요", "등 고장"),
        ("ถนนชำรุดมาก", "ชำรุด"),
        ("មានសំរាម", "សំរាម"),
        ("सड़क टूटी हुई है", "टूटी सड़क"),
        ("Eŋŋoma evuga mu kkubo", "eŋŋoma"),
        ("Éclairage cassé, rue Žižkova", "zizkova eclairage"),
        ("道路が陥没している", "陥没"),
        ("x" * 3000, "X" * 3000),
    ],
)
def test_every_script_is_found(tell: Any, finds: Any, words: str, part: str) -> None:
    tell("something else")
    case = tell(words).case
    assert finds(part, public=True) == [case.pk]


def test_service_place_replies_and_notes_are_found(
    tell: Any, finds: Any, coordinator: Actor
) -> None:
    case = tell("bad", answers={"depth": "knee", "more": ["bicycle", "bus"]}).case
    talking.answer(actor=coordinator, case_id=case.pk, text="The contractor comes tomorrow")
    talking.note(actor=coordinator, case_id=case.pk, text="Budget line asphalt")
    for words in ("shimo barabarani", "kasubi", "magharibi", "contractor tomorrow"):
        assert finds(words) == finds(words, public=True) == [case.pk]
    for words in ("asphalt", "bicycle knee bus"):
        assert finds(words) == [case.pk]
        assert finds(words, public=True) == []
    light = deciding.correct(actor=coordinator, case_id=case.pk, service_id=_service(case, "light"))
    assert finds("taa ya barabarani") == [light.pk]
    assert finds("shimo") == []


def test_the_public_finds_by_public_words_alone(tell: Any, finds: Any, coordinator: Actor) -> None:
    told = tell("my neighbour Bosco dumps rubbish", public_words="my neighbour dumps rubbish")
    assert finds("bosco") == finds("rubbish", public=True) == [told.case.pk]
    assert finds("bosco", public=True) == []
    redacting.redact(actor=coordinator, report_id=told.pk, words="Dumping")
    assert finds("rubbish", public=True) == finds("neighbour", public=True) == []
    assert finds("rubbish") == finds("dumping", public=True) == [told.case.pk]


def test_a_private_case_is_found_by_its_service_and_place_alone(tell: Any, finds: Any) -> None:
    case = tell("leaking sewage", location="house 12").case
    event = Event.objects.get(case=case)
    event.data["public"] = False
    event.save()
    Case.objects.filter(pk=case.pk).update(public=False)
    assert finds("sewage house") == finds("kasubi shimo", public=True) == [case.pk]
    assert finds("sewage", public=True) == finds("house", public=True) == []


@pytest.mark.parametrize(
    "private", ["0772 123 456", "+256772123456", "jane.doe@example.org", "CM90012345ABCD"]
)
def test_nobody_is_found_by_number_or_address(tell: Any, finds: Any, private: str) -> None:
    case = tell(f"Call me: {private}, the bridge fell", public_words="[☎ …] the bridge fell").case
    assert finds("bridge fell") == [case.pk]
    assert finds(private) == []
    assert [part for part in private.replace("@", ".").split(".") if finds(part)] == []


def test_merging_and_splitting_move_what_is_found(
    tell: Any, finds: Any, coordinator: Actor
) -> None:
    first, second = tell("alpha"), tell("beta")
    assert finds("beta") == [second.case.pk]
    merging.merge(actor=coordinator, case_id=second.case.pk, into=first.case.pk)
    assert finds("alpha beta") == finds("beta") == [first.case.pk]
    third = tell("gamma", case=first.case)
    assert finds("alpha beta gamma") == [first.case.pk]
    apart = merging.split(actor=coordinator, report_id=third.pk)
    assert finds("gamma") == [apart.pk]
    assert finds("alpha beta") == [first.case.pk]


def test_a_reference_finds_the_case_it_belongs_to_now(
    tell: Any, finds: Any, town: Book, coordinator: Actor
) -> None:
    reference = references.make(town.prefix, 77)
    first = tell("alpha")
    second = tell("beta", reference=reference)
    merging.merge(actor=coordinator, case_id=second.case.pk, into=first.case.pk)
    for typed in (reference, references.show(reference).lower()):
        assert finds(typed) == finds(typed, public=True) == [first.case.pk]
    (found,) = search(town.id, reference, public=False)
    assert search(town.id, reference, public=False, before=found.key) == []
    assert search(town.id + 1, reference, public=False) == []


def test_newest_come_first_page_by_page_in_the_own_city(tell: Any, finds: Any, town: Book) -> None:
    days = [3, 1, 4, 1, 5, 9, 2, 6]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    cases = [tell("pothole").case for _ in days]
    for case, day in zip(cases, days, strict=True):
        Case.objects.filter(pk=case.pk).update(opened_at=start + timedelta(days=day))
    catch_up()
    expected = [
        case.pk
        for _, case in sorted(zip(days, cases, strict=True), key=lambda each: (each[0], each[1].pk))
    ][::-1]
    assert finds("pothole") == expected
    paged: list[int] = []
    before = None
    while page := search(town.id, "pothole", public=True, limit=3, before=before):
        paged += [found.id for found in page]
        before = page[-1].key
    assert paged == expected
    assert search(town.id + 1, "pothole", public=False) == []


@given(st.datetimes(datetime(1600, 1, 1), timezones=st.just(UTC)), st.integers(1, 2**31 - 1))
def test_any_case_has_a_key(at: datetime, case_id: int) -> None:
    assert -(2**63) <= key(at, case_id) < 2**63
    assert key(at, case_id) % 2**31 == case_id


def test_the_worker_s_clock_lets_the_reader_follow(tell: Any, town: Book) -> None:
    case = tell("alpha").case
    assert search(town.id, "alpha", public=False) == []
    timers.tick(force=True)
    if connection.vendor == "postgresql":
        catch_up()  # it may have had to wait
    assert [found.id for found in search(town.id, "alpha", public=False)] == [case.pk]


def test_very_many_words_are_no_harm(tell: Any, finds: Any) -> None:
    first = tell(" ".join(f"w{number}" for number in range(900)))
    for part in range(1, 7):
        tell(" ".join(f"v{part}w{number}" * 8 for number in range(900)), case=first.case)
    assert finds("w0 w899 kasubi") == [first.case.pk]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    acts=st.lists(ACTS | st.just("read") | st.just("redact"), max_size=14),
    words=st.lists(st.sampled_from(["alpha", "beta", "가로등", "ŋoma"]), min_size=3, max_size=3),
)
def test_made_anew_it_is_the_same(
    acts: list[Any], words: list[str], tell: Any, coordinator: Actor
) -> None:
    told = [tell(each) for each in words]
    actors = [coordinator, SYSTEM, resident(told[0])]
    for act in acts:
        if act == "read":
            searching.read_batch()
        elif act == "redact":
            redacting.redact(actor=coordinator, report_id=told[1].pk, words=words[0])
        else:
            _do(act, told, actors)
    catch_up()
    kept = _everything()
    assert {case for case, *_ in kept} == set(Report.objects.values_list("case", flat=True))
    searching.rebuild(lambda done: None)
    catch_up()
    assert _everything() == kept


def test_what_happens_while_it_is_made_anew_is_found(tell: Any, finds: Any) -> None:
    early = tell("alpha")
    late: list[Report] = []

    def meanwhile(_done: int) -> None:
        if not late:
            late.append(tell("beta"))
            tell("gamma", case=early.case)

    searching.rebuild(meanwhile)
    assert finds("beta") == [late[0].case_id]
    assert finds("gamma") == [early.case_id]


def _do(act: tuple[str, int, int], told: list[Report], actors: list[Actor]) -> None:
    name, which, who = act
    with suppress(Refusal, Report.DoesNotExist):
        STEPS[name](actors[who], Report.objects.get(pk=told[which].pk).case_id)


def _everything() -> set[tuple[Any, ...]]:
    """The whole index: rows of case, column or city, and term."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT key, city_id, words::text, public_words::text FROM records_search"
            )
        else:
            cursor.execute(
                "CREATE VIRTUAL TABLE temp.inside USING fts5vocab(main, records_search, instance)"
            )
            cursor.execute("SELECT doc, col, term FROM temp.inside")
        rows = {(row[0] % 2**31, *row[1:]) for row in cursor.fetchall()}
        if connection.vendor == "sqlite":
            cursor.execute("DROP TABLE temp.inside")
            cursor.execute("INSERT INTO records_search (records_search) VALUES ('integrity-check')")
    return rows


def _service(case: Case, code: str) -> int:
    from ngoma.cities.book import book_of

    return book_of(case.city_id).service_by_code[code].id
