"""The break-point of an experiment as a job: how much more demand, absence and heads away each design bears."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from process_models.graph.design import Design
from process_models.values.sentences import Sentence
from simulations.breaking import ABSENCE, DEMAND, SPELL, Edge, Stress, Threshold, edge_of, heads_of, with_people_away
from simulations.scenario import Scenario
from workbench.experiments import studies
from workbench.experiments.model import Bears, BreakPoint
from workbench.jobs import HANDLERS, Job, Progress

JOB = "break-point"
LOOKS = 12
"""Looks an edge takes at most, about; only to say how far it is."""


class Search(NamedTuple):
    """One edge to be found."""

    id: str
    """Design, and after a slash what is put on it; the design alone for demand as it is."""
    design: Design
    scenario: Scenario
    stress: Stress


def play(job: Job, progress: Progress) -> Any:
    """Find the edges of every design, and keep what was found."""
    _, wanted, scenario, designs = studies.asked(job, progress, BreakPoint)
    asked = Threshold(wanted.measure, wanted.direction, float(wanted.threshold))
    wished = [search for id, design in designs.items() for search in searches(wanted, id, design, scenario)]
    found = [
        _bears(
            one.id,
            edge_of(one.design, one.scenario, asked, wanted.seed, _beat(progress, n, len(wished)), one.stress),
        )
        for n, one in enumerate(wished)
    ]
    studies.keep(progress, replace(wanted, bears=tuple(found)))


def searches(wanted: BreakPoint, id: str, design: Design, scenario: Scenario) -> Iterator[Search]:
    """Yield the edges to be found of a design: demand, demand with people away, absence, heads of a pool."""
    yield Search(id, design, scenario, DEMAND)
    yield Search(f"{id}/away", design, with_people_away(scenario, design, wanted.away, SPELL), DEMAND)
    yield Search(f"{id}/absence", design, scenario, ABSENCE)
    heads = heads_of(design, wanted.pool) if wanted.pool else None
    if heads:
        yield Search(f"{id}/heads", design, scenario, heads)


def _bears(name: str, found: Edge) -> Bears:
    return Bears(id=name, sure=found.sure, mean=found.mean, perhaps=found.perhaps)


def _beat(progress: Progress, played: int, of: int) -> Callable[[], None]:
    """Return what tells, look by look, how far it is, and may stop the play."""
    looks = 0

    def beat() -> None:
        nonlocal looks
        done = played * LOOKS + min(looks, LOOKS - 1)
        progress(done, of * LOOKS, Sentence.of("break_point_looks", played=played, of=of))
        looks += 1

    return beat


HANDLERS[JOB] = play
