"""The vault: the only place that knows how to reach a reporter.

An address and a name are sealed with AES-256-GCM under a key derived from `NGOMA_VAULT_KEY`; a
keyed hash (HMAC-SHA-256) finds the same address again without opening anything. Losing the key
loses the addresses, and nothing else.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ngoma.base.clock import now
from ngoma.records.models import Contact, PersonalRead, User

KEEP = timedelta(days=730)
"""How long a contact is kept at most, counted from its last use."""

_NONCE = 12


class BadAddress(ValueError):
    """An address that cannot be reached; `field` is `email` or `phone`."""

    def __init__(self, field: str) -> None:
        super().__init__(f"not a usable {field}")
        self.field = field


class Sealed(ValueError):
    """The vault's key does not open this contact."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reporter is reached. Never stored, never logged."""

    kind: str
    address: str
    name: str = ""

    def __repr__(self) -> str:
        return f"Address({self.kind!r}, …)"


def normalise(*, email: str = "", phone: str = "", country: str = "") -> Address | None:
    """The canonical form of an e-mail address, else of a phone number (E.164); None for neither.

    `country` (ISO 3166-1) is assumed where a number has no country code. Raises `BadAddress`.
    """
    if email.strip():
        return Address(Contact.Kind.EMAIL, _email(email))
    if phone.strip():
        return Address(Contact.Kind.PHONE, _phone(phone, country))
    return None


def keep(
    city_id: int,
    address: Address,
    *,
    language: str,
    purpose: str = "report",
    lasts: timedelta = KEEP,
    at: datetime | None = None,
) -> Contact:
    """Seal an address. The same one in the same city and purpose is the same contact, renewed.

    A name once told stays where none is told now. What is returned knows its key and what was given
    here, not what was there before.
    """
    contact = _sealed(city_id, address, language=language, purpose=purpose, lasts=lasts, at=at)
    renewed = ["language", "expires_at"] + (["sealed"] if address.name else [])
    Contact.objects.bulk_create(
        [contact],
        update_conflicts=True,
        unique_fields=["city", "finder", "purpose"],
        update_fields=renewed,
    )
    return contact


def confirm(contact: Contact, at: datetime | None = None) -> None:
    """Whoever reads what is sent there has shown it; the first time counts."""
    unconfirmed = Contact.objects.filter(pk=contact.pk, verified_at=None)
    unconfirmed.update(verified_at=at or now())


def keep_new(
    city_id: int, address: Address, *, language: str, purpose: str, lasts: timedelta
) -> None:
    """Seal an address for a while, by the same work whether it is new or known; then it stays."""
    contact = _sealed(city_id, address, language=language, purpose=purpose, lasts=lasts)
    Contact.objects.bulk_create([contact], ignore_conflicts=True)


def _sealed(
    city_id: int,
    address: Address,
    *,
    language: str,
    purpose: str,
    lasts: timedelta,
    at: datetime | None = None,
) -> Contact:
    at = at or now()
    return Contact(
        city_id=city_id,
        kind=address.kind,
        sealed=_seal(city_id, address),
        finder=finder(city_id, address.address),
        language=language,
        purpose=purpose,
        created_at=at,
        expires_at=at + lasts,
    )


def find(city_id: int, address: Address, *, purpose: str = "report") -> Contact | None:
    """The contact of this address, if the city knows it."""
    known = Contact.objects.filter(city_id=city_id, purpose=purpose)
    return known.filter(finder=finder(city_id, address.address)).first()


def reveal(contact: Contact) -> Address:
    """Open a contact, for sending. Raises `Sealed` where the key is not the one that sealed it."""
    sealed = bytes(contact.sealed)
    try:
        plain = _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], str(contact.city_id).encode())
    except (InvalidTag, ValueError):
        raise Sealed(
            "the vault key does not open this contact: was NGOMA_VAULT_KEY changed?"
        ) from None
    return Address(*msgspec.json.decode(plain, type=tuple[str, str, str]))


def hint(contact: Contact) -> str:
    """The end of an address, for its owner to know it by: ••• 456, a•••@example.org.

    Empty for a browser.
    """
    if contact.kind == Contact.Kind.PUSH:
        return ""
    address = reveal(contact).address
    if contact.kind != Contact.Kind.EMAIL:
        return f"••• {address[-3:]}"
    name, _at, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


def read_by_staff(contact: Contact, user: User, purpose: str) -> Address:
    """Open a contact for a member of staff; who looked, when and why is written down first."""
    note_look(contact, user, purpose)
    return reveal(contact)


def note_look(contact: Contact, user: User, purpose: str) -> None:
    """Write down that somebody looked at a person's data, and why."""
    PersonalRead.objects.create(
        city_id=contact.city_id, contact_id=contact.pk, user=user, at=now(), purpose=purpose
    )


def erase(contact: Contact) -> None:
    """Forget a contact for good. Its reports and notices stay, without a way to reach anybody."""
    contact.delete()


def erase_expired(at: datetime | None = None) -> int:
    """Forget every contact whose time is over. Returns how many."""
    return Contact.objects.filter(expires_at__lt=at or now()).delete()[1].get("records.Contact", 0)


def _email(text: str) -> str:
    address = text.strip().casefold()
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress("email") from None
    return address


def _phone(text: str, country: str) -> str:
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        raise BadAddress("phone") from None
    if not phonenumbers.is_valid_number(number):
        raise BadAddress("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _seal(city_id: int, address: Address) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    plain = msgspec.json.encode((address.kind, address.address, address.name))
    return nonce + _cipher().encrypt(nonce, plain, str(city_id).encode())


def finder(city_id: int, address: str) -> str:
    """The keyed hash by which a city finds an address again; it opens nothing."""
    message = f"{city_id}\0{address}".encode()
    return hmac.new(derived("find"), message, hashlib.sha256).hexdigest()


def _cipher() -> AESGCM:
    return AESGCM(derived("seal"))


@lru_cache
def derived(use: str) -> bytes:
    """The installation's key for one use, made from `NGOMA_VAULT_KEY`."""
    return hmac.new(settings.NGOMA_VAULT_KEY.encode(), use.encode(), hashlib.sha256).digest()
