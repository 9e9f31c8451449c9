"""Each trigger fires where it should, does not where it should not, and says which data it misses."""

import pytest

from process_models.graph.steps import Dependency, Kind, Lane, Lens, Score, Timing
from process_models.method.asking import candidates
from process_models.method.facts import Facts, hours, per_week
from process_models.method.triggers import TESTS, look
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.distributions import Fixed
from process_models.values.fractions import fraction
from process_models.values.provenance import Figure, Provenance
from tests.building import GUESS, Obligation, design_of, graph_of

LINE = "start a, a b, b end"
MEASURED = Provenance("measured", "A", "100 cases")
DUTY = Obligation(id="O1", name="Two pairs of eyes", basis="code", needs_record=True)
KNOWN = {
    "owner": "lead",
    "reason": "law",
    "time": Timing(Fixed(MINUTE), MEASURED),
    "scores": tuple(Score(lens, 0, GUESS) for lens in Lens),
}


def took(minutes):
    return {"time": Timing(Fixed(minutes * MINUTE), GUESS)}


def figure(id, value, n=None):
    return {"figures": (Figure(id=id, value=fraction(value), n=n, provenance=MEASURED),)}


def found(trigger, sketch, made=None, weekly=None, **fields):
    facts = Facts(design_of(graph_of(sketch, made=made or {}, **fields)), weekly)
    return next(one for one in look(facts) if one.trigger.id == trigger)


FIRES = [
    ("T01", LINE, {"a": {"value_class": "none"}}, {}, ["a"]),
    ("T01", LINE, {"a": {"outputs": ("report",)}}, {}, ["a"]),
    ("T02", LINE, {"b": {"nature": "control"}}, {}, ["b"]),
    ("T03", LINE, {"b": {**took(10), **figure("wait", 31 * MINUTE)}}, {}, ["b"]),
    ("T04", LINE, {"a": took(1), "b": took(9)}, {}, ["b"]),
    ("T05", LINE, {"b": {"role": "expert"}}, {}, ["b"]),
    ("T06", "start a, a b, b c, c end", {"b": {"role": "expert"}}, {}, ["a"]),
    ("T07", "start a, a b, b a 0.1, b end 0.9", {}, {}, ["a"]),
    ("T09", "start a, a b, b check, check refused 0.2, check end 0.8", {"check": {"rejects": True}}, {}, ["check"]),
    ("T13", LINE, {"b": figure("pass_rate", "0.96", 30)}, {}, ["b"]),
    ("T15", LINE, {"a": took(60), "b": took(0)}, {"weekly": 70}, ["a", "b"]),
    ("T18", LINE, {"b": {"role": "expert"}}, {}, ["b"]),
    ("T23", "start a, a b 0.5, a end 0.5, b end", {"b": {"covers": ("O1",)}}, {"obligations": (DUTY,)}, ["b"]),
    ("T24", LINE, {"b": {"covers": ("O1",)}}, {"obligations": (DUTY,)}, ["b"]),
    ("T25", LINE, {"a": {"scores": (Score(Lens.SATISFACTION, -1, GUESS),)}}, {}, ["a"]),
    ("T25", LINE, {"a": figure("negative_comments", "0.3")}, {}, ["a"]),
    ("T28", LINE, {"a": took(1), "b": took(9)}, {}, ["b"]),
    ("T37", LINE, {"a": KNOWN}, {}, ["b"]),
    ("T45", "start wait, wait end", {"wait": {"lane": Lane.CUSTOMER}}, {}, ["wait"]),
]
QUIET = [
    ("T01", LINE, {"a": {"outputs": ("file",)}, "b": {"inputs": ("file",)}}, {}),
    ("T02", LINE, {"b": {"nature": "control", "covers": ("O1",)}}, {"obligations": (DUTY,)}),
    ("T03", LINE, {"b": {**took(10), **figure("wait", 30 * MINUTE)}}, {}),
    ("T04", "start a, a b, b c, c d, d e, e f, f end", {}, {}),
    ("T05", LINE, {}, {}),
    ("T06", LINE, {"b": {"role": "expert"}}, {}),
    ("T07", "start a, a b, b a 0.04, b end 0.96", {}, {}),
    (
        "T09",
        "start a, a b, b check, check refused 0.2, check end 0.8",
        {"check": {"rejects": True}},
        {"dependencies": (Dependency("d", "check", "a", "data"),)},
    ),
    ("T13", LINE, {"b": figure("pass_rate", "0.96", 29)}, {}),
    ("T15", LINE, {"a": took(60), "b": took(0)}, {"weekly": 60}),
    ("T18", LINE, {"b": {"role": "expert"}}, {"dependencies": (Dependency("d", "b", "a", "data"),)}),
    ("T23", LINE, {"b": {"covers": ("O1",)}}, {"obligations": (DUTY,)}),
    ("T24", LINE, {"b": {"covers": ("O1",), "records": ("O1",)}}, {"obligations": (DUTY,)}),
    ("T25", LINE, {"a": {"scores": (Score(Lens.SATISFACTION, 0, GUESS),)}}, {}),
    ("T28", LINE, {"a": took(0), "b": took(9)}, {}),
    ("T37", LINE, {"a": KNOWN, "b": KNOWN}, {}),
    ("T45", "start wait, wait end", {"wait": {"lane": Lane.BACK}}, {}),
]


