"""An action, the way in which a change goes live, and what is put down on the way."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from process_models.graph.compare import Change, compare
from process_models.graph.design import Design
from process_models.method.smart import Doubt, Intended, doubts
from workbench.errors import Invalid

Kind = Literal["change", "train", "brief", "staff", "document", "system"]
KINDS: dict[Kind, str] = {
    "change": "change how a step is done",
    "train": "train people",
    "brief": "brief people or customers",
    "staff": "change heads, shifts or who helps whom",
    "document": "change a letter, form, policy or record",
    "system": "change a system",
}
KIND_OF: dict[str, Kind] = {
    "step": "change",
    "dependency": "change",
    "obligation": "document",
    "promise": "brief",
    "pool": "staff",
    "role": "staff",
    "hours": "staff",
    "name": "document",
}
WAYS_OF_CASES = ("flow", "row")
"""Changes of which way cases go: they come about together; that a flow ends says nothing that its steps do not say."""
State = Literal["open", "done", "dropped"]


class Intent(Struct, frozen=True, kw_only=True):
    """What somebody writes down as an action."""

    kind: Kind
    text: str
    owner: str
    """Who sees to it: the id of a person."""
    due: date
    step: str = ""
    measure: str = ""
    check: date | None = None
    origin: str = ""
    """The change of the approved design that it carries out."""

    def __post_init__(self) -> None:
        """Refuse an action without words."""
        if not self.text.strip():
            raise Invalid("action_needs_text")


class Action(Struct, frozen=True, kw_only=True):
    """Something to do so that what was decided comes about."""

    id: str
    review: str
    kind: Kind
    text: str
    owner: str
    due: date
    step: str
    measure: str
    check: date | None
    origin: str
    author: str
    at: datetime
    state: State = "open"
    note: str | None = None
    """What came of it, or why it was dropped."""
    closed_by: str | None = None
    closed_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Say whether it is still to be done."""
        return self.state == "open"


def doubted(one: Action, others: Sequence[Action]) -> tuple[Doubt, ...]:
    """Return what the linter says of an action; ``others`` are those of its review."""
    return doubts(
        Intended(
            text=one.text,
            about=one.step or one.origin,
            owner=one.owner,
            measure=one.measure,
            due=one.due,
            check=one.check,
            open_of_owner=sum(1 for other in others if other.open and other.owner == one.owner and other.id != one.id),
        )
    )


class Proposed(Struct, frozen=True):
    """An action that follows from a change."""

    kind: Kind
    text: str
    step: str
    origin: str


def proposed(before: Design, after: Design) -> tuple[Proposed, ...]:
    """Return what has to be done so that one design becomes the other: each change, then training and a briefing."""
    changes = compare(before, after).changes
    steps = after.graph.by_id
    own = [
        Proposed(KIND_OF.get(one.kind, "change"), _imperative(one), one.id if one.id in steps else "", one.text)
        for one in changes
        if one.kind not in WAYS_OF_CASES
    ]
    led = [one for one in changes if one.kind in WAYS_OF_CASES and one.verb != "removed"]
    if led:
        names = ", ".join(dict.fromkeys(f"“{one.name}”" for one in led))
        own.append(Proposed("change", f"Lead cases the new way: {names}", "", " ".join(one.text for one in led)))
    touched = [one for one in changes if one.kind == "step" and one.id in steps and steps[one.id].role]
    named: dict[str, list[str]] = {}
    for one in touched:
        named.setdefault(steps[one.id].role, []).append(steps[one.id].name)
    trained = [
        Proposed("train", f"Train {role} in “{'”, “'.join(names)}”", "", f"changed steps of {role}")
        for role, names in sorted(named.items())
    ]
    briefed = (
        [Proposed("brief", f"Brief {', '.join(after.graph.roles)} on what changes and from when", "", "go-live")]
        if own
        else []
    )
    return (*own, *trained, *briefed)


VERBS = {"added": "Set up", "removed": "Stop", "changed": "Change"}


def _imperative(one: Change) -> str:
    what = {"name": "the name"}.get(one.kind, one.kind)
    return f"{VERBS[one.verb]} {what} “{one.name}”" if one.name else f"{VERBS[one.verb]} {what}"


Way = Literal["pilot", "phased", "parallel", "at once"]
WAYS: dict[Way, str] = {
    "pilot": "Pilot: one team or site first, compared with the others",
    "phased": "Phased: team by team, each when the one before runs",
    "parallel": "Parallel: old and new side by side for a time",
    "at once": "At once: everybody from one day on",
}
WHEN: dict[Way, str] = {
    "pilot": "When the effect is not certain, teams can be compared, and a wrong step could be taken back.",
    "phased": "When there are many teams or sites and people to train, and each can change by itself.",
    "parallel": "When a mistake would break a duty or lose money, and the double work can be borne for a while.",
    "at once": "When the change is small and easily taken back, or a rule or system allows no halves.",
}


class Rollout(Struct, frozen=True, kw_only=True):
    """How and when a change goes live, and how it is taken back."""

    way: Way
    start: date
    back: str
    """How it is taken back."""
    trigger: str
    """What makes somebody take it back: a figure and a limit."""
    who: str
    """Who decides to take it back: the id of a person."""

    def __post_init__(self) -> None:
        """Refuse a roll-out that nobody could take back."""
        if not self.back.strip() or not self.trigger.strip():
            raise Invalid("rollout_needs_way_back")


class KeptRollout(Struct, frozen=True, kw_only=True):
    """A state of the roll-out; the newest counts."""

    review: str
    n: int
    way: Way
    start: date
    back: str
    trigger: str
    who: str
    live: date | None
    """Since when it is live."""
    author: str
    at: datetime


NoteKind = Literal["quick fix", "deviation"]
NOTE_KINDS: dict[NoteKind, str] = {
    "quick fix": "Quick fix: a small thing within one's own authority",
    "deviation": "Deviation: something is done otherwise than decided, inside the envelope",
}


class Note(Struct, frozen=True):
    """A quick fix, or a deviation from what was decided that stays inside the envelope."""

    id: str
    review: str
    kind: NoteKind
    day: date
    text: str
    reason: str
    author: str
    at: datetime
