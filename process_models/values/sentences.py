"""Sentences for people: an id with named parameters; the wording lies in a TOML file beside the code that says it.

Every package that speaks registers its ``sentences.toml`` once. An id without a wording is a bug and says so.
"""

import tomllib
from pathlib import Path

from msgspec import Struct

TEXTS: dict[str, str] = {}


class Sentence(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to tell a person, apart from the language it is told in."""

    id: str
    params: tuple[tuple[str, str], ...] = ()
    """Names and values, sorted by name."""

    @classmethod
    def of(cls, id: str, /, **params: object) -> "Sentence":
        """Return the sentence with its parameters as text."""
        return cls(id, tuple(sorted((name, str(value)) for name, value in params.items())))

    def __getitem__(self, name: str) -> str:
        """Return one parameter."""
        return dict(self.params)[name]


def register(file: Path) -> None:
    """Add the wordings of a package; an id given two wordings is refused."""
    for id, text in tomllib.loads(file.read_text("utf-8")).items():
        if TEXTS.setdefault(id, text) != text:
            raise ValueError(f"Two wordings for the sentence {id}: {file}")


def say(sentence: Sentence) -> str:
    """Return the sentence in words."""
    return TEXTS[sentence.id].format_map(dict(sentence.params))


register(Path(__file__).with_name("sentences.toml"))
