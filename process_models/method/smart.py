"""Whether an action is specific, measurable, achievable, realistic and time-bound; it warns, and never refuses."""

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from process_models.values.sentences import Sentence

Letter = Literal["S", "M", "A", "R", "T"]
AT_ONCE = 3
"""Open actions that one person can carry at a time."""
WORD = re.compile(r"[^\W\d_]+")


class Intended(Struct, frozen=True, kw_only=True):
    """What an action says."""

    text: str
    about: str = ""
    """The step or feature it changes; empty for none."""
    owner: str = ""
    measure: str = ""
    """What shows that it worked: a figure from and to, with its unit."""
    due: date | None = None
    check: date | None = None
    """When somebody looks whether it is under way."""
    open_of_owner: int = 0
    """Other open actions of the same owner."""


class Doubt(Struct, frozen=True):
    """A letter that is not met, and why."""

    letter: Letter
    sentence: Sentence


@cache
def vague_verbs() -> frozenset[str]:
    """Return verbs that say nothing of what is done."""
    return frozenset(tomllib.loads(Path(__file__).with_name("vague_words.toml").read_text("utf-8"))["verbs"])


def doubts(one: Intended) -> tuple[Doubt, ...]:
    """Return which letters an action does not meet, in their order."""
    first = next(iter(WORD.findall(one.text.lower())), "")
    looked_at: tuple[tuple[Letter, str, bool, dict[str, object]], ...] = (
        ("S", "smart_vague_verb", first in vague_verbs(), {"verb": first}),
        ("S", "smart_no_owner", not one.owner.strip(), {}),
        ("S", "smart_about_nothing", not one.about.strip(), {}),
        ("M", "smart_no_measure", not one.measure.strip(), {}),
        ("M", "smart_no_figure", bool(one.measure.strip()) and not re.search(r"\d", one.measure), {}),
        ("R", "smart_too_many", one.open_of_owner >= AT_ONCE, {"open": one.open_of_owner}),
        ("T", "smart_no_date", one.due is None, {}),
        ("T", "smart_no_check", one.due is not None and (one.check is None or one.check >= one.due), {}),
    )
    return tuple(Doubt(letter, Sentence.of(id, **params)) for letter, id, holds, params in looked_at if holds)
