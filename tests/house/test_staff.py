"""Who works with an installation is added by name, and what is not known is named."""

from datetime import timedelta

import pytest

from ngoma.base.clock import frozen, now
from ngoma.cities.book import Book
from ngoma.people import apikeys
from ngoma.people.permissions import may, staff
from ngoma.records.models import ApiKey, User
from ngoma.settings.staff import StaffError, add_key, add_user, keys_told, rotate_key


def test_who_is_added_may_work_with_the_password_that_was_shown(town: Book) -> None:
    password = add_user("anna", city=town.slug, role="officer")
    anna = User.objects.get(username="anna")
    assert anna.check_password(password)
    assert may(staff(anna), "resolve", town.id, None)
    assert not anna.is_staff


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"city": "nowhere", "role": "officer"}, "there is no city nowhere; there are: small"),
        ({"city": "small", "role": "king"}, "--role must be one of agent"),
        ({"city": "small", "role": "crew", "department": "x"}, "no department x; there are: "),
        ({}, "say in which --city"),
    ],
)
def test_what_is_not_known_is_named(town: Book, asked: dict[str, str], said: str) -> None:
    with pytest.raises(StaffError, match=said):
        add_user("anna", **asked)
    assert not User.objects.filter(username="anna").exists()


def test_a_key_counts_until_it_ends(town: Book) -> None:
    lasting = apikeys.find(town.id, add_key("call centre", city=town.slug))
    assert lasting is not None
    assert (lasting.expires_at, lasting.updates) == (None, False)
    ending = apikeys.find(town.id, add_key("crew", city=town.slug, scopes=["updates"], days=1))
    assert ending is not None
    assert ending.updates
    assert ending.expires_at is not None
    assert not apikeys.usable(ending, ending.expires_at)
    with pytest.raises(StaffError, match="there is no city nowhere"):
        add_key("call centre", city="nowhere")


@pytest.mark.parametrize("scopes", [[], ["all"], ["report", "read"]])
def test_a_scope_that_is_not_known_is_refused(town: Book, scopes: list[str]) -> None:
    with pytest.raises(StaffError, match="--scope must be report or updates"):
        add_key("call centre", city=town.slug, scopes=scopes)
    assert not ApiKey.objects.exists()


def test_two_keys_of_a_program_count_while_one_takes_over(town: Book) -> None:
    first = add_key("crew", city=town.slug)
    before = apikeys.find(town.id, first)
    second = rotate_key("crew", hours=2)
    assert before is not None
    for key in (first, second):
        found = apikeys.find(town.id, key)
        assert found is not None
        assert found.pk == before.pk, "what it handed in stays its own"
        assert apikeys.usable(found)
    with frozen(now() + timedelta(hours=2, seconds=1)):
        assert apikeys.find(town.id, first) is None
        assert apikeys.find(town.id, second) is not None
    third = rotate_key("crew", hours=0)
    assert apikeys.find(town.id, first) is None
    assert apikeys.find(town.id, second) is None
    assert apikeys.find(town.id, third) is not None


def test_which_key_is_meant_must_be_clear(town: Book) -> None:
    with pytest.raises(StaffError, match="no key crew that counts"):
        rotate_key("crew")
    add_key("crew", city=town.slug)
    add_key("crew", city=town.slug)
    with pytest.raises(StaffError, match="2 keys crew"):
        rotate_key("crew", city=town.slug)
    ApiKey.objects.filter(pk=ApiKey.objects.earliest("pk").pk).update(revoked_at=now())
    assert rotate_key("crew", city=town.slug)


def test_keys_are_listed_with_what_they_may_and_the_day_of_their_last_use(town: Book) -> None:
    key = apikeys.find(town.id, add_key("crew", city=town.slug, scopes=["updates"], days=1))
    add_key("old", city=town.slug)
    ApiKey.objects.filter(name="old").update(revoked_at=now())
    assert key is not None
    apikeys.note_use(key)
    ends, today = now() + timedelta(days=1), now().date()
    assert keys_told() == [
        f"small  crew  updates  last used {today}  ends {ends:%Y-%m-%d}",
        "small  old  report  never used  revoked",
    ]
