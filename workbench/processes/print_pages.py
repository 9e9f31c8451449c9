"""The process on paper: the map on landscape sheets, and the process document with a chapter for each step.

A map that is wider than a sheet at eight points is cut into sheets that overlap a little; it is never made smaller.
"""

import re

from flask import render_template, request
from flask.typing import ResponseReturnValue
from msgspec import Struct

from process_models.graph.checks import faults
from process_models.graph.drawing import Look, draw
from process_models.graph.telling import process_told
from workbench import web
from workbench.permissions import Permission, needs
from workbench.processes import picture
from workbench.processes.frame import asked, bp, facts_of, found, frame
from workbench.processes.rows import kept_rows
from workbench.services import store as services

PAPERS = {"a3": (1640, 1010), "a4": (1150, 640)}
"""Width and height that a map may have on a landscape sheet so that 12 px are at least eight points."""
OVERLAP = 80


class Sheet(Struct, frozen=True):
    """A part of a map on one sheet of paper, px."""

    n: int
    x: int
    y: int
    width: int
    height: int


def sheets(width: int, height: int, paper: str) -> list[Sheet]:
    """Return the parts of a map, row by row.

    >>> [(one.x, one.width) for one in sheets(3000, 700, "a3")]
    [(0, 1640), (1560, 1640)]
    """
    room, tall = PAPERS[paper]
    wide = room if width > room else width
    down = tall if height > tall else height
    places = [(x, y) for y in _starts(height, down) for x in _starts(width, wide)]
    return [Sheet(n, x, y, wide, down) for n, (x, y) in enumerate(places, 1)]


def _starts(length: int, room: int) -> range:
    return range(0, max(1, length - OVERLAP), max(1, room - OVERLAP)) if length > room else range(1)


@bp.get("/<id>/map/print")
@needs(Permission.PROCESS_READ)
def print_map(id: str) -> ResponseReturnValue:
    """Show the map on sheets of A3 or A4, with the heat that is asked for."""
    return _page(id, "processes/print.html")


@bp.get("/<id>/document")
@needs(Permission.PROCESS_READ)
def process_document(id: str) -> ResponseReturnValue:
    """Show the process as a document: told, as a map, and step by step."""
    return _page(id, "processes/document.html")


def _size(svg: str) -> tuple[int, int]:
    """Return the width and height that a picture gives itself."""
    width, height = re.findall(r'(?:width|height)="(\d+)"', svg)[:2]
    return int(width), int(height)


def _page(id: str, template: str) -> str:
    process = found(id)
    revision = asked(process, "version")
    facts = facts_of(revision)
    currency = services.find(web.current(), process.service).currency
    measure = request.args.get("heat", "none")
    heat = picture.heat(facts, measure, currency)
    measures = {step: one.text for step, one in picture.heat(facts, "wait", currency).items()}
    rows = kept_rows(web.current(), revision)
    look = Look(title=f"{process.name}, {revision.title}", heat=heat, measures={} if heat else measures, rows=rows)
    paper = request.args.get("paper", "a3")
    paper = paper if paper in PAPERS else "a3"
    svg = draw(facts.graph, look).replace("<svg ", '<svg id="drawn" ', 1)
    width, height = _size(svg)
    graph = facts.graph
    return render_template(
        template,
        **frame(process, "map"),
        revision=revision,
        graph=graph,
        svg=svg,
        sheets=sheets(width, height, paper),
        size=(width, height),
        paper=paper,
        papers=tuple(PAPERS),
        measure=measure,
        scale=picture.SCALES.get(measure),
        classes=picture.key(measure, currency),
        told=process_told(graph),
        cards=[picture.card(graph, step, facts, currency) for step in graph.reading_order],
        before={
            step: [(graph.numbers[flow.source], graph.by_id[flow.source].name) for flow in graph.before(step)]
            for step in graph.by_id
        },
        register=picture.register(graph),
        wrong=[fault for fault in faults(graph) if fault.weight == "fault"],
    )
