"""A graph given out as BPMN is valid, is opened by other readers, and comes back with the same digest."""

import importlib.util
import json
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from bpmn_io import BpmnModdle, check
from bpmn_io.lint import Linter
from bpmn_io.lint.resolver import NodeResolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from process_models.exchange.bpmn_export import export_bpmn
from process_models.exchange.bpmn_import import import_bpmn
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Dependency, Flow, Kind, Lane, Obligation, ShareRow, Step
from process_models.values.canonical import digest
from process_models.values.errors import ModelError
from tests.building import graph_of, long_graph

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12
) | st.sampled_from(["two\nlines", " blanks  ", "tab\there", "return\rhere", "\"<&>'", "Start", "In parallel"])
NAME = TEXT.filter(lambda text: bool(text.strip()))
IDS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,6}", fullmatch=True)


@st.composite
def graphs(draw: st.DrawFn) -> StepGraph:
    """Return any graph at all, also such as could not be simulated."""
    ids = draw(st.lists(IDS, min_size=1, max_size=7, unique=True))
    steps = [
        Step(
            id=id,
            kind=draw(st.sampled_from(Kind)),
            name=draw(NAME),
            lane=draw(st.sampled_from(Lane)),
            role=draw(st.sampled_from(["", "clerk", "the  desk", "two\nlines"])),
            description=draw(TEXT),
            systems=tuple(draw(st.lists(NAME, max_size=2))),
            covers=tuple(draw(st.lists(IDS, max_size=1))),
            unit_cost=draw(st.integers(0, 10**6)),
            rejects=draw(st.booleans()),
        )
        for id in ids
    ]
    flows = [
        Flow(
            id=id,
            source=draw(st.sampled_from(ids)),
            target=draw(st.sampled_from(ids)),
            kind=draw(st.sampled_from(["normal", "normal", "abandon"])),
            share=draw(st.sampled_from(["0", "0.25", "0.333333333", "1"])),
            label=draw(TEXT),
            count=draw(st.none() | st.integers(0, 10**6)),
        )
        for id in draw(st.lists(IDS, max_size=9, unique=True))
    ]
    rows = [ShareRow(id=f"r{n}", flow=flow.id, visit_from=2, share="0.5") for n, flow in enumerate(flows[:2])]
    needs = (Dependency("d", ids[0], ids[-1], "data", draw(TEXT)),)
    duties = (Obligation(id="law", name=draw(NAME), basis="law", text=draw(TEXT), before=tuple(ids[:1])),)
    return StepGraph(
        id="g", name=draw(NAME), steps=tuple(steps), flows=tuple(flows), rows=tuple(rows), dependencies=needs, obligations=duties
    )  # fmt: skip


