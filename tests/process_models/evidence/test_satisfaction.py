"""The index says what cases went through, by features and their weights, and how well founded it is."""

import numpy as np
import pytest

from process_models.evidence.satisfaction import CaseOutcomes, Feature, index
from process_models.graph.steps import Lens, Score
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.errors import ModelError
from process_models.values.provenance import Provenance
from process_models.values.sentences import say
from tests.building import GUESS, graph_of

SURVEY = Provenance("measured", "B", "survey")
QUICK = Feature(
    id="quick", name="Quick answer", outcome="time", points=((0, "100"), (10 * HOUR, "0")), provenance=SURVEY
)
KEPT = Feature(id="kept", name="Word kept", weight="3", outcome="promise", provenance=SURVEY)
KIND = Feature(id="kind", name="Kindness", outcome="steps", provenance=SURVEY)
GRAPH = graph_of(
    "start a, a b, b end",
    made={
        "a": {"scores": (Score(Lens.SATISFACTION, 2, SURVEY),)},
        "b": {"scores": (Score(Lens.SATISFACTION, -1, GUESS),)},
    },
)


def outcomes(**fields):
    """Outcomes of cases, nothing having happened unless said."""
    n = len(next(iter(fields.values())))
    nothing = {name: [0] * n for name in ("wait", "time", "contacts", "promise", "first_time_right", "gave_up")}
    visits = {step: np.array(count) for step, count in fields.pop("visits", {}).items()}
    return CaseOutcomes(**{k: np.array(v, np.int64) for k, v in {**nothing, **fields}.items()}, visits=visits)


def points(features, happened, graph=GRAPH):
    return (index(features, happened, graph).hundredths / 100).tolist()


def test_between_points_satisfaction_changes_in_a_line_and_beyond_them_not_at_all():
    steps = Feature(id="w", name="Wait", outcome="wait", points=((MINUTE, "90"), (3 * MINUTE, "40"), (5 * MINUTE, "0")))

    assert points([steps], outcomes(wait=[0, MINUTE, 2 * MINUTE, 4 * MINUTE, HOUR])) == [90, 90, 65, 20, 0]


def test_features_add_up_by_weight():
    assert points([QUICK, KEPT], outcomes(time=[5 * HOUR, 0, HOUR], promise=[1, 0, 1])) == [87.5, 25, 97.5]


def test_a_feature_that_does_not_apply_leaves_its_weight_to_the_others():
    assert points([QUICK, KEPT], outcomes(time=[5 * HOUR], promise=[-1])) == [50]
    assert index([KEPT], outcomes(promise=[-1]), GRAPH).hundredths.tolist() == [-1]


def test_a_case_that_gives_up_counts_nothing():
    assert points([QUICK], outcomes(time=[0, 0], gave_up=[0, 1])) == [100, 0]


def test_scores_of_the_steps_met_stand_for_what_has_no_outcome():
    met = outcomes(time=[0, 0, 0], visits={"a": [1, 1, 0], "b": [0, 1, 0]})

    assert index([KIND], met, GRAPH).hundredths.tolist() == [10_000, 6_250, -1]
    only_b = Feature(id="k", name="K", outcome="steps", steps=("b",))
    assert index([only_b], met, GRAPH).hundredths.tolist() == [-1, 2_500, -1]


def test_the_grade_is_that_of_the_weakest_input():
    happened = outcomes(contacts=[1])
    few = Feature(id="few", name="Few contacts", outcome="contacts", points=((1, "100"), (5, "0")), provenance=SURVEY)

    assert index([few], happened, GRAPH).grade == "B"
    assert index([few, QUICK], happened, GRAPH).grade == "D"
    assert index([KIND], outcomes(time=[0], visits={"a": [1], "b": [1]}), GRAPH).grade == "D"
    assert index([Feature(**{**_fields(KIND), "steps": ("a",)})], happened, GRAPH).grade == "B"


def _fields(feature):
    return {name: getattr(feature, name) for name in feature.__struct_fields__}


def test_what_is_assumed_is_listed():
    told = [say(sentence) for sentence in index([QUICK, KEPT, KIND], outcomes(time=[0]), GRAPH).assumptions]

    assert any("gives up counts as 0" in line for line in told)
    assert any("“Quick answer”" in line for line in told)
    assert any("“Kindness”" in line for line in told)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"weight": "-1"}, "below zero"),
        ({"points": ((0, "101"),)}, "from 0 to 100"),
        ({"points": ((1, "0"), (1, "100"))}, "must rise"),
        ({"points": ()}, "at least one point"),
    ],
)
def test_a_feature_that_cannot_be_is_refused(fields, why):
    with pytest.raises(ModelError, match=why):
        Feature(id="x", name="X", outcome="wait", **fields)
