"""What every page that shows a process as map or table shows of it; pages of higher tiers add their marks."""

from collections.abc import Callable
from typing import Any

from flask import request

from process_models.graph.drawing import Look, draw
from process_models.graph.graph import StepGraph
from process_models.method.facts import Facts
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
KEPT = ("as", "heat", "version")
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
    return {
        "look": look,
        "svg": draw(graph, look),
        "next_steps": picture.next_steps(graph),
        "rows": picture.rows(facts, heat),
        "link": link,
        "closing": address(**kept),
        "kept": {name: value for name, value in kept.items() if name != "version"},
        "card": picture.card(graph, chosen, facts, currency) if chosen else None,
        "shown_as": kept.get("as", ""),
        "switches": [(words, address(**{**here, "as": name}), name) for name, words in VIEWS],
        "heats": [(words, address(**{**here, "heat": name}), name == measure) for name, words in HEATS],
        "other_heats": picture.other_measures(facts, tuple(name for name, _ in HEATS)),
        "measure": measure,
        "scale": picture.SCALES.get(measure),
        "classes": picture.key(measure, currency),
    }


def _clocked(graph: StepGraph) -> frozenset[str]:
    """Return the steps at which the clock of an obligation or promise starts or stops."""
    return frozenset(step for _of, clock in graph.clocks for step in (clock.start.step, clock.end.step))
