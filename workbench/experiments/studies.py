"""What is looked for in an experiment beside its figures: each sort is a job of its own, one of a sort at a time."""

from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from process_models.graph.design import Design
from process_models.values.document import Document
from simulations.scenario import Scenario
from workbench import documents, jobs, record
from workbench.database import reading, transaction
from workbench.errors import NotPossible
from workbench.experiments import store
from workbench.experiments.model import Experiment, Spec
from workbench.jobs import Job, Progress
from workbench.permissions import Actor, Permission, require

Kind = TypeVar("Kind", bound=Document)


def subject(experiment: Experiment) -> str:
    """Return what jobs about an experiment name."""
    return f"simulation/{experiment.id}"


def ask(engine: Engine, actor: Actor, experiment: Experiment, sort: str, wanted: Document) -> str:
    """Ask for a study of a sort, and return the job's id."""
    with transaction(engine) as db:
        require(actor, Permission.EXPERIMENT_RUN, experiment.place)
        if any(job.open for job in jobs.about(db, subject(experiment), sort)):
            raise NotPossible("study_running")
        kept = documents.keep(db, wanted)
        job = jobs.ask(db, sort, {"spec": experiment.spec, "wanted": kept}, actor.person, subject(experiment))
        record.enter(db, actor.person, f"ask for {sort}", subject(experiment), {"wanted": kept})
    return job


def newest(db: Connection, experiment: Experiment, sort: str, kind: type[Kind]) -> tuple[Job | None, Kind | None]:
    """Return the newest job of a sort unless it is through, and what the newest that is through found."""
    about = jobs.about(db, subject(experiment), sort)
    done = next((job for job in about if job.result), None)
    found = documents.fetch(db, done.result["found"], kind) if done else None
    return (about[0] if about and not about[0].result else None), found


def asked(
    job: Job, progress: Progress, kind: type[Kind], scenario: str = "scenario"
) -> tuple[Spec, Kind, Scenario, dict[str, Design]]:
    """Return what a job was asked: the experiment, the question, its scenario and the designs by id, as-is first."""
    with reading(progress.engine) as db:
        spec = documents.fetch(db, job.input["spec"], Spec)
        wanted = documents.fetch(db, job.input["wanted"], kind)
        under = next(one.digest for one in spec.scenarios if one.id == getattr(wanted, scenario))
        found = store.scenario_of(db, under)
        designs = {one.id: documents.fetch(db, one.digest, Design) for one in spec.in_order}
    return spec, wanted, found, designs


def keep(progress: Progress, found: Any) -> None:
    """Keep what a study found, and end its job."""
    with transaction(progress.engine) as db:
        progress.finish(db, {"found": documents.keep(db, found)})
