"""An option for change: its name, its state, and the revisions of its moves."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from process_models.graph.compare import Difference
from process_models.graph.design import Design
from process_models.redesign.envelope import Breach
from process_models.redesign.moves import Move
from process_models.redesign.options import Option as OptionDocument
from process_models.values.sentences import say
from workbench.permissions import Place

State = Literal["draft", "submitted", "withdrawn"]
NEXT: dict[tuple[State, str], State] = {
    ("draft", "submit"): "submitted",
    ("submitted", "take back"): "draft",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn",
    ("withdrawn", "take back"): "draft",
}
"""What may be done in which state, and what comes of it."""


class Option(Struct, frozen=True):
    """An option of a review."""

    id: str
    review: str
    service: str
    letter: str
    name: str
    author: str
    state: State
    begun_at: datetime

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.service, review=self.review, author=self.author)

    @property
    def title(self) -> str:
        """Its letter and name."""
        return f"Option {self.letter}, {self.name}"


class OptionRevision(Struct, frozen=True):
    """One state of an option's moves."""

    n: int
    digest: str
    author: str
    at: datetime
    verb: str


class Drafted(Struct, frozen=True):
    """An option worked out: baseline, moves, design, what differs and what it breaks."""

    option: Option
    revision: OptionRevision
    document: OptionDocument
    baseline: Design
    design: Design
    change: Difference
    breaches: tuple[Breach, ...]
    behind: bool
    """The process has a newer baseline than the option stands on."""

    @property
    def moves(self) -> tuple[Move, ...]:
        """Its moves in order."""
        return self.document.moves

    def told(self) -> list[str]:
        """Return its moves in words, each as seen when it is made."""
        design, out = self.baseline, []
        for move in self.moves:
            out.append(say(move.sentence(design)))
            design = move.apply(design)
        return out