@pytest.mark.parametrize(("trigger", "sketch", "made", "fields", "steps"), FIRES)
def test_it_fires_where_it_should(trigger, sketch, made, fields, steps):
    prompts = found(trigger, sketch, made, **fields).prompts

    assert sorted(prompt.step for prompt in prompts) == steps
    assert all(prompt.text and "{" not in prompt.text for prompt in prompts)


@pytest.mark.parametrize(("trigger", "sketch", "made", "fields"), QUIET)
def test_it_stays_quiet_where_it_should(trigger, sketch, made, fields):
    one = found(trigger, sketch, made, **fields)

    if trigger == "T28":
        assert [prompt.step for prompt in one.prompts] == ["b"]
    else:
        assert (one.prompts, one.missing) == ((), ())


def test_every_working_trigger_is_tested_firing_and_quiet():
    assert {row[0] for row in FIRES} == {row[0] for row in QUIET} == set(TESTS)


@pytest.mark.parametrize("trigger", ["T01", "T02", "T03", "T09", "T13", "T15", "T23", "T24", "T25"])
def test_it_names_the_data_it_misses(trigger):
    one = found(trigger, LINE, {"a": {"time": None}, "b": {"time": None}})

    assert one.prompts == ()
    assert one.missing == one.trigger.needs


def test_triggers_without_an_engine_say_what_they_would_need():
    one = found("T34", LINE)

    assert one.missing == ("systems and their fall-back",)


def test_few_questions_are_proposed_the_weightiest_step_first():
    facts = Facts(design_of(graph_of(LINE, made={"a": took(1), "b": {**took(9), **figure("wait", 99 * HOUR)}})))

    proposed = candidates(look(facts))

    steps = [candidate.step for candidate in proposed]
    assert steps[0] == "b"
    assert max(steps.count(step) for step in steps) <= 2
    assert len({(c.step, c.question.id) for c in proposed}) == len(proposed)


def test_the_load_of_a_role_is_its_work_over_its_rostered_time():
    facts = Facts(design_of(graph_of(LINE, made={"a": took(60), "b": took(0)}), heads=1), 20.0)

    assert sum(hours(facts.design, "clerk")) == 40 * HOUR
    assert facts.loads == pytest.approx({"clerk": 0.5})
    assert per_week(("1",) * 168) == 168


def test_a_graph_that_cannot_be_counted_still_gets_its_other_triggers():
    one = found("T45", "start wait, wait wait", {"wait": {"lane": Lane.CUSTOMER, "kind": Kind.WAIT}})

    assert [prompt.step for prompt in one.prompts] == ["wait"]
