"""What raises a question: each trigger is one test on the facts, kept in :mod:`process_models.method.looking`.

A trigger that lacks its data says so instead of staying silent: see :func:`look`.
"""

from msgspec import Struct

from process_models.method.facts import Facts
from process_models.method.library import Trigger, triggers
from process_models.method.looking import Missing, Test, course, customers, duties, people, worth
from process_models.values.sentences import Sentence, say

TESTS: dict[str, Test] = {
    name.upper(): test
    for module in (worth, course, people, duties, customers)
    for name, test in vars(module).items()
    if name[0] == "t" and name[1:].isdigit()
}
"""The test of each trigger by its id."""


class Prompt(Struct, frozen=True):
    """A trigger that fired on a step, and the evidence."""

    trigger: str
    step: str
    sentence: Sentence
    weight: float
    """Share of the case's time and of its cost that the step holds, the larger; what an answer could change."""

    @property
    def text(self) -> str:
        """The evidence in words."""
        return say(self.sentence)


class Look(Struct, frozen=True):
    """What one trigger found: prompts, or the data it misses."""

    trigger: Trigger
    prompts: tuple[Prompt, ...] = ()
    missing: tuple[str, ...] = ()


def look(facts: Facts) -> tuple[Look, ...]:
    """Return what every trigger of the library finds on a design, in the order of their ids."""
    return tuple(_look(trigger, facts) for _, trigger in sorted(triggers().items()))


def _look(trigger: Trigger, facts: Facts) -> Look:
    try:
        raised = list(TESTS[trigger.id](facts, trigger))
    except Missing:
        return Look(trigger, missing=trigger.needs)
    prompts = (Prompt(trigger.id, step, sentence, _weight(facts, step)) for step, sentence in raised)
    return Look(trigger, tuple(sorted(prompts, key=lambda p: (-p.weight, facts.graph.numbers.get(p.step, 0)))))


def _weight(facts: Facts, step: str) -> float:
    parts = [
        values.get(step, 0.0) / total for values in (facts.times, facts.costs) if (total := sum(values.values())) > 0
    ]
    return max(parts, default=0.0)
