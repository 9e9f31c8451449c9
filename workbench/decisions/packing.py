"""The pack of a recommendation, built from the present content: what would be signed at this moment."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from process_models.graph.design import Design
from process_models.redesign.envelope import breaches
from process_models.redesign.options import derive, rebase
from process_models.values.canonical import digest
from simulations.experiments import Summary
from workbench import documents
from workbench.decisions import store
from workbench.decisions.model import Cited, Held, Judged, Other, Pack, Play, Proposal, Recommendation, Under
from workbench.errors import NotPossible
from workbench.experiments import store as experiments
from workbench.experiments.model import BASELINE, Experiment, Outcome, Played, Spec
from workbench.figures import FRONT
from workbench.findings import store as findings
from workbench.findings.model import Finding
from workbench.options import operations as options
from workbench.options import store as option_rows
from workbench.options.model import Option
from workbench.reviews import operations as review_operations
from workbench.reviews import store as reviews
from workbench.reviews.model import Criterion, Review, Scope, standing
from workbench.services import store as services


def pack_of(db: Connection, found: Recommendation) -> Pack:
    """Return the pack of the present content: option, process, scope, criteria and scenarios as they are now.

    The option's moves are made on the present baseline; the figures are those of the experiment that was chosen.
    """
    review = reviews.find(db, found.review)
    proposal = store.proposal(db, found.id)
    option = option_rows.find(db, proposal.option)
    experiment = experiments.find(db, proposal.experiment)
    moves = option_rows.document(db, option_rows.head(db, option.id))
    on = options.baseline(db, review)
    design = derive(on, rebase(moves.moves, on)[0])
    scope = _scope(db, review, on)
    figures = _figures(db, review, experiment, option)
    found_before = {one.id: one for one in findings.findings(db, review.id) if one.accepted}
    return Pack(
        recommendation=found.id,
        currency=services.find(db, found.service).currency,
        wording=proposal.wording,
        letter=option.letter,
        option_name=option.name,
        option=moves,
        baseline=on,
        design=design,
        breaks=_breaks(on, design, moves.moves, scope["scope"]),
        **scope,
        **figures,
        findings=tuple(_cited(found_before[id]) for id in proposal.findings if id in found_before),
        criteria=_criteria(reviews.plan(db, review.id).criteria, scope["scope"], figures["under"]),
    )


def _cited(finding: Finding) -> Cited:
    return Cited(id=finding.id, text=finding.text, evidence=finding.evidence, grade=finding.grade)


def _scope(db: Connection, review: Review, on: Design) -> dict[str, Any]:
    """Return the scope that was signed and whether that stands; before it was signed, the one drawn."""
    signed = review_operations.signed_scope(db, review)
    drawn = review_operations.to_sign(db, review.id)
    if signed is None:
        return {"scope": drawn}
    stands = standing(signed[1], drawn, on.graph).standing != "outdated"
    return {"scope": signed[1], "scope_digest": signed[0].pack, "scope_stands": stands}


def _breaks(on: Design, design: Design, moves: Any, scope: Scope) -> tuple[str, ...]:
    found = breaches(on, design, moves, scope.rules(on.graph))
    return tuple(sorted(f"{breach.sentence.id} {breach.about}".strip() for breach in found))


def _figures(db: Connection, review: Review, experiment: Experiment, option: Option) -> dict[str, Any]:
    """Return scenarios with figures, what other options say, and how it was played."""
    spec, outcome = experiments.spec(db, experiment), experiments.outcome(db, experiment)
    if outcome is None or experiment.outcome is None:
        raise NotPossible("experiment_not_done")
    letter = letter_in(spec, option.id)
    cells = experiments.summaries(db, outcome)
    cells = {cell: corrected(cell, one, outcome) for cell, one in cells.items()}
    under = tuple(_under(db, review, played, cells, letter) for played in spec.scenarios)
    usual = min(under, key=lambda one: (not one.calm, one.id)).id
    one = cells[f"{letter}/{usual}"]
    play = Play(
        experiment=experiment.id,
        outcome=experiment.outcome,
        seed=one.seed,
        replications=one.replications,
        confidence=one.confidence,
        rules=one.rules,
    )
    others = _others(db, review, option, cells, usual)
    return {"features": spec.features, "under": under, "others": others, "play": play}


def corrected(cell: str, summary: Summary, outcome: Outcome) -> Summary:
    """Return a summary whose verdicts are those that the experiment's page shows: corrected for being many."""
    verdicts = {one.id: one.verdict for one in outcome.corrected}
    changes = tuple(replace(one, verdict=verdicts.get(f"{cell}/{one.id}", one.verdict)) for one in summary.changes)
    return replace(summary, changes=changes)


