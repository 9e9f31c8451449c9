"""The satisfaction index: what happened to a case, seen through the features that customers notice, from 0 to 100.

Index of a case = Σ weight × value, the value of a feature being piecewise linear in the case's outcome (an additive
multi-attribute value model: Keeney and Raiffa, *Decisions with Multiple Objectives*, 1976). Features without an outcome
take the scores from −2 to +2 of the steps a case goes through. Whole numbers throughout, so that the
index can be re-run exactly.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Lens
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import WHOLE, Fraction, apportion, number
from process_models.values.provenance import Grade, Provenance, worst
from process_models.values.sentences import Sentence

Ints = NDArray[np.int64]
FINE = 10_000
"""Parts of a point in which values are counted."""
WEIGHTS = 10**6
NOT_KNOWN = -1

YES_OR_NO: tuple[tuple[int, Fraction], ...] = ((0, "0"), (1, "100"))


class Feature(Document, frozen=True, kw_only=True):
    """A part of the service that customers notice, and what they make of it."""

    id: str
    name: str
    weight: Fraction = WHOLE
    """Its weight beside the others; they need not add up to 1."""
    outcome: Literal["wait", "time", "contacts", "promise", "first_time_right", "steps"]
    """What of a case it looks at; ``steps`` stands for the scores of the steps named (or of all)."""
    points: tuple[tuple[int, Fraction], ...] = YES_OR_NO
    """(Outcome in ms, contacts, or 0 and 1; satisfaction from 0 to 100), outcomes rising."""
    steps: tuple[str, ...] = ()
    provenance: Provenance = Provenance("judged", "D", "typed in")

    def __post_init__(self) -> None:
        """Refuse weights below zero, values off the scale and points out of order."""
        super().__post_init__()
        self.check_id()
        self._refuse(number(self.weight) < 0, "its weight is below zero")
        self._refuse(not self.points, "it needs at least one point")
        off = [value for _, value in self.points if not 0 <= number(value) <= 100]
        self._refuse(bool(off), f"satisfaction runs from 0 to 100, not {', '.join(off)}")
        self._refuse(any(a >= b for (a, _), (b, _) in pairwise(self.points)), "the outcomes of its points must rise")

    def _refuse(self, wrong: bool, why: str) -> None:
        if wrong:
            raise ModelError("bad_feature", feature=self.name, why=why)


class CaseOutcomes(NamedTuple):
    """What happened to cases that are over, one entry a case in each array."""

    wait: Ints
    """ms in queues."""
    time: Ints
    """ms in process."""
    contacts: Ints
    promise: Ints
    """1 all promises kept, 0 one missed, -1 none ran."""
    first_time_right: Ints
    gave_up: Ints
    visits: Mapping[str, Ints]
    """Visits to each step."""


class Index(NamedTuple):
    """The index of each case, how well founded it is, and what was assumed."""

    hundredths: Ints
    """From 0 to 10,000; -1 where no feature applies."""
    grade: Grade
    assumptions: tuple[Sentence, ...]


def index(features: Sequence[Feature], outcomes: CaseOutcomes, graph: StepGraph) -> Index:
    """Return the satisfaction index of cases; its grade is that of the weakest input."""
    return Index(hundredths(features, outcomes, anchors(graph)), grade(features, graph), assumptions(features))


def hundredths(features: Sequence[Feature], outcomes: CaseOutcomes, scores: Mapping[str, int]) -> Ints:
    """Return the index of each case in hundredths of a point, -1 where no feature applies."""
    total = np.zeros(len(outcomes.time), np.int64)
    weight = np.zeros(len(outcomes.time), np.int64)
    for feature, share in zip(features, _weights(features), strict=True):
        value = _scored(feature, outcomes, scores) if feature.outcome == "steps" else _valued(feature, outcomes)
        known = value != NOT_KNOWN
        total += np.where(known, value * share, 0)
        weight += np.where(known, share, 0)
    parts = np.where(weight > 0, total // np.maximum(weight, 1), 0)
    rounded = (parts + FINE // 200) // (FINE // 100)
    judged = np.where(weight > 0, rounded, NOT_KNOWN)
    return np.where(outcomes.gave_up == 1, 0, judged)


def _weights(features: Sequence[Feature]) -> tuple[int, ...]:
    counts = tuple(int(number(feature.weight).scaleb(9)) for feature in features)
    return apportion(counts, WEIGHTS) if sum(counts) else tuple(0 for _ in counts)


def _valued(feature: Feature, outcomes: CaseOutcomes) -> Ints:
    """Return satisfaction with a feature by its points, in parts of a point."""
    of: Ints = getattr(outcomes, feature.outcome)
    levels = [int((number(value) * FINE).to_integral_value()) for _, value in feature.points]
    value = np.full(len(of), levels[0], np.int64)
    for ((x0, _), (x1, _)), (y0, y1) in zip(pairwise(feature.points), pairwise(levels), strict=True):
        between = y0 + (y1 - y0) * (np.minimum(of, x1) - x0) // (x1 - x0)
        value = np.where(of >= x0, between, value)
    return np.where(of == NOT_KNOWN, NOT_KNOWN, value) if feature.outcome == "promise" else value


def _scored(feature: Feature, outcomes: CaseOutcomes, scores: Mapping[str, int]) -> Ints:
    """Return the mean score of the steps each case went through, in parts of a point."""
    named = [step for step in feature.steps or sorted(scores) if step in scores and step in outcomes.visits]
    none = np.zeros(len(outcomes.time), np.int64)
    visits = sum((outcomes.visits[step] for step in named), none)
    points = sum((outcomes.visits[step] * (scores[step] + 2) * 25 * FINE for step in named), none)
    return np.where(visits > 0, points // np.maximum(visits, 1), NOT_KNOWN)


def anchors(graph: StepGraph) -> dict[str, int]:
    """Return the satisfaction scores of steps, from −2 to +2."""
    return {step.id: score.value for step in graph.steps if (score := step.score(Lens.SATISFACTION))}


def grade(features: Sequence[Feature], graph: StepGraph) -> Grade:
    """Return the grade of the weakest input: the features, the times of steps, the scores that are used."""
    grades = [feature.provenance.grade for feature in features]
    if any(feature.outcome in ("wait", "time", "promise") for feature in features):
        grades += [step.time.provenance.grade for step in graph.steps if step.time]
    for feature in features:
        if feature.outcome == "steps":
            named = set(feature.steps or graph.by_id)
            scores = [step.score(Lens.SATISFACTION) for step in graph.steps if step.id in named]
            grades += [score.provenance.grade for score in scores if score]
    return worst(tuple(grades))


def assumptions(features: Sequence[Feature]) -> tuple[Sentence, ...]:
    """Return what the index takes for granted, in sentences."""
    lines = [Sentence.of("assume_line", feature=f.name) for f in features if f.outcome in ("wait", "time", "contacts")]
    scores = [Sentence.of("assume_scores", feature=f.name) for f in features if f.outcome == "steps"]
    left_out = any(f.outcome in ("promise", "steps") for f in features)
    return (
        Sentence.of("assume_adds_up"),
        Sentence.of("assume_given_up"),
        *([Sentence.of("assume_left_out")] if left_out else []),
        *lines,
        *scores,
    )
