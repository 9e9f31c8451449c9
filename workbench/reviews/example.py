"""The example's review: planned and drawn by its lead, waiting for the decision maker's signature."""

from sqlalchemy import Engine

from process_models.evidence.satisfaction import Feature
from process_models.redesign.envelope import Envelope, Lock
from process_models.values.calendars import DAY
from process_models.values.provenance import Provenance
from workbench import example
from workbench.config import Settings
from workbench.data.example import EXPLAIN, MARK, PAY, PROCESS, REGISTER
from workbench.database import reading
from workbench.reviews import operations, store
from workbench.reviews.model import Aim, Criterion, Plan, Scope

NAME = "Household claims, spring 2026"
REVIEW = "household-claims-spring-2026"
"""The id of the example's review."""
SURVEY = Provenance("measured", "B", f"survey of 412 customers ({MARK})", "2026-04-08")
PANEL = Provenance("judged", "C", f"panel of the claims team ({MARK})", "2026-04-08")

PLAN = Plan(
    aims=(
        Aim("sooner", "Customers hear the decision sooner, on Mondays too"),
        Aim("fair", "Refusals come early, before work is spent on them"),
    ),
    features=(
        Feature(
            id="time",
            name="Time until the decision is heard",
            weight="3",
            outcome="time",
            points=((2 * DAY, "100"), (21 * DAY, "0")),
            provenance=SURVEY,
        ),
        Feature(id="promise", name="The promised date is kept", weight="2", outcome="promise", provenance=SURVEY),
        Feature(id="touch", name="How each step feels", weight="1", outcome="steps", provenance=PANEL),
    ),
    criteria=(
        Criterion(
            id="in-time",
            name="Promises kept",
            measure="promise",
            direction="at least",
            threshold="0.9",
            tolerance="0.02",
            source="promises on the web site",
        ),
        Criterion(
            id="cost",
            name="Handling cost of a claim",
            measure="cost",
            direction="at most",
            threshold="11000",
            tolerance="500",
            source="budget 2026",
        ),
        Criterion(
            id="satisfaction",
            name="Satisfaction index",
            measure="satisfaction",
            direction="at least",
            threshold="60",
            tolerance="3",
            source="customer strategy",
        ),
    ),
)


def drawn(process: str) -> Scope:
    """Return the scope: from registration to the explained decision, the payment itself locked."""
    return Scope(
        process=process,
        first=REGISTER,
        last=(EXPLAIN,),
        included=("Every household claim that is reported", "The work of the desks between report and letter"),
        excluded=("Fraud investigations", "The level of payments"),
        envelope=Envelope(extra_heads=1, fewer_heads=0),
        locks=(Lock(id="L1", kind="step", target=PAY, reason="The payment release is under audit until the summer."),),
        agree=("henrik",),
        carry_out=("claims handler", "senior handler"),
    )


def add(engine: Engine, settings: Settings) -> None:  # noqa: ARG001 (chapters share a signature)
    """Begin the review, plan it, draw its scope and submit it; what is there already is left alone."""
    nora = example.actor(engine, "nora")
    with reading(engine) as db:
        there = {review.id for review in store.reviews(db)}
    if REVIEW not in there:
        operations.begin(engine, nora, PROCESS, NAME)
    with reading(engine) as db:
        planned, scoped = store.part(db, REVIEW, "plan").n, store.part(db, REVIEW, "scope").n
        asked = store.find(db, REVIEW).asked_scope
    if not planned:
        operations.plan(engine, nora, REVIEW, 0, PLAN)
    if not scoped:
        operations.draw_scope(engine, nora, REVIEW, 0, drawn(PROCESS))
    if not asked:
        operations.submit_scope(engine, nora, REVIEW)


example.CHAPTERS.append(add)
