"""From one kind of file to another, by the endings of their names; which ways there are is one table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from process_models.exchange.accounts import ENDINGS
from process_models.exchange.bpmn_export import export_bpmn
from process_models.exchange.bpmn_import import Imported, import_bpmn
from process_models.exchange.drawings import dot_of, mermaid_of
from process_models.exchange.safe_xml import MOST_BYTES
from process_models.exchange.simulation_beside import OURS_READ, as_report, put_on
from process_models.exchange.step_table import Cells, csv_cells, csv_of, read_table, xlsx_cells, xlsx_of
from process_models.graph.documents import read_graph, write_graph
from process_models.graph.drawing import draw
from process_models.graph.graph import StepGraph
from process_models.values.errors import ModelError
from process_models.values.sentences import Sentence, say


class Brought(Struct, frozen=True):
    """A graph brought in from a file of any kind."""

    graph: StepGraph
    remarks: tuple[Sentence, ...] = ()
    imported: Imported | None = None
    """Where it was BPMN: what became of each element."""
    layout: dict[str, Any] = {}
    report: dict[str, Any] = {}


def _bpmn(data: bytes, name: str, only: str) -> Brought:
    found = import_bpmn(data, name, only)
    remarks = (found.account.summary, *found.account.remarks)
    if found.simulation is None:
        return Brought(found.graph, remarks, found, found.layout, found.report)
    if any(remark.id in OURS_READ for remark in found.account.remarks):
        return _left_alone(found, remarks)
    graph, carried = put_on(found.graph, found.simulation, found.of_steps, name)
    report = {**found.report, "simulation": as_report(carried)}
    return Brought(graph, (*remarks, carried.summary), found, found.layout, report)


def _left_alone(found: Imported, remarks: tuple[Sentence, ...]) -> Brought:
    """Return a file that was given out here without the data for a simulation that is still in it, and say so."""
    said = Sentence.of("simulation_ours")
    report = {**found.report, "remarks": [*found.report["remarks"], say(said)]}
    return Brought(found.graph, (*remarks, said), found, found.layout, report)


def _json(data: bytes, _name: str, only: str) -> Brought:
    _whole("json", only)
    file = read_graph(data)
    return Brought(file.graph, (), None, file.layout, file.report)


def _table(cells: Cells, name: str, only: str) -> Brought:
    _whole("table", only)
    found = read_table(cells, name)
    told = {"source": "table of steps", "remarks": [say(remark) for remark in found.remarks], "elements": []}
    return Brought(found.graph, found.remarks, report=told)


def _whole(kind: str, only: str) -> None:
    if only:
        raise ModelError("convert_no_parts", kind=kind)


READERS: dict[str, Callable[[bytes, str, str], Brought]] = {
    "bpmn": _bpmn,
    "json": _json,
    "csv": lambda data, name, only: _table(csv_cells(data), name, only),
    "xlsx": lambda data, name, only: _table(xlsx_cells(data), name, only),
}
"""Kinds of file that can be brought in."""

WRITERS: dict[str, Callable[[StepGraph], bytes]] = {
    "bpmn": export_bpmn,
    "json": lambda graph: write_graph(graph).encode(),
    "csv": csv_of,
    "xlsx": xlsx_of,
    "mermaid": lambda graph: mermaid_of(graph).encode(),
    "dot": lambda graph: dot_of(graph).encode(),
    "svg": lambda graph: draw(graph).encode(),
}
"""Kinds of file that can be given out."""

KINDS = {
    **dict.fromkeys((*ENDINGS, ".xml"), "bpmn"),
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
}


def kind_of(name: str) -> str:
    """Return the kind of file that a name's ending says.

    >>> kind_of("Refunds.BPMN"), kind_of("steps.xlsx")
    ('bpmn', 'xlsx')
    """
    kind = next((kind for ending, kind in KINDS.items() if name.lower().endswith(ending)), "")
    if not kind:
        raise ModelError("convert_unknown", name=name[-60:], known=", ".join(KINDS))
    return kind


def bring_in(data: bytes, name: str, only: str = "") -> Brought:
    """Return the graph that a file holds, by the ending of its name; of BPMN ``only`` one part, if that is asked.

    Raises ModelError where it cannot be read, or where files of its kind only go out.
    """
    kind = kind_of(name)
    if kind not in READERS:
        raise ModelError("convert_only_out", kind=kind)
    if len(data) > MOST_BYTES:
        raise ModelError("xml_too_large", most=MOST_BYTES >> 20)
    return READERS[kind](data, Path(name).name.rsplit(".", 1)[0], only)


def read_file(file: Path, only: str = "") -> Brought:
    """Return the graph that a file on disk holds, or ``only`` one part of it."""
    if file.is_dir():
        raise ModelError("convert_folder")
    if file.stat().st_size > MOST_BYTES:
        raise ModelError("xml_too_large", most=MOST_BYTES >> 20)
    return bring_in(file.read_bytes(), file.name, only)


def give_out(found: Brought, kind: str) -> bytes:
    """Return a graph as a file of a kind; a graph file keeps layout and report, BPMN what its file had."""
    if kind == "json":
        return write_graph(found.graph, found.layout, found.report).encode()
    if kind == "bpmn":
        return export_bpmn(found.graph, found.report)
    return WRITERS[kind](found.graph)
