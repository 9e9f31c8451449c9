"""A step graph as text that other programs draw: Mermaid for web pages and wikis, DOT for Graphviz.

Both only go out: they can draw a process, but not say what its steps are.
"""

import re

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step
from process_models.values import words

MERMAID = {
    Kind.START: ("([", "])"),
    Kind.END: ("([", "])"),
    Kind.WAIT: ("[/", "/]"),
    Kind.CHOICE: ("{", "}"),
    Kind.INCLUSIVE: ("{{", "}}"),
    Kind.FORK: ("[[", "]]"),
    Kind.JOIN: ("[[", "]]"),
}
DOT = {
    Kind.START: "oval",
    Kind.END: "oval",
    Kind.WAIT: "parallelogram",
    Kind.CHOICE: "diamond",
    Kind.INCLUSIVE: "diamond",
    Kind.FORK: "septagon",
    Kind.JOIN: "septagon",
}


def mermaid_of(graph: StepGraph) -> str:
    """Return a graph as a Mermaid flowchart, left to right."""
    number = {id: f"s{n}" for id, n in graph.numbers.items()}
    lines = ["flowchart LR"]
    for id in graph.reading_order:
        before, after = MERMAID.get(graph.by_id[id].kind, ("[", "]"))
        lines.append(f'  {number[id]}{before}"{_mermaid(graph.by_id[id].name)}"{after}')
    for flow in graph.flows:
        arrow = "-.->" if flow.kind == "abandon" else "-->"
        text = _label(graph, flow)
        label = f'|"{_mermaid(text)}"|' if text else ""
        lines.append(f"  {number[flow.source]} {arrow}{label} {number[flow.target]}")
    return "\n".join(lines) + "\n"


def _mermaid(text: str) -> str:
    """Return text as Mermaid holds it in quotes: marks as entities, on one line."""
    return " ".join(re.sub(r'[#&"<>`]', lambda mark: f"#{ord(mark[0])};", text).split())


def dot_of(graph: StepGraph) -> str:
    """Return a graph in the language of Graphviz."""
    lines = [f"digraph {_dot(graph.name)} {{", "  rankdir=LR;", '  node [shape=box, style="rounded"];']
    for id in graph.reading_order:
        lines.append(f"  {_dot(id)} [label={_dot(graph.by_id[id].name)}{_shape(graph.by_id[id])}];")
    for flow in graph.flows:
        text = _label(graph, flow)
        marks = [f"label={_dot(text)}"] if text else []
        marks += ["style=dashed"] if flow.kind == "abandon" else []
        shown = f" [{', '.join(marks)}]" if marks else ""
        lines.append(f"  {_dot(flow.source)} -> {_dot(flow.target)}{shown};")
    return "\n".join([*lines, "}"]) + "\n"


def _shape(step: Step) -> str:
    shape = DOT.get(step.kind)
    return f', shape={shape}, style=""' if shape else ""


def _dot(text: str) -> str:
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _label(graph: StepGraph, flow: Flow) -> str:
    several = len(graph.ways(flow.source)) > 1 and graph.by_id[flow.source].kind is not Kind.FORK
    share = words.percent(flow.share) if several and flow.kind == "normal" else ""
    given_up = "gives up" if flow.kind == "abandon" and not flow.label else ""
    return " ".join(part for part in (share, flow.label, given_up) if part)
