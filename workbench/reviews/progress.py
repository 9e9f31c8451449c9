"""How far a review is in the stages that its plan, scope and map end, and how its scope stands."""

from typing import Any

from flask import url_for
from sqlalchemy import Connection

from process_models.graph.checks import faults, staffing_faults
from process_models.graph.graph import StepGraph
from process_models.values.canonical import digest
from process_models.values.material import Judgement
from workbench import documents
from workbench.processes import store as processes
from workbench.reviews import operations, store
from workbench.reviews.model import PROGRESS, STAGES, Need, Review, Scope, Stage, StageFact, standing
from workbench.signatures import Signature


def progress(db: Connection, review: Review) -> dict[Stage, StageFact]:
    """Return how far a review is in each stage."""
    return {stage: PROGRESS[stage](db, review) for stage in PROGRESS}


def stage_now(facts: dict[Stage, StageFact]) -> Stage | None:
    """Return the first stage that still needs something; None when all is done."""
    return next((stage for stage in line_order(facts) if not facts[stage].done), None)


def line_order(facts: dict[Stage, StageFact]) -> list[Stage]:
    """Return the stages there are, in the order of the way through a review."""
    return [stage for stage in STAGES if stage in facts]


def scope_state(db: Connection, review: Review) -> dict[str, Any]:
    """Return whether the scope is signed, by whom, and whether that still stands."""
    graph = processes.graph(db, processes.head(db, review.process))
    current = operations.to_sign(db, review.id)
    signed = operations.signed_scope(db, review)
    return {
        "current": current,
        "signed": signed,
        "judgement": standing(signed[1], current, graph) if signed else None,
        "asked": review.asked_scope == digest(current),
        "graph": graph,
    }


def judged(db: Connection, one: Signature, current: Scope, graph: StepGraph) -> Judgement:
    """Return whether one signature on the scope still stands."""
    return standing(documents.fetch(db, one.pack, Scope), current, graph)


def locked(scope: Scope) -> frozenset[str]:
    """Return the steps that a scope locks."""
    return frozenset(lock.target for lock in scope.locks if lock.kind == "step")


def _plan_progress(db: Connection, review: Review) -> StageFact:
    plan = store.plan(db, review.id)
    needs = (
        Need("An aim", bool(plan.aims), str(len(plan.aims))),
        Need("Features that customers notice", bool(plan.features), str(len(plan.features))),
        Need("Criteria with measure and threshold", bool(plan.criteria), str(len(plan.criteria))),
    )
    why = "Criteria are set before results are looked at, and freeze with the scope."
    return StageFact(
        "Plan ends when aims, features and criteria stand", why, needs, _url(review, "plan"), "Open the plan"
    )


def _scope_progress(db: Connection, review: Review) -> StageFact:
    state = scope_state(db, review)
    signed = state["judgement"] is not None and state["judgement"].standing != "outdated"
    needs = (
        Need("First and last steps marked", bool(state["current"].first)),
        Need("Submitted for signature", state["asked"] or signed),
        Need("Signed by a decision maker", signed, "outdated" if state["signed"] and not signed else ""),
    )
    waiting = "a decision maker's signature" if state["asked"] and not signed else ""
    why = "It is signed on its boundary, so that later detail does not outdate the signature."
    return StageFact(
        "Scope ends when a decision maker has signed it", why, needs, _url(review, "scope"), "Open the scope", waiting
    )


def _map_progress(db: Connection, review: Review) -> StageFact:
    design = processes.design(db, processes.head(db, review.process))
    wrong = [fault for fault in (*faults(design.graph), *staffing_faults(design)) if fault.weight == "fault"]
    gaps = [fault for fault in faults(design.graph) if fault.weight == "gap"]
    marked = any(revision.baseline for revision in processes.revisions(db, review.process))
    needs = (
        Need("No faults in the graph", not wrong, str(len(wrong)) if wrong else ""),
        Need("Times and roles known", not gaps, f"{len(gaps)} missing" if gaps else ""),
        Need("A version named as the baseline", marked),
    )
    why = "What is drawn is what is simulated."
    return StageFact("Map ends when a baseline stands", why, needs, _url(review, "map"), "Open the map")


def _url(review: Review, page: str) -> str:
    return url_for(f"reviews.{page}", id=review.id)


PROGRESS["plan"] = _plan_progress
PROGRESS["scope"] = _scope_progress
PROGRESS["map"] = _map_progress
