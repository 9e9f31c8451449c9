"""Processes, ways of cases and differences told: golden texts, short sentences, and no figure that is not the graph's."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from process_models.graph.compare import compare
from process_models.graph.edits import ChangeStep, Connect, RemoveStep
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Lane, Promise, Timing
from process_models.graph.telling import (
    MOST_WORDS,
    allowed,
    case_told,
    difference_told,
    likeliest_way,
    process_told,
    spoken,
)
from process_models.values import words
from process_models.values.calendars import DAY, HOUR
from process_models.values.clocks import Clock, Moment
from process_models.values.distributions import Fixed, mean
from tests.building import GUESS, Obligation, graph_of, step
from tests.process_models.graph.picturing import graphs
from tests.process_models.graph.test_drawing import CLAIMS

GOLDEN = Path(__file__).with_name("golden_telling.txt")
PARALLEL = graph_of(
    "start order, order fork, fork pack, fork bill, pack join, bill join, join send, send end",
    name="An order with two things at once",
    made={"order": {"name": "Take the order", "lane": Lane.FRONT}, "bill": {"time": None, "name": "Write the bill"}},
)
WAITING = graph_of(
    "start call, call wait 0.9, call refused 0.1, wait decide, decide call 0.25, decide end 0.75",
    name="A call that may come again",
    made={
        "wait": {"name": "Customer looks for papers", "lane": Lane.CUSTOMER, "time": Timing(Fixed(3 * DAY), GUESS)},
        "decide": {"covers": ("O-1",), "patience": Timing(Fixed(HOUR), GUESS)},
    },
    obligations=(
        Obligation(id="O-1", name="Decide within a week", basis="law"),
        Obligation(id="O-2", name="Keep a note", basis="policy"),
    ),
    promises=(
        Promise("answer", "An answer", Clock(Moment("call", "enter"), Moment("end", "enter"), 80 * HOUR, "working")),
    ),
)
GRAPHS = {"claims": CLAIMS, "parallel": PARALLEL, "waiting": WAITING}


def after(graph: StepGraph) -> StepGraph:
    """Return a graph with a step less, a share and things a picture does not show changed."""
    first = next(one for one in graph.steps if one.kind is Kind.WORK)
    longer = ChangeStep(
        step(first.id, name=first.name, lane=first.lane, time=Timing(Fixed(2 * HOUR), GUESS), owner="Lead")
    )
    last = next(one.id for one in reversed(graph.steps) if one.kind is Kind.WORK)
    return RemoveStep(last).apply(longer.apply(graph))


def told(name: str) -> str:
    graph = GRAPHS[name]
    parts = (
        process_told(graph),
        case_told(graph, (*likeliest_way(graph)[:-1], likeliest_way(graph)[1], likeliest_way(graph)[-1])),
        difference_told(compare(graph, after(graph))),
    )
    return "\n\n".join("\n".join(sentences) for sentences in parts)


@pytest.mark.parametrize("name", sorted(GRAPHS))
def test_a_process_a_case_and_a_difference_are_told_as_they_were_read_and_found_good(name):
    golden = dict(re.findall(r"== (\w+)\n\n(.*?)\n*(?=== |\Z)", GOLDEN.read_text("utf-8"), re.S))

    assert told(name) == golden[name]


def figures_of(graph: StepGraph) -> set[str]:
    """Return all figures that may be told of a graph: counts, shares, times, limits."""
    counts = {str(n) for n in (len(graph.steps), len(graph.roles))}
    counts |= {str(len(ends)) for step in graph.steps for ends in (graph.before(step.id), graph.ways(step.id))}
    counts |= {str(sum(duty.id in step.covers for step in graph.steps)) for duty in graph.obligations}
    shares = {words.percent(flow.share) for flow in graph.flows}
    times = {spoken(mean(step.time.distribution)) for step in graph.steps if step.time}
    limits = {allowed(promise.clock) for promise in graph.promises}
    return {number for text in (*counts, *shares, *times, *limits) for number in re.findall(r"\d[\d.,]*", text)}


def without_names(sentence: str) -> str:
    return re.sub(r"“[^”]*”", "", sentence)


@pytest.mark.parametrize("name", sorted(GRAPHS))
def test_every_figure_that_is_told_is_the_graphs(name):
    told_figures = {n for one in process_told(GRAPHS[name]) for n in re.findall(r"\d[\d.,]*\d|\d", without_names(one))}

    assert told_figures <= figures_of(GRAPHS[name])
    assert told_figures


@settings(max_examples=60, deadline=None)
@given(graphs(most=10))
def test_no_sentence_has_more_than_25_words_and_no_figure_is_made_up(graph):
    way = likeliest_way(graph)
    for sentence in (*process_told(graph), *case_told(graph, way), *difference_told(compare(CLAIMS, graph))):
        assert len(sentence.split()) <= MOST_WORDS, sentence
    for sentence in process_told(graph):
        assert set(re.findall(r"\d[\d.,]*\d|\d", without_names(sentence))) <= figures_of(graph), sentence


def test_what_a_picture_does_not_show_is_told():
    changed = ChangeStep(
        step("check", owner="Team lead", covers=("O-1",), time=Timing(Fixed(HOUR), GUESS), description="word " * 30)
    ).apply(CLAIMS)

    sentences = " ".join(difference_told(compare(CLAIMS, changed)))

    assert "owner is now Team lead; before, nothing was said" in sentences
    assert "time was 10\xa0min on average (a guess)" in sentences.replace("guessed", "a guess")
    assert "covers is now O-1; before, nothing was said" in sentences
    assert "description is different; the table shows both" in sentences


def test_a_way_that_the_map_does_not_know_is_told_as_such():
    assert "a way that the map does not know" in " ".join(case_told(CLAIMS, ("start", "notice", "pay")))


def test_a_change_of_shares_is_told_in_per_cent():
    more = Connect(Flow(id="check-end", source="check", target="end", share="0.5")).apply(CLAIMS)

    assert "share was 100%, and is now 50%." in " ".join(difference_told(compare(CLAIMS, more)))
