"""Secrets of programs, sealed as contacts are: under a key of their own made from the vault's."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ngoma.people.vault import Sealed, derived

_NONCE = 12


def seal(secret: str, of: str) -> bytes:
    """The secret, encrypted. `of` names whose it is: it opens for the same alone."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher().encrypt(nonce, secret.encode(), of.encode())


def unseal(sealed: bytes, of: str) -> str:
    """The secret. Raises `Sealed` where another key sealed it, or for somebody else."""
    try:
        return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], of.encode()).decode()
    except (InvalidTag, ValueError):
        raise Sealed(
            "the vault key does not open this secret: was NGOMA_VAULT_KEY changed?"
        ) from None


def _cipher() -> AESGCM:
    return AESGCM(derived("secret"))
