"""What was concluded, in sentences: how often was enough, and which option is best with what confidence."""

import math

from msgspec import Struct

from process_models.values.calendars import MINUTE
from process_models.values.sentences import Sentence, say
from process_models.values.words import duration, listed, percent
from simulations.breaking import GRID, LEAST, MOST
from simulations.experiments import MEASURES, TOLERANCE
from simulations.queueing import Heads
from workbench.experiments.model import BASELINE, Bears, Best, BreakPoint, Outcome, Spec
from workbench.experiments.picture import Reach

NAMES = {measure.id: measure.name for measure in MEASURES}
PER_CENT = round(100 * TOLERANCE)
SURE = 0.9995
"""A confidence beyond which no more places are told."""


def often(scenario: str, spec: Spec, outcome: Outcome) -> list[str]:
    """Return how often designs were played under a scenario, and whether that was enough."""
    grown = [one for one in outcome.grown if one.id.partition("/")[2] == scenario]
    if not grown:
        return []
    names = {played.id: _short(played.name) for played in spec.designs}
    played = max(one.replications for one in grown)
    wide = list(dict.fromkeys(NAMES[measure].lower() for one in grown if not one.dropped for measure in one.wide))
    needed = [one.needed for one in grown if one.wide and not one.dropped]
    told = [
        Sentence.of("often_enough", played=played, per_cent=PER_CENT)
        if not wide
        else Sentence.of("often_too_few", played=played, measures=listed(wide), per_cent=PER_CENT)
    ]
    if wide:
        told.append(
            Sentence.of("often_needed", needed=_round(max(needed))) if all(needed) else Sentence.of("often_unknown")
        )
    told += [
        Sentence.of(
            "often_dropped",
            option=names[one.id.partition("/")[0]],
            played=one.replications,
            measure=NAMES[spec.drop].lower(),
        )
        for one in grown
        if one.dropped
    ]
    return [say(one) for one in told]


def _short(name: str) -> str:
    return name.split(",")[0]


def _round(count: int) -> str:
    """Return a count without more figures than it deserves.

    >>> _round(1234), _round(87)
    ('1,200', '90')
    """
    places = 1 if count < 100 else 2
    return f"{round(count, places - len(str(count))):,}"


class HeadsRow(Struct, frozen=True):
    """What a number of heads means by formulas, ready to be shown."""

    heads: int
    enough: bool
    within: str
    wait: str
    busy: str
    lost: str
    leaves: str


def heads(found: tuple[Heads, ...], enough: int) -> list[HeadsRow]:
    """Return what numbers of heads mean, without more figures than formulas deserve."""
    return [
        HeadsRow(
            heads=one.heads,
            enough=one.heads >= enough,
            within=percent(one.within, 0),
            wait="grows without end" if math.isinf(one.wait) else duration(one.wait * MINUTE),
            busy=percent(one.busy, 0),
            lost=percent(one.lost, 0),
            leaves=percent(one.leaves.gives_up, 0) if one.leaves else "",
        )
        for one in found
    ]


class BestRow(Struct, frozen=True):
    """Which design is best on a measure, ready to be shown."""

    measure: str
    best: str
    confidence: str
    left: str


def best(spec: Spec, outcome: Outcome) -> dict[str, list[BestRow]]:
    """Return which design is best, by scenario, in the order in which measures are told."""
    names = {played.id: "As is" if played.id == BASELINE else played.name for played in spec.designs}
    order = list(NAMES)
    found = sorted(outcome.best, key=lambda one: order.index(one.id.rpartition("/")[2]))
    rows: dict[str, list[BestRow]] = {}
    for one in found:
        scenario, _, measure = one.id.rpartition("/")
        rows.setdefault(scenario, []).append(_row(NAMES[measure], one, names))
    return rows


def _row(measure: str, one: Best, names: dict[str, str]) -> BestRow:
    rest = [names[id] for id in one.left if id != one.best]
    if len(rest) == len(names) - 1:
        return BestRow(measure, "cannot be said", "", "all")
    return BestRow(measure, names[one.best], sure(float(one.confidence)) if not rest else "", listed(rest) or "none")


def sure(confidence: float) -> str:
    """Return a confidence in words, never 100%.

    >>> sure(0.99991), sure(0.962), sure(0.4)
    ('over 99.9%', '96.2%', 'below 50%')
    """
    if confidence > SURE:
        return "over 99.9%"
    return f"{100 * confidence:.1f}%" if confidence >= 0.5 else "below 50%"


def reaches(spec: Spec, found: BreakPoint) -> list[Reach]:
    """Return how much demand each design bears, as it is and with people away."""
    names = {one.id: "As is" if one.id == BASELINE else _short(one.name) for one in spec.designs}
    order = {one.id: (one.id != BASELINE, one.id) for one in spec.designs}
    bears = sorted(found.bears, key=lambda one: (order[one.id.partition("/")[0]], one.id))
    return [_reach(names[one.id.partition("/")[0]], one) for one in bears]


def _reach(name: str, one: Bears) -> Reach:
    sure, mean, perhaps = (float(MOST if edge is None else edge) / GRID for edge in (one.sure, one.mean, one.perhaps))
    away = ", people away" if one.id.endswith("/away") else ""
    return Reach(name + away, sure, mean, perhaps, _borne(one))


def _borne(one: Bears) -> str:
    """Return how much demand is borne, with its interval.

    >>> _borne(Bears(id="A", sure=24, mean=26, perhaps=27)), _borne(Bears(id="A", sure=9, mean=9, perhaps=9))
    ('×1.3 (1.2 to 1.35)', 'fails at half of it')
    """
    if one.perhaps is not None and one.perhaps < LEAST:
        return "fails at half of it"
    if one.sure is None:
        return f"over ×{MOST // GRID}"
    low = "less than 0.5" if one.sure < LEAST else f"{one.sure / GRID:g}"
    high = f"over {MOST // GRID}" if one.perhaps is None else f"{one.perhaps / GRID:g}"
    return f"{_times(one.mean)} ({low} to {high})"


def _times(edge: int | None) -> str:
    if edge is None:
        return f"over ×{MOST // GRID}"
    return "less than half" if edge < LEAST else f"×{edge / GRID:g}"


def asked_of(spec: Spec, found: BreakPoint) -> str:
    """Return what had to hold, under which scenario."""
    scenario = next(one.name for one in spec.scenarios if one.id == found.scenario)
    value = float(found.threshold)
    told = duration(value) if found.measure in ("time_p90", "waiting") else percent(value)
    return f"{NAMES[found.measure]} {found.direction} {told}, {scenario}"
