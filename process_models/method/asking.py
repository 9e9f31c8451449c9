"""Which questions to ask, in which order: few and good, ranked by what the answer could change."""

from msgspec import Struct

from process_models.method.library import Question, questions
from process_models.method.triggers import Look, Prompt

GAPS = "T37"
PER_STEP = 2
"""Questions proposed for one step at a time."""


class Candidate(Struct, frozen=True):
    """A question proposed for a step, and what raised it."""

    question: Question
    prompt: Prompt

    @property
    def step(self) -> str:
        """The step it is asked of."""
        return self.prompt.step


def candidates(looks: tuple[Look, ...]) -> tuple[Candidate, ...]:
    """Return proposed questions, the weightiest steps first, at most two for a step, each question once a step.

    The order within a step follows the critical examination: purpose before the rest, what is and why before what else.
    """
    prompts = sorted((p for one in looks for p in one.prompts if p.step), key=lambda p: -p.weight)
    out: list[Candidate] = []
    for step in dict.fromkeys(prompt.step for prompt in prompts):
        own = [Candidate(question, prompt) for prompt in prompts if prompt.step == step for question in _for(prompt)]
        own.sort(key=_order)
        once = list({c.question.id: c for c in reversed(own)}.values())[::-1]
        out += _varied(once)[:PER_STEP]
    return tuple(out)


def _order(candidate: Candidate) -> tuple[bool, bool, bool, int, str]:
    """Return the place of a candidate within its step; gaps in what is known come last."""
    question = candidate.question
    return (
        candidate.prompt.trigger == GAPS,
        question.stage > 2,
        question.heading != "purpose",
        question.stage,
        question.id,
    )


def _for(prompt: Prompt) -> list[Question]:
    return [question for question in questions().values() if prompt.trigger in question.triggers]


def _varied(own: list[Candidate]) -> list[Candidate]:
    """Return candidates with one of each trigger before a second of any."""
    seen: dict[str, int] = {}
    ranked = []
    for candidate in own:
        seen[candidate.prompt.trigger] = seen.get(candidate.prompt.trigger, 0) + 1
        ranked.append((seen[candidate.prompt.trigger], candidate))
    return [candidate for _, candidate in sorted(ranked, key=lambda pair: pair[0])]
