"""What the heuristics propose, by what they change: tasks, order, customers, people, means.

Each proposal is one function named after its heuristic. It yields suggestions on the steps where the data point to it;
figures that nobody has measured are named in what the suggestion assumes, and enter the design as guesses.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from process_models.graph.steps import Kind, Step
from process_models.method.facts import Facts
from process_models.method.library import Heuristic, heuristics
from process_models.redesign.moves import Move
from process_models.values.sentences import Sentence, say


class Suggestion(Struct, frozen=True):
    """Moves that a heuristic proposes, why, and what they assume."""

    heuristic: str
    moves: tuple[Move, ...]
    why: Sentence
    assumes: Sentence

    @property
    def source(self) -> Heuristic:
        """The heuristic with its meaning and prior signs."""
        return heuristics()[self.heuristic]

    @property
    def text(self) -> str:
        """The reason in words."""
        return say(self.why)


Fired = dict[str, set[str]]
"""The steps on which each trigger fired."""
Propose = Callable[[Facts, Fired], Iterator[Suggestion]]


def proposal(id: str, moves: tuple[Move, ...], /, **params: object) -> Suggestion:
    """Return a suggestion of a heuristic in its own wording; the reason and what it assumes share their parameters."""
    return Suggestion(id.upper(), moves, told(id, **params), told(f"assume_{id}", **params))


def told(id: str, /, **params: object) -> Sentence:
    """Return a sentence of a suggestion."""
    return Sentence.of(f"suggest_{id}", **params)


def placed(facts: Facts, ids: set[str]) -> list[Step]:
    """Return the steps of some ids in reading order; those that are no step are left out."""
    return [facts.graph.by_id[id] for id in facts.graph.reading_order if id in ids]


def worked(facts: Facts, ids: set[str]) -> list[Step]:
    """Return those of some steps that are work."""
    return [step for step in placed(facts, ids) if step.kind is Kind.WORK]


def entries(facts: Facts, step: Step) -> list[str]:
    """Return the ids of the flows by which cases come to a step, loops apart."""
    return [flow.id for flow in facts.graph.before(step.id) if flow.id not in facts.graph.backward]
