"""What follows from the blocks of an experiment taken together: another round, corrected verdicts, the best option."""

from collections.abc import Mapping

from process_models.values.fractions import fraction
from simulations import precision, selection
from simulations.comparison import Direction, estimate, verdict
from simulations.experiments import (
    BLOCK,
    CONFIDENCE,
    MEASURES,
    TOLERANCE,
    BlockResult,
    Task,
    Values,
    values,
)
from workbench.experiments.model import BASELINE, JUDGED, Best, Corrected, Grown, Spec

Wanted = dict[str, tuple[Task, ...]]
"""Blocks by design and scenario with a slash between."""
Known = Mapping[str, BlockResult]

DIRECTION: dict[str, Direction] = {measure.id: measure.direction for measure in MEASURES}
CERTAIN = 4
"""Places to which a confidence and a p-value are kept."""


def told(blocks: Wanted, known: Known) -> dict[str, Values]:
    """Return the values of each design under each scenario."""
    return {name: values(known[task.key] for task in own) for name, own in blocks.items()}


def following(spec: Spec, blocks: Wanted, known: Known, before: Mapping[str, Grown]) -> dict[str, Grown]:
    """Return how often to have played each design under each scenario after the next round.

    All designs under a scenario go on together, so that they can be compared, until the aims are settled for each;
    except options that are clearly behind.
    """
    found = told(blocks, known)
    out: dict[str, Grown] = {}
    for scenario in spec.scenarios:
        cells = [name for name in blocks if name.partition("/")[2] == scenario.id]
        dropped = {name for name in cells if name in before and before[name].dropped}
        dropped |= _behind(spec, found, [name for name in cells if name not in dropped])
        states = {name: _states(spec, found[name]) for name in cells}
        played = len(next(iter(found[f"{BASELINE}/{scenario.id}"].values())))
        open_ones = [state for name in cells if name not in dropped for state in states[name].values()]
        goal = precision.following(played, open_ones, spec.most, BLOCK)
        for name in cells:
            own = sum(task.count for task in blocks[name])
            out[name] = _grown(name, own if name in dropped else goal, states[name], name in dropped)
    return out


def _grown(name: str, replications: int, states: Mapping[str, precision.State], dropped: bool) -> Grown:
    wide = {measure: state for measure, state in states.items() if not state.settled}
    needed = [state.needed for state in wide.values()]
    return Grown(
        id=name,
        replications=replications,
        wide=tuple(wide),
        needed=0 if None in needed else max((one for one in needed if one), default=0),
        dropped=dropped,
    )


def _states(spec: Spec, series: Values) -> dict[str, precision.State]:
    """Return how well each aim's measure is known; of several aims on one measure the least."""
    times = precision.looks(spec.replications, spec.most)
    out: dict[str, precision.State] = {}
    for aim in spec.aims:
        found = precision.state(series.get(aim.measure, []), aim, TOLERANCE, confidence=CONFIDENCE, looks=times)
        if aim.measure not in out or not found.settled:
            out[aim.measure] = found
    return out


def _behind(spec: Spec, found: Mapping[str, Values], cells: list[str]) -> set[str]:
    """Return the options that are clearly behind on the measure that was named."""
    series = {name: found[name][spec.drop] for name in cells if spec.drop in found[name]}
    base = next((name for name in series if name.startswith(f"{BASELINE}/")), "")
    mean = estimate([one for one in series.get(base, []) if one is not None], CONFIDENCE)
    if len(series) < 2 or mean is None:
        return set()
    still = selection.in_play(
        series,
        DIRECTION[spec.drop],
        TOLERANCE * abs(mean.mean),
        first=spec.replications,
        of=len(spec.designs),
        confidence=CONFIDENCE,
    )
    return set(series) - set(still) - {base}


def corrected(spec: Spec, blocks: Wanted, known: Known) -> tuple[Corrected, ...]:
    """Return the verdicts of all options on the judged measures, corrected for being many under one scenario."""
    found = told(blocks, known)
    out: list[Corrected] = []
    for scenario in spec.scenarios:
        base = found[f"{BASELINE}/{scenario.id}"]
        apart = {
            f"{design.id}/{scenario.id}/{measure}": selection.paired(base[measure], mine[measure])
            for design in spec.designs
            if design.id != BASELINE
            for mine in (found[f"{design.id}/{scenario.id}"],)
            for measure in JUDGED
            if measure in mine and measure in base
        }
        pairs = {id: series for id, series in apart.items() if len(series) > 1}
        for id, chance in selection.holm({id: selection.two_sided(series) for id, series in pairs.items()}).items():
            out.append(Corrected(id=id, p=fraction(chance, CERTAIN), verdict=_word(id, pairs[id], chance)))
    return tuple(out)


def _word(id: str, apart: list[float], chance: float) -> str:
    """Return the verdict on a difference, given its corrected p-value."""
    alone = estimate(apart, CONFIDENCE)
    if alone is None:
        return "unclear"
    word = verdict(alone, DIRECTION[id.rpartition("/")[2]])
    return word if word == "same" or chance <= 1 - CONFIDENCE else "unclear"


def best(spec: Spec, blocks: Wanted, known: Known) -> tuple[Best, ...]:
    """Return which design is best on each judged measure under each scenario; with one design nothing is."""
    found = told(blocks, known)
    out = []
    for scenario in spec.scenarios:
        for measure in JUDGED:
            series = {
                design.id: line
                for design in spec.designs
                if (line := found[f"{design.id}/{scenario.id}"].get(measure)) is not None
            }
            chosen = selection.choose(series, DIRECTION[measure], CONFIDENCE) if len(series) > 1 else None
            if chosen:
                sure = fraction(chosen.confidence, CERTAIN)
                id = f"{scenario.id}/{measure}"
                out.append(Best(id=id, best=chosen.best, confidence=sure, left=chosen.left))
    return tuple(out)
