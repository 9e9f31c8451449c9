"""Graphs, designs as files: ``{format, graph, layout, report}``; the digest covers the graph only."""

import json
from typing import Any

from msgspec import Struct

from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.values.canonical import canonical, convert, parse, plain
from process_models.values.errors import ModelError

FORMAT = 1


class GraphFile(Struct, frozen=True):
    """A graph with what belongs to it but not to its digest."""

    graph: StepGraph
    layout: dict[str, Any]
    report: dict[str, Any]


def write_graph(graph: StepGraph, layout: dict[str, Any] | None = None, report: dict[str, Any] | None = None) -> str:
    """Return a graph as the text of a file."""
    body = {"format": FORMAT, "graph": plain(graph), "layout": layout or {}, "report": report or {}}
    return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_graph(text: str | bytes) -> GraphFile:
    """Return the graph that a file holds.

    Raises ModelError where it is no graph file or of a newer format.
    """
    body = parse(text)
    if not isinstance(body, dict) or "graph" not in body:
        raise ModelError("no_graph_file")
    if body.get("format") != FORMAT:
        raise ModelError("newer_format", format=body.get("format"), known=FORMAT)
    return GraphFile(convert(body["graph"], StepGraph), body.get("layout", {}), body.get("report", {}))


def write_design(design: Design) -> str:
    """Return a design as the text of a file."""
    return canonical(design).decode() + "\n"
