"""Heads by interval as a job: what a formula says, what the simulation says, and what it would cost."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Engine

from process_models.graph.design import Design
from process_models.values.fractions import fraction
from process_models.values.sentences import Sentence
from simulations.staffing import MOST_PLAYS, Found, Promise, cost, needed
from workbench import documents
from workbench.database import reading
from workbench.errors import NotPossible
from workbench.experiments import store, studies
from workbench.experiments.model import Experiment, Manned, Staffed
from workbench.experiments.sensing import told
from workbench.jobs import HANDLERS, Job, Progress
from workbench.permissions import Actor

JOB = "heads"


def ask(engine: Engine, actor: Actor, experiment: Experiment, wanted: Staffed) -> str:
    """Ask how many heads a pool of a design needs, and return the job's id; refused where it has no such pool."""
    with reading(engine) as db:
        spec = store.spec(db, experiment)
        design = documents.fetch(db, next(one.digest for one in spec.designs if one.id == wanted.design), Design)
    pool = design.staffing.pool(wanted.pool)
    if pool is None or not pool.heads:
        raise NotPossible("pool_not_there")
    return studies.ask(engine, actor, experiment, JOB, wanted)


def play(job: Job, progress: Progress) -> Any:
    """Find the heads, and keep them beside those of the formula and those there are now."""
    _, wanted, scenario, designs = studies.asked(job, progress, Staffed)
    design = designs[wanted.design]

    def beat(plays: int) -> None:
        progress(min(plays, MOST_PLAYS), MOST_PLAYS, Sentence.of("heads_tried", plays=plays))

    found = needed(
        design,
        scenario,
        wanted.pool,
        Promise(wanted.within, float(wanted.share)),
        wanted.seed,
        length=wanted.length,
        replications=wanted.replications,
        beat=beat,
    )
    pool = design.staffing.pool(wanted.pool)
    studies.keep(progress, kept(wanted, found, pool.rate if pool else 0))


def kept(wanted: Staffed, found: Found, rate: int) -> Staffed:
    """Return what was found as it is kept."""
    return replace(
        wanted,
        rows=tuple(
            Manned(
                day=part.day,
                start=part.start,
                end=part.end,
                came=fraction(level.came, 2),
                now=found.now[n],
                formula=found.formula[n],
                heads=found.heads[n],
                kept=told(level.kept),
                before=told(found.before[n].kept),
                unmet=n in found.unmet,
            )
            for n, (part, level) in enumerate(zip(found.intervals, found.levels, strict=True))
        ),
        plays=found.plays,
        stopped=found.stopped,
        costs=tuple(cost(found.intervals, heads, rate) for heads in (found.now, found.formula, found.heads)),
    )


HANDLERS[JOB] = play
