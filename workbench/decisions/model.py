"""A recommendation, the pack that is decided on, and what of a pack matters to a signature."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from process_models.evidence.satisfaction import Feature
from process_models.graph.design import Design
from process_models.redesign.options import Option as OptionDocument
from process_models.values.document import Document
from process_models.values.fractions import Fraction
from process_models.values.material import GRAPH, Judgement, Table, material_changes, within
from process_models.values.provenance import Grade
from simulations.experiments import Change, Result
from simulations.scenario import Scenario
from workbench.permissions import Place
from workbench.reviews.model import Criterion, Scope


class Wording(Document, frozen=True, kw_only=True):
    """What is recommended, in words; every word of it is signed."""

    title: str
    """The recommendation in one sentence."""
    why: str
    costs: str
    risks: str
    considered: str
    unknown: str


class Proposal(Document, frozen=True, kw_only=True):
    """One revision of a recommendation: an option, the experiment that played it, and the wording."""

    format: int = 1
    option: str
    experiment: str
    wording: Wording
    findings: tuple[str, ...] = ()
    """Ids of the accepted findings it rests on, sorted."""


class Recommendation(Struct, frozen=True):
    """A recommendation of a review."""

    id: str
    review: str
    service: str
    author: str
    begun_at: datetime
    asked: str = ""
    """Digest of the pack that decision makers were asked to decide on."""
    asked_by: str = ""
    asked_at: datetime | None = None

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.service, review=self.review, author=self.author)

    @property
    def subject(self) -> str:
        """What signatures, jobs and the record say it is."""
        return f"recommendation/{self.id}"


class ProposalRevision(Struct, frozen=True):
    """One state of a recommendation."""

    n: int
    digest: str
    author: str
    at: datetime


# The pack

Verdict = Literal["met", "not met", "not certain", "not measured"]


class Cited(Document, frozen=True, kw_only=True):
    """A finding that the recommendation rests on, as it was accepted."""

    id: str
    text: str
    evidence: str
    grade: Grade


class Held(Document, frozen=True):
    """What one scenario says to a criterion."""

    id: str
    """Of the scenario."""
    verdict: Verdict


class Judged(Document, frozen=True, kw_only=True):
    """A criterion and what the option's figures say to it."""

    id: str
    criterion: Criterion
    frozen: bool
    """It is as it was when the scope was signed; otherwise it was changed after the data could be seen."""
    held: tuple[Held, ...]


class Under(Document, frozen=True, kw_only=True):
    """A scenario and the front figures under it."""

    id: str
    name: str
    scenario: Scenario
    as_is: tuple[Result, ...]
    option: tuple[Result, ...]
    changes: tuple[Change, ...]

    @property
    def calm(self) -> bool:
        """Say whether nothing goes wrong in it."""
        return self.scenario.calm


class Other(Document, frozen=True, kw_only=True):
    """What the same experiment says of another option in usual weeks; without changes it was not played."""

    id: str
    """Its letter."""
    name: str
    state: str
    changes: tuple[Change, ...] = ()


class Play(Document, frozen=True, kw_only=True):
    """How the figures were made: beside the content, for making them again."""

    experiment: str
    outcome: str
    """Digest of what the experiment gave."""
    seed: int
    replications: int
    confidence: Fraction
    rules: int


class Pack(Document, frozen=True, kw_only=True):
    """Everything that is decided on. Built anew from the present content whenever it is shown."""

    format: int = 1
    recommendation: str
    currency: str
    wording: Wording
    letter: str
    option_name: str
    option: OptionDocument
    baseline: Design
    design: Design
    breaks: tuple[str, ...] = ()
    """What the design breaks, as ids of sentences and what they are about; empty in anything that can be submitted."""
    scope: Scope
    scope_digest: str = ""
    """Of the scope that was signed; empty where none was."""
    scope_stands: bool = False
    findings: tuple[Cited, ...] = ()
    criteria: tuple[Judged, ...]
    features: tuple[Feature, ...] = ()
    under: tuple[Under, ...]
    others: tuple[Other, ...] = ()
    play: Play

    @property
    def usual(self) -> Under:
        """The scenario shown first: one in which nothing goes wrong, if there is one."""
        return min(self.under, key=lambda one: (not one.calm, one.id))

    @property
    def option_title(self) -> str:
        """The option's letter and name."""
        return f"Option {self.letter}, {self.option_name}"


DESIGN: Table = (*within("graph", GRAPH), ("staffing.pools.*.name", False))
"""What does not matter in a design: names, descriptions, counts."""

PACK: Table = (
    *within("baseline", DESIGN),
    *within("design", DESIGN),
    ("option.baseline", False),
    ("option.design", False),
    ("option.moves.*.name", False),
    ("letter", False),
    ("option_name", False),
    ("scope.outline", False),
    ("scope.outline.**", False),
    ("scope.criteria", False),
    ("scope.criteria.**", False),
    ("scope.agree", False),
    ("scope.agree.**", False),
    ("scope.carry_out", False),
    ("scope.carry_out.**", False),
    ("scope.sketch", False),
    ("scope_digest", False),
    ("under.*.name", False),
    ("under.*.scenario.id", False),
    ("under.*.scenario.name", False),
    ("under.*.*.*.name", False),
    ("under.*.*.*.replications", False),
    ("under.*.*.*.narrow", False),
    ("others", False),
    ("others.**", False),
    ("play.**", False),
)
"""What of a pack does not outdate a signature; all else does: wording, moves, shares, times, scenarios, results,
criteria, obligations, locks. Digests of designs stand beside the designs themselves, which are compared."""


def judge(signed: Pack, present: Pack) -> Judgement:
    """Return whether what was signed for one pack stands for another."""
    return material_changes(signed, present, PACK)


# The re-run


class Differing(Document, frozen=True):
    """A block whose numbers were not the same again."""

    design: str
    scenario: str
    first: int
    """Number of its first replication, from 0."""
    count: int


class Rerun(Document, frozen=True, kw_only=True):
    """What computing an experiment again gave."""

    format: int = 1
    outcome: str
    """Digest of what was held against it."""
    rules: int
    """Version of the rules it was computed under now."""
    rules_before: int
    blocks: int
    differing: tuple[Differing, ...] = ()
    summaries: tuple[str, ...] = ()
    """Design and scenario, with a slash between, whose stored means or intervals do not follow from the numbers."""

    @property
    def same(self) -> bool:
        """Say whether everything was the same again."""
        return not self.differing and not self.summaries


class RerunRow(Struct, frozen=True):
    """A re-run that was asked for; without a result while it runs or when it failed."""

    job: str
    recommendation: str
    asked_by: str
    asked_at: datetime
    result: str | None = None
    ended_at: datetime | None = None
