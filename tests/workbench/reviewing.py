"""A small process and a review of it, made through the operations that pages use."""

import secrets

from msgspec.structs import replace
from sqlalchemy import Engine

from process_models.evidence.satisfaction import Feature
from process_models.graph.design import Design
from process_models.graph.steps import Obligation
from process_models.redesign.envelope import Envelope, Lock
from process_models.values.fractions import Fraction
from tests.building import design_of, graph_of
from workbench import database, example
from workbench.analyses import operations as analyses
from workbench.analyses.model import Series
from workbench.findings import operations as findings
from workbench.findings.model import Written
from workbench.processes import operations as processes
from workbench.questions import store as question_rows
from workbench.questions.model import Question
from workbench.reviews import operations, store
from workbench.reviews.model import Aim, Criterion, Plan, Review, Scope

EYES = Obligation(id="O1", name="Two pairs of eyes", basis="code", needs_record=True, applies_from="pay")


def refunds() -> Design:
    """Return a small sound process: take, check, decide with refusals, second check, pay."""
    graph = graph_of(
        "start take, take check, check decide, decide refused 0.2, decide second 0.8, second pay, pay end",
        made={
            "take": {"role": "claims handler"},
            "check": {"role": "claims handler"},
            "decide": {"role": "claims handler", "rejects": True},
            "second": {"role": "senior", "nature": "control", "covers": ("O1",), "records": ("O1",)},
            "pay": {"role": "claims handler"},
        },
        obligations=(EYES,),
    )
    return design_of(graph, heads=3)


def a_process(engine: Engine) -> str:
    """Make a process of the example's service."""
    design = refunds()
    name = f"Refunds {secrets.token_hex(3)}"
    lead = example.actor(engine, "nora")
    process = processes.add(engine, lead, example.SERVICE, name, design.graph, design.staffing)
    processes.tag(engine, lead, process.id, 1, "As is", True)
    return process.id


def a_review(engine: Engine, author: str = "nora") -> str:
    """Make a review that somebody began."""
    process = a_process(engine)
    id = f"review-{secrets.token_hex(3)}"
    with database.transaction(engine) as db:
        store.add(db, Review(id, example.SERVICE, process, "Refunds", author, database.now()))
    return id


def criterion(threshold: Fraction = "0.9") -> Criterion:
    """Return a criterion on the promise."""
    return Criterion(id="in-time", name="In time", measure="promise", direction="at least", threshold=threshold)


PLAN = Plan(
    aims=(Aim("faster", "Customers wait less"),),
    features=(Feature(id="right", name="Right the first time", outcome="first_time_right"),),
    criteria=(criterion(),),
)


def scope_of(review: Review, **fields: object) -> Scope:
    """Return a scope over the middle of the small process."""
    drawn = {
        "process": review.process,
        "first": "take",
        "last": ("pay", "refused"),
        "included": ("refunds",),
        "envelope": Envelope(extra_heads=2),
        "locks": (Lock(id="L1", kind="step", target="second", reason="The code asks for it."),),
    }
    return Scope(**{**drawn, **fields})  # type: ignore[arg-type]


def found(engine: Engine, id: str) -> Review:
    """Return a review."""
    with database.reading(engine) as db:
        return store.find(db, id)


def an_asked_review(engine: Engine, author: str = "nora") -> str:
    """Make a review whose scope somebody asked to be signed."""
    id = a_review(engine, author)
    lead = example.actor(engine, "nora")
    operations.plan(engine, lead, id, 0, PLAN)
    operations.draw_scope(engine, lead, id, 0, scope_of(found(engine, id)))
    operations.submit_scope(engine, lead, id)
    if author != "nora":
        with database.transaction(engine) as db:
            store.ask_scope(db, id, store.find(db, id).asked_scope, author)
    return id


def a_question(engine: Engine, author: str = "nora") -> str:
    """Make an open question about a step of claims handlers, raised by somebody."""
    review = a_review(engine)
    id = secrets.token_hex(8)
    new = Question(
        id, review, "check", "Q19", "What is this step for?", "T37", "Not known yet.", 0.3, author, database.now()
    )
    with database.transaction(engine) as db:
        question_rows.add(db, new)
    return id


FOUND = Written(
    text="Every second check finds nothing.",
    evidence="Of 40 files that were looked at, 38 passed unchanged.",
    grade="B",
    steps=("check",),
    teams=("claims handler",),
)


def a_finding(engine: Engine, review: str = "", written: Written = FOUND) -> str:
    """Write down a finding of a review that names a team."""
    return findings.write(engine, example.actor(engine, "nora"), review or a_review(engine), written).id


def a_finding_with_teams(engine: Engine, author: str = "nora") -> str:
    """Write down a finding and put it to the team it names."""
    id = a_finding(engine, a_review(engine, author))
    findings.put_to_teams(engine, example.actor(engine, "nora"), id)
    return id


def an_unnamed_finding(engine: Engine, review: str) -> str:
    """Write down a finding that names no team."""
    return a_finding(engine, review, replace(FOUND, teams=()))


def an_accepted_finding(engine: Engine, review: str) -> str:
    """Write down a finding that names no team, and accept it."""
    id = an_unnamed_finding(engine, review)
    findings.accept(engine, example.actor(engine, "nora"), id)
    return id


WEEKS = "week,late,all,who\n" + "".join(f"2026-W{n:02},{5 + n % 3},{90 + n % 7},Ada\n" for n in range(1, 25))
"""Late cases of all cases in twenty-four weeks that are much alike."""


def evidence(engine: Engine, review: str, content: str = WEEKS) -> str:
    """Bring in a table of a review."""
    return analyses.bring(engine, example.actor(engine, "nora"), review, "weeks.csv", content.encode()).id


def an_analysis(engine: Engine, review: str, content: str = WEEKS) -> str:
    """Chart the late cases of a table."""
    asked = Series(label="week", value="late", size="all")
    table = evidence(engine, review, content)
    return analyses.ask(engine, example.actor(engine, "nora"), table, "Late cases", asked).id
