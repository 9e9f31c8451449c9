"""Passwords: argon2, two at a time, because each takes 64 MiB."""

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workbench.errors import Invalid

SHORTEST, LONGEST = 12, 128
COMMON = frozenset({"password1234", "123456789012", "qwertyuiop12", "letmeinletmein", "passwordpassword"})

_hasher = PasswordHasher()
_two_at_once = BoundedSemaphore(2)


@cache
def _nobody() -> str:
    """Return a hash that no password is known for."""
    return _hasher.hash("the password of nobody")


def hashed(password: str) -> str:
    """Return a password's hash."""
    with _two_at_once:
        return _hasher.hash(password)


def matches(password: str, hash: str | None) -> bool:
    """Say whether a password fits; takes as long when there is no such person."""
    with _two_at_once:
        try:
            return _hasher.verify(hash or _nobody(), password[:LONGEST]) and hash is not None
        except (VerificationError, InvalidHashError):
            return False


def check(password: str, *known: str) -> None:
    """Refuse a password that is short, too long, common, or holds a name that everybody knows."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("password_length", shortest=SHORTEST, longest=LONGEST)
    lowered = password.lower()
    if lowered in COMMON or len(set(lowered)) < 5:
        raise Invalid("password_common")
    if any(word.lower() in lowered for word in known if len(word) > 3):
        raise Invalid("password_name")
