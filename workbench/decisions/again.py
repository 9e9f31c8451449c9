"""The re-run: an experiment computed again in a worker's child process, and held against what is stored.

Everything is played first; only then are stored numbers read. Compared are the whole-number sums of every block, and
the means and intervals that follow from them. Blocks are matched by plan and first replication rather than by key, so
that a re-run under newer rules can say what it found and that the rules are newer.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from process_models.values.canonical import digest
from process_models.values.sentences import Sentence
from simulations import experiments as play
from simulations.experiments import BlockResult, Summary, Task
from workbench import documents, jobs, record
from workbench.database import now, reading, transaction
from workbench.decisions import store
from workbench.decisions.model import Differing, Rerun, RerunRow
from workbench.errors import NotPossible, Refusal
from workbench.experiments import operations as experiment_operations
from workbench.experiments import store as experiments
from workbench.experiments.model import BASELINE, Outcome, Spec
from workbench.jobs import HANDLERS, Job, Progress
from workbench.permissions import Actor, Permission, require

JOB = "re-run"
Sums = dict[tuple[str, int, int], str]
"""Digest of a block's sums, by plan, first replication and number of replications."""


def ask(engine: Engine, actor: Actor, id: str) -> str:
    """Ask for the figures of a recommendation to be computed again, as a job, and return the job's id."""
    with transaction(engine) as db:
        found = store.find(db, id)
        require(actor, Permission.RECOMMENDATION_RERUN, found.place)
        if any(job.open for job in jobs.about(db, found.subject, JOB)):
            raise NotPossible("rerun_running")
        experiment = experiments.find(db, store.proposal(db, id).experiment)
        if experiment.outcome is None:
            raise NotPossible("experiment_not_done")
        input = {"recommendation": id, "spec": experiment.spec, "outcome": experiment.outcome, "by": actor.person}
        job = jobs.ask(db, JOB, input, actor.person, found.subject)
        store.add_rerun(db, RerunRow(job, id, actor.person, now()))
        record.enter(db, actor.person, "ask for re-run", found.subject, {"outcome": experiment.outcome})
    return job


def run_again(job: Job, progress: Progress) -> Any:
    """Play every block anew, then compare with what is stored, and keep what was found."""
    with reading(progress.engine) as db:
        stored = documents.fetch(db, job.input["outcome"], Outcome)
        wanted = experiment_operations.wanted(db, documents.fetch(db, job.input["spec"], Spec), stored)
    fresh = _played(wanted, progress)
    with transaction(progress.engine) as db:
        found = compared(db, job.input["outcome"], wanted, fresh)
        kept = documents.keep(db, found)
        store.end_rerun(db, job.id, kept)
        content = {"result": kept, "same": found.same}
        record.enter(db, job.input["by"], "re-run", f"recommendation/{job.input['recommendation']}", content)
        progress.finish(db, {"result": kept})
    return None


def _played(wanted: Mapping[str, tuple[Task, ...]], progress: Progress) -> dict[str, BlockResult]:
    """Play each block once; equal tasks of several designs are one."""
    every = {task.key: task for own in wanted.values() for task in own}
    fresh: dict[str, BlockResult] = {}
    for key, task in every.items():
        said = Sentence.of("rerun_blocks", done=len(fresh), total=len(every))

        def alive(_number: int, done: int = len(fresh), said: Sentence = said) -> None:
            progress(done, len(every), said)

        alive(0)
        fresh[key] = play.run_block(task, alive, alive)
    progress(len(every), len(every), Sentence.of("rerun_blocks", done=len(every), total=len(every)))
    return fresh


def compared(
    db: Connection, outcome: str, wanted: Mapping[str, tuple[Task, ...]], fresh: Mapping[str, BlockResult]
) -> Rerun:
    """Return in which blocks and summaries a stored outcome differs from what was computed anew."""
    stored = documents.fetch(db, outcome, Outcome)
    before = _stored_sums(db, stored)
    told = _stored_summaries(db, stored)
    differing = tuple(
        Differing(name.partition("/")[0], name.partition("/")[2], task.first, task.count)
        for name, own in wanted.items()
        for task in own
        if before.get((told[name].plan if name in told else "", task.first, task.count)) != sums_of(fresh[task.key])
    )
    summaries = tuple(sorted(name for name in wanted if _other(name, wanted, fresh, told)))
    rules = [summary.rules for summary in told.values()]
    return Rerun(
        outcome=outcome,
        rules=play.RULES,
        rules_before=max(rules, default=0),
        blocks=len(fresh),
        differing=differing,
        summaries=summaries,
    )


def sums_of(block: BlockResult) -> str:
    """Return the digest of a block's whole-number sums alone, apart from its key and rules."""
    return digest(list(block.replications))


def _stored_sums(db: Connection, stored: Outcome) -> Sums:
    """Return the sums that are stored; a block that is damaged or gone is left out, and so shows as different."""
    found: Sums = {}
    for key in stored.blocks:
        try:
            known = experiments.blocks(db, [key])
        except (Refusal, ValueError):
            continue
        for block in known.values():
            first, count = block.replications[0].number, len(block.replications)
            found[block.plan, first, count] = sums_of(block)
    return found


def _stored_summaries(db: Connection, stored: Outcome) -> dict[str, Summary]:
    found = {}
    for cell in stored.cells:
        try:
            found[cell.id] = documents.fetch(db, cell.summary, Summary)
        except (Refusal, ValueError):
            continue
    return found


def _other(
    name: str, wanted: Mapping[str, tuple[Task, ...]], fresh: Mapping[str, BlockResult], told: Mapping[str, Summary]
) -> bool:
    """Say whether a stored summary does not follow from the numbers, apart from plan and rules."""
    beside = f"{BASELINE}/{name.partition('/')[2]}"
    against = () if name == beside else [fresh[task.key] for task in wanted[beside]]
    anew = play.summarise([fresh[task.key] for task in wanted[name]], against)
    return name not in told or replace(anew, plan=told[name].plan, rules=told[name].rules) != told[name]


HANDLERS[JOB] = run_again