def letter_in(spec: Spec, option: str) -> str:
    """Return under which letter an experiment played an option; refused where it did not."""
    letter = next((played.id for played in spec.designs if played.source == option), None)
    if letter is None:
        raise NotPossible("experiment_without_option")
    return letter


def _under(db: Connection, review: Review, played: Played, cells: dict[str, Summary], letter: str) -> Under:
    """Return a scenario as it is described now, with the figures that were played under it."""
    now = {row.id: row.digest for row in experiments.scenarios(db, review.id)}
    base, option = cells[f"{BASELINE}/{played.id}"], cells[f"{letter}/{played.id}"]
    return Under(
        id=played.id,
        name=played.name,
        scenario=experiments.scenario_of(db, now.get(played.id, played.digest)),
        as_is=tuple(one for one in base.results if one.id in FRONT),
        option=tuple(one for one in option.results if one.id in FRONT),
        changes=tuple(one for one in option.changes if one.id in FRONT),
    )


def _others(db: Connection, review: Review, option: Option, cells: dict[str, Summary], usual: str) -> tuple[Other, ...]:
    rest = [one for one in option_rows.options(db, review.id) if one.id != option.id]
    return tuple(
        Other(
            id=one.letter,
            name=one.name,
            state=one.state,
            changes=tuple(
                change
                for cell in (cells.get(f"{one.letter}/{usual}"),)
                if cell is not None
                for change in cell.changes
                if change.id in FRONT
            ),
        )
        for one in rest
    )


def _criteria(criteria: tuple[Criterion, ...], scope: Scope, under: tuple[Under, ...]) -> tuple[Judged, ...]:
    return tuple(
        Judged(
            id=criterion.id,
            criterion=criterion,
            frozen=criterion in scope.criteria,
            held=tuple(_held(criterion, one) for one in under),
        )
        for criterion in criteria
    )


def _held(criterion: Criterion, under: Under) -> Held:
    figure = next((one for one in under.option if one.id == criterion.measure), None)
    if figure is None or figure.low is None or figure.high is None:
        return Held(under.id, "not measured")
    return Held(under.id, criterion.verdict(figure.low, figure.high))


def asked_pack(db: Connection, found: Recommendation) -> Pack | None:
    """Return the pack that was submitted, if one was."""
    return documents.fetch(db, found.asked, Pack) if found.asked else None


def why_not(db: Connection, found: Recommendation, pack: Pack) -> str:
    """Return the id of the sentence why a recommendation cannot be submitted as it is now; empty if it can."""
    proposal: Proposal = store.proposal(db, found.id)
    option = option_rows.find(db, proposal.option)
    spec = experiments.spec(db, experiments.find(db, proposal.experiment))
    designs = {played.id: played.digest for played in spec.designs}
    played = (designs[BASELINE], designs[letter_in(spec, option.id)])
    scenarios = {played.id: played.digest for played in spec.scenarios}
    reasons = {
        "scope_not_signed": not pack.scope_digest,
        "scope_not_standing": not pack.scope_stands,
        "option_not_submitted": option.state != "submitted",
        "option_now_breaks": bool(pack.breaks),
        "recommendation_without_finding": not pack.findings,
        "recommendation_without_criterion": not pack.criteria,
        "figures_of_another_design": (digest(pack.baseline), digest(pack.design)) != played
        or pack.option.baseline != played[0],
        "figures_of_another_scenario": any(digest(one.scenario) != scenarios[one.id] for one in pack.under),
    }
    return next((id for id, holds in reasons.items() if holds), "")
