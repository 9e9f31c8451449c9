"""What a figure of an experiment hangs on, as a job: each assumption alone, or all together by elementary effects."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from process_models.graph.design import Design
from process_models.values.errors import ModelError
from process_models.values.fractions import fraction
from simulations.assumptions import Assumption, moved, register
from simulations.comparison import Estimate, estimate, verdict
from simulations.experiments import BLOCK, BlockResult, Task, tasks, values
from simulations.plan import plan
from simulations.scenario import Scenario
from simulations.sensitivity import WALKS, Levels, Series, effects, one_at_a_time, placed, swings, walks
from workbench.experiments import operations, studies
from workbench.experiments.model import BASELINE, Sensitivity, Spec, Swung, Told, Worked
from workbench.experiments.rounds import DIRECTION
from workbench.jobs import HANDLERS, Job, Progress

JOB = "sensitivity"
ALONE, TOGETHER = 10, 5
"""Replications of each play: of a tornado, and at each point of the walks."""
PLACES = 4


def play(job: Job, progress: Progress) -> Any:
    """Play a design (and the as-is process beside it) with assumptions moved, and keep what the figure hangs on."""
    spec, wanted, scenario, designs = studies.asked(job, progress, Sensitivity)
    assumptions = register(designs[BASELINE], scenario)
    chosen = {id: designs[id] for id in dict.fromkeys((BASELINE, wanted.design))}
    points, unplayable = _points(wanted, assumptions, chosen, scenario)
    blocks = {
        f"{id}/{n}": _tasks(spec, wanted, *moved(design, scenario, dict(levels)))
        for n, levels in enumerate(points)
        for id, design in chosen.items()
    }
    known = operations.play_blocks(progress, blocks, {}, stops=True)
    series = {name: _series(own, wanted.measure) for name, own in known.items()}
    figures = {
        levels: _figure(wanted, series[f"{BASELINE}/{n}"], series[f"{wanted.design}/{n}"])
        for n, levels in enumerate(points)
    }
    studies.keep(progress, _found(replace(wanted, unplayable=unplayable), assumptions, figures))


def _tasks(spec: Spec, wanted: Sensitivity, design: Design, scenario: Scenario) -> tuple[Task, ...]:
    return tasks(
        design,
        scenario,
        replications=wanted.replications,
        seed=wanted.seed,
        features=spec.features,
        block=min(BLOCK, wanted.replications),
    )


def _points(
    wanted: Sensitivity, assumptions: tuple[Assumption, ...], designs: dict[str, Design], scenario: Scenario
) -> tuple[tuple[Levels, ...], tuple[str, ...]]:
    """Return what is to be played, and the assumptions that cannot be switched because no design could be played so."""
    barred = {
        id
        for ((id, level),) in one_at_a_time(assumptions)[1:]
        if not all(_playable(*moved(design, scenario, {id: level})) for design in designs.values())
    }
    left = tuple(one for one in assumptions if one.id not in barred and one.switches)
    if wanted.way == "alone":
        return one_at_a_time(left), tuple(sorted(barred))
    path = walks([one.id for one in left], wanted.seed, WALKS)
    return tuple(dict.fromkeys(((), *(placed(left, point) for walk in path for point in walk)))), tuple(sorted(barred))


def _playable(design: Design, scenario: Scenario) -> bool:
    try:
        plan(design, scenario)
    except ModelError:
        return False
    return True


def _series(blocks: list[BlockResult], measure: str) -> Series:
    """Return one value a replication; none at all where any of the blocks had to be stopped."""
    return values(blocks).get(measure, []) if all(block.replications for block in blocks) else []


def _figure(wanted: Sensitivity, base: Series, mine: Series) -> Series:
    """Return the measure of a design, of an option as its difference to the as-is process."""
    if wanted.design == BASELINE:
        return mine
    return [None if None in (a, b) else (b or 0.0) - (a or 0.0) for a, b in zip(base, mine, strict=False)]


def _found(wanted: Sensitivity, assumptions: Iterable[Assumption], figures: dict[Levels, Series]) -> Sensitivity:
    direction = DIRECTION[wanted.measure]
    usual = estimate([one for one in figures[()] if one is not None])
    apart = wanted.design != BASELINE
    left = tuple(one for one in assumptions if one.id not in wanted.unplayable and one.switches)
    found = replace(wanted, usual=told(usual), word=verdict(usual, direction) if usual and apart else "")
    if wanted.way == "alone":
        return replace(
            found,
            swings=tuple(
                Swung(
                    assumption=one.id,
                    switch=one.switch,
                    then=told(one.then),
                    change=told(one.change),
                    word=one.word if apart else "",
                )
                for one in swings(left, figures, direction)
            ),
        )
    return replace(
        found,
        effects=tuple(
            Worked(
                assumption=one.id,
                size=told(one.size) or Told("0"),
                mean=fraction(one.mean, PLACES),
                spread=fraction(one.spread, PLACES),
            )
            for one in effects(left, wanted.seed, figures, WALKS)
        ),
    )


def told(found: Estimate | None) -> Told | None:
    """Return an estimate as it is kept."""
    if found is None:
        return None
    if found.low is None or found.high is None:
        return Told(fraction(found.mean, PLACES))
    return Told(*(fraction(value, PLACES) for value in (found.mean, found.low, found.high)))


HANDLERS[JOB] = play
