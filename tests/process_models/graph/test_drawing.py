"""Properties of every picture: no flow through a step, lines apart, labels on nothing, flows end at their steps."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from process_models.graph.compare import compare
from process_models.graph.drawing import Look, difference, draw, texts
from process_models.graph.edits import AddStep, RemoveStep
from process_models.graph.graph import StepGraph
from process_models.graph.labels import place_labels
from process_models.graph.layout import layout, renderer
from process_models.graph.routing import Box, route
from process_models.graph.steps import Flow, Kind, Lane, Step
from tests.building import graph_of, step

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


@st.composite
def graphs(drawing):
    """Chains with jumps forward and back, in any lanes."""
    n = drawing(st.integers(2, 12))
    lanes = drawing(st.lists(st.sampled_from(list(Lane)), min_size=n, max_size=n))
    steps = [Step(id=f"s{i}", kind=Kind.WORK, name=f"Step number {i}", lane=lane) for i, lane in enumerate(lanes)]
    pairs = {(i, i + 1) for i in range(n - 1)}
    pairs |= set(drawing(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=8)))
    flows = [Flow(id=f"f{a}-{b}", source=f"s{a}", target=f"s{b}", share="0.5") for a, b in sorted(pairs)]
    return StepGraph(id="g", name="Any graph", steps=tuple(steps), flows=tuple(flows))


def pieces(path):
    return [(a, b) for a, b in pairwise(path) if a != b]


def goes_through(piece, box):
    (x1, y1), (x2, y2) = piece
    inner = Box(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)
    return Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)).overlaps(inner)


def check_picture(graph):
    routes = route(graph, layout(graph))
    for flow in graph.flows:
        path = routes.paths[flow.id]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(path)), "flows run level or upright"
        for piece in pieces(path):
            through = [id for id, box in routes.boxes.items() if goes_through(piece, box)]
            assert not through, f"{flow.id} runs through {through}"
        for end, point in ((flow.source, path[0]), (flow.target, path[-1])):
            box = routes.boxes[end]
            assert on_edge(point, box), f"{flow.id} does not end at {end}"
    for one, two in combinations(routes.boxes.values(), 2):
        assert not one.overlaps(two)
    check_parallels(graph, routes)
    return routes


def on_edge(point, box):
    x, y = point
    across = box.x - 0.01 <= x <= box.x + box.width + 0.01
    down = box.y - 0.01 <= y <= box.y + box.height + 0.01
    at_side = min(abs(x - box.x), abs(x - box.x - box.width), abs(y - box.y), abs(y - box.y - box.height)) < 0.01
    return across and down and at_side


def check_parallels(graph, routes):
    all_pieces = [(flow.id, piece) for flow in graph.flows for piece in pieces(routes.paths[flow.id])]
    for (one, (a, b)), (two, (c, d)) in combinations(all_pieces, 2):
        for along, across in ((0, 1), (1, 0)):
            if one != two and a[across] == b[across] and c[across] == d[across]:
                low = max(min(a[along], b[along]), min(c[along], d[along]))
                high = min(max(a[along], b[along]), max(c[along], d[along]))
                apart = abs(a[across] - c[across])
                assert high - low <= 1 or apart >= 15.99, f"{one} and {two} run {apart} px apart"


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_any_graph_is_drawn_with_flows_clear_of_steps_and_of_one_another(graph):
    check_picture(graph)


def test_the_claims_process_is_drawn_with_labels_on_nothing():
    routes = check_picture(CLAIMS)

    labels = place_labels(routes, texts(CLAIMS, Look()))

    assert {label.flow for label in labels} == {f.id for f in CLAIMS.flows if len(CLAIMS.ways(f.source)) > 1}
    for one, two in combinations(labels, 2):
        assert not one.box.overlaps(two.box), f"{one.flow} and {two.flow}"
    for label in labels:
        assert not any(label.box.overlaps(box) for box in routes.boxes.values()), label.flow


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
