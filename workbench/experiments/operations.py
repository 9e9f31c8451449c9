"""What people do with experiments: describe scenarios, ask for a play, and have it played block by block.

The job keeps every block as soon as it is played. Killed and taken up again, it plays only what is missing; two workers
that play the same block store the same document under the same key.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from process_models.graph.design import Design
from process_models.values.calendars import DAY
from process_models.values.document import slug
from process_models.values.sentences import Sentence
from simulations import executors
from simulations.experiments import BLOCK, BlockResult, Task, planned, run_block, run_or_stop, summarise, tasks
from simulations.plan import plan
from simulations.precision import Aim
from simulations.scenario import Scenario
from simulations.steady import LEAST_DAYS, cut, settling
from workbench import documents, jobs, record
from workbench.config import settings_from
from workbench.database import now, reading, transaction
from workbench.errors import NotPossible
from workbench.experiments import rounds, store
from workbench.experiments.model import (
    BASELINE,
    DECISIVE,
    MOST,
    Cell,
    Experiment,
    Grown,
    Outcome,
    Played,
    ScenarioRow,
    Settled,
    Spec,
)
from workbench.experiments.rounds import Wanted
from workbench.jobs import HANDLERS, Job, Progress
from workbench.options import operations as options
from workbench.options import store as option_rows
from workbench.permissions import Actor, Permission, require
from workbench.reviews import store as reviews
from workbench.reviews.model import Plan as ReviewPlan

JOB = "simulate"


def describe(engine: Engine, actor: Actor, id: str, scenario: Scenario) -> ScenarioRow:
    """Keep a scenario of a review; one of the same name is put in its place, its former state stays a document."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.SCENARIO_EDIT, review.place)
        row = ScenarioRow(slug(scenario.name), id, scenario.name, documents.keep(db, scenario), actor.person, now())
        store.put_scenario(db, row)
        content = {"scenario": row.id, "digest": row.digest}
        record.enter(db, actor.person, "describe scenario", f"review/{id}", content)
    return row


def ask(
    engine: Engine,
    actor: Actor,
    id: str,
    chosen: tuple[str, ...],
    under: tuple[str, ...],
    replications: int,
    seed: int,
    most: int = 0,
    drop: str = "",
    run: Literal["terminating", "steady"] = "terminating",
) -> Experiment:
    """Ask for the baseline and chosen options to be played under chosen scenarios, as a job.

    With ``most`` above ``replications`` more are played until the decision's figures are known well enough. Raises
    PlanError, with the step, where a design cannot be played.
    """
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.EXPERIMENT_RUN, review.place)
        on = options.baseline(db, review)
        designs = [Played(BASELINE, "As is", documents.keep(db, on))]
        for found in option_rows.options(db, id):
            if found.id in chosen:
                drafted = options.worked_out(db, found)
                if drafted.document.baseline != designs[0].digest:
                    raise NotPossible("option_behind", option=found.title)
                designs.append(Played(found.letter, found.title, drafted.document.design, found.id))
        rows = [row for row in store.scenarios(db, id) if row.id in under]
        if not rows:
            raise NotPossible("no_scenario_chosen")
        spec = Spec(
            designs=tuple(designs),
            scenarios=tuple(Played(row.id, row.name, row.digest) for row in rows),
            features=reviews.plan(db, id).features,
            seed=seed,
            run=run,
            **(
                _adding(replications, most, drop, aims(reviews.plan(db, id)))
                if most
                else {"replications": replications}
            ),
        )
        for _, design, scenario in _pairs(db, spec):
            plan(design, scenario)
            if run == "steady" and scenario.period < LEAST_DAYS * DAY:
                raise NotPossible("steady_needs_weeks", scenario=scenario.name)
        new = secrets.token_hex(8)
        kept = documents.keep(db, spec)
        job = jobs.ask(db, JOB, {"experiment": new, "spec": kept}, actor.person, f"review/{id}")
        made = Experiment(new, id, review.service, kept, job, actor.person, now())
        store.add(db, made)
        record.enter(db, actor.person, "ask for simulation", f"review/{id}", {"experiment": new, "spec": kept})
    return made


