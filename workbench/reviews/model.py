"""A review, its plan and its scope, as values; what of a signed scope matters; and the stages it goes through."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from process_models.evidence.satisfaction import Feature
from process_models.graph.graph import StepGraph
from process_models.redesign.envelope import Envelope, Lock, Rules, inside
from process_models.values.document import Document
from process_models.values.fractions import Fraction, number
from process_models.values.material import Judgement, Table, material_changes
from workbench.permissions import Place

Stage = Literal["plan", "scope", "map", "challenge", "analyse", "options", "decide", "implement", "monitor"]
STAGES: tuple[Stage, ...] = (
    "plan",
    "scope",
    "map",
    "challenge",
    "analyse",
    "options",
    "decide",
    "implement",
    "monitor",
)


class Review(Struct, frozen=True):
    """One examination of one process."""

    id: str
    service: str
    process: str
    name: str
    author: str
    """Who began it, its first lead."""
    begun_at: datetime
    asked_scope: str = ""
    """Digest of the scope that decision makers were asked to sign."""
    asked_by: str = ""
    asked_at: datetime | None = None

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.service, review=self.id, author=self.author)

    @property
    def scope_place(self) -> Place:
        """Return where permissions find its scope: the author is who asked for the signature."""
        return Place(service=self.service, review=self.id, author=self.asked_by or self.author)

    @property
    def scope_subject(self) -> str:
        """What signatures on the scope are about."""
        return f"review/{self.id}/scope"


class Aim(Document, frozen=True):
    """What the review is for."""

    id: str
    text: str


class Criterion(Document, frozen=True, kw_only=True):
    """A measure with direction, threshold and tolerance, against which options and results are held."""

    id: str
    name: str
    measure: Literal["time_in_process", "waiting", "promise", "cost", "satisfaction", "compliance"]
    direction: Literal["at least", "at most"]
    threshold: Fraction
    """In ms, minor units, points from 0 to 100, or a share, as the measure is."""
    tolerance: Fraction = "0"
    """How far a figure may miss it and still be called close."""
    source: str = ""
    """Where the measure comes from."""

    def verdict(self, low: Fraction, high: Fraction) -> Literal["met", "not met", "not certain"]:
        """Return whether an interval meets the threshold."""
        ends = [number(low), number(high)]
        met = [
            end >= number(self.threshold) if self.direction == "at least" else end <= number(self.threshold)
            for end in ends
        ]
        return "met" if all(met) else "not certain" if any(met) else "not met"


class Plan(Document, frozen=True, kw_only=True):
    """Aims, features and criteria of a review."""

    format: int = 1
    aims: tuple[Aim, ...] = ()
    features: tuple[Feature, ...] = ()
    criteria: tuple[Criterion, ...] = ()


class OutlineStep(Document, frozen=True):
    """A step of the outline, under the name it had when the scope was drawn."""

    id: str
    name: str


class Scope(Document, frozen=True, kw_only=True):
    """What is examined, what may be changed, what stays, and by which criteria it is judged."""

    format: int = 1
    process: str
    first: str = ""
    """Id of the step with which the examined part begins."""
    last: tuple[str, ...] = ()
    """Ids of the steps with which it ends, sorted."""
    outline: tuple[OutlineStep, ...] = ()
    """The steps inside, as seen when the scope was drawn."""
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    envelope: Envelope = Envelope()
    locks: tuple[Lock, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    """Frozen with the signature."""
    agree: tuple[str, ...] = ()
    """Ids of the people who must agree, sorted."""
    carry_out: tuple[str, ...] = ()
    """Roles that must carry it out, sorted."""
    sketch: str = ""
    """Digest of the graph on which it was drawn, only as seen."""

    def rules(self, graph: StepGraph) -> Rules:
        """Return what a draft on a graph may do."""
        drawn = inside(graph, self.first, self.last) if self.first else None
        return Rules(in_scope=drawn, locks=self.locks, envelope=self.envelope)


IMMATERIAL = ("outline.**", "criteria.**", "agree", "agree.**", "carry_out", "carry_out.**", "sketch")
SCOPE: Table = tuple((pattern, False) for pattern in IMMATERIAL)
"""What of a scope does not outdate its signature: detail, people, and criteria (whose changes stand on the record)."""


def standing(signed: Scope, current: Scope, graph: StepGraph) -> Judgement:
    """Return whether a signed scope still stands; a boundary step that is gone from the graph counts as changed."""
    return material_changes(signed, present(current, graph), SCOPE)


def present(scope: Scope, graph: StepGraph) -> Scope:
    """Return a scope without boundary steps that the graph no longer has."""
    return replace(
        scope,
        first=scope.first if scope.first in graph.by_id else "",
        last=tuple(id for id in scope.last if id in graph.by_id),
    )


class Part(Struct, frozen=True):
    """A revision of a review's plan or scope."""

    n: int
    """0 for the empty one that a review begins with."""
    digest: str
    author: str
    at: datetime | None
    reason: str = ""


class Need(Struct, frozen=True):
    """Something that a stage still needs, or has."""

    words: str
    done: bool
    count: str = ""

    @property
    def state(self) -> str:
        """The name of its mark."""
        return "done" if self.done else "not begun"


class StageFact(Struct, frozen=True):
    """How far a stage is: what ends it, what it needs, and its page."""

    ends: str
    why: str
    needs: tuple[Need, ...]
    url: str
    action: str
    waiting: str = ""

    @property
    def done(self) -> bool:
        """Say whether nothing is missing."""
        return all(need.done for need in self.needs)


Progress = Callable[[Connection, Review], StageFact]
PROGRESS: dict[Stage, Progress] = {}
"""How far a review is in each stage; use cases add theirs at import."""
BADGES: list[Callable[[Connection, Review], dict[str, int]]] = []
"""Open questions by step, for the map; use cases add theirs at import."""


class Link(Struct, frozen=True):
    """Something that another use case knows of a step."""

    words: str
    url: str
    note: str = ""


LINKS: list[Callable[[Connection, Review, str], list[Link]]] = []
"""What use cases add to the card of a step on the review's map: open questions, say."""


class Sign(Struct, frozen=True):
    """Something about a review that one look at all reviews should show: late, expiring, or kept."""

    words: str
    state: Literal["done", "under way", "not met", "outdated"]
    url: str


SIGNS: list[Callable[[Connection, Review], list[Sign]]] = []
"""What the portfolio shows of a review beside its stage; use cases add theirs at import."""


class StagePoint(Struct, frozen=True):
    """A stop on the line of stages."""

    name: str
    when: Literal["past", "now", "later"]
    url: str
    note: str = ""


def line(facts: dict[Stage, StageFact], here: Stage | None = None) -> tuple[StagePoint, ...]:
    """Return the stops of a review: done ones past, the first that is not done (or the page's own) now."""
    known = [stage for stage in STAGES if stage in facts]
    current = here or next((stage for stage in known if not facts[stage].done), known[-1] if known else None)
    return tuple(
        StagePoint(
            stage.capitalize(),
            "now" if stage == current else "past" if facts[stage].done else "later",
            facts[stage].url,
        )
        for stage in known
    )
