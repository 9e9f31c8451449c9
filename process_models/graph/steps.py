"""The nouns of a step graph: step, flow, conditional row, dependency, obligation, promise."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from process_models.values.clocks import Clock
from process_models.values.distributions import Distribution
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import WHOLE, Fraction, number
from process_models.values.provenance import Figure, Provenance


class Kind(StrEnum):
    """What a step does to the flow of a case."""

    START = "START"
    WORK = "WORK"
    WAIT = "WAIT"
    CHOICE = "CHOICE"
    FORK = "FORK"
    JOIN = "JOIN"
    END = "END"
    INCLUSIVE = "INCLUSIVE"


class Lane(StrEnum):
    """The lane of the blueprint, from the customer inwards."""

    CUSTOMER = "customer"
    FRONT = "front"
    BACK = "back"
    SUPPORT = "support"
    EXTERNAL = "external"


class Lens(StrEnum):
    """The three ways every step is looked at."""

    SATISFACTION = "satisfaction"
    COST = "cost"
    COMPLIANCE = "compliance"


TIMED = frozenset({Kind.WORK, Kind.WAIT})
"""Steps that take time of their own."""


class Score(Document, frozen=True):
    """How a step does under one lens, from −2 (worst) to +2 (best)."""

    id: Lens
    value: int
    provenance: Provenance

    def __post_init__(self) -> None:
        """Refuse a value off the scale."""
        super().__post_init__()
        if not -2 <= self.value <= 2:
            raise ModelError("score_off_scale", value=self.value)


class PersonalItem(Document, frozen=True):
    """A personal detail that is asked for here, and the lawful purpose it is asked for."""

    id: str
    """The detail, as inputs and outputs of steps name it."""
    purpose: str = ""


class Timing(Document, frozen=True):
    """How long something takes, and how that is known."""

    distribution: Distribution
    provenance: Provenance
    n: int | None = None


class TypeTime(Document, frozen=True):
    """How many times as long a step takes for cases of one type."""

    id: str
    """The case type, as streams name it."""
    factor: Fraction

    def __post_init__(self) -> None:
        """Refuse a time below none."""
        super().__post_init__()
        if number(self.factor) < 0:
            raise ModelError("negative_factor", type=self.id, factor=self.factor)


class Saving(Document, frozen=True, kw_only=True):
    """When cases saved up before a step go on together: when there are so many, or none may be held longer, or both."""

    cases: int = 0
    """As soon as so many are there; 0: however many."""
    within: int = 0
    """As soon as one has been there so long, ms of wall time; 0: however long."""

    def __post_init__(self) -> None:
        """Refuse a rule by which nobody would ever go on."""
        super().__post_init__()
        if min(self.cases, self.within) < 0 or max(self.cases, self.within) == 0:
            raise ModelError("saving_for_ever")


class CallingAgain(Document, frozen=True, kw_only=True):
    """Who gives up and comes back, as a case of its own that begins at the start."""

    share: Fraction
    """Of those who give up."""
    after: Timing


class Chasing(Document, frozen=True, kw_only=True):
    """Contacts that come only because a case waits long: failure demand."""

    after: int
    """ms of waiting after which the first comes."""
    every: int = 0
    """ms after which another comes while it still waits; 0 for no other."""
    step: str = ""
    """Where they come in, as cases of their own; empty for the start."""

    def __post_init__(self) -> None:
        """Refuse times that are none."""
        super().__post_init__()
        if self.after <= 0 or self.every < 0:
            raise ModelError("bad_chasing")


class Step(Document, frozen=True, kw_only=True):
    """One thing done, waited for or decided."""

    id: str
    kind: Kind
    name: str
    nature: Literal["task", "control", "contact"] = "task"
    lane: Lane = Lane.BACK
    role: str = ""
    """Who does it: the name of a role, empty where nobody is needed."""
    description: str = ""
    owner: str = ""
    """The role that answers for it."""
    time: Timing | None = None
    """Work of a WORK step, or the wait of a WAIT step, per visit; None where it is not known."""
    type_times: tuple[TypeTime, ...] = ()
    """Case types for which the time is another; all others take it as it is."""
    patience: Timing | None = None
    """How long a case queues here before it gives up, in wall time; needs an abandon flow."""
    calling_again: CallingAgain | None = None
    chasing: Chasing | None = None
    scores: tuple[Score, ...] = ()
    figures: tuple[Figure, ...] = ()
    unit_cost: int = 0
    """Paid per visit beside people's time, minor units."""
    covers: tuple[str, ...] = ()
    """Ids of the obligations met here."""
    records: tuple[str, ...] = ()
    """Ids of the obligations whose record is made here."""
    value_class: Literal["customer", "business", "none", "unknown"] = "unknown"
    automation: Literal["manual", "assisted", "automatic"] = "manual"
    ruled: bool = False
    """Rules alone decide what is done here: nobody has to judge."""
    systems: tuple[str, ...] = ()
    fallback: str = ""
    """Where the work goes when its system is down, empty where nobody has said."""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    personal: tuple[PersonalItem, ...] = ()
    place: str = ""
    channel: str = ""
    adjusted: str = ""
    """How a customer who needs an adjustment gets the same result here, empty where no way is known."""
    grade_needed: int | None = None
    """The grade of staff the work needs; higher is more senior."""
    grade_used: int | None = None
    batch: str = ""
    """The rule by which work is saved up here, in words, empty where it is not."""
    saving: Saving | None = None
    """The rule by which cases are saved up before the step, as it is played."""
    reason: str = ""
    """Why the step exists."""
    reason_date: str = ""
    rejects: bool = False
    """A decision that can refuse the case."""
    stands_for: str = ""
    """Id of the step whose work it does in another way; who needs that one is served by either."""

    def __post_init__(self) -> None:
        """Refuse a step without a usable id or a name."""
        super().__post_init__()
        self.check_id()
        if not self.name.strip():
            raise ModelError("step_without_name", step=self.id)
        if self.unit_cost < 0:
            raise ModelError("negative_cost", step=self.id)
        if self.calling_again and not (self.patience and 0 <= number(self.calling_again.share) < 1):
            raise ModelError("bad_calling_again", step=self.id)
        if self.saving and self.kind not in TIMED:
            raise ModelError("saving_before_no_work", step=self.id)

    def figure(self, id: str) -> Figure | None:
        """Return a named figure."""
        return next((figure for figure in self.figures if figure.id == id), None)

    def score(self, lens: Lens) -> Score | None:
        """Return the score under a lens."""
        return next((score for score in self.scores if score.id == lens), None)


