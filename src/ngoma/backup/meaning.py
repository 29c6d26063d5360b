"""What restic means by what it says, in words that say what to do.

Since 0.17 it says the commonest by a number; older ones, as Debian has them, use words alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What to tell, of `where` and `password`; by what words of restic's, and by what exit code."""

    told: str
    signs: tuple[str, ...]
    code: int | None = None


# The first that fits counts: words of the last one are said beside others, too.
_MEANINGS = (
    _Meaning(
        "the password in {password} does not open {where}",
        ("wrong password", "no key found"),
        code=12,
    ),
    _Meaning(
        "there is a repository in {where} already: ngoma backup, without --init",
        ("already initialized", "config file already exists"),
    ),
    _Meaning(
        "there is no repository in {where}: is its disk or network there? "
        "The very first time: ngoma backup --init",
        ("Is there a repository at",),
        code=10,
    ),
    _Meaning(
        "the disk is full, here or in {where}: make room, or keep fewer days "
        "(NGOMA_BACKUP_DAYS, NGOMA_BACKUP_WEEKS)",
        ("no space left on device",),
    ),
    _Meaning(
        "somebody else is at work in {where}; where nobody is: restic unlock",
        ("repository is already locked",),
        code=11,
    ),
    _Meaning(
        "{where} is damaged: run `restic check --read-data` there, try an older snapshot "
        "(--snapshot), and make a backup into a new repository",
        (
            "ciphertext verification failed",
            "not found in repository",
            "not found in index",
            "does not match id",
            "invalid data returned",
            "hash mismatch",
            "repository contains errors",
            "unexpected EOF",
            "no such file or directory",
        ),
    ),
)


def meaning(code: int, said: str) -> str | None:
    """What is meant, with the fields `where` and `password`; None where it is not known."""
    for each in _MEANINGS:
        if each.code == code or any(sign in said for sign in each.signs):
            return each.told
    return None
