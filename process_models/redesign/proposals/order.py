"""Proposals about order: earlier, later, at once, refusing before working."""

from collections.abc import Iterator

from process_models.graph.steps import Kind, Step
from process_models.method.facts import Facts
from process_models.redesign.moves import Parallelise, Reorder
from process_models.redesign.moves.rewiring import main_way
from process_models.redesign.proposals import Fired, Suggestion, placed, proposal, told
from process_models.values import words
from process_models.values.fractions import number


def h09(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Do a step directly before the first that needs it, and begin a wait before what can go on meanwhile."""
    for step in facts.graph.of_kind(Kind.WORK):
        needing = {dep.step for dep in facts.graph.dependencies if dep.needs == step.id}
        line = _line_after(facts, step)
        first = next((n for n, one in enumerate(line) if one.id in needing), 0)
        if first >= 2:
            yield proposal("h09", (Reorder(step.id, line[first].id),), step=step.name, user=line[first].name)
    for step in placed(facts, fired["T45"]):
        needed = {dep.needs for dep in facts.graph.dependencies if dep.step == step.id}
        line = _line_before(facts, step, needed) if needed else []
        if line:
            why = told("h09_wait", step=step.name, before=line[0].name)
            yield Suggestion("H09", (Reorder(step.id, line[0].id),), why, told("assume_h09_wait", step=step.name))


def _line_after(facts: Facts, step: Step) -> list[Step]:
    """Return the unbroken line of steps after a step, each entered from nowhere else, the nearest first."""
    line: list[Step] = []
    here = step.id
    while (main := main_way(facts.graph, here)) is not None:
        after = facts.graph.by_id[main.target]
        entering = [flow for flow in facts.graph.before(after.id) if flow.id not in facts.graph.backward]
        if after.kind not in (Kind.WORK, Kind.WAIT) or len(entering) != 1:
            break
        line.append(after)
        here = after.id
    return line


def h10(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Do at once what does not need each other."""
    for step in placed(facts, fired["T18"]):
        [before] = facts.graph.before(step.id)
        first = facts.graph.by_id[before.source]
        why = told("h10", first=first.name, second=step.name)
        yield Suggestion("H10", (Parallelise(first.id, step.id),), why, told("assume_h10"))


def h11(facts: Facts, fired: Fired) -> Iterator[Suggestion]:
    """Refuse early: put a late refusal before the first work it does not depend on."""
    for step in placed(facts, fired["T09"]):
        needed = {dep.needs for dep in facts.graph.dependencies if dep.step == step.id}
        line = _line_before(facts, step, needed)
        if line:
            refused = float(1 - number(_main_share(facts, step)))
            saved = sum(facts.work(one) for one in line) * refused
            why = told("h11", step=step.name, before=line[0].name, saved=words.duration(saved))
            yield Suggestion("H11", (Reorder(step.id, line[0].id),), why, told("assume_h11", step=step.name))
    yield from _dear_first(facts)


def _dear_first(facts: Facts) -> Iterator[Suggestion]:
    """Propose to swap two refusals in a row where the second is cheaper for each case it stops.

    One goes before the other exactly if its cost ÷ its share refused is smaller (an adjacent swap shows it).
    """
    for second in facts.graph.steps:
        entering = [flow for flow in facts.graph.before(second.id) if flow.id not in facts.graph.backward]
        first = facts.graph.by_id[entering[0].source] if len(entering) == 1 else None
        if first is None or not first.rejects or not second.rejects:
            continue
        main = main_way(facts.graph, first.id)
        tied = any({dep.step, dep.needs} == {first.id, second.id} for dep in facts.graph.dependencies)
        prices = [_price(facts, one) for one in (first, second)]
        if main and main.target == second.id and not tied and prices[1] < prices[0]:
            why = told("h11_swap", first=first.name, second=second.name)
            yield Suggestion("H11", (Reorder(second.id, first.id),), why, told("assume_h11", step=second.name))


def _price(facts: Facts, step: Step) -> float:
    """Return the work a refusal takes for each case that it stops, ms."""
    refused = float(1 - number(_main_share(facts, step)))
    return facts.work(step) / refused if refused else float("inf")


def _line_before(facts: Facts, step: Step, needed: set[str]) -> list[Step]:
    """Return the unbroken line of work that leads to a step and that it does not need, the first first."""
    line: list[Step] = []
    here = step.id
    while True:
        entering = [f for f in facts.graph.before(here) if f.id not in facts.graph.backward]
        if len(entering) != 1 or entering[0].source in needed:
            return line
        before = facts.graph.by_id[entering[0].source]
        main = main_way(facts.graph, before.id)
        if before.kind is not Kind.WORK or main is None or main.target != here:
            return line
        line.insert(0, before)
        here = before.id


def _main_share(facts: Facts, step: Step) -> str:
    main = main_way(facts.graph, step.id)
    return main.share if main else "0"
