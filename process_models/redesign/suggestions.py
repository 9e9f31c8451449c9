"""Moves that heuristics propose on a design; the functions lie in :mod:`process_models.redesign.proposals`.

A suggestion says what it assumes; its prior signs are unverified and stand beside the simulated effect.
"""

from process_models.method.facts import Facts
from process_models.method.triggers import look
from process_models.redesign.options import derive
from process_models.redesign.proposals import Propose, Suggestion, customers, means, order, people, tasks
from process_models.values.errors import ModelError

PROPOSALS: dict[str, Propose] = {
    name.upper(): function
    for module in (tasks, order, customers, people, means)
    for name, function in sorted(vars(module).items())
    if name[0] == "h" and name[1:].isdigit()
}
"""What each heuristic proposes, by its number in the library."""


def suggest(facts: Facts) -> tuple[Suggestion, ...]:
    """Return the moves that heuristics propose on a design, those left out that do not apply."""
    fired = {one.trigger.id: {prompt.step for prompt in one.prompts if prompt.step} for one in look(facts)}
    found = (suggestion for _, propose in sorted(PROPOSALS.items()) for suggestion in propose(facts, fired))
    return tuple(suggestion for suggestion in found if _applies(facts, suggestion))


def _applies(facts: Facts, suggestion: Suggestion) -> bool:
    try:
        derive(facts.design, suggestion.moves)
    except ModelError:
        return False
    return True
