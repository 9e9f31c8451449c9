"""What an experiment rests on and hangs on, ready to be shown: assumptions, swings, effects, what they mean."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from process_models.values.fractions import fraction
from process_models.values.provenance import Grade
from process_models.values.sentences import Sentence, say
from simulations.assumptions import SPREAD, Assumption
from simulations.experiments import MEASURES, Measure, Result
from workbench.experiments.model import BASELINE, Sensitivity, Swung, Told, Worked
from workbench.figures import Unit, unit_of

SORT_WORDS = {
    "time": "Time",
    "type-time": "Time by case type",
    "share": "Share",
    "guard": "Condition",
    "patience": "Patience",
    "again": "Calling again",
    "chasing": "Chasing",
    "demand": "Demand",
    "growth": "Growth",
    "priority": "Priority",
    "heads": "Heads",
    "calendar": "Hours",
    "setup": "Set-up",
    "learning": "Learning",
    "contingency": "Contingency",
    "rate": "Rate",
}
SWITCH_WORDS = {"low": "low", "high": "high", "off": "off"}
KINDS: dict[str, Measure] = {measure.id: measure for measure in MEASURES}
FLIPS = 5
"""Switches that a sentence names one by one."""


def ranges() -> list[tuple[Grade, str]]:
    """Return by how much values of each grade are moved, in words.

    >>> ranges()[0]
    ('A', '÷ and × 1.05')
    """
    return [(grade, f"÷ and × {factor:g}") for grade, factor in SPREAD.items()]


class AssumedRow(Struct, frozen=True):
    """An assumption, ready to be shown."""

    id: str
    sort: str
    about: str
    value: str
    grade: Grade
    source: str
    date: str
    switches: list[tuple[str, str]]
    """Switch, and what the value would be."""


def assumed(found: Sequence[Assumption]) -> list[AssumedRow]:
    """Return assumptions in words, in the order given."""
    return [
        AssumedRow(
            id=one.id,
            sort=SORT_WORDS[one.sort],
            about=one.about,
            value=say(one.value),
            grade=one.provenance.grade,
            source=one.provenance.source,
            date=one.provenance.date,
            switches=[(switch, say(then)) for switch, then in one.switches],
        )
        for one in found
    ]


class SwingRow(Struct, frozen=True):
    """One assumption at one of its ends, ready to be shown."""

    name: str
    grade: Grade
    switch: str
    value: str
    """What is assumed then."""
    then: str
    """The figure then."""
    change: str
    interval: str
    word: str
    flips: bool
    """The verdict is another than as assumed."""
    apart: float | None
    low: float | None
    high: float | None
    """The change and its interval in the unit told, for a picture; None where the play had to be stopped."""


def unit(found: Sensitivity, currency: str) -> Unit:
    """Return how the figure is told: one unit for all of its values and effects."""
    kind = KINDS[found.measure]
    every = [found.usual, *(one.then for one in found.swings), *(one.size for one in found.effects)]
    size = fraction(max([abs(float(told.mean)) for told in every if told] or [0.0]))
    return unit_of(
        Result(id=kind.id, name=kind.name, unit=kind.unit, direction="neither", mean=size, replications=0), currency
    )


def name(one: Assumption) -> str:
    """Return what an assumption is called in a list of all sorts."""
    return one.about if one.sort == "contingency" else f"{SORT_WORDS[one.sort]}, {one.about}"


def swings(found: Sensitivity, assumptions: Sequence[Assumption], currency: str) -> list[SwingRow]:
    """Return the swings in words, the widest first."""
    known = {one.id: one for one in assumptions}
    told = unit(found, currency)
    return [_swing(found, one, known[one.assumption], told) for one in found.swings]


def _swing(found: Sensitivity, one: Swung, about: Assumption, told: Unit) -> SwingRow:
    then = about.what_is(one.switch)
    apart, low, high = _numbers(one.change, told)
    finer = told.finer(one.change.mean, one.change.low or 0, one.change.high or 0) if one.change else told
    return SwingRow(
        name=name(about),
        grade=about.provenance.grade,
        switch=SWITCH_WORDS[one.switch],
        value=say(then) if then else "",
        then=figure(found, one.then, told) if one.then else say(Sentence.of("mind_stopped")),
        change=finer.apart(one.change.mean) if one.change else "",
        interval=finer.between(one.change.low, one.change.high, apart=True) if one.change and one.change.low else "",
        word=one.word,
        flips=bool(found.word) and one.word != found.word,
        apart=apart,
        low=low,
        high=high,
    )


def figure(found: Sensitivity, one: Told, told: Unit) -> str:
    """Return the figure in words, a difference with its sign and as fine as the one as assumed needs it."""
    if found.design == BASELINE or not found.usual:
        return told.told(one.mean)
    finer = told.finer(one.mean, one.low or 0, one.high or 0)
    return replace(finer, places=finer.places + 1).apart(one.mean)


def _numbers(change: Told | None, told: Unit) -> tuple[float | None, float | None, float | None]:
    if change is None:
        return None, None, None
    ends = (change.low or change.mean, change.high or change.mean)
    return float(change.mean) / told.per, float(ends[0]) / told.per, float(ends[1]) / told.per


class EffectRow(Struct, frozen=True):
    """What an assumption does wherever the others stand, ready to be shown."""

    name: str
    grade: Grade
    size: str
    interval: str
    way: str
    apart: float
    low: float
    high: float


def effects(found: Sensitivity, assumptions: Sequence[Assumption], currency: str) -> list[EffectRow]:
    """Return the effects in words, the largest first."""
    known = {one.id: one for one in assumptions}
    told = unit(found, currency)
    return [_effect(one, known[one.assumption], told) for one in found.effects]


def _effect(one: Worked, about: Assumption, told: Unit) -> EffectRow:
    finer = told.finer(one.size.mean, one.size.low or 0, one.size.high or 0)
    apart, low, high = _numbers(one.size, told)
    return EffectRow(
        name=name(about),
        grade=about.provenance.grade,
        size=finer.told(one.size.mean),
        interval=finer.between(str(max(0.0, float(one.size.low))), one.size.high) if one.size.low else "",
        way=_way(one),
        apart=apart or 0.0,
        low=max(0.0, low or 0.0),
        high=high or 0.0,
    )


def _way(one: Worked) -> str:
    """Return which way an effect goes, and whether it is the same everywhere."""
    size, middle, spread = float(one.size.mean), float(one.mean), float(one.spread)
    if size == 0:
        return "none"
    way = "either way" if abs(middle) < size / 2 else "raises it" if middle > 0 else "lowers it"
    return f"{way}, differently elsewhere" if spread > size / 2 else way


def mind(found: Sensitivity, rows: Sequence[SwingRow], assumptions: Sequence[Assumption], currency: str) -> str:
    """Return in a sentence what would change our mind; for the as-is process alone, what matters most."""
    if found.way == "together" or not found.word:
        return _largest(found, rows, assumptions, currency)
    flips = [row for row in rows if row.flips]
    if not flips:
        return say(Sentence.of("mind_nothing", word=found.word))
    told = [
        say(
            Sentence.of(
                "mind_flip",
                assumption=row.name,
                value=row.value,
                word=row.word or say(Sentence.of("mind_stopped")),
            )
        )
        for row in flips[:FLIPS]
    ]
    more = [f"and {len(flips) - FLIPS} more below"] if len(flips) > FLIPS else []
    return say(Sentence.of("mind_changes", word=found.word, flips="; ".join([*told, *more])))


def _largest(found: Sensitivity, rows: Sequence[SwingRow], assumptions: Sequence[Assumption], currency: str) -> str:
    if found.way == "together":
        told = effects(found, assumptions, currency)
        return (
            say(Sentence.of("mind_largest", assumption=told[0].name, size=told[0].size))
            if told and told[0].apart
            else say(Sentence.of("mind_none"))
        )
    moving = [row for row in rows if row.apart]
    if not moving:
        return say(Sentence.of("mind_none"))
    first = [row for row in rows if row.name == moving[0].name]
    reach = max(0.0, *(row.apart or 0.0 for row in first)) - min(0.0, *(row.apart or 0.0 for row in first))
    told_unit = unit(found, currency)
    return say(Sentence.of("mind_largest", assumption=moving[0].name, size=told_unit.told(reach * told_unit.per)))
