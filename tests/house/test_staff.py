"""Who works with an installation is added by name, and what is not known is named."""

import pytest

from ngoma.cities.book import Book
from ngoma.people import apikeys
from ngoma.people.permissions import may, staff
from ngoma.records.models import User
from ngoma.settings.staff import StaffError, add_key, add_user


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
    ending = apikeys.find(town.id, add_key("crew", city=town.slug, updates=True, days=1))
    assert ending is not None
    assert ending.updates
    assert ending.expires_at is not None
    assert not apikeys.usable(ending, ending.expires_at)
    with pytest.raises(StaffError, match="there is no city nowhere"):
        add_key("call centre", city="nowhere")
