"""The content of the method: read once, checked when read, extended by adding to the files.

A malformed file stops the start with the file, the id and what is wrong. Ids never change: old reviews point at them.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

HERE = Path(__file__).parent
SIGNS = Literal["+", "-", "0", "±"]
T = TypeVar("T")


class Question(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question of the bank."""

    id: str
    heading: Literal["purpose", "place", "sequence", "person", "means"]
    stage: int
    """1 what is, 2 why, 3 what else, 4 what should."""
    lens: Literal["satisfaction", "cost", "compliance"]
    ecrs: Literal["eliminate", "combine", "rearrange", "simplify"]
    triggers: tuple[str, ...]
    asked: Literal["both", "obligation_owner", "customer_evidence"]
    text: str


class Trigger(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test that raises questions: its name, when it fires, which data it needs, its parameters."""

    id: str
    name: str
    fires: str
    needs: tuple[str, ...]
    parameters: dict[str, str | int] = {}


class Heuristic(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A redesign heuristic with its prior signs for time, cost, quality and flexibility, unverified."""

    id: str
    name: str
    meaning: str
    time: SIGNS
    cost: SIGNS
    quality: SIGNS
    flexibility: SIGNS
    other_reading: str = ""
    triggers: tuple[str, ...]
    detect: str
    change: str
    guard: str


class ContentError(ValueError):
    """A file of the library is malformed: says which file, which entry and what."""


def read(file: Path, type: type[T]) -> dict[str, T]:
    """Return the entries of a file by id.

    Raises ContentError with file and entry where one does not fit.
    """
    try:
        body: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise ContentError(f"{file.name}: {problem}") from None
    entries = {}
    for id, fields in body.items():
        try:
            entries[id] = msgspec.convert({"id": id, **fields}, type)
        except (msgspec.ValidationError, TypeError) as problem:
            raise ContentError(f"{file.name}, {id}: {problem}") from None
    return entries


@cache
def triggers() -> dict[str, Trigger]:
    """Return all triggers by id."""
    return read(HERE / "triggers.toml", Trigger)


@cache
def questions() -> dict[str, Question]:
    """Return the question bank by id."""
    return checked(read(HERE / "questions.toml", Question), "questions.toml")


@cache
def heuristics() -> dict[str, Heuristic]:
    """Return the redesign heuristics by id."""
    return checked(read(HERE / "heuristics.toml", Heuristic), "heuristics.toml")


Q = TypeVar("Q", Question, Heuristic)


def checked(entries: dict[str, Q], file: str) -> dict[str, Q]:
    """Return entries whose triggers all exist; others are refused."""
    for id, entry in entries.items():
        if lost := set(entry.triggers) - set(triggers()):
            raise ContentError(f"{file}, {id}: unknown triggers {', '.join(sorted(lost))}")
        if isinstance(entry, Question) and not 1 <= entry.stage <= 4:
            raise ContentError(f"{file}, {id}: the stage is 1 to 4, not {entry.stage}")
    return entries
