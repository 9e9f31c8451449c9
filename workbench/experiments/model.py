"""Scenarios and experiments of a review, and what an experiment asks for as a document."""

from datetime import datetime

from msgspec import Struct

from process_models.evidence.satisfaction import Feature
from process_models.graph.design import Design
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.provenance import Grade, worst
from workbench.permissions import Place

BASELINE = "baseline"
LEAST = 20
"""Replications below which no interval is shown to decide on."""
MOST = 400


class ScenarioRow(Struct, frozen=True):
    """A scenario of a review; the newest state of it."""

    id: str
    review: str
    name: str
    digest: str
    author: str
    at: datetime


class Played(Document, frozen=True):
    """A design or a scenario in an experiment: what it is called, and its digest."""

    id: str
    """``baseline`` or the letter of an option; or the id of a scenario."""
    name: str
    digest: str
    source: str = ""
    """Id of the option a design is of."""


class Spec(Document, frozen=True, kw_only=True):
    """What an experiment asks for."""

    format: int = 1
    designs: tuple[Played, ...]
    scenarios: tuple[Played, ...]
    features: tuple[Feature, ...] = ()
    seed: int
    replications: int

    def __post_init__(self) -> None:
        """Refuse too few replications to tell anything, and more than a page should ask for."""
        super().__post_init__()
        if not LEAST <= self.replications <= MOST:
            raise ModelError("bad_replications", least=LEAST, most=MOST)


class Cell(Document, frozen=True):
    """What one design under one scenario gave: the digest of its summary."""

    id: str
    """Design and scenario with a slash between."""
    summary: str


class Outcome(Document, frozen=True, kw_only=True):
    """What an experiment gave."""

    format: int = 1
    spec: str
    """Digest of what was asked."""
    cells: tuple[Cell, ...]
    blocks: tuple[str, ...]
    """Keys of all blocks, sorted."""


class Experiment(Struct, frozen=True):
    """An experiment of a review."""

    id: str
    review: str
    service: str
    spec: str
    job: str
    asked_by: str
    asked_at: datetime
    outcome: str | None = None

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.service, review=self.review, author=self.asked_by)


def grade_of(design: Design) -> Grade:
    """Return the weakest grade of what the figures of a design rest on: times of steps and staffing."""
    times = [step.time.provenance.grade for step in design.graph.steps if step.time]
    return worst((*times, *(pool.provenance.grade for pool in design.staffing.pools)))
