"""Heuristics propose moves where their triggers fire, and say why and what they assume."""

import pytest

from process_models.graph.steps import Timing
from process_models.method.facts import Facts
from process_models.redesign.moves import ChangeShare, ChangeStaffing, Merge, Parallelise, Remove, Reorder
from process_models.redesign.suggestions import SUGGESTIONS, suggest
from process_models.values.calendars import MINUTE
from process_models.values.distributions import Fixed
from process_models.values.provenance import Figure, Provenance
from process_models.values.sentences import say
from tests.building import GUESS, Dependency, design_of, graph_of

PASSED = Figure(id="pass_rate", value="0.97", n=200, provenance=Provenance("measured", "A", "200 checks"))
BUSY = {"time": Timing(Fixed(120 * MINUTE), GUESS)}


def moves(sketch, made, weekly=None, **fields):
    return {s.heuristic: s for s in suggest(Facts(design_of(graph_of(sketch, made=made, **fields)), weekly))}


CASES = [
    ("H05", "start a, a b, b end", {"b": {"value_class": "none"}}, {}, Remove),
    ("H08", "start a, a b, b end", {"b": {"role": "expert"}}, {}, Merge),
    ("H10", "start a, a b, b end", {"b": {"role": "expert"}}, {}, Parallelise),
    ("H11", "start a, a b, b check, check refused 0.2, check end 0.8", {"check": {"rejects": True}}, {}, Reorder),
    ("H20", "start a, a b, b end", {"a": BUSY}, {"weekly": 60}, ChangeStaffing),
    ("H22", "start a, a check 0.6, a end 0.4, check end", {"check": {"figures": (PASSED,)}}, {}, ChangeShare),
]


@pytest.mark.parametrize(("heuristic", "sketch", "made", "fields", "kind"), CASES)
def test_a_heuristic_proposes_its_move(heuristic, sketch, made, fields, kind):
    suggestion = moves(sketch, made, **fields)[heuristic]

    assert isinstance(suggestion.moves[0], kind)
    assert "{" not in suggestion.text + say(suggestion.assumes)
    assert suggestion.source.name


def test_six_heuristics_suggest_and_each_is_tested():
    assert len(SUGGESTIONS) == len({case[0] for case in CASES}) == 6


def test_a_late_refusal_is_put_before_the_first_work_it_does_not_need():
    suggestion = moves(
        "start a, a b, b c, c check, check refused 0.2, check end 0.8",
        {"check": {"rejects": True}},
        dependencies=(Dependency("d", "check", "a", "data"),),
    )["H11"]

    assert suggestion.moves == (Reorder("check", "b"),)
    assert "save 4\N{NO-BREAK SPACE}min of work" in suggestion.text


def test_half_of_a_check_that_almost_everything_passes_goes_round_it():
    suggestion = moves(*CASES[5][1:3])["H22"]

    assert dict(suggestion.moves[0].shares) == {"a-check": "0.3", "a-end": "0.7"}


def test_work_that_a_duty_asks_for_is_not_proposed_to_go():
    assert "H05" not in moves("start a, a b, b end", {"b": {"value_class": "none", "covers": ("O",)}})
