"""Each trigger fires where it should, does not where it should not, and says which data it misses."""

from datetime import date

import pytest

from process_models.graph.design import Design
from process_models.graph.steps import Dependency, Kind, Lane, Lens, PersonalItem, Promise, Score, Timing
from process_models.method.asking import candidates
from process_models.method.facts import (
    ClockRun,
    Evidence,
    Facts,
    FeatureRating,
    Opinion,
    Outcome,
    Played,
    Practice,
    hours,
    per_week,
)
from process_models.method.triggers import TESTS, look
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.clocks import Clock, Moment
from process_models.values.distributions import Exponential, Fixed
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


def found(trigger, sketch, made=None, weekly=None, evidence=None, heads=2, **fields):
    facts = Facts(design_of(graph_of(sketch, made=made or {}, **fields), heads=heads), weekly, evidence or Evidence())
    return next(one for one in look(facts) if one.trigger.id == trigger)


CONTACT = {"nature": "contact"}
CHECK = {"nature": "control", "role": "expert"}
PROMISE = Promise("P1", "Within a day", Clock(Moment("start", "enter"), Moment("b", "leave"), 24 * HOUR))
FEATURES = (FeatureRating("Speed", ("b",), 0.9, 0.2), FeatureRating("Letters", ("a",), 0.1, 0.8))


def seen(**fields):
    return {"evidence": Evidence(**fields)}


def run(missed, p95):
    return {**seen(played=Played(clocks=(ClockRun("P1", missed, p95),))), "promises": (PROMISE,)}


def views(doer, manager):
    return seen(opinions={"b": (Opinion("doer", *doer), Opinion("manager", *manager))})


