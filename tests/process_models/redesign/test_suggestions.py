"""Each heuristic proposes its moves where the data point to it and not elsewhere, and its effect is the right one.

Effects are worked out by hand: a step takes ten minutes and costs 500 minor units a visit unless said otherwise.
"""

import pytest
from msgspec.structs import replace

from process_models.graph.design import Design, RoleStaffing, Staffing
from process_models.graph.measures import case_cost, visits
from process_models.graph.steps import Kind, Lane, Lens, Score, Timing
from process_models.method.facts import Evidence, Facts, Played
from process_models.method.library import heuristics
from process_models.redesign.moves import (
    AssignPools,
    Automate,
    Bypass,
    ChangeMeans,
    ChangeOwner,
    ChangeShare,
    ChangeStaffing,
    ChangeWork,
    Insert,
    KeepCase,
    Merge,
    MergePools,
    Outsource,
    Parallelise,
    Relocate,
    Remove,
    Reorder,
    Split,
    Triage,
    Unbatch,
)
from process_models.redesign.obligations import uncovered, unrecorded
from process_models.redesign.options import derive
from process_models.redesign.suggestions import PROPOSALS, suggest
from process_models.values.calendars import MINUTE
from process_models.values.distributions import Fixed, LogNormal
from process_models.values.fractions import fraction
from process_models.values.provenance import Figure, Provenance
from process_models.values.sentences import say
from tests.building import GUESS, Dependency, Obligation, design_of, graph_of

MEASURED = Provenance("measured", "A", "200 checks")
DUTY = Obligation(id="O1", name="Tell the regulator", basis="law", needs_record=True)
LINE = "start a, a b, b end"
LONGER = "start a, a b, b c, c end"
CONTACT = {"nature": "contact"}
CHECK = {"nature": "control"}
EXPERT = {"role": "expert"}
OUTSIDE = {"lane": Lane.EXTERNAL, "role": ""}
CUSTOMER = {"lane": Lane.CUSTOMER, "role": ""}
REFUSING = "start a, a b, b check, check refused 0.2, check end 0.8"
TYPES = {
    "work_by_type": {"b": {"easy": 5.0 * MINUTE, "hard": 15.0 * MINUTE}},
    "type_shares": {"easy": 0.5, "hard": 0.5},
}
MANY = {"a": {"role": "desk"}, "b": {"role": "post", "value_class": "none"}, "c": {"role": "clerk"}, "d": EXPERT}


def took(minutes):
    return {"time": Timing(Fixed(minutes * MINUTE), GUESS)}


def figure(id, value, n=None):
    return {"figures": (Figure(id=id, value=fraction(value), n=n, provenance=MEASURED),)}


def staffed(*roles):
    """Return a change of a design: one role's pools for another's, written as ``role pool pool``."""

    def changed(design: Design) -> Design:
        entries = {entry.id: entry for entry in design.staffing.roles}
        for line in roles:
            role, *pools = line.split()
            entries[role] = RoleStaffing(role, tuple(pools))
        return replace(design, staffing=Staffing(design.staffing.pools, tuple(entries.values())))

    return changed


def facts_of(sketch, made, weekly=None, evidence=None, staffing=None, heads=2, **fields):
    design = design_of(graph_of(sketch, made=made, **fields), heads=heads)
    return Facts(staffing(design) if staffing else design, weekly, Evidence(**(evidence or {})))


def proposed(heuristic, kind, facts):
    found = [one for one in suggest(facts) if one.heuristic == heuristic and isinstance(one.moves[0], kind)]
    return found[0] if found else None


