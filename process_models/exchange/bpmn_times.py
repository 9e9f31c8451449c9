"""Times of steps from qbp data in a BPMN file, as textbook models and their simulators carry them: guesses, grade D.

What the numbers mean depends on the type (measured on files of that format): EXPONENTIAL has its mean in ``arg1`` where
``mean`` is 0, GAMMA and LOGNORMAL have a variance in ``arg1``, NORMAL a standard deviation. All are seconds.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from math import isqrt

from process_models.exchange.bpmn_file import BpmnFile, split
from process_models.exchange.bpmn_shares import QBP
from process_models.exchange.sketch import Sketch
from process_models.graph.steps import TIMED, Timing
from process_models.values.distributions import Distribution, Exponential, Fixed, Gamma, LogNormal
from process_models.values.provenance import Provenance

LONGEST = Decimal(10) ** 10
"""Seconds; what is longer is no time of a step."""


def read_times(file: BpmnFile, sketch: Sketch, name: str) -> None:
    """Give steps the times that the file says, and say how many and how; what the file itself times is left alone."""
    source = Provenance("imported", "D", f"file {name}, qbp"[:200])
    given = normal = 0
    for key, type, time in _times(file):
        place = sketch.places.get(key)
        if place is not None and place.step is None and place.kind in TIMED and "time" not in place.fields:
            place.fields["time"] = Timing(time, source)
            given, normal = given + 1, normal + (type == "NORMAL")
    if given:
        sketch.ledger.remark("bpmn_times_read", steps=given)
    if normal:
        sketch.ledger.remark("bpmn_times_normal", steps=normal)


def _times(file: BpmnFile) -> Iterator[tuple[str, str, Distribution]]:
    for one in file.order:
        space, name = split(one.tag)
        if name == "element" and space.startswith(QBP):
            for said in one:
                type = said.get("type", "")
                if split(said.tag)[1] == "durationDistribution" and (time := read_time(type, said.attrib)) is not None:
                    yield one.get("elementId", ""), type, time


def read_time(type: str, said: dict[str, str]) -> Distribution | None:
    """Return a time by the type and the numbers that an element of the file carries, None where it says none."""
    mean, first = _number(said.get("mean", "")), _number(said.get("arg1", ""))
    middle = _ms(mean) or (_ms(first) if type == "EXPONENTIAL" else 0)
    if not middle:
        return None
    match type:
        case "FIXED":
            return Fixed(middle)
        case "EXPONENTIAL":
            return Exponential(middle)
        case "NORMAL":
            return Gamma(middle, _ms(first)) if first else Fixed(middle)
        case "GAMMA" | "LOGNORMAL":
            deviation = isqrt(int(first * 1_000_000))
            kind = Gamma if type == "GAMMA" else LogNormal
            return kind(middle, deviation) if deviation else Fixed(middle)
    return None


def _ms(seconds: Decimal) -> int:
    return int((seconds * 1000).to_integral_value())


def _number(text: str) -> Decimal:
    """Return a number of seconds (or their square), 0 where there is none."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() and 0 < value < LONGEST else Decimal(0)
