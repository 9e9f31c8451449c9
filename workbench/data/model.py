"""A log that was brought in, the terms on which it is read, and what was read: plain counts, ready to be stored."""

from datetime import datetime

from msgspec import Struct

from process_models.logs.amounts import Mark
from process_models.logs.columns import Columns
from process_models.logs.dates import Order
from process_models.logs.delimited import Parse
from process_models.logs.recipe import Recipe
from process_models.values.fractions import Fraction
from process_models.values.sentences import Sentence
from workbench.permissions import Place


class Log(Struct, frozen=True):
    """A file somebody brought in for a service."""

    id: str
    service: str
    name: str
    file: str
    """SHA-256 of the file, which is its name in the folder of uploads."""
    size: int
    header: str
    """Digest of the names of its columns: files with the same ones are read on the same terms."""
    guess: str
    """Digest of what the columns seem to be."""
    terms: str
    """Digest of the terms a person confirmed, empty until then."""
    example: bool
    author: str
    at: datetime

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.service, author=self.author)

    @property
    def subject(self) -> str:
        """What jobs about it are about."""
        return f"log/{self.id}"


class Header(Struct, frozen=True):
    """The names of the columns of a file."""

    names: tuple[str, ...]


class Said(Struct, frozen=True):
    """A sentence, wrapped so that several of the same kind keep their order."""

    sentence: Sentence


class HintRow(Struct, frozen=True):
    """A column proposed for a use, why, and what else it might be."""

    use: str
    column: str
    reason: Sentence
    others: tuple[str, ...]
    confidence: str = "medium"


class Guessed(Struct, frozen=True):
    """What a log's columns seem to be, and what those that may be step or promise say."""

    names: tuple[str, ...]
    rows: int
    hints: tuple[HintRow, ...]
    doubts: tuple[Said, ...]
    columns: Columns | None
    values: tuple[tuple[str, tuple[str, ...]], ...]
    """What the columns that may be step or promise say; never those that may name people."""
    format: str = "delimited"
    parse: Parse = Parse()
    sheets: tuple[str, ...] = ()
    notes: tuple[Said, ...] = ()
    open_dates: tuple[Order, ...] = ()
    """Orders of day, month and year from which a person has to choose."""
    preset: str = ""
    """Name of the known export."""
    wide: tuple[str, ...] = ()
    classifiers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    """The first rows, in the columns of :attr:`sampled`."""
    sampled: tuple[str, ...] = ()
    open_marks: tuple[Mark, ...] = ()
    """Decimal marks from which a person has to choose."""
    size: int = 0
    """Bytes of the file, unpacked."""
    whole: bool = True
    """Whether all rows were looked at, or those at the beginning and in the middle."""

    def hint(self, use: str) -> HintRow | None:
        """Return the hint for a use."""
        return next((hint for hint in self.hints if hint.use == use), None)

    def values_of(self, column: str) -> tuple[str, ...]:
        """Return the values of a column with few of them."""
        return dict(self.values).get(column, ())


Terms = Recipe
"""On what terms a log is read: its recipe."""


class RemarkRow(Struct, frozen=True):
    """One thing to know about a log, and what follows."""

    severity: str
    sentence: Sentence
    consequence: Sentence


class LeftOutRow(Struct, frozen=True):
    """A row that was left out."""

    row: int
    reason: Sentence
    cells: tuple[tuple[str, str], ...] = ()
    """What it says in the columns that can be corrected."""


class Way(Struct, frozen=True):
    """A variant: the steps one after another, and how many cases went so."""

    steps: tuple[str, ...]
    cases: int


class Rework(Struct, frozen=True):
    """A step that cases came back to."""

    step: str
    cases: int
    returned: int


class PingPong(Struct, frozen=True):
    """Cases that went from a group to another and straight back."""

    group: str
    other: str
    cases: int


class Weekday(Struct, frozen=True):
    """Promises by the weekday on which cases came."""

    day: int
    cases: int
    missed: int


class Effect(Struct, frozen=True):
    """What a threshold of noise does."""

    noise: Fraction
    steps: int
    flows: int
    cases: int