# heuristic, first move, sketch, steps, facts, expected visits after, expected cost of a case after
PROPOSED = [
    (
        "H01",
        Relocate,
        LINE,
        {"a": {**CUSTOMER, "outputs": ("id",)}, "b": {**CHECK, "inputs": ("id",)}},
        {},
        {"a": 1, "b": 1},
        0,
    ),
    ("H02", Remove, LINE, {"a": CONTACT, "b": CONTACT}, {}, {"a": 1}, 1000),
    ("H03", Remove, "start wait, wait a, a wait2, wait2 end", {"wait": OUTSIDE, "wait2": OUTSIDE}, {}, {"a": 1}, 500),
    ("H04", Triage, LINE, {}, {"evidence": TYPES}, {"a": 1, "b": 0.55}, 1037.5),
    ("H05", Remove, LINE, {"b": {"value_class": "none"}}, {}, {"a": 1}, 500),
    ("H05", Remove, LINE, {"b": {"reason": "always done"}}, {}, {"a": 1}, 500),
    ("H05", Remove, LINE, {"b": {"scores": (Score(Lens.SATISFACTION, -1, GUESS),)}}, {}, {"a": 1}, 500),
    ("H06", Unbatch, LINE, {"b": {"batch": "Fridays"}}, {}, {"a": 1, "b": 1}, 1000),
    (
        "H07",
        Triage,
        LINE,
        {"b": {"time": Timing(LogNormal(10 * MINUTE, 20 * MINUTE), GUESS)}},
        {},
        {"a": 1, "b": 0.55},
        1044.9,
    ),
    ("H08", Merge, LINE, {"b": EXPERT}, {}, {}, 1000),
    ("H08", Split, LINE, {"b": {"time": Timing(LogNormal(10 * MINUTE, 20 * MINUTE), GUESS)}}, {}, {"b": 1}, 1000),
    (
        "H09",
        Reorder,
        "start a, a b, b c, c d, d end",
        {},
        {"dependencies": (Dependency("x", "d", "a", "data"),)},
        dict.fromkeys("abcd", 1),
        2000,
    ),
    (
        "H09",
        Reorder,
        "start a, a b, b wait, wait end",
        {"wait": CUSTOMER},
        {"dependencies": (Dependency("x", "wait", "a", "data"),)},
        {"a": 1, "b": 1, "wait": 1},
        1000,
    ),
    ("H10", Parallelise, LINE, {"b": EXPERT}, {}, {"a": 1, "b": 1}, 1000),
    ("H11", Reorder, REFUSING, {"check": {"rejects": True}}, {}, {"a": 0.8, "b": 0.8, "check": 1}, 1300),
    (
        "H11",
        Reorder,
        "start check, check refused 0.1, check check2 0.9, check2 refused 0.2, check2 end 0.8",
        {"check": {"rejects": True}, "check2": {"rejects": True, **took(5)}},
        {},
        {"check2": 1, "check": 0.8},
        650,
    ),
    ("H12", Bypass, LINE, {"b": figure("needed", "0.09")}, {}, {"a": 1, "b": 0.09}, 545),
    ("H13", KeepCase, LINE, {"b": EXPERT}, {"staffing": staffed("expert clerks")}, {"a": 1, "b": 1}, 1000),
    (
        "H14",
        AssignPools,
        LINE,
        {"a": took(60), "b": {**EXPERT, **took(10)}},
        {"weekly": 70},
        {"a": 1, "b": 1},
        3500,
    ),
    (
        "H15",
        MergePools,
        LONGER,
        {"a": {"place": "Leeds"}, "b": {"place": "York"}, "c": EXPERT},
        {"staffing": staffed("clerk clerks experts")},
        {"a": 1, "b": 1},
        1500,
    ),
    ("H16", ChangeOwner, LINE, {"b": {"owner": "Sales and Claims"}}, {}, {"b": 1}, 1000),
    ("H17", KeepCase, "start a, a b, b c, c d, d end", MANY, {"evidence": TYPES}, dict.fromkeys("abcd", 1), 2000),
    ("H18", Remove, "start a, a b, b c, c d, d end", MANY, {}, dict.fromkeys("acd", 1), 1500),
    ("H19", KeepCase, LINE, {"a": CONTACT, "b": CONTACT}, {}, {"a": 1, "b": 1}, 1000),
    ("H20", ChangeStaffing, LINE, {"a": took(120)}, {"weekly": 60}, {"a": 1}, 6500),
    (
        "H20",
        ChangeStaffing,
        LINE,
        {},
        {"evidence": {"played": Played(contention={"b": 9.0 * MINUTE})}},
        {"b": 1},
        1000,
    ),
    ("H21", AssignPools, LINE, {"b": {**EXPERT, **figure("covers", 0)}}, {}, {"b": 1}, 1000),
    (
        "H22",
        ChangeShare,
        "start a, a check 0.6, a end 0.4, check end",
        {"check": figure("pass_rate", "0.97", 200)},
        {},
        {"a": 1, "check": 0.3},
        650,
    ),
    ("H22", Bypass, LINE, {"b": figure("pass_rate", "0.97", 200)}, {}, {"a": 1, "b": 0.5}, 750),
    (
        "H23",
        Insert,
        "start a, a b, b c, c a 0.2, c end 0.8",
        {},
        {},
        {"a": 1 / 0.81, "b": 0.9 / 0.81, "c": 0.9 / 0.81},
        550 / 0.81 + 2 * 450 / 0.81,
    ),
    ("H23", Insert, LINE, {}, {"obligations": (DUTY,)}, {"a": 1, "b": 1}, 1000),
    ("H24", Remove, "start a, a wait, wait b, b end", {"wait": OUTSIDE}, {}, {"a": 1, "b": 1}, 1000),
    ("H25", Automate, LINE, {"b": {**took(2), "ruled": True}}, {"weekly": 20}, {"a": 1, "b": 0.1}, 510),
    (
        "H26",
        ChangeMeans,
        LONGER,
        {"a": {"systems": ("CRM",)}, "b": {"systems": ("Ledger",)}, "c": {"systems": ("CRM",)}},
        {},
        {"b": 1},
        1500,
    ),
    (
        "H27",
        ChangeWork,
        LINE,
        {"a": {**CHECK, **OUTSIDE, "inputs": ("id",)}, "b": {**CHECK, "inputs": ("id",)}},
        {},
        {"a": 1, "b": 1},
        50,
    ),
    ("H28", Outsource, LINE, {"b": {**took(90), "value_class": "business"}}, {}, {"a": 1, "b": 1}, 5000),
    ("H29", ChangeShare, "start a, a wait 0.4, a end 0.6, wait end", {"wait": CUSTOMER}, {}, {"wait": 0.2}, 500),
]
QUIET = [
    ("H01", LINE, {"a": {**CUSTOMER, "outputs": ("id",)}, "b": {**CHECK, "inputs": ("id", "sum")}}, {}),
    (
        "H01",
        LINE,
        {"a": {**CUSTOMER, "outputs": ("id",)}, "b": {**CHECK, "inputs": ("id",), "covers": ("O1",)}},
        {"obligations": (DUTY,)},
    ),
    ("H02", "start a, a wait, wait b, b end", {"a": CONTACT, "b": CONTACT}, {}),
    ("H02", LINE, {"a": CONTACT, "b": {**CONTACT, "covers": ("O1",)}}, {"obligations": (DUTY,)}),
    ("H03", "start wait, wait a, a end", {"wait": OUTSIDE}, {}),
    ("H04", LINE, {}, {"evidence": {"work_by_type": TYPES["work_by_type"]}}),
    ("H05", LINE, {"b": {"value_class": "none", "covers": ("O",)}}, {}),
    ("H06", LINE, {}, {}),
    ("H07", LINE, {}, {}),
    ("H08", LINE, {"b": {**EXPERT, **CHECK}}, {}),
    ("H08", "start a, a b 0.5, a end 0.5, b end", {"b": EXPERT}, {}),
    ("H09", LONGER, {}, {"dependencies": (Dependency("x", "c", "a", "data"),)}),
    ("H10", LINE, {"b": EXPERT}, {"dependencies": (Dependency("x", "b", "a", "data"),)}),
    ("H11", REFUSING, {"check": {"rejects": True}}, {"dependencies": (Dependency("x", "check", "b", "data"),)}),
    (
        "H11",
        "start check, check refused 0.2, check check2 0.8, check2 refused 0.1, check2 end 0.9",
        {"check": {"rejects": True}, "check2": {"rejects": True}},
        {},
    ),
    ("H12", LINE, {"b": figure("needed", "0.1")}, {}),
    ("H13", LINE, {"b": EXPERT}, {}),
    ("H14", LINE, {"a": took(60), "b": {**EXPERT, **took(60)}}, {"weekly": 70}),
    ("H15", LINE, {"a": {"place": "Leeds"}, "b": {"place": "York"}}, {}),
    ("H16", LINE, {"b": {"owner": "Sales"}}, {}),
    ("H17", "start a, a b, b c, c d, d end", MANY, {}),
    ("H18", LONGER, {"a": {"role": "desk"}, "b": {"role": "post", "value_class": "none"}, "c": EXPERT}, {}),
    ("H18", "start a, a b, b c, c d, d end", {**MANY, "b": {**MANY["b"], "outputs": ("advice",)}}, {}),
    ("H19", LINE, {"a": CONTACT}, {}),
    ("H20", LINE, {"a": took(30)}, {"weekly": 60}),
    ("H21", LINE, {"b": {**EXPERT, **figure("covers", 2)}}, {}),
    ("H22", LINE, {"b": figure("pass_rate", "0.9", 200)}, {}),
    ("H22", LINE, {"b": {**figure("pass_rate", "0.97", 200), "covers": ("O1",)}}, {"obligations": (DUTY,)}),
    ("H23", "start a, a b, b a 0.2, b end 0.8", {}, {}),
    ("H23", LINE, {"b": {"covers": ("O1",)}}, {"obligations": (DUTY,)}),
    ("H24", "start a, a wait, wait b, b end", {"wait": CUSTOMER}, {}),
    ("H25", LINE, {"b": took(2)}, {"weekly": 20}),
    ("H26", LINE, {"a": {"systems": ("CRM",)}, "b": {"systems": ("Ledger",)}}, {}),
    ("H27", LINE, {"a": {**CHECK, "inputs": ("id",)}, "b": {**CHECK, "inputs": ("id",)}}, {}),
    ("H28", LINE, {"b": {**took(90), "value_class": "customer"}}, {}),
    ("H29", "start a, a wait, wait end", {"wait": CUSTOMER}, {}),
]


