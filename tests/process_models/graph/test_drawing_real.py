"""Pictures of processes that others drew: every rule holds on every shared BPMN file, whatever its vendor."""

from pathlib import Path

from process_models.exchange.bpmn_import import import_bpmn
from process_models.graph.edits import AddStep
from process_models.graph.layout import layout
from process_models.graph.steps import Kind
from tests.building import step
from tests.process_models.graph.picturing import check_picture, keeping


def drawn_by_others(folder: Path):
    """Return the graphs of all shared BPMN files that hold steps, by file name."""
    graphs = {file.name: import_bpmn(file.read_bytes(), file.stem).graph for file in sorted(folder.rglob("*.bpmn"))}
    return {name: graph for name, graph in graphs.items() if graph.steps}


def test_every_shared_file_is_drawn_by_the_rules(shared_data):
    graphs = drawn_by_others(shared_data / "bpmn")

    assert len(graphs) >= 28
    for name, graph in graphs.items():
        try:
            check_picture(graph)
        except AssertionError as problem:
            raise AssertionError(f"{name}: {problem}") from problem


def test_a_step_put_into_a_shared_file_leaves_nine_of_ten_others_where_they_were(shared_data):
    kept = []
    for graph in drawn_by_others(shared_data / "bpmn").values():
        before = layout(graph)
        for after in [one for one in graph.steps if one.kind is not Kind.END][:: max(1, len(graph.steps) // 4)]:
            now = layout(AddStep(step("put-in", lane=after.lane), after=after.id).apply(graph), before.rows)
            kept.append(keeping(before.cells, now.cells, list(before.cells)) / len(graph.steps))

    assert sum(kept) / len(kept) >= 0.98
    assert sum(share >= 0.9 for share in kept) >= 0.95 * len(kept)