def _pairs(db: Connection, spec: Spec) -> list[tuple[str, Design, Scenario]]:
    """Return every design under every scenario, the baseline first."""
    designs = [(played.id, documents.fetch(db, played.digest, Design)) for played in spec.designs]
    designs.sort(key=lambda pair: (pair[0] != BASELINE, pair[0]))
    scenarios = [(played.id, store.scenario_of(db, played.digest)) for played in spec.scenarios]
    return [(f"{design_id}/{id}", design, scenario) for id, scenario in scenarios for design_id, design in designs]


def aims(plan: ReviewPlan) -> tuple[Aim, ...]:
    """Return what must be known well enough: the criteria of a review, or time, waiting and cost where it has none."""
    held = tuple(Aim(id=one.id, measure=one.measure, threshold=one.threshold) for one in plan.criteria)
    return held or tuple(Aim(id=measure, measure=measure) for measure in DECISIVE)


def _adding(replications: int, most: int, drop: str, aims: tuple[Aim, ...]) -> dict[str, Any]:
    """Return the fields of a play that goes on until its aims are settled, in whole blocks."""
    first, last = (-(-number // BLOCK) * BLOCK for number in (replications, max(replications, most)))
    return {"replications": first, "most": min(last, MOST), "aims": aims, "drop": drop}


def wanted(db: Connection, spec: Spec, outcome: Outcome | None = None) -> dict[str, tuple[Task, ...]]:
    """Return the blocks of an experiment, by design and scenario: the first round, or all that led to an outcome."""
    pairs = _pairs(db, spec)
    if outcome is None:
        return _blocks(spec, pairs, {}, {})
    counts = {one.id: one.replications for one in outcome.grown}
    return _blocks(spec, pairs, counts, {name: outcome.warm_up(name) for name, *_ in pairs})


def _blocks(
    spec: Spec, pairs: list[tuple[str, Design, Scenario]], counts: Mapping[str, int], warm_ups: Mapping[str, int]
) -> Wanted:
    return {
        name: tasks(
            design,
            scenario,
            replications=counts.get(name, spec.replications),
            seed=spec.seed,
            features=spec.features,
            warm_up=warm_ups.get(name, 0),
        )
        for name, design, scenario in pairs
    }


def _settled(progress: Progress, spec: Spec, pairs: list[tuple[str, Design, Scenario]]) -> tuple[Settled, ...]:
    """Find the warm-up of every design on a pilot; under one scenario the longest is left out of all."""
    said = Sentence.of("warm_up_looked_for")
    found = {
        name: settling(planned(design, scenario), spec.seed, lambda: progress(0, len(pairs), said))
        for name, design, scenario in pairs
    }

    def told(name: str) -> Settled:
        own = found[name]
        days = cut([found[other] for other in found if other.partition("/")[2] == name.partition("/")[2]]) // DAY
        if own is None:
            return Settled(id=name, cut=days)
        warm_up = -1 if own.warm_up is None else own.warm_up
        return Settled(id=name, cut=days, warm_up=warm_up, grows=own.grows, full=own.full)

    return tuple(told(name) for name in found)


def play(job: Job, progress: Progress) -> Any:
    """Play what an experiment asks for, in rounds where replications are added; known blocks are not played again."""
    with reading(progress.engine) as db:
        spec = documents.fetch(db, job.input["spec"], Spec)
        pairs = _pairs(db, spec)
    known: dict[str, BlockResult] = {}
    grown: dict[str, Grown] = {}
    settled = _settled(progress, spec, pairs) if spec.run == "steady" else ()
    warm_ups = {one.id: one.cut * DAY for one in settled}
    while True:
        blocks = _blocks(spec, pairs, {name: one.replications for name, one in grown.items()}, warm_ups)
        play_blocks(progress, blocks, known)
        following = rounds.following(spec, blocks, known, grown) if spec.most else grown
        if {id: one.replications for id, one in following.items()} == {
            id: sum(task.count for task in blocks[id]) for id in following
        }:
            break
        grown = following
    concluded = _concluded(progress, job.input["spec"], blocks, known)
    outcome = replace(
        concluded,
        grown=tuple(following.values()),
        corrected=rounds.corrected(spec, blocks, known),
        best=rounds.best(spec, blocks, known),
        settled=settled,
    )
    with transaction(progress.engine) as db:
        kept = documents.keep(db, outcome)
        store.finish(db, job.input["experiment"], kept)
        progress.finish(db, {"outcome": kept})
    return None


def play_blocks(
    progress: Progress, blocks: Wanted, known: dict[str, BlockResult], stops: bool = False
) -> dict[str, list[BlockResult]]:
    """Play all blocks that are not known yet, keep each as it comes, add it to what is known, and return them by name.

    With ``stops`` a block that cannot be played to its end has no replications, and is not kept.
    """
    named = {name: [(task.key, task) for task in own] for name, own in blocks.items()}
    every = {key: task for own in named.values() for key, task in own}
    with reading(progress.engine) as db:
        known |= store.blocks(db, (key for key in every if key not in known))
    total = sum(task.count for own in named.values() for _, task in own)
    done = sum(task.count for own in named.values() for key, task in own if key in known)
    progress(done, total, _said(done, total))
    missing = [task for key, task in every.items() if key not in known]
    for task, block in _played(progress, missing, done, total, run_or_stop if stops else run_block):
        if block.replications:
            with transaction(progress.engine) as db:
                store.keep_block(db, block)
        known[block.key] = block
        done += task.count
        progress(done, total, _said(done, total))
    return {name: [known[key] for key, _ in own] for name, own in named.items()}


def _played(
    progress: Progress, missing: list[Task], done: int, total: int, run: Callable[..., BlockResult]
) -> Iterator[tuple[Task, BlockResult]]:
    """Play blocks: here where they are small, else on all cores or the cluster that the settings name."""
    settings = settings_from()
    if not settings.cluster and (executors.cases(missing) < executors.WORTH_IT or settings.cores == 1):
        for task in missing:
            yield task, _here(progress, task, done, total, run)
            done += task.count
        return
    seen = done

    def beat() -> None:
        progress(seen, total, _said(seen, total))

    with executors.opened(settings.cluster, settings.cores) as executor:
        for task, block in executors.completed(executor, run, missing, beat):
            seen += task.count
            yield task, block


def _here(progress: Progress, task: Task, done: int, total: int, run: Callable[..., BlockResult]) -> BlockResult:
    """Play one block in this process."""

    def through(number: int) -> None:
        now_done = done + number - task.first + 1
        progress(now_done, total, _said(now_done, total))

    def alive(_cases: int) -> None:
        progress(done, total, _said(done, total))

    return run(task, through, alive)


def _said(done: int, total: int) -> Sentence:
    return Sentence.of("replications_done", done=done, total=total)


def _concluded(
    progress: Progress, spec: str, blocks: dict[str, tuple[Task, ...]], known: dict[str, BlockResult]
) -> Outcome:
    """Summarise each design under each scenario beside the baseline under the same scenario."""
    cells = []
    with transaction(progress.engine) as db:
        for name, own in blocks.items():
            beside = blocks[f"{BASELINE}/{name.partition('/')[2]}"]
            against = () if beside is own else tuple(known[task.key] for task in beside)
            found = summarise([known[task.key] for task in own], against)
            cells.append(Cell(name, documents.keep(db, found)))
    keys = sorted({task.key for own in blocks.values() for task in own})
    return Outcome(spec=spec, cells=tuple(cells), blocks=tuple(keys))


HANDLERS[JOB] = play