class Flow(Document, frozen=True, kw_only=True):
    """A way from one step to the next, and the share of cases at the source that take it."""

    id: str
    source: str
    target: str
    kind: Literal["normal", "abandon"] = "normal"
    share: Fraction = WHOLE
    label: str = ""
    count: int | None = None
    """How many cases were seen to take it."""

    def __post_init__(self) -> None:
        """Refuse a share outside 0 to 1."""
        super().__post_init__()
        self.check_id()
        if not Decimal(0) <= number(self.share) <= Decimal(1):
            raise ModelError("share_outside", flow=self.id, share=self.share)


Condition = tuple[str, str, int]
"""Case type and step come from (empty for any), and the visit from which a conditional share holds."""


class ShareRow(Document, frozen=True, kw_only=True):
    """Shares that depend on history: the share of one flow when a condition on the case's visits holds."""

    id: str
    flow: str
    visit_from: int = 1
    """Holds from this visit of the flow's source on; rows of the highest number that the visit reaches apply."""
    came_from: str = ""
    """Holds only for cases that came from this step, empty for any."""
    case_type: str = ""
    """Holds only for cases of this type, as streams name it; empty for any."""
    share: Fraction
    count: int | None = None

    @property
    def condition(self) -> "Condition":
        """For which cases it holds; the rows of one condition belong together."""
        return self.case_type, self.came_from, self.visit_from


class Dependency(Document, frozen=True):
    """A step that needs something of another before it can be done."""

    id: str
    step: str
    needs: str
    kind: Literal["data", "rule"]
    reason: str = ""


class Obligation(Document, frozen=True, kw_only=True):
    """A duty from law, regulator, code or policy (or what turned out to be habit)."""

    id: str
    name: str
    text: str = ""
    basis: Literal["law", "regulator", "code", "policy", "habit", "asked"]
    clause: str = ""
    owner: str = ""
    """The role that owns it."""
    clock: Clock | None = None
    needs_record: bool = False
    applies_from: str = ""
    """The step that makes it apply: it binds the cases that come here; empty: all cases."""
    before: tuple[str, ...] = ()
    """Steps that may be reached only once it is met."""
    failure_cost: int = 0
    """Paid for each case whose clock runs out, minor units."""


class Promise(Document, frozen=True):
    """What customers are told about time."""

    id: str
    name: str
    clock: Clock
    failure_cost: int = 0
    """Paid for each case whose clock runs out, minor units."""