@pytest.mark.parametrize(("heuristic", "kind", "sketch", "made", "fields", "reached", "cost"), PROPOSED)
def test_a_heuristic_proposes_its_moves_and_they_do_what_they_say(heuristic, kind, sketch, made, fields, reached, cost):
    facts = facts_of(sketch, made, **fields)

    suggestion = proposed(heuristic, kind, facts)

    assert suggestion is not None
    after = derive(facts.design, suggestion.moves)
    assert "{" not in suggestion.text + say(suggestion.assumes) + "".join(
        say(move.sentence(facts.design)) for move in suggestion.moves
    )
    found = visits(after.graph).of
    assert {id: found[id] for id in reached} == pytest.approx(reached)
    assert case_cost(after) == pytest.approx(cost, rel=0.001)
    assert not [duty for duty in after.graph.obligations if uncovered(after.graph, duty)]


@pytest.mark.parametrize(("heuristic", "sketch", "made", "fields"), QUIET)
def test_a_heuristic_stays_quiet_where_it_should(heuristic, sketch, made, fields):
    assert heuristic not in {one.heuristic for one in suggest(facts_of(sketch, made, **fields))}


def test_every_heuristic_of_the_library_is_tested_proposing_and_quiet():
    assert set(heuristics()) == set(PROPOSALS) == {row[0] for row in PROPOSED} == {row[0] for row in QUIET}


