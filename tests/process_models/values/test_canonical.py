"""Canonical JSON: one form, one digest, one way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Step
from process_models.values.canonical import canonical, digest, parse, read
from process_models.values.errors import ModelError
from process_models.values.fractions import fraction, number, shares_of
from tests.building import design_of, graph_of

GRAPH = graph_of("start a, a b 0.7, a end 0.3, b end")


def test_the_order_in_which_steps_are_named_does_not_matter():
    turned = StepGraph(id=GRAPH.id, name=GRAPH.name, steps=GRAPH.steps[::-1], flows=GRAPH.flows[::-1])

    assert digest(turned) == digest(GRAPH)


def test_any_change_changes_the_digest():
    assert digest(graph_of("start a, a b 0.6, a end 0.4, b end")) != digest(GRAPH)


def test_the_same_letters_written_in_two_ways_are_one_name():
    composed, decomposed = (Step(id="s", kind=GRAPH.steps[0].kind, name=name) for name in ("Prüfen", "Prüfen"))

    assert digest(composed) == digest(decomposed)


def test_what_is_written_is_read_again():
    design = design_of(GRAPH)

    assert read(canonical(design), Design) == design


def test_the_digest_is_the_one_written_down():
    assert (
        digest({"b": "2", "a": [1, True, None]}) == "5d43d6f93f09a4c737a25de4a3b407af8014ca2b11ba28dbca6b4544511e4bbb"
    )
    assert canonical({"b": "2", "a": [1, True, None]}) == b'{"a":[1,true,null],"b":"2"}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"id":"g","id":"h"}', "stands twice"),
        ('{"id":"g","name":"n","share":0.5}', "not an integer"),
        ('{"id":"g","name":"n","colour":"red"}', "colour"),
        ('{"id":"g"}', "name"),
        ('{"id":"g"', "not readable JSON"),
        ('{"id":"g","name":"n","steps":{"s":{"kind":"NAP","name":"x"}}}', "NAP"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_with_the_place(text, says):
    with pytest.raises(ModelError, match=says):
        read(text, StepGraph)


def test_numbers_too_large_for_every_reader_are_refused():
    with pytest.raises(ModelError, match=r"2\^53"):
        canonical({"n": 2**53})


def test_floats_never_enter_a_document():
    with pytest.raises(ModelError, match="float"):
        canonical({"n": 0.5})


@given(st.decimals(min_value=-1000, max_value=1000, places=9))
def test_fractions_keep_their_value_in_one_form(value):
    text = fraction(value)

    assert number(text) == value
    assert fraction(text) == text


@pytest.mark.parametrize("text", ["1e3", "0.50", "01", ".5", "-0", "", "NaN", "1,5"])
def test_other_forms_of_a_number_are_refused(text):
    with pytest.raises(ModelError):
        number(text)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_shares_of_counts_add_up_to_exactly_one(counts):
    assert sum(number(share) for share in shares_of(tuple(counts))) == 1


def test_doubled_keys_are_refused_at_any_depth():
    with pytest.raises(ModelError, match="stands twice"):
        parse('{"a":[{"b":1,"b":2}]}')


@pytest.mark.parametrize(
    ("text", "type", "place"),
    [
        ('{"format":2,"id":"g","name":"n"}', StepGraph, "step graph"),
        ('{"format":0,"id":"g","name":"n"}', StepGraph, "step graph"),
        ('{"format":2,"graph":{"id":"g","name":"n"}}', Design, "design"),
        ('{"graph":{"format":7,"id":"g","name":"n"}}', Design, "step graph"),
        ('{"format":2,"graph":{"id":"g","name":"n"},"a field of later":1}', Design, "design"),
    ],
)
def test_a_format_that_is_not_known_is_refused_with_place_and_remedy(text, type, place):
    with pytest.raises(
        ModelError,
        match=f"The {place} here has format . and this version reads format 1. Nothing was read. Save it again",
    ):
        read(text, type)


def test_a_document_of_the_known_format_is_read_whether_or_not_it_says_so():
    assert read('{"format":1,"id":"g","name":"n"}', StepGraph) == read('{"id":"g","name":"n"}', StepGraph)
