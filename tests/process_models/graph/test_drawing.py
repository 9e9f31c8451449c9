"""Properties of every picture: no flow through a step, lines apart, labels on nothing, flows end at their steps."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.graph.compare import compare
from process_models.graph.drawing import Look, difference, draw, line_between, texts
from process_models.graph.edits import AddStep, RemoveStep
from process_models.graph.labels import lettered
from process_models.graph.layout import layout, renderer
from process_models.graph.outline import outline
from process_models.graph.routing import plan, route
from process_models.graph.steps import Lane
from process_models.graph.strokes import crossings, elbows
from tests.building import graph_of, long_graph, step
from tests.process_models.graph.picturing import check_picture, graphs, keeping

CLAIMS = graph_of(
    "start notice, notice check, check choice, choice papers 0.62, choice book 0.38, book visit, visit assess,"
    "papers assess, assess second 0.52, assess papers 0.27, assess explain 0.21, second explain 0.92, second assess 0.08,"
    "explain end 0.16, explain pay 0.84, pay end2",
    made={
        "start": {"lane": Lane.CUSTOMER},
        "papers": {"lane": Lane.CUSTOMER},
        "end": {"lane": Lane.CUSTOMER},
        "notice": {"lane": Lane.FRONT},
        "book": {"lane": Lane.FRONT, "name": "Book the surveyor with the customer"},
        "explain": {"lane": Lane.FRONT},
        "visit": {"lane": Lane.EXTERNAL},
        "pay": {"lane": Lane.EXTERNAL},
    },
)


@settings(max_examples=120, deadline=None)
@given(graphs())
def test_any_graph_is_drawn_with_flows_clear_of_steps_and_labels_clear_of_all(graph):
    check_picture(graph)


def test_many_flows_into_one_step_all_reach_it_apart():
    names = [f"a{n}" for n in range(9)]
    star = graph_of(", ".join(f"start {name} 0.11, {name} end" for name in names))

    routes = check_picture(star)

    assert len({routes.paths[f"{name}-end"][-1] for name in names}) == 9


@pytest.mark.parametrize("steps", [12, 40, 200])
def test_maps_of_any_size_keep_the_rules(steps):
    check_picture(long_graph(steps))


@settings(max_examples=60, deadline=None)
@given(st.integers(10, 60), st.integers(0, 10**6), st.sampled_from(list(Lane)))
def test_a_step_put_in_leaves_nine_of_ten_others_in_their_row_and_order(steps, seed, lane):
    graph = long_graph(steps, seed)
    before = layout(graph)

    now = layout(AddStep(step("new", lane=lane), after=f"s{seed % (steps - 1)}").apply(graph), before.rows)

    assert keeping(before.cells, now.cells, list(before.cells)) >= 0.9 * steps


@pytest.mark.parametrize("after", ["s20", "s90", "s150"])
def test_a_step_put_into_a_long_map_leaves_nine_of_ten_others_in_their_row_and_order(after):
    graph = long_graph(200)
    before = layout(graph)

    now = layout(AddStep(step("new", lane=Lane.BACK), after=after).apply(graph), before.rows)

    assert keeping(before.cells, now.cells, list(before.cells)) >= 0.9 * 200


def test_only_flows_that_split_are_labelled_and_the_words_are_cut_not_lost():
    labels = {label.flow: label.text for label in lettered(plan(CLAIMS, layout(CLAIMS)), texts(CLAIMS, Look()))[1]}

    assert set(labels) == {flow.id for flow in CLAIMS.flows if len(CLAIMS.ways(flow.source)) > 1}
    assert labels["choice-papers"] == "62%"


def test_of_two_flows_that_cross_the_later_one_has_a_gap():
    cross = {"a": ((0.0, 50.0), (100.0, 50.0)), "b": ((50.0, 0.0), (50.0, 100.0))}

    gaps = crossings(cross)

    assert gaps == {"a": frozenset(), "b": frozenset({(50.0, 50.0)})}
    assert elbows((cross["b"], gaps["b"])) == "M50.0 0.0L50.0 46.0M50.0 54.0L50.0 94.0"


def test_lanes_stand_in_the_order_of_the_blueprint_and_hold_their_steps():
    routes = route(CLAIMS, layout(CLAIMS))

    assert [band.lane for band in routes.bands] == [Lane.CUSTOMER, Lane.FRONT, Lane.BACK, Lane.EXTERNAL]
    for band in routes.bands:
        for item in CLAIMS.steps:
            inside = band.top <= routes.boxes[item.id].y and routes.boxes[item.id].y + 74 <= band.top + band.height + 16
            assert inside == (item.lane is band.lane)


def test_the_built_in_engine_gives_columns_when_dot_is_missing(monkeypatch):
    monkeypatch.setenv("PATH", "")
    renderer.cache_clear()
    try:
        placed = layout(CLAIMS)
    finally:
        renderer.cache_clear()

    assert placed.engine == "built-in dot"
    assert placed.cells["notice"].column < placed.cells["assess"].column < placed.cells["pay"].column


def test_the_picture_is_read_aloud_step_by_step():
    root = ET.fromstring(draw(CLAIMS, Look(questions={"second": 2}, scope=frozenset({"second"}))))
    links = [node for node in root.iter() if node.tag.endswith("}a")]

    names = {node.get("data-step"): node.get("aria-label") for node in links}
    assert len(names) == len(CLAIMS.steps)
    assert "2 open questions, in scope" in names["second"]
    assert "Goes to" in names["assess"]


def test_no_colour_stands_in_the_picture_itself():
    assert not re.search(r'style=|fill="|stroke="|<style', draw(CLAIMS))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '" onload="x', "a & b"])
def test_names_come_out_as_text(text):
    graph = graph_of("start a, a end", made={"a": {"name": text}})

    root = ET.fromstring(draw(graph))

    assert text in {node.get("aria-label", "").split(", ")[1] for node in root.iter() if node.tag.endswith("}a")}


def test_a_difference_shows_what_goes_in_its_old_place_and_what_comes():
    after = AddStep(step("agree", lane=Lane.FRONT), after="notice").apply(RemoveStep("second").apply(CLAIMS))

    root = ET.fromstring(difference(CLAIMS, after, compare(CLAIMS, after)))

    marks = {node.get("data-step"): node.get("class") for node in root.iter() if node.tag.endswith("}a")}
    assert "removed" in marks["second"]
    assert "added" in marks["agree"]
    assert marks["pay"] == "step work"


def test_the_lines_of_the_blueprint_are_named_where_they_lie():
    drawn = draw(CLAIMS)

    assert "line of interaction" in drawn
    assert "line of visibility" in drawn
    assert "line of internal interaction" not in drawn, "nothing stands in support"


@pytest.mark.parametrize(
    ("above", "below", "line"),
    [
        (Lane.CUSTOMER, Lane.FRONT, "interaction"),
        (Lane.CUSTOMER, Lane.BACK, "visibility"),
        (Lane.FRONT, Lane.SUPPORT, "visibility"),
        (Lane.BACK, Lane.SUPPORT, "internal interaction"),
        (Lane.BACK, Lane.EXTERNAL, ""),
    ],
)
def test_of_lines_that_fall_together_visibility_is_named(above, below, line):
    assert line_between(above, below) == line


def test_a_scope_in_two_places_is_two_regions_and_holds_no_foreign_step():
    graph = graph_of("start a, a b, b c, c d, d end")
    boxes = route(graph, layout(graph)).boxes

    region = outline([boxes["a"], boxes["d"]], [boxes[id] for id in ("start", "b", "c", "end")])

    assert region.count("M") == region.count("Z") == 2
    xs = sorted(float(x) for x in re.findall(r"[MLQ ](\d+\.\d) \d", region))
    assert not [x for x in xs if boxes["b"].x - 10 < x < boxes["c"].x + boxes["c"].width + 10]