@pytest.mark.parametrize("heuristic", sorted(PROPOSALS))
def test_the_signs_of_a_heuristic_are_told_as_prior(heuristic):
    source = heuristics()[heuristic]

    assert {source.time, source.cost, source.quality, source.flexibility} <= {"+", "-", "0", "±"}


def test_a_duty_that_no_step_meets_gets_a_step_with_its_record():
    facts = facts_of(LINE, {}, obligations=(DUTY,))

    after = derive(facts.design, proposed("H23", Insert, facts).moves).graph

    assert uncovered(facts.graph, DUTY)
    assert not uncovered(after, DUTY)
    assert not unrecorded(after, DUTY)


def test_a_late_refusal_is_put_before_the_first_work_it_does_not_need():
    facts = facts_of(
        "start a, a b, b c, c check, check refused 0.2, check end 0.8",
        {"check": {"rejects": True}},
        dependencies=(Dependency("d", "check", "a", "data"),),
    )

    suggestion = proposed("H11", Reorder, facts)

    assert suggestion.moves == (Reorder("check", "b"),)
    assert "save 4\N{NO-BREAK SPACE}min of work" in suggestion.text


def test_quick_cases_that_go_apart_leave_the_work_of_all_as_it_was():
    facts = facts_of(LINE, {}, evidence=TYPES)

    after = derive(facts.design, proposed("H04", Triage, facts).moves).graph

    other = next(step for step in after.steps if step.stands_for == "b")
    shares = {flow.target: float(flow.share) for flow in after.flows if after.by_id[flow.source].kind is Kind.CHOICE}
    work = {id: after.by_id[id].time.distribution.ms for id in shares}
    assert shares == {other.id: 0.5, "b": 0.5}
    assert sum(shares[id] * work[id] for id in shares) == 10 * MINUTE
