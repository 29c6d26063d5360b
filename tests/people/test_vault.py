"""The vault: who reads the database without its key finds nobody."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ngoma.base.clock import frozen
from ngoma.cities.book import Book
from ngoma.intake.submit import submit
from ngoma.people import vault
from ngoma.people.vault import Address, BadAddress, Sealed
from ngoma.records.models import Contact, PersonalRead, Report, User
from tests.casework import MONDAY
from tests.intake import told

pytestmark = pytest.mark.django_db
MAIL = Address("email", "ann@example.org", "Ann Nakato")


@pytest.fixture
def other_key(settings: Any) -> Iterator[Any]:
    """Changes the vault's key, as a lost key directory would."""

    def change() -> None:
        settings.NGOMA_VAULT_KEY = "another key"
        vault.derived.cache_clear()

    yield change
    vault.derived.cache_clear()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(address=st.text(st.characters(codec="utf-8"), min_size=9), name=st.text(min_size=9).map(str))
def test_what_is_sealed_holds_nothing_readable_and_opens_to_the_same(
    town: Book, address: str, name: str
) -> None:
    name = name.encode(errors="ignore").decode()
    sealed = vault.keep(town.id, Address("email", address, name), language="en")
    row = Contact.objects.values().get(pk=sealed.pk)
    stored = bytes(row["sealed"]) + row["finder"].encode()
    assert address.encode() not in stored
    assert not name or name.encode() not in stored
    assert vault.reveal(Contact.objects.get(pk=sealed.pk)) == Address("email", address, name)


def test_the_same_address_is_the_same_contact_renewed(town: Book) -> None:
    first = vault.keep(town.id, MAIL, language="en", at=MONDAY)
    later = MONDAY + timedelta(days=100)
    again = vault.keep(town.id, Address("email", MAIL.address, "Ann N."), language="sw", at=later)
    assert again.pk == first.pk
    again.refresh_from_db()
    assert (again.language, again.created_at, again.expires_at) == (
        "sw", MONDAY, later + vault.KEEP,
    )  # fmt: skip
    assert vault.reveal(again).name == "Ann N."
    other = vault.keep(town.id, MAIL, language="en", purpose="newsletter")
    assert other.pk != first.pk


def test_two_seals_of_one_address_look_unrelated(town: Book) -> None:
    seals = {bytes(vault.keep(town.id, MAIL, language="en").sealed) for _ in range(5)}
    assert len(seals) == 5


def test_a_name_once_told_is_not_lost_by_a_report_without_one(town: Book) -> None:
    vault.keep(town.id, MAIL, language="en")
    nameless = Address("email", MAIL.address)
    again = vault.keep(town.id, nameless, language="en")
    known = vault.find(town.id, nameless)
    assert known == again
    assert vault.reveal(known).name == MAIL.name


def test_an_address_is_found_again_by_itself_alone(town: Book) -> None:
    contact = vault.keep(town.id, MAIL, language="en")
    assert vault.find(town.id, Address("email", MAIL.address)) == contact
    assert vault.find(town.id, Address("email", "anna@example.org")) is None
    assert vault.find(town.id + 1, MAIL) is None


def test_another_key_opens_nothing_and_says_why(town: Book, other_key: Any) -> None:
    contact = vault.keep(town.id, MAIL, language="en")
    other_key()
    with pytest.raises(Sealed, match="NGOMA_VAULT_KEY"):
        vault.reveal(contact)
    assert vault.find(town.id, MAIL) is None


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b"", lambda b: b[:13]])
def test_what_was_tampered_with_does_not_open(town: Book, change: Any) -> None:
    contact = vault.keep(town.id, MAIL, language="en")
    contact.sealed = change(bytes(contact.sealed))
    with pytest.raises(Sealed):
        vault.reveal(contact)


def test_a_seal_opens_in_its_own_city_alone(town: Book) -> None:
    contact = vault.keep(town.id, MAIL, language="en")
    contact.city_id += 1
    with pytest.raises(Sealed):
        vault.reveal(contact)


def test_erasing_leaves_the_reports(town: Book) -> None:
    report = submit(told(town, email="ann@example.org")).report
    vault.erase(report.contact)
    report = Report.objects.get()
    assert report.contact_id is None
    assert report.words
    assert not Contact.objects.exists()


def test_a_contact_is_forgotten_in_time(town: Book) -> None:
    with frozen(MONDAY):
        submit(told(town, email="ann@example.org"))
    end = MONDAY + vault.KEEP
    assert vault.erase_expired(end) == 0
    assert vault.erase_expired(end + timedelta(seconds=1)) == 1
    assert vault.erase_expired(end + timedelta(seconds=1)) == 0
    assert Report.objects.get().contact_id is None


def test_who_looks_at_an_address_is_written_down_first(town: Book, other_key: Any) -> None:
    contact = vault.keep(town.id, MAIL, language="en")
    user = User.objects.create_user("olivia")
    assert vault.read_by_staff(contact, user, "call back") == MAIL
    other_key()
    with pytest.raises(Sealed):
        vault.read_by_staff(contact, user, "try")
    assert [read.purpose for read in PersonalRead.objects.order_by("pk")] == ["call back", "try"]


def test_an_address_is_not_printed() -> None:
    assert "ann" not in repr(MAIL).casefold()
    assert "ann" not in f"{MAIL}".casefold()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"email": " Ann@Example.ORG "}, "ann@example.org"),
        ({"phone": "0772 123 456"}, "+256772123456"),
        ({"phone": "+82 10-1234-5678"}, "+821012345678"),
        ({"email": "ann@example.org", "phone": "0772123456"}, "ann@example.org"),
    ],
)
def test_spellings_of_one_address_are_one(given: dict[str, str], address: str) -> None:
    found = vault.normalise(country="UG", **given)
    assert found is not None
    assert found.address == address


@given(email=st.text(), phone=st.text(), country=st.sampled_from(["UG", "KR", "US", ""]))
def test_anything_is_an_address_or_a_clear_no(email: str, phone: str, country: str) -> None:
    with suppress(BadAddress):
        found = vault.normalise(email=email, phone=phone, country=country)
        assert found is None or found.address.strip()