def people(*good):
    return seen(outcomes={"a": tuple(Outcome(100, one) for one in good)})


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
    ("T08", LINE, {"a": {**CHECK, "inputs": ("id",)}, "b": {**CHECK, "inputs": ("id", "sum")}}, {}, ["b"]),
    ("T10", LINE, {"a": {"outputs": ("address",)}, "b": {"outputs": ("address",)}}, {}, ["b"]),
    ("T11", LINE, {"b": {"batch": "Fridays"}}, {}, ["b"]),
    ("T12", LINE, {"a": CONTACT, "b": CONTACT}, {}, ["b"]),
    (
        "T12",
        "start a, a wait, wait b, b end",
        {"a": {**CONTACT, "outputs": ("policy",)}, "b": {**CONTACT, "outputs": ("policy",)}},
        {},
        ["b"],
    ),
    ("T14", LINE, {"a": {"grade_used": 3}, "b": {**CHECK, "grade_used": 5, **figure("below_limit", "0.8")}}, {}, ["b"]),
    ("T15", LINE, {}, seen(played=Played(contention={"a": 1.0, "b": 9.0 * MINUTE})), ["b"]),
    ("T16", LINE, {"a": figure("covers", 0)}, {}, ["a"]),
    ("T16", LINE, {"b": {"role": "expert"}}, {"heads": 1}, ["a", "b"]),
    ("T17", LINE, {"a": {"grade_used": 5, "grade_needed": 4}}, {}, ["a"]),
    ("T19", LINE, {"a": took(10)}, seen(work_by_type={"b": {"easy": 1.0, "hard": 2.0}}), ["b"]),
    ("T20", LINE, {"b": figure("needed", "0.09")}, {}, ["b"]),
    ("T21", LINE, {"b": {**took(2), "ruled": True}}, {"weekly": 20}, ["b"]),
    ("T22", LINE, {}, run(0.01, 1.0), ["b"]),
    ("T22", LINE, {}, run(0.0, 20.0 * HOUR), ["b"]),
    ("T26", LINE, {}, seen(features=FEATURES), ["b"]),
    ("T27", LINE, {"a": figure("update_gap", 49 * HOUR)}, seen(promised_update=48 * HOUR), ["a"]),
    ("T29", LINE, {"b": {"scores": (Score(Lens.SATISFACTION, 0, GUESS),)}}, {}, ["b"]),
    ("T30", LINE, {"a": figure("failure_demand", "0.15")}, {}, ["a"]),
    (
        "T31",
        "start a, a c, c b, b end",
        {"a": {**CONTACT, "channel": "phone"}, "b": {**CONTACT, "channel": "post"}},
        {},
        ["b"],
    ),
    ("T32", LINE, {"a": {"systems": ("CRM",)}, "b": {"systems": ("Ledger",)}}, {}, ["b"]),
    ("T33", LINE, {"a": {"place": "Leeds"}, "b": {"place": "York"}}, {}, ["b"]),
    ("T34", LINE, {"a": {"systems": ("CRM",)}}, {}, ["a"]),
    ("T35", LINE, {"a": figure("covers", 1)}, {}, ["a"]),
    ("T36", LINE, {}, seen(played=Played(surge={"a": (10.0, 29.0), "b": (10.0, 30.0)})), ["b"]),
    ("T38", LINE, {}, views(("keep",), ("remove",)), ["b"]),
    ("T38", LINE, {}, views(("keep", 1.0), ("keep", -1.0)), ["b"]),
    ("T39", LINE, {"a": figure("vulnerable", "0.05")}, {}, ["a"]),
    ("T40", LINE, {"a": {"personal": (PersonalItem("birthday"),)}}, {}, ["a"]),
    ("T40", LINE, {"a": {"personal": (PersonalItem("birthday", "identity"),)}}, {}, ["a"]),
    ("T41", LINE, {}, people(50, 50, 50, 80), ["a"]),
    ("T42", LINE, {}, seen(practice={"a": Practice(True, 0.9), "b": Practice(False, 0.3)}), ["a", "b"]),
    ("T43", LINE, {"a": {"reason": "We have always done it"}}, {}, ["a"]),
    ("T43", LINE, {"a": {"reason": "A fraud", "reason_date": "2023-10"}}, seen(today=date(2026, 1, 1)), ["a"]),
    ("T44", "start a, a b, b c, c end", {"a": CONTACT, "b": CONTACT, "c": CONTACT}, {}, ["a", "c"]),
    ("T45", "start wait, wait end", {"wait": {"lane": Lane.CUSTOMER}}, {}, ["wait"]),
]
ELSEWHERE = {"T28": ["b"], "T44": ["b"]}
"""Where some fire beside the steps on which they stay quiet."""
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
    ("T08", LINE, {"a": {**CHECK, "inputs": ("id",)}, "b": {**CHECK, "inputs": ("sum",)}}, {}),
    (
        "T08",
        "start choice, choice a 0.5, choice b 0.5, a end, b end",
        {"a": {**CHECK, "inputs": ("id",)}, "b": {**CHECK, "inputs": ("id",)}},
        {},
    ),
    ("T10", LINE, {"a": {"outputs": ("address",)}, "b": {"outputs": ("sum",)}}, {}),
    ("T11", LINE, {}, {}),
    ("T12", "start a, a wait, wait b, b end", {"a": CONTACT, "b": CONTACT}, {}),
    ("T14", LINE, {"a": {"grade_used": 5}, "b": {**CHECK, "grade_used": 5, **figure("below_limit", "0.9")}}, {}),
    ("T14", LINE, {"a": {"grade_used": 3}, "b": {**CHECK, "grade_used": 5, **figure("below_limit", "0.7")}}, {}),
    ("T16", LINE, {"a": figure("covers", 1)}, {}),
    ("T17", LINE, {"a": {"grade_used": 4, "grade_needed": 4}}, {}),
    ("T19", LINE, {"a": {"time": Timing(Exponential(MINUTE), GUESS)}}, seen(work_by_type={"b": {"x": 1.0, "y": 1.9}})),
    ("T20", LINE, {"b": figure("needed", "0.1")}, {}),
    ("T20", "start a, a b 0.4, a end 0.6, b end", {"b": figure("needed", "0.05")}, {}),
    ("T21", LINE, {"b": {**took(2), "ruled": True}}, {"weekly": 19}),
    ("T21", LINE, {"b": {**took(1), "ruled": True}}, {"weekly": 99}),
    ("T22", LINE, {}, run(0.009, 19.0 * HOUR)),
    ("T26", LINE, {}, seen(features=(FEATURES[0], FeatureRating("Letters", ("a",), 0.1, 0.1)))),
    ("T27", LINE, {"a": figure("update_gap", 48 * HOUR)}, seen(promised_update=48 * HOUR)),
    ("T29", LINE, {"b": {"scores": (Score(Lens.SATISFACTION, 1, GUESS),)}}, {}),
    (
        "T29",
        LINE,
        {"b": {"scores": (Score(Lens.SATISFACTION, 0, GUESS),), "covers": ("O1",)}},
        {"obligations": (DUTY,)},
    ),
    ("T30", LINE, {"a": figure("failure_demand", "0.14")}, {}),
    ("T31", LINE, {"a": {**CONTACT, "channel": "phone"}, "b": {**CONTACT, "channel": "phone"}}, {}),
    ("T32", LINE, {"a": {"systems": ("CRM",)}, "b": {"systems": ("CRM", "Ledger")}}, {}),
    ("T33", LINE, {"a": {"place": "Leeds"}, "b": {"place": "Leeds"}}, {}),
    ("T34", LINE, {"a": {"systems": ("CRM",), "fallback": "on paper"}}, {}),
    ("T35", LINE, {"a": figure("covers", 2)}, {}),
    ("T36", LINE, {}, seen(played=Played(surge={"a": (10.0, 29.0)}))),
    ("T38", LINE, {}, views(("change",), ("remove",))),
    ("T38", LINE, {}, views(("keep", 1.0), ("keep", -0.5))),
    ("T39", LINE, {"a": {**figure("vulnerable", "0.05"), "adjusted": "by phone"}}, {}),
    ("T40", LINE, {"a": {"personal": (PersonalItem("birthday", "identity"),)}, "b": {"inputs": ("birthday",)}}, {}),
    ("T41", LINE, {}, people(50, 50, 50, 60)),
    ("T42", LINE, {}, seen(practice={"a": Practice(True, 0.96), "b": Practice(False, 0.04)})),
    ("T43", LINE, {"a": {"reason": "A fraud", "reason_date": "2024-01-01"}}, seen(today=date(2026, 1, 1))),
    ("T44", "start a, a b, b c, c end", {"a": {}, "b": CONTACT, "c": {}}, {}),
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

    if trigger in ELSEWHERE:
        assert [prompt.step for prompt in one.prompts] == ELSEWHERE[trigger]
    else:
        assert (one.prompts, one.missing) == ((), ())


def test_every_trigger_is_tested_firing_and_quiet():
    assert {row[0] for row in FIRES} == {row[0] for row in QUIET} == set(TESTS)


KNOWN_FROM_A_SKETCH = {"T05", "T06", "T07", "T11", "T18", "T37", "T45"}


@pytest.mark.parametrize("trigger", sorted(set(TESTS) - KNOWN_FROM_A_SKETCH - {"T16"}))
def test_it_names_the_data_it_misses(trigger):
    one = found(trigger, LINE, {"a": {"time": None}, "b": {"time": None}})

    assert one.prompts == ()
    assert one.missing == one.trigger.needs


def test_nobody_to_cover_is_not_known_without_staffing():
    one = next(one for one in look(Facts(Design(graph=graph_of(LINE)))) if one.trigger.id == "T16")

    assert one.missing == one.trigger.needs


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