@given(graphs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_graph_comes_back_with_the_same_digest_from_a_valid_file(graph: StepGraph) -> None:
    text = export_bpmn(graph)

    schema().assertValid(etree.fromstring(text))
    assert digest(import_bpmn(text).graph) == digest(graph)


def schema() -> etree.XMLSchema:
    """Return the OMG's schema, as a package for tests carries it."""
    if importlib.util.find_spec("SpiffWorkflow") is None:
        pytest.fail("The package SpiffWorkflow, which carries the OMG's schema, belongs to the test extra.")
    place = files("SpiffWorkflow") / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
    return etree.XMLSchema(etree.parse(str(place)))


def test_what_was_imported_comes_back_with_the_same_digest(shared_data: Path) -> None:
    rules = schema()
    for file in sorted(shared_data.glob("bpmn/**/*.bpmn")):
        graph = import_bpmn(file.read_bytes()).graph
        text = export_bpmn(graph)

        rules.assertValid(etree.fromstring(text))
        assert digest(import_bpmn(text).graph) == digest(graph)


def test_every_step_and_flow_is_drawn_and_no_two_steps_on_each_other() -> None:
    graph = long_graph(40)

    tree = etree.fromstring(export_bpmn(graph))

    shown = {one.get("bpmnElement") for one in tree.iter("{*}BPMNShape", "{*}BPMNEdge")}
    assert {step.id for step in graph.steps} | {flow.id for flow in graph.flows} <= shown
    boxes = [
        tuple(float(shape[0].get(side)) for side in ("x", "y"))
        for shape in tree.iter("{*}BPMNShape")
        if shape.get("isHorizontal") is None
    ]
    assert len(set(boxes)) == len(boxes)


def test_ways_that_part_at_a_task_part_at_a_gateway_for_other_tools() -> None:
    text = export_bpmn(graph_of("start a, a b 0.5, a end 0.5, b end")).decode()

    assert text.count("<bpmn:exclusiveGateway") == 2
    assert 'synthetic="split"' in text
    assert 'synthetic="merge"' in text


def test_a_change_made_elsewhere_is_noticed() -> None:
    text = export_bpmn(graph_of("start a, a end")).decode().replace('name="A"', 'name="Another"')

    found = import_bpmn(text.encode())

    assert found.graph.by_id["a"].name == "Another"
    assert [remark.id for remark in found.account.remarks] == ["bpmn_ours_edited"]


def test_a_letter_that_xml_cannot_hold_is_refused() -> None:
    with pytest.raises(ModelError, match=r"U\+0007"):
        export_bpmn(graph_of("start a, a end", made={"a": {"name": "bell \x07"}}))


def test_spiffworkflow_opens_it_as_a_process_it_could_run() -> None:
    from SpiffWorkflow.bpmn.parser import BpmnParser

    text = export_bpmn(graph_of("start a, a b, b end")).replace(b'isExecutable="false"', b'isExecutable="true"')
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(text))

    spec = parser.get_spec("process-g")

    assert {"start", "a", "b", "end"} <= set(spec.task_specs)


def test_bpmn_moddle_opens_it_without_a_warning(tmp_path: Path) -> None:
    """bpmn-moddle is what bpmn.io and Camunda's modeller read with; where it is says WORKBENCH_TEST_NODE_MODULES."""
    modules = os.environ.get("WORKBENCH_TEST_NODE_MODULES")
    if not modules or not shutil.which("node"):
        pytest.skip("Set WORKBENCH_TEST_NODE_MODULES to a node_modules folder with bpmn-moddle, and install node.")
    graph = graph_of("start a, a b 0.5, a end 0.5, b a 0.1, b end 0.9")
    (tmp_path / "in.bpmn").write_bytes(export_bpmn(graph))
    (tmp_path / "node_modules").symlink_to(modules)
    (tmp_path / "read.mjs").write_text(
        "import { BpmnModdle } from 'bpmn-moddle'; import fs from 'fs';"
        "const m = new BpmnModdle(); const r = await m.fromXML(fs.readFileSync('in.bpmn', 'utf8'));"
        "fs.writeFileSync('out.bpmn', (await m.toXML(r.rootElement)).xml);"
        "console.log(JSON.stringify(r.warnings.map(w => w.message)));"
    )

    ran = subprocess.run(["node", "read.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert json.loads(ran.stdout) == []
    assert digest(import_bpmn((tmp_path / "out.bpmn").read_bytes()).graph) == digest(graph)


def test_bpmn_io_opens_it_without_a_warning_or_a_fault_and_keeps_all_of_ours() -> None:
    """bpmn-io is the reader and the checker of bpmn.io once more, in Python."""
    graph = graph_of("start a, a b 0.5, a end 0.5, b a 0.1, b end 0.9")
    text = export_bpmn(graph).decode()
    model = BpmnModdle()

    read = model.from_xml(text)
    written = model.to_xml(read.root_element).xml

    assert check(text).ok
    assert (check(text).warnings, read.warnings) == ([], [])
    assert {*graph.by_id, *graph.flow_by_id} <= set(read.elements_by_id)
    checker = Linter(config={"extends": "bpmnlint:recommended"}, resolver=NodeResolver())
    assert checker.lint(read.root_element) == {}
    assert digest(import_bpmn(written.encode()).graph) == digest(graph)
