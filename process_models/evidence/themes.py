"""What free text speaks of: comments coded by words that people choose, and words that nobody has given a code yet.

A small method that stays in the house: a code is a name with words; a comment carries a code when one of its words
begins in the comment. What is not coded is counted, and its most frequent words and pairs of words are offered.
Associations of words, not meanings: a person reads before anything is concluded.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from process_models.evidence.intervals import FEWEST, Estimate, share
from process_models.values.document import Document
from process_models.values.errors import ModelError

WORD = re.compile(r"[^\W\d_]{3,}", re.UNICODE)
COMMON = frozenset(tomllib.loads(Path(__file__).with_name("common_words.toml").read_text("utf-8"))["english"].split())
"""Words that say nothing by themselves."""
OFFERED = 12


class Code(Document, frozen=True):
    """A theme: its name, and words whose beginning gives it away; two words with a space must follow each other."""

    id: str
    words: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a theme without words."""
        super().__post_init__()
        if not any(word.strip() for word in self.words):
            raise ModelError("bad_answers", why=f"the theme “{self.id}” has no words")


class Theme(NamedTuple):
    """A code and the comments that carry it."""

    name: str
    carried: int
    """Comments that carry it."""
    share: Estimate
    comments: tuple[int, ...]
    """Places of the comments that carry it."""


class Themes(NamedTuple):
    """What comments speak of."""

    themes: tuple[Theme, ...]
    """The most frequent first."""
    uncoded: tuple[int, ...]
    n: int
    """Comments with any text."""
    offered: tuple[tuple[str, int], ...]
    """Words and pairs frequent in what carries no code, with the number of comments that hold them."""


def themes(comments: Sequence[str], codes: Sequence[Code]) -> Themes:
    """Return what comments speak of by the codes given; fewer than ten comments are not told."""
    texts = {place: " ".join(_words(comment)) for place, comment in enumerate(comments) if comment.strip()}
    if len(texts) < FEWEST:
        raise ModelError("bad_answers", why=f"{len(texts)} comments are too few to tell themes; {FEWEST} are needed")
    carried = {code.id: tuple(place for place, text in texts.items() if _speaks(text, code)) for code in codes}
    coded = {place for places in carried.values() for place in places}
    uncoded = tuple(place for place in texts if place not in coded)
    found = [Theme(id, len(places), share(len(places), len(texts)), places) for id, places in carried.items()]
    return Themes(
        themes=tuple(sorted(found, key=lambda one: (-one.carried, one.name))),
        uncoded=uncoded,
        n=len(texts),
        offered=offered([texts[place] for place in uncoded]),
    )


def _speaks(text: str, code: Code) -> bool:
    return any(f" {' '.join(_words(word))}" in f" {text}" for word in code.words if _words(word))


def _words(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]


def offered(texts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Return words and pairs of neighbouring words by the number of texts that hold them, at least three."""
    held: Counter[str] = Counter()
    for text in texts:
        words = text.split()
        own = {word for word in words if word not in COMMON}
        pairs = {f"{a} {b}" for a, b in pairwise(words) if a in own and b in own}
        held.update(own | pairs)
    pairs_first = sorted(held.items(), key=lambda one: (-one[1], -one[0].count(" "), one[0]))
    return tuple(one for one in pairs_first if one[1] >= 3)[:OFFERED]
