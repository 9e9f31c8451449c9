"""A small option, a scenario, a simulation that is through, and a recommendation, made through the operations of pages."""

import secrets

from msgspec.structs import replace
from sqlalchemy import Engine, Table, select, text, update

from process_models.graph.design import Shift
from process_models.graph.edits import ChangeStep
from process_models.redesign.moves import ChangeStaffing, Move, Remove
from process_models.values.calendars import DAY
from process_models.values.fractions import Fraction
from simulations.experiments import BlockResult
from simulations.scenario import Away, Scenario, Stream
from tests.building import WEEKDAYS
from tests.workbench import reviewing
from workbench import database, documents, example, jobs, signatures
from workbench.config import Settings
from workbench.decisions import operations as decisions
from workbench.decisions import store as decision_rows
from workbench.decisions.model import Pack, Proposal, Recommendation, Wording
from workbench.decisions.packing import pack_of
from workbench.experiments import operations as experiments
from workbench.experiments import store as experiment_rows
from workbench.experiments.model import Experiment
from workbench.implementation import store as action_rows
from workbench.implementation.model import Action
from workbench.jobs import Progress, Terms
from workbench.options import operations as options
from workbench.options import store as option_rows
from workbench.options.model import Option
from workbench.processes import operations as processes
from workbench.processes import store as process_rows
from workbench.reviews import operations as reviews
from workbench.reviews import store as review_rows
from workbench.signatures import Intent, Signature

QUICK = Terms(lease=5.0, heartbeat=0.5, pause=0.02)
NO_CHECK = Remove("check")
WORDS = Wording(
    title="Decide refunds without a check",
    why="We recommend option A: the check changes nothing that the second check would not catch.",
    costs="Half a day of training.",
    risks="More wrong refunds reach the second check.",
    considered="More heads.",
    unknown="How often the check is right.",
)
PLAYED: dict[str, BlockResult] = {}
"""Blocks that a test before has played: the same tasks give the same numbers, so each is played once a session."""


def more_heads(heads: int = 4) -> Move:
    """Return a move that staffs the handlers differently."""
    return ChangeStaffing("claims handlers", (Shift(id="days", spans=WEEKDAYS, heads=heads),))


def a_scenario(name: str = "Usual week", per_hour: Fraction = "4", **more: object) -> Scenario:
    """Return a week in which cases come in office hours."""
    hours = tuple(per_hour if 9 <= hour % 24 < 17 and hour < 120 else "0" for hour in range(168))
    fixed = {"id": "scenario", "start": "2026-03-02T00:00", "zone": "Europe/London", "period": 5 * DAY}
    streams = (Stream(id="cases", per_hour=hours),)
    return Scenario(**{**fixed, "name": name, "streams": streams, **more})  # type: ignore[arg-type]


def short_of_people() -> Scenario:
    """Return a week in which a handler is away."""
    away = Away(id="known", pool="claims handlers", heads=1, start=0, end=5 * DAY)
    return a_scenario("Somebody away", away=(away,))


def an_option(engine: Engine, review: str, author: str = "nora", moves: tuple[Move, ...] = (NO_CHECK,)) -> Option:
    """Make a draft of somebody."""
    made = options.begin(engine, example.actor(engine, "nora"), review, f"Without {secrets.token_hex(3)}", moves)
    if author != "nora":
        given_to(engine, author, (option_rows.option, option_rows.option.c.id == made.id))
        given_to(engine, author, (option_rows.option_revision, option_rows.option_revision.c.option == made.id))
    with database.reading(engine) as db:
        return option_rows.find(db, made.id)


def given_to(engine: Engine, author: str, *rows: tuple[Table, object]) -> None:
    """Make somebody the author of rows."""
    with database.transaction(engine) as db:
        for table, which in rows:
            db.execute(update(table).where(which).values(author=author))  # type: ignore[arg-type]


def change_baseline(engine: Engine, review: str, step: str, **fields: object) -> None:
    """Change a step of the process under review, and mark the new version as the baseline."""
    process, nora = reviewing.found(engine, review).process, example.actor(engine, "nora")
    with database.reading(engine) as db:
        head = process_rows.head(db, process)
        old = process_rows.graph(db, head).by_id[step]
    edit = ChangeStep(replace(old, **fields))  # type: ignore[arg-type]
    new = processes.edit(engine, nora, process, head.n, edit, "changed")
    processes.tag(engine, nora, process, new.n, "Newer", True)


def submitted(engine: Engine, option: Option) -> Option:
    """Submit a draft."""
    options.act(engine, example.actor(engine, "nora"), option.id, "submit")
    return option


