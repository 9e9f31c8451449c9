"""How often each way out of a choice is taken: BPMN cannot say it, extensions and habits of modellers do.

That a file carries times, people or arrivals is told; :mod:`process_models.exchange.simulation_beside` reads them.
Shares, in this order: BPSim ``Probability``, qbp ``executionProbability``, a percentage in the name or condition of the
flow.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from process_models.exchange.bpmn_file import BpmnFile, split
from process_models.exchange.sketch import Sketch, Way

BPSIM = re.compile(r"http://www\.bpsim\.org/schemas/")
QBP = "http://www.qbp-simulator.com/Schema"
PERCENT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,]\d{1,4})?)\s*%")


def weigh(file: BpmnFile, ways: dict[str, Way]) -> None:
    """Give ways the weights that the file says."""
    told = {**dict(_percentages(ways)), **dict(_qbp(file)), **dict(_bpsim(file))}
    for key, weight in told.items():
        if key in ways and ways[key].weight is None:
            ways[key].weight = weight


def tell_times(file: BpmnFile, sketch: Sketch) -> bool:
    """Say that a file carries times, people or arrivals for a simulation, and return whether it does."""
    found = Counter("qbp" if space.startswith(QBP) else "BPSim" for space in _spaces(file) if space)
    for maker, elements in found.items():
        sketch.ledger.remark("bpmn_simulation_data", maker=maker, elements=elements)
    return bool(found)


def _spaces(file: BpmnFile) -> Iterator[str]:
    for one in file.order:
        space, name = split(one.tag)
        if (space.startswith(QBP) or BPSIM.match(space)) and name not in (
            "sequenceFlow",
            "sequenceFlows",
            "Probability",
        ):
            yield space


def _percentages(ways: dict[str, Way]) -> Iterator[tuple[str, Decimal]]:
    for way in ways.values():
        found = PERCENT.search(way.label) or PERCENT.search(way.fields.get("condition", ""))
        if found and (value := _number(found[1].replace(",", "."))) is not None and value <= 100:
            yield way.key, value / 100


def _qbp(file: BpmnFile) -> Iterator[tuple[str, Decimal]]:
    for one in file.order:
        if "qbp" in str(one.tag) and split(one.tag)[0].startswith(QBP) and split(one.tag)[1] == "sequenceFlow":
            value = _number(one.get("executionProbability", ""))
            if value is not None:
                yield one.get("elementId", ""), value


def _bpsim(file: BpmnFile) -> Iterator[tuple[str, Decimal]]:
    for one in file.order:
        if "bpsim" in str(one.tag) and BPSIM.match(split(one.tag)[0]) and split(one.tag)[1] == "ElementParameters":
            for part in one.iter():
                if split(part.tag)[1] == "Probability":
                    values = [_number(inner.get("value", "")) for inner in part]
                    yield from ((one.get("elementRef", ""), value) for value in values if value is not None)


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < 10**9 else None
