"""Proposals about means: machines, systems, other organisations."""

from collections import Counter
from collections.abc import Iterator

from process_models.graph.measures import visit_cost
from process_models.method.facts import Facts
from process_models.redesign.moves import Automate, ChangeMeans, Outsource
from process_models.redesign.proposals import Fired, Suggestion, proposal, worked
from process_models.values import words

SECOND = 1000
MACHINE = 5 * SECOND
EXCEPTIONS = "0.1"
CHANGES = 2
"""Changes of system or place from which technology that removes them is proposed."""


def h25(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Let a machine do frequent work in which rules decide."""
    for step in worked(facts, fired["T21"]):
        move = Automate(step=step.id, time=MACHINE, exceptions=EXCEPTIONS)
        limits = {"time": words.duration(MACHINE), "share": words.percent(EXCEPTIONS)}
        yield proposal("h25", (move,), step=step.name, **limits)


def h26(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Bring the systems of a process together where the work changes between them several times."""
    changing = [step for step in worked(facts, fired["T32"] | fired["T33"]) if step.systems]
    if len(changing) < CHANGES:
        return
    used = Counter(system for step in facts.graph.steps for system in step.systems)
    common = min(used, key=lambda system: (-used[system], system))
    moves = tuple(ChangeMeans(step.id, (common,), step.place) for step in changing if step.systems != (common,))
    if moves:
        yield proposal("h26", moves, count=len(changing), system=common)


def h28(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Let another organisation do dear work that is not at the heart of the service, at today's price and pace."""
    for step in worked(facts, fired["T28"]):
        plain = step.nature == "task" and not step.covers and not step.rejects and step.value_class == "business"
        price = round(visit_cost(facts.design, step))
        if plain and price and step.time:
            pace = round(facts.wait(step) + facts.work(step))
            yield proposal("h28", (Outsource(step=step.id, wait=pace, price=price),), step=step.name)
