"""The base of every stored value: frozen, strict about fields, text in NFC, things with ids in sorted tuples.

A tuple of things that have an ``id`` is a set, kept sorted and without doubles; a tuple of anything else is a sequence.
Fields left at their default do not enter the canonical form, so a default never changes once released.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from process_models.values.errors import ModelError

SLUG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,127}")


class Document(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A frozen value that can be stored, compared and signed."""

    def __post_init__(self) -> None:
        """Bring text to NFC and sort things with ids, so that equal content is equal."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, str):
                force_setattr(self, name, unicodedata.normalize("NFC", value))
            elif isinstance(value, tuple) and value and hasattr(value[0], "id"):
                force_setattr(self, name, by_id(value))

    def check_id(self) -> None:
        """Refuse an id that is no slug."""
        id: str = getattr(self, "id", "")
        if not SLUG.fullmatch(id):
            raise ModelError("bad_id", id=id)


def by_id(things: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return things sorted by id; an id used twice is refused."""
    ordered = tuple(sorted(things, key=lambda thing: thing.id))
    for one, next_one in pairwise(ordered):
        if one.id == next_one.id:
            raise ModelError("id_twice", id=one.id)
    return ordered


def slug(text: str, taken: frozenset[str] = frozenset()) -> str:
    """Return an id made from words, not among those taken.

    >>> slug("Check the cover!"), slug("Check the cover!", frozenset({"check-the-cover"}))
    ('check-the-cover', 'check-the-cover-2')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "x"
    id, n = base, 1
    while id in taken:
        n += 1
        id = f"{base}-{n}"
    return id
