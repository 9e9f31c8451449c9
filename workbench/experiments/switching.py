"""An experiment played with assumptions switched, as a job: what the figures and the verdicts would be then."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from process_models.graph.design import Design
from simulations.assumptions import LEVELS, moved
from simulations.experiments import BlockResult, summarise, tasks
from simulations.plan import plan
from workbench import documents
from workbench.database import reading, transaction
from workbench.errors import NotPossible
from workbench.experiments import operations, store, studies
from workbench.experiments.model import BASELINE, Cell, Experiment, Switched
from workbench.jobs import HANDLERS, Job, Progress
from workbench.permissions import Actor

JOB = "assumptions"
Blocks = dict[str, list[BlockResult]]


def ask(engine: Engine, actor: Actor, experiment: Experiment, wanted: Switched) -> str:
    """Ask for an experiment with assumptions switched, and return the job's id.

    Raises PlanError, with the reason, where a design cannot be played so.
    """
    if not wanted.levels:
        raise NotPossible("no_switch")
    with reading(engine) as db:
        spec = store.spec(db, experiment)
        scenario = store.scenario_of(db, next(one.digest for one in spec.scenarios if one.id == wanted.scenario))
        designs = [documents.fetch(db, one.digest, Design) for one in spec.designs]
    levels = {id: LEVELS[switch] for id, switch in wanted.levels}
    for design in designs:
        plan(*moved(design, scenario, levels))
    return studies.ask(engine, actor, experiment, JOB, wanted)


def play(job: Job, progress: Progress) -> Any:
    """Play all designs as assumed and with the switches, and keep the summaries."""
    spec, wanted, scenario, designs = studies.asked(job, progress, Switched)
    levels = {id: LEVELS[switch] for id, switch in wanted.levels}
    pairs = {f"{id}/usual": (design, scenario) for id, design in designs.items()}
    pairs |= {f"{id}/then": moved(design, scenario, levels) for id, design in designs.items()}
    blocks = {
        name: tasks(*pair, replications=spec.replications, seed=spec.seed, features=spec.features)
        for name, pair in pairs.items()
    }
    known = operations.play_blocks(progress, blocks, {})
    with transaction(progress.engine) as db:
        found = replace(
            wanted,
            usual=_cells(db, known, tuple(designs), "usual"),
            then=_cells(db, known, tuple(designs), "then"),
            shifts=tuple(
                Cell(id, documents.keep(db, summarise(known[f"{id}/then"], known[f"{id}/usual"]))) for id in designs
            ),
        )
    studies.keep(progress, found)


def _cells(db: Connection, known: Blocks, designs: tuple[str, ...], part: str) -> tuple[Cell, ...]:
    """Keep the summary of each design, options beside the as-is process."""
    base = known[f"{BASELINE}/{part}"]
    return tuple(
        Cell(id, documents.keep(db, summarise(known[f"{id}/{part}"], () if id == BASELINE else base))) for id in designs
    )


HANDLERS[JOB] = play