def asked_to_play(
    engine: Engine,
    review: str,
    chosen: tuple[str, ...] = (),
    scenarios: tuple[Scenario, ...] = (),
    author: str = "nora",
) -> Experiment:
    """Ask for the as-is process and options to be played."""
    nora = example.actor(engine, "nora")
    under = tuple(
        experiments.describe(engine, nora, review, one).id for one in scenarios or (a_scenario(), short_of_people())
    )
    made = experiments.ask(engine, nora, review, chosen, under, 20, 7)
    if author != "nora":
        with database.transaction(engine) as db:
            rows = update(experiment_rows.experiment).where(experiment_rows.experiment.c.id == made.id)
            db.execute(rows.values(asked_by=author))
            db.execute(update(jobs.job).where(jobs.job.c.id == made.job).values(asked_by=author))
    return found_experiment(engine, made.id)


def found_experiment(engine: Engine, id: str) -> Experiment:
    """Return an experiment."""
    with database.reading(engine) as db:
        return experiment_rows.find(db, id)


def played(engine: Engine, experiment: Experiment) -> Experiment:
    """Play what was asked for, in this process; blocks played in tests before are put in place first."""
    with database.transaction(engine) as db:
        for block in PLAYED.values():
            experiment_rows.keep_block(db, block)
        taken = jobs.take(db, QUICK)
    assert taken is not None
    assert taken.id == experiment.job
    experiments.play(taken, Progress(engine, taken.id, taken.tries))
    with database.reading(engine) as db:
        spec = experiment_rows.spec(db, experiment)
        keys = {task.key for own in experiments.wanted(db, spec).values() for task in own}
        PLAYED.update(experiment_rows.blocks(db, keys))
    return found_experiment(engine, experiment.id)


def tampered(engine: Engine, digest: str) -> None:
    """Change the bytes of a stored document, past the guard that keeps documents as they are."""
    guard = {
        "sqlite": "DROP TRIGGER document_no_update",
        "postgresql": "ALTER TABLE document DISABLE TRIGGER document_append_only",
    }
    table = documents.document
    with database.transaction(engine) as db:
        body = bytes(db.execute(select(table.c.body).where(table.c.digest == digest)).scalar_one())
        db.execute(text(guard[db.dialect.name]))
        db.execute(update(table).where(table.c.digest == digest).values(body=body.replace(b"0", b"1", 1)))


def with_signed_scope(engine: Engine) -> str:
    """Make a review whose scope Henrik has signed."""
    id = reviewing.an_asked_review(engine)
    with database.transaction(engine) as db:
        review = review_rows.find(db, id)
        intent = Intent(shown=review.asked_scope, outcome="approve", reason="It fits.")
        signatures.sign(db, "henrik", review.scope_subject, "agreement", reviews.to_sign(db, id), intent)
    return id


def a_proposal(engine: Engine, review: str) -> Proposal:
    """Return a proposal on a submitted option and a simulation of it that is through."""
    option = submitted(engine, an_option(engine, review))
    experiment = played(engine, asked_to_play(engine, review, (option.id,)))
    finding = reviewing.an_accepted_finding(engine, review)
    return Proposal(option=option.id, experiment=experiment.id, wording=WORDS, findings=(finding,))


def a_recommendation(engine: Engine, author: str = "nora", review: str = "") -> str:
    """Make a recommendation that somebody wrote, submitted for a decision."""
    review = review or with_signed_scope(engine)
    nora = example.actor(engine, "nora")
    made = decisions.begin(engine, nora, review, a_proposal(engine, review))
    decisions.submit(engine, nora, made.id)
    if author != "nora":
        table, revision = decision_rows.recommendation, decision_rows.recommendation_revision
        given_to(engine, author, (table, table.c.id == made.id), (revision, revision.c.recommendation == made.id))
        with database.transaction(engine) as db:
            db.execute(update(table).where(table.c.id == made.id).values(asked_by=author))
    return made.id


def an_action(engine: Engine, review: str) -> str:
    """Put an open action of Grace's into a review, whatever was decided there."""
    id, at = secrets.token_hex(8), database.now()
    fields = {"kind": "train", "text": "Train two handlers", "step": "", "measure": "", "check": None, "origin": ""}
    new = Action(id=id, review=review, owner="grace", due=at.date(), author="nora", at=at, **fields)  # type: ignore[arg-type]
    with database.transaction(engine) as db:
        action_rows.add(db, new)
    return id


def found(engine: Engine, id: str) -> Recommendation:
    """Return a recommendation."""
    with database.reading(engine) as db:
        return decision_rows.find(db, id)


def pack(engine: Engine, id: str) -> Pack:
    """Return the pack of the present content."""
    with database.reading(engine) as db:
        return pack_of(db, decision_rows.find(db, id))


def password(settings: Settings, login: str = "henrik") -> str:
    """Return the password of a person of the example."""
    return example.example_passwords(settings)[login]


def decided(
    engine: Engine, settings: Settings, id: str, shown: str, login: str = "henrik", **more: object
) -> Signature:
    """Sign a decision on what was shown."""
    intent = Intent(**{"shown": shown, "outcome": "approve", "reason": "It saves a day.", **more})  # type: ignore[arg-type]
    return decisions.decide(engine, example.actor(engine, login), id, intent, password(settings, login), "127.0.0.1")
