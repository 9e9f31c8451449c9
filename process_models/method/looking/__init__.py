"""The tests behind the triggers, by what they look at: worth, course, people, duties, customers.

Each test is one function named after its trigger. It yields the steps on which it fires, each with its evidence in
words, and raises :class:`Missing` where the data it needs are not there: a silent test would read as "all well".
"""

from collections.abc import Callable, Iterator

from process_models.graph.steps import Kind, Step
from process_models.method.facts import Facts
from process_models.method.library import Trigger
from process_models.values.sentences import Sentence

Raised = Iterator[tuple[str, Sentence]]
Test = Callable[[Facts, Trigger], Raised]

GATES = (Kind.START, Kind.END, Kind.FORK, Kind.JOIN)


class Missing(Exception):
    """The data a trigger needs are not there."""


def need(present: bool) -> None:
    """Go on only where the data are there."""
    if not present:
        raise Missing


def steps_of(facts: Facts) -> tuple[Step, ...]:
    """Return the steps at which something happens."""
    return tuple(step for step in facts.graph.steps if step.kind not in GATES)


def fired(id: str, step: Step, **params: object) -> tuple[str, Sentence]:
    """Return a step with the evidence of a trigger, in the trigger's own wording."""
    return step.id, Sentence.of(f"prompt_{id}", **params)
