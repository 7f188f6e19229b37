"""Passwords: argon2id at the costs that OWASP names for it, compared in equal time for names that do not exist."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from landdb.errors import InvalidValue

#: m = 19 MiB, t = 2, p = 1 (OWASP Password Storage Cheat Sheet): about 30 ms of a core.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
SHORTEST: Final = 12
LONGEST: Final = 256


def hash_password(password: str) -> str:
    """Give the hash to keep; raises InvalidValue for a password that is too short, too long or one character."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidValue("password", "LENGTH", remedy=f"{SHORTEST} to {LONGEST} characters; a sentence is good")
    if len(set(password)) < SHORTEST // 3:
        raise InvalidValue("password", "TOO_SIMPLE", remedy="more than a few different characters")
    return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Tell whether it is the password; None costs the same time and is never it."""
    try:
        return _HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("the password of nobody")
