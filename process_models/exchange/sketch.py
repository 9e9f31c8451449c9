"""A step graph while it is being made from a file: places and ways that can be put in, led elsewhere and folded away.

Every place and way remembers the ids of the file that it stands for (``of``), so that nothing goes astray when a merge
is folded into the ways that lead to it.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from process_models.exchange.account import Ledger
from process_models.graph.steps import Flow, Kind, Step

THROUGH = "through"
"""A place where nothing happens, to be folded into the ways through it."""


class Place:
    """A step in the making."""

    def __init__(self, key: str, kind: Kind | str, scope: str, element: Element | None = None) -> None:
        self.key = key
        self.kind = kind
        self.scope = scope
        """The process or subprocess it lies in."""
        self.element = element
        self.name = ""
        self.role = ""
        self.of: list[str] = []
        self.notes: list[str] = []
        self.fields: dict[str, Any] = {}
        """Further fields of the step."""
        self.step: Step | None = None
        """The step as we wrote it into the file ourselves; id, name, role and description are of now."""
        self.whole = False
        """It carries our own annotations, so it is taken as it stands."""
        self.id = ""
        """The id it had with us, where XML could not hold it."""


class Way:
    """A flow in the making."""

    def __init__(self, key: str, source: str, target: str) -> None:
        self.key = key
        self.source = source
        self.target = target
        self.label = ""
        self.of: list[str] = []
        self.weight: Decimal | None = None
        """Its part of the cases at its source, where that is known."""
        self.fields: dict[str, Any] = {}
        self.flow: Flow | None = None
        """The flow as we wrote it into the file ourselves."""
        self.note: Element | None = None
        self.id = ""


class Sketch:
    """Places and ways, with what leads where."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.ways: dict[str, Way] = {}
        self.ledger = Ledger()
        self._out: dict[str, dict[str, None]] = {}
        self._into: dict[str, dict[str, None]] = {}
        self._within: dict[str, list[str]] = {}

    def add(self, place: Place) -> Place:
        """Put a place in; a key in use is lengthened."""
        place.key = _free(place.key, self.places)
        self.places[place.key] = place
        self._within.setdefault(place.scope, []).append(place.key)
        return place

    def insert(self, key: str, kind: Kind | str, near: Place, name: str = "") -> Place:
        """Put in a place that the file does not draw, beside one that it does."""
        place = self.add(Place(key, kind, near.scope))
        place.name, place.role = name, near.role
        return place

    def lead(self, source: Place, target: Place, key: str = "", weight: Decimal | None = None) -> Way:
        """Put in a way from a place to another."""
        way = Way(_free(key or f"{source.key}-{target.key}", self.ways), source.key, target.key)
        way.weight = weight
        self.ways[way.key] = way
        self._out.setdefault(source.key, {})[way.key] = None
        self._into.setdefault(target.key, {})[way.key] = None
        return way

    def out(self, place: Place) -> list[Way]:
        """Return the ways that leave a place."""
        return [self.ways[key] for key in self._out.get(place.key, ())]

    def into(self, place: Place) -> list[Way]:
        """Return the ways that lead to a place."""
        return [self.ways[key] for key in self._into.get(place.key, ())]

    def begin_at(self, way: Way, source: Place) -> None:
        """Let a way begin elsewhere."""
        del self._out[way.source][way.key]
        way.source = source.key
        self._out.setdefault(source.key, {})[way.key] = None

    def end_at(self, way: Way, target: Place) -> None:
        """Let a way end elsewhere."""
        del self._into[way.target][way.key]
        way.target = target.key
        self._into.setdefault(target.key, {})[way.key] = None

    def remove(self, way: Way) -> None:
        """Take a way out."""
        del self._out[way.source][way.key], self._into[way.target][way.key], self.ways[way.key]

    def within(self, scope: str) -> list[Place]:
        """Return the places that lie directly in a process or subprocess."""
        return [self.places[key] for key in self._within.get(scope, ()) if key in self.places]

    def after(self, place: Place, kind: Kind, key: str, name: str = "") -> Place:
        """Put a place between another and all the ways that leave it."""
        new = self.insert(key, kind, place, name)
        for way in self.out(place):
            self.begin_at(way, new)
        self.lead(place, new)
        return new

    def before(self, place: Place, kind: Kind, key: str, name: str = "") -> Place:
        """Put a place between another and all the ways that lead to it."""
        new = self.insert(key, kind, place, name)
        for way in self.into(place):
            self.end_at(way, new)
        self.lead(new, place)
        return new

    def reached(self, starts: Iterable[Place]) -> set[str]:
        """Return the keys of all places that ways lead to from some places, themselves included."""
        seen = {place.key for place in starts}
        waiting = list(seen)
        while waiting:
            for key in self._out.get(waiting.pop(), ()):
                target = self.ways[key].target
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen

    def fold(self, place: Place) -> None:
        """Take out a place with one way on; the ways that lead to it lead on."""
        (on,) = self.out(place)
        for way in self.into(place):
            way.of += [*place.of, *on.of]
            way.label = _both(way.label, place.name, on.label)
            self.end_at(way, self.places[on.target])
        self.remove(on)
        del self.places[place.key]


def _both(*labels: str) -> str:
    return ", ".join(dict.fromkeys(label for label in labels if label))


def _free(key: str, taken: dict[str, Any]) -> str:
    if key not in taken:
        return key
    n = 2
    while f"{key}-{n}" in taken:
        n += 1
    return f"{key}-{n}"
