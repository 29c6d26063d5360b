"""One-time codes: right once, for a while, and not to be guessed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from ngoma.base.clock import now
from ngoma.cities.book import Book
from ngoma.people import codes, vault
from ngoma.people.codes import TooMany
from ngoma.people.vault import Address
from ngoma.records.models import Code, Contact

REPORTS = Code.Purpose.REPORTS
MINUTE = timedelta(minutes=1)


def contact(town: Book, address: str = "a@example.org") -> Contact:
    return vault.keep(town.id, Address("email", address), language="en")


def use(town: Book, typed: str, *, at: datetime | None = None, **more: Any) -> Contact | None:
    finder = vault.finder(town.id, more.pop("address", "a@example.org"))
    purpose = more.pop("purpose", REPORTS)
    return codes.use(purpose, typed, city_id=town.id, finder=finder, at=at, **more)


def wrong(code: Code) -> str:
    return f"{(int(codes.digits(code)) + 1) % 10**6:06}"


def test_the_right_code_is_right_once_and_confirms_the_contact(town: Book) -> None:
    known = contact(town)
    code = codes.make(known, REPORTS)
    assert len(codes.digits(code)) == 6
    found = use(town, f" {codes.digits(code)[:3]} {codes.digits(code)[3:]}")
    assert found == known
    known.refresh_from_db()
    assert known.verified_at is not None
    assert use(town, codes.digits(code)) is None


@pytest.mark.parametrize("zero", ["0", "٠", "०", "０"])
def test_it_is_right_in_any_script(town: Book, zero: str) -> None:
    code = codes.make(contact(town), REPORTS)
    typed = "".join(chr(ord(zero) + int(each)) for each in codes.digits(code))
    assert use(town, typed) is not None


@pytest.mark.parametrize("typed", ["", "\0", "six", "1" * 5000, "²³¹²³¹", "-12345", "1e5"])
def test_what_is_no_code_is_wrong(town: Book, typed: str) -> None:
    codes.make(contact(town), REPORTS)
    assert use(town, typed) is None


def test_five_wrong_ones_void_it(town: Book) -> None:
    code = codes.make(contact(town), REPORTS)
    for _ in range(codes.MOST_WRONG):
        assert use(town, wrong(code)) is None
    assert use(town, codes.digits(code)) is None


def test_it_is_good_for_a_while_alone(town: Book) -> None:
    code = codes.make(contact(town), REPORTS)
    after = code.created_at + codes.LIVES[REPORTS]
    assert use(town, codes.digits(code), at=after) is None
    assert use(town, codes.digits(code), at=after - MINUTE) is not None


def test_it_is_good_for_its_purpose_its_contact_and_its_city_alone(town: Book) -> None:
    code = codes.make(contact(town), REPORTS)
    contact(town, "b@example.org")
    assert use(town, codes.digits(code), purpose=Code.Purpose.FOLLOW) is None
    assert use(town, codes.digits(code), address="b@example.org") is None
    finder = vault.finder(town.id, "a@example.org")
    assert codes.use(REPORTS, codes.digits(code), city_id=town.id + 1, finder=finder) is None
    assert use(town, codes.digits(code)) is not None


def test_an_earlier_code_stays_good(town: Book) -> None:
    known = contact(town)
    first = codes.make(known, REPORTS, at=now() - 2 * MINUTE)
    codes.make(known, REPORTS)
    assert use(town, codes.digits(first)) is not None


@pytest.mark.parametrize(("span", "most"), codes.PACES)
def test_nobody_is_flooded(town: Book, span: timedelta, most: int) -> None:
    known = contact(town)
    start = now()
    made = []
    for minute in range(0, 3 * 24 * 60, 2):
        try:
            codes.make(known, REPORTS, at=start + minute * MINUTE)
        except TooMany:
            continue
        made.append(start + minute * MINUTE)
    assert made
    for at in made:
        assert sum(at - span < other <= at for other in made) <= most


def test_a_list_of_strangers_does_not_cost_the_city_without_end(
    town: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "CITY_HOURLY", 3)
    confirmed = contact(town, "known@example.org")
    confirmed.verified_at = now()
    confirmed.save()
    for number in range(3):
        codes.make(contact(town, f"{number}@example.org"), REPORTS)
    with pytest.raises(TooMany):
        codes.make(contact(town, "4@example.org"), REPORTS)
    assert codes.make(confirmed, REPORTS), "who is known is not kept waiting"


def test_many_contacts_are_not_guessed_at(town: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "CITY_WRONG", 12)
    mine = codes.make(contact(town), REPORTS)
    for number in range(3):
        address = f"{number}@example.org"
        code = codes.make(contact(town, address), REPORTS)
        for _ in range(4):
            assert use(town, wrong(code), address=address) is None
    for address in ("a@example.org", "unknown@example.org"):
        with pytest.raises(TooMany):
            use(town, codes.digits(mine), address=address)
    later = mine.created_at + timedelta(hours=1, minutes=1)
    again = codes.make(contact(town), REPORTS, at=later)
    assert use(town, codes.digits(again), at=later) is not None


def test_old_codes_are_dropped(town: Book) -> None:
    known = contact(town)
    report = codes.make(known, Code.Purpose.VERIFY)
    codes.make(known, REPORTS)
    end = report.expires_at + codes.KEEP
    assert codes.forget_old(end - timedelta(days=1)) == 1
    assert codes.forget_old(end) == 0
    assert codes.forget_old(end + MINUTE) == 1


def test_the_row_gives_nothing_away(town: Book, settings: Any) -> None:
    code = codes.make(contact(town), REPORTS)
    with_our_key = codes.digits(code)
    settings.NGOMA_VAULT_KEY = "another key"
    vault.derived.cache_clear()
    others = {codes.digits(Code(pk=number, purpose=REPORTS, salt=code.salt)) for number in range(9)}
    with_another = codes.digits(code)
    vault.derived.cache_clear()
    assert with_another != with_our_key
    assert len(others) > 1


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_five(small: Callable[[], Book]) -> None:
    town = small()
    code = codes.make(contact(town), REPORTS)
    tried = [wrong(code)] * 20

    def guess(typed: str) -> bool:
        try:
            return use(town, typed) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(guess, tried))
    code.refresh_from_db()
    assert code.attempts >= codes.MOST_WRONG
    assert use(town, codes.digits(code)) is None


@pytest.mark.django_db(transaction=True)
def test_the_right_code_typed_at_once_by_many_opens_once(small: Callable[[], Book]) -> None:
    town = small()
    code = codes.make(contact(town), REPORTS)

    def enter(typed: str) -> bool:
        try:
            return use(town, typed) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, [codes.digits(code)] * 8)) == 1


@pytest.fixture
def small() -> Callable[[], Book]:
    """Loads a small city where a test does not undo what it wrote."""
    from pathlib import Path

    from ngoma.cities import book
    from ngoma.cities.load import load

    def small() -> Book:
        book.forget()
        pack = Path(__file__).parents[1] / "cities" / "small"
        return book.book_of(load(pack).pk)

    return small