class TimeRow(Struct, frozen=True):
    """A measured time of a step, ms."""

    step: str
    measure: str
    n: int
    mean: int
    median: int
    low: int
    high: int


class Segment(Struct, frozen=True):
    """Cases of one kind: time in process in ms, and promises."""

    by: str
    value: str
    """Empty where it is unknown."""
    cases: int
    mean: int
    median: int
    high: int
    promised: int
    missed: int


class Move(Struct, frozen=True):
    """One step right after another: how often, and in how many cases at least once."""

    step: str
    next: str
    count: int
    cases: int


class Handover(Struct, frozen=True):
    """From one group straight to another: how often, and in how many cases."""

    group: str
    other: str
    count: int
    cases: int


class Waited(Struct, frozen=True):
    """What was waited before a step, by cause: ms in all."""

    step: str
    n: int
    waited: int
    batching: int
    contention: int
    priority: int
    unavailability: int
    extraneous: int


class Waits(Struct, frozen=True):
    """Why cases waited, as far as the log tells."""

    rows: tuple[Waited, ...] = ()
    lacking: tuple[Said, ...] = ()
    """What the log lacks to tell; then there are no rows."""
    hours: str = ""
    """Whose calendar says who was at work: stated, or seen."""
    every: int = 1
    """Every so-manieth wait was looked at."""
    unnamed: int = 0
    """Waited before work of nobody named, ms."""


class Spread(Struct, frozen=True):
    """A figure of cases: ms, or minor units of money."""

    n: int
    mean: int
    median: int
    low: int
    high: int


class PromiseRead(Struct, frozen=True):
    """A promise by one reading of its clock."""

    reading: str
    """Wall, or working."""
    kept: int
    missed: int
    open: int


class LostMove(Struct, frozen=True):
    """A move that is no flow of the graph."""

    step: str
    next: str
    count: int


class Result(Struct, frozen=True):
    """What was read out of a log."""

    terms: str
    graph: str
    """Digest of the discovered graph."""
    demand: str
    """Digest of the arrivals, a :class:`Profile`."""
    meaning: str
    read: int
    left_out: int
    first_left_out: tuple[LeftOutRow, ...]
    cases: int
    first: str
    last: str
    remarks: tuple[RemarkRow, ...]
    variants: int
    ways: tuple[Way, ...]
    rework: tuple[Rework, ...]
    ping_pong_cases: int
    handed_over_cases: int
    ping_pong: tuple[PingPong, ...]
    promise_cases: int
    missed: int
    promise_unknown: int
    weekdays: tuple[Weekday, ...]
    explained: int
    explained_variants: int
    lost: tuple[LostMove, ...]
    lost_steps: tuple[str, ...]
    notes: tuple[Said, ...]
    effects: tuple[Effect, ...]
    times: tuple[TimeRow, ...]
    segments: tuple[Segment, ...] = ()
    moves: tuple[Move, ...] = ()
    handovers: tuple[Handover, ...] = ()
    """Those of enough cases; :attr:`rare_handovers` says how many others there are."""
    rare_handovers: int = 0
    waits: Waits = Waits()
    wall: Spread | None = None
    """Time in process, pauses of the promise left out."""
    working: Spread | None = None
    promise: tuple[PromiseRead, ...] = ()
    arrivals: tuple[int, ...] = ()
    """Cases that came in each quarter of an hour of the week, from Monday 00:00."""
    costs: Spread | None = None
    cost_once: bool = False
    """The amount is that of the case, not of a row."""
    paths: str = ""
    """Digest of all ways, :class:`Paths`; empty in readings of before they were kept."""


class Paths(Struct, frozen=True):
    """All ways of a log up to the customer's end, to hold them against a graph: a way as places in the names."""

    names: tuple[str, ...]
    ways: tuple[tuple[tuple[int, ...], int], ...]
    """Steps and cases of each."""


class Profile(Struct, frozen=True):
    """Mean arrivals in each hour of the week, and what they rest on."""

    per_hour: tuple[Fraction, ...]
    n: int
    cut: int
    weeks: Fraction
    first: str
    last: str
    zone: str
    remarks: tuple[Said, ...]
