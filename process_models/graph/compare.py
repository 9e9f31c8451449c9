"""Two versions of a graph or a design: what was added, removed and changed, visible on the map or not."""

from typing import Any, Literal

from msgspec import Struct

from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.narration import in_words
from process_models.graph.steps import Flow
from process_models.values import words
from process_models.values.sentences import Sentence, say

Verb = Literal["added", "removed", "changed"]

SETS = (
    ("step", "steps"),
    ("flow", "flows"),
    ("row", "rows"),
    ("dependency", "dependencies"),
    ("obligation", "obligations"),
    ("promise", "promises"),
)
STAFF = (("pool", "pools"), ("role", "roles"))


class FieldChange(Struct, frozen=True):
    """One attribute, before and after, in words."""

    field: str
    before: str
    after: str


class Change(Struct, frozen=True):
    """One thing added, removed or changed."""

    kind: str
    """What it is: step, flow, row, dependency, obligation, promise, pool, role, hours or name."""
    id: str
    name: str
    verb: Verb
    fields: tuple[FieldChange, ...] = ()

    @property
    def text(self) -> str:
        """The change as a sentence."""
        details = "; ".join(f"{label(f.field)} {f.before} → {f.after}" for f in self.fields)
        return say(Sentence.of(f"change_{self.verb}", kind=KIND_WORDS[self.kind], name=self.name, details=details))


class Difference(Struct, frozen=True):
    """All changes from one version to another, steps first in reading order."""

    changes: tuple[Change, ...]

    def of(self, kind: str, verb: Verb) -> dict[str, Change]:
        """Return changes of one kind by id."""
        return {change.id: change for change in self.changes if (change.kind, change.verb) == (kind, verb)}

    @property
    def sentences(self) -> tuple[str, ...]:
        """The changes in words."""
        return tuple(change.text for change in self.changes)

    def __bool__(self) -> bool:
        """Say whether anything differs."""
        return bool(self.changes)


KIND_WORDS = {
    "step": "Step",
    "flow": "Flow",
    "row": "Conditional share",
    "dependency": "Dependency",
    "obligation": "Obligation",
    "promise": "Promise",
    "pool": "Pool",
    "role": "Role",
    "hours": "Working time",
    "name": "Name of the process",
}


def compare(before: StepGraph | Design, after: StepGraph | Design) -> Difference:
    """Return what differs between two versions; two designs are compared with their staffing."""
    old, new = _graph(before), _graph(after)
    found: list[Change] = []
    for kind, field in SETS:
        found += _set(kind, getattr(old, field), getattr(new, field), (old, new))
    if old.name != new.name:
        found.append(Change("name", new.id, new.name, "changed", (FieldChange("name", old.name, new.name),)))
    if old.hours != new.hours:
        hours = FieldChange("hours", in_words(old.hours), in_words(new.hours))
        found.append(Change("hours", "hours", "", "changed", (hours,)))
    if isinstance(before, Design) and isinstance(after, Design):
        for kind, field in STAFF:
            found += _set(kind, getattr(before.staffing, field), getattr(after.staffing, field), (old, new))
    place = {**old.numbers, **new.numbers}
    return Difference(tuple(sorted(found, key=lambda c: (_rank(c.kind), place.get(c.id, 0), c.id))))


def _graph(value: StepGraph | Design) -> StepGraph:
    return value.graph if isinstance(value, Design) else value


def _rank(kind: str) -> int:
    return list(KIND_WORDS).index(kind)


def _set(
    kind: str, before: tuple[Any, ...], after: tuple[Any, ...], graphs: tuple[StepGraph, StepGraph]
) -> list[Change]:
    old, new = {thing.id: thing for thing in before}, {thing.id: thing for thing in after}
    out = []
    for id in sorted(old.keys() | new.keys()):
        if id not in new:
            out.append(Change(kind, id, _name(old[id], graphs), "removed"))
        elif id not in old:
            out.append(Change(kind, id, _name(new[id], graphs), "added"))
        elif kind == "flow" and led_elsewhere(old[id], new[id]):
            out.append(Change(kind, former(id), _name(old[id], graphs), "removed"))
            out.append(Change(kind, id, _name(new[id], graphs), "added"))
        elif old[id] != new[id]:
            out.append(Change(kind, id, _name(new[id], graphs), "changed", _fields(old[id], new[id])))
    return out


def led_elsewhere(before: Flow, after: Flow) -> bool:
    """Say whether a flow was led from or to another step: a reader sees one go and another come."""
    return (before.source, before.target) != (after.source, after.target)


def former(id: str) -> str:
    """Return the id under which a flow that was led elsewhere is shown as it was."""
    return f"{id}.was"


def _fields(before: Any, after: Any) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, *_both(name, getattr(before, name), getattr(after, name)))
        for name in before.__struct_fields__
        if getattr(before, name) != getattr(after, name)
    )


def _both(field: str, before: Any, after: Any) -> tuple[str, str]:
    """Return two values of an attribute in words; shares in per cent, unless rounding makes them look the same."""
    if field == "share" and words.percent(before) != words.percent(after):
        return words.percent(before), words.percent(after)
    return in_words(before), in_words(after)


def told_apart(before: Any, after: Any) -> tuple[str, str]:
    """Return two values in words; of two things of one kind only what differs, attribute by attribute."""
    if isinstance(before, Struct) and type(before) is type(after) and before != after:
        fields = _fields(before, after)
        before_words = "; ".join(f"{label(f.field)} {f.before}" for f in fields)
        return before_words, "; ".join(f"{label(f.field)} {f.after}" for f in fields)
    return in_words(before), in_words(after)


def _name(thing: Any, graphs: tuple[StepGraph, StepGraph]) -> str:
    """Return what a person would call a thing."""
    steps = {**graphs[0].by_id, **graphs[1].by_id}
    flows = {**graphs[0].flow_by_id, **graphs[1].flow_by_id}
    if hasattr(thing, "source"):
        return f"{steps[thing.source].name} → {steps[thing.target].name}"
    if hasattr(thing, "flow"):
        flow = flows[thing.flow]
        return f"{steps[flow.source].name} → {steps[flow.target].name}, visit {thing.visit_from}"
    if hasattr(thing, "needs"):
        return f"{steps[thing.step].name} needs {steps[thing.needs].name}"
    return str(getattr(thing, "name", thing.id))


def label(field: str) -> str:
    """Return the name of an attribute in words."""
    return field.replace("_", " ")
