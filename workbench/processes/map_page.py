"""What every page that shows a process as map or table shows of it; pages of higher tiers add their marks."""

from collections.abc import Callable
from typing import Any

from flask import request
from msgspec import structs

from process_models.graph.drawing import Look, draw
from process_models.graph.graph import StepGraph
from process_models.graph.phases import MOST_VISIBLE, Phase, collapsed, phases
from process_models.method.facts import Facts
from process_models.values.words import count
from workbench.processes import picture

HEATS = (
    ("none", "None"),
    ("wait", "Wait"),
    ("work", "Work"),
    ("cost", "Cost"),
    ("rework", "Rework"),
    ("evidence", "Evidence"),
)
VIEWS = (("map", "Map"), ("table", "Table"), ("words", "Words"))
KEPT = ("as", "heat", "version", "phases")
"""What of the address stays when a step, a heat or a view is chosen."""


def map_page(facts: Facts, currency: str, title: str, address: Callable[..., str], **marks: Any) -> dict[str, Any]:
    """Return map, table, switches and card as the address asks for them.

    ``address`` gives the page's own address with the words after its ``?``; ``marks`` are what :class:`Look` takes
    beside: scope, locks, questions.
    """
    graph = facts.graph
    kept = {name: value for name, value in request.args.items() if name in KEPT}
    chosen = request.args.get("step", "")
    chosen = chosen if chosen in graph.by_id else ""
    asked = kept.get("heat", "none")
    measure = asked if asked == "none" or asked in picture.SCALES else "none"
    heat = picture.heat(facts, measure, currency)

    def link(step: str) -> str:
        return address(**{**kept, "step": step})

    look = Look(
        title=title,
        measures={} if heat else {step: one.text for step, one in picture.heat(facts, "wait", currency).items()},
        heat=heat,
        clocks=_clocked(graph),
        selected=chosen,
        link=link,
        **marks,
    )
    here = {**kept, "step": chosen or None}
    parts, opened = _phases(graph, kept.get("phases", ""))
    drawn = collapsed(graph, parts, opened) if parts else graph
    if parts:
        look = _gathered(look, graph, parts, opened, lambda n: address(**{**kept, "phases": str(n)}))
    return {
        "look": look,
        "svg": draw(drawn, look),
        "next_steps": picture.next_steps(drawn),
        "phases": [(part, part.n in opened, address(**{**kept, "phases": str(part.n)})) for part in parts],
        "collapsing": address(**{**kept, "phases": "all"}),
        "expanding": address(**{**kept, "phases": "none"}),
        "rows": picture.rows(facts, heat),
        "link": link,
        "closing": address(**kept),
        "kept": {name: value for name, value in kept.items() if name not in ("version", "phases")},
        "card": picture.card(graph, chosen, facts, currency) if chosen else None,
        "shown_as": kept.get("as", ""),
        "switches": [(words, address(**{**here, "as": name}), name) for name, words in VIEWS],
        "heats": [(words, address(**{**here, "heat": name}), name == measure) for name, words in HEATS],
        "other_heats": picture.other_measures(facts, tuple(name for name, _ in HEATS)),
        "measure": measure,
        "scale": picture.SCALES.get(measure),
        "classes": picture.key(measure, currency),
    }


def _phases(graph: StepGraph, asked: str) -> tuple[tuple[Phase, ...], frozenset[int]]:
    """Return the phases in which a map is drawn and which of them are open; none where it is drawn step by step."""
    opened = frozenset({int(asked)}) if asked.isdecimal() and len(asked) < 4 else frozenset[int]()
    large = len(graph.steps) > MOST_VISIBLE
    if len(graph.steps) > 2 and (large or asked == "all" or opened):
        return phases(graph), opened
    return (), frozenset()


def _gathered(
    look: Look, graph: StepGraph, parts: tuple[Phase, ...], opened: frozenset[int], to: Callable[[int], str]
) -> Look:
    """Return the look of a map in phases: a phase is in scope with all its steps, and bears the questions of all."""
    closed = {part.id: part for part in parts if part.n not in opened}
    inner = {id for id, part in closed.items() if look.scope and set(part.steps) <= look.scope}
    asked = {id: sum(look.questions.get(step, 0) for step in part.steps) for id, part in closed.items()}
    of_step = look.link or (lambda step: f"#{step}")
    return structs.replace(
        look,
        scope=look.scope | inner,
        questions={**look.questions, **{id: n for id, n in asked.items() if n}},
        phases={id: (f"phase {part.n}", count(len(part.steps), "step", "steps")) for id, part in closed.items()},
        numbers=graph.numbers,
        link=lambda step: to(closed[step].n) if step in closed else of_step(step),
    )


def _clocked(graph: StepGraph) -> frozenset[str]:
    """Return the steps at which the clock of an obligation or promise starts or stops."""
    return frozenset(step for _of, clock in graph.clocks for step in (clock.start.step, clock.end.step))
