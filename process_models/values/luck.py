"""Chance with a name and a key, never a state: the same question always gets the same 64 bits.

A draw is keyed by who asks (a case of a stream, a head of a pool), at which step, on which visit and for what purpose,
so adding a stream, a step or a head leaves the luck of all others alone. Whole-number arithmetic modulo 2^64 only (the
finaliser of splitmix64: Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014), so any machine
and any compiled engine gives the same bits.
"""

from collections.abc import Sequence
from enum import IntEnum
from hashlib import sha256

MASK = 2**64 - 1
G = 0x9E3779B97F4A7C15
G2 = 0xD1B54A32D192ED03


class Purpose(IntEnum):
    """What a draw decides; the numbers never change."""

    DURATION = 0
    ROUTE = 1
    PATIENCE = 2
    CLASS = 3
    ARRIVAL = 4
    PRESENT = 8
    """How long a head is present before a spell of absence."""
    AWAY = 9
    """How long the spell lasts."""
    AT_START = 10
    """Whether a head is away when play begins."""
    AGAIN = 11
    """Whether somebody who gave up comes back."""
    BACK = 12
    """After how long."""
    CHILD = 13
    """The key of a case that another brings about."""


def mix(z: int) -> int:
    """Return 64 bits that look nothing like the 64 bits given.

    >>> hex(mix(1)), mix(0)
    ('0x5692161d100b05e5', 0)
    """
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def world(seed: int, replication: int) -> int:
    """Return the key of one replication of one seed; everything drawn in it is mixed with this."""
    return mix((mix((seed * G + 1) & MASK) + replication * G2) & MASK)


def key(id: str) -> int:
    """Return the first 32 bits of the SHA-256 of an id; who uses keys refuses collisions.

    >>> key("triage")
    261187465
    """
    return int.from_bytes(sha256(id.encode()).digest()[:4], "big")


def member(group: int, number: int) -> int:
    """Return the key of one of many: a case by stream and number, a head by shift and number."""
    return group << 32 | number


def lot(world: int, who: int) -> int:
    """Return the lot of a case or a head in a world: the part of its draws that never changes."""
    return mix((world + (who + 1) * G) & MASK)


def draw(lot: int, step: int, visit: int, purpose: int) -> int:
    """Return 64 uniform bits for one purpose, on one visit of the lot's owner to a step (by key)."""
    return mix((lot + ((step << 32 | visit << 8 | purpose) + 1) * G2) & MASK)


def child(who: int, step: int, visit: int, number: int) -> int:
    """Return the key of a case that another (by key) brings about at a step, on a visit: the first, the second ..."""
    return mix((draw(mix((who + 1) * G & MASK), step, visit, Purpose.CHILD) + number * G) & MASK)


def look_up(bits: int, body: Sequence[int], tail: Sequence[int]) -> int:
    """Return the quantile that bits choose from a table of 1025 points and one that splits its top cell into 1024."""
    i = bits >> 54
    if i < 1023:
        low, high, part = body[i], body[i + 1], bits >> 30 & 0xFFFFFF
    else:
        j = bits >> 44 & 1023
        low, high, part = tail[j], tail[j + 1], bits >> 20 & 0xFFFFFF
    return low + ((high - low) * part >> 24)
