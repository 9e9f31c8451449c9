"""Whether a signature still stands: digests say that something changed, this says whether it matters.

One table per document type names each field material or not. A pattern is a path of names with points between; ``*``
stands for one name, ``**`` for any number of them. The first pattern that fits a path decides; what no pattern names is
material.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from msgspec import Struct

from process_models.values.canonical import plain

Standing = Literal["current", "earlier version", "outdated"]
Table = tuple[tuple[str, bool], ...]
"""Patterns and whether what they name is material, the first that fits decides."""


class Changed(Struct, frozen=True):
    """One place in which two documents differ."""

    path: str
    before: Any
    after: Any
    material: bool


class Judgement(Struct, frozen=True):
    """How a signed document stands beside the present one."""

    standing: Standing
    changes: tuple[Changed, ...]


def material_changes(signed: Struct, current: Struct, table: Table) -> Judgement:
    """Return *current*, *earlier version* (immaterial changes only) or *outdated*, and every change.

    >>> from process_models.graph.graph import StepGraph
    >>> one, two = StepGraph(id="g", name="Claims"), StepGraph(id="g", name="All claims")
    >>> material_changes(one, two, (("name", False),)).standing
    'earlier version'
    """
    before, after = dict(flat(plain(signed))), dict(flat(plain(current)))
    changes = tuple(
        Changed(path, before.get(path), after.get(path), is_material(path, table))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    )
    if not changes:
        return Judgement("current", ())
    return Judgement("outdated" if any(change.material for change in changes) else "earlier version", changes)


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a plain document with their paths; an empty map or list is a leaf."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    leaf = True
    for name, item in items:
        leaf = False
        yield from flat(item, f"{path}.{name}" if path else str(name))
    if leaf:
        yield path, value


def is_material(path: str, table: Table) -> bool:
    """Say whether a change at a path matters, by the first pattern that fits."""
    names = tuple(path.split("."))
    return next((material for pattern, material in table if _fits(tuple(pattern.split(".")), names)), True)


@cache
def _fits(pattern: tuple[str, ...], names: tuple[str, ...]) -> bool:
    if not pattern:
        return not names
    if pattern[0] == "**":
        return any(_fits(pattern[1:], names[n:]) for n in range(len(names) + 1))
    return bool(names) and pattern[0] in ("*", names[0]) and _fits(pattern[1:], names[1:])


GRAPH: Table = (
    ("name", False),
    ("steps.*.name", False),
    ("steps.*.description", False),
    ("flows.*.label", False),
    ("flows.*.count", False),
    ("rows.*.count", False),
    ("dependencies.*.reason", False),
    ("steps.*.reason", False),
    ("steps.*.reason_date", False),
)
"""What does not matter in a step graph: names, descriptions, counts behind shares, reasons."""


def within(prefix: str, table: Table) -> Table:
    """Return a table for a document that stands inside another, under a path."""
    return tuple((f"{prefix}.{pattern}", material) for pattern, material in table)
