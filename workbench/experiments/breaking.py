"""The break-point of an experiment as a job: how much more demand each design bears, with and without people away."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from process_models.graph.design import Design
from process_models.values.calendars import DAY
from process_models.values.sentences import Sentence
from simulations.breaking import Edge, Threshold, edge_of, with_people_away
from workbench import documents, jobs, record
from workbench.database import reading, transaction
from workbench.errors import NotPossible
from workbench.experiments import store
from workbench.experiments.model import Bears, BreakPoint, Experiment, Spec
from workbench.jobs import HANDLERS, Job, Progress
from workbench.permissions import Actor, Permission, require

JOB = "break-point"
SPELL = 3 * DAY
LOOKS = 12
"""Looks a design takes at most, about; only to say how far it is."""


def subject(experiment: Experiment) -> str:
    """Return what jobs about an experiment's break-point name."""
    return f"simulation/{experiment.id}"


def ask(engine: Engine, actor: Actor, experiment: Experiment, wanted: BreakPoint) -> str:
    """Ask how much more demand the designs of an experiment bear, as a job, and return its id."""
    with transaction(engine) as db:
        require(actor, Permission.EXPERIMENT_RUN, experiment.place)
        if any(job.open for job in jobs.about(db, subject(experiment), JOB)):
            raise NotPossible("break_point_running")
        kept = documents.keep(db, wanted)
        job = jobs.ask(db, JOB, {"spec": experiment.spec, "wanted": kept}, actor.person, subject(experiment))
        record.enter(db, actor.person, "ask for break-point", subject(experiment), {"wanted": kept})
    return job


def play(job: Job, progress: Progress) -> Any:
    """Find the edge of every design, as it is and with people away, and keep what was found."""
    with reading(progress.engine) as db:
        spec = documents.fetch(db, job.input["spec"], Spec)
        wanted = documents.fetch(db, job.input["wanted"], BreakPoint)
        scenario = store.scenario_of(db, next(one.digest for one in spec.scenarios if one.id == wanted.scenario))
        designs = [(one.id, documents.fetch(db, one.digest, Design)) for one in spec.designs]
    asked = Threshold(wanted.measure, wanted.direction, float(wanted.threshold))
    plays = [
        (name, design, under)
        for id, design in designs
        for name, under in ((id, scenario), (f"{id}/away", with_people_away(scenario, design, wanted.away, SPELL)))
    ]
    found = [
        _bears(name, edge_of(design, under, asked, wanted.seed, _beat(progress, n, len(plays))))
        for n, (name, design, under) in enumerate(plays)
    ]
    with transaction(progress.engine) as db:
        fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        kept = documents.keep(db, BreakPoint(**{**fields, "bears": tuple(found)}))
        progress.finish(db, {"found": kept})
    return None


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
