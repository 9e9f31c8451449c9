"""What was concluded, in sentences: how often was enough, and which option is best with what confidence."""

from msgspec import Struct

from process_models.values.sentences import Sentence, say
from process_models.values.words import listed
from simulations.experiments import MEASURES, TOLERANCE
from workbench.experiments.model import BASELINE, Best, Outcome, Spec

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


class BestRow(Struct, frozen=True):
    """Which design is best on a measure, ready to be shown."""

    measure: str
    best: str
    confidence: str
    left: str


def best(spec: Spec, outcome: Outcome) -> dict[str, list[BestRow]]:
    """Return which design is best, by scenario, in the order in which measures are told."""
    names = {
        played.id: "as is" if played.id == BASELINE else f"{played.id}, {_short(played.name)}"
        for played in spec.designs
    }
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
