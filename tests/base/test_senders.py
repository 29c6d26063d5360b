"""Senders: told apart by their network, under a name that leads nowhere."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ngoma.base.senders import Names, network

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("remote", "found"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("[2001:db8::1]", "2001:db8::"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_a_network_is_what_one_sender_has(remote: str, found: str) -> None:
    assert network(remote) == found


def test_a_proxy_is_believed_only_where_there_is_one() -> None:
    told = "198.51.100.1, 203.0.113.7"
    assert network("10.0.0.1", told) == "10.0.0.1"
    assert network("10.0.0.1", told, behind_proxy=True) == "203.0.113.7"
    assert network("10.0.0.1", "", behind_proxy=True) == "10.0.0.1"


@given(st.one_of(st.ip_addresses(), st.text(max_size=60)))
def test_anything_has_a_network_and_it_is_its_own(remote: IPv4Address | IPv6Address | str) -> None:
    found = network(str(remote))
    assert network(found) == found


def test_a_name_holds_for_a_day_and_says_nothing() -> None:
    names = Names()
    name = names.of("203.0.113.7", NOON)
    assert name == names.of("203.0.113.7", NOON + timedelta(hours=11))
    assert name != names.of("203.0.113.8", NOON)
    assert name != Names().of("203.0.113.7", NOON), "no two processes know each other's"
    assert name != names.of("203.0.113.7", NOON + timedelta(days=1))
    assert "203.0" not in name
