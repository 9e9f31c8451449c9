"""A step graph as accessible SVG: lanes, steps with their three lenses, flows, scope, heat, difference.

Geometry stands in attributes, colour in classes (the page's policy allows no inline style). Every step is a link with a
spoken name; flows and marks are hidden from screen readers, because the names of the steps say where they go.
"""

from collections.abc import Callable
from html import escape
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from process_models.graph.compare import Difference, former, led_elsewhere
from process_models.graph.graph import StepGraph
from process_models.graph.labels import Label, lettered
from process_models.graph.layout import layout
from process_models.graph.lettering import cut
from process_models.graph.narration import step_in_words, summary
from process_models.graph.outline import outline
from process_models.graph.routing import BAR_ROOM, POINT, ROUND, Box, Routes, name_of, plan
from process_models.graph.steps import Flow, Kind, Lane, Lens, Step
from process_models.graph.strokes import Line, crossings, elbows, head
from process_models.values import words

LANE_NAMES = {
    Lane.CUSTOMER: "Customer",
    Lane.FRONT: "Front",
    Lane.BACK: "Back",
    Lane.SUPPORT: "Support",
    Lane.EXTERNAL: "External",
}
PLAIN = {Kind.START, Kind.END, Kind.FORK, Kind.JOIN}


class Heat(Struct, frozen=True):
    """The one measure on show: what is printed in a step, and its class of five."""

    text: str
    level: int
    """1 to 5."""


class Look(Struct, frozen=True):
    """What a picture shows beside the graph itself."""

    title: str = ""
    measures: dict[str, str] = {}
    """Text at the right of a step's first row."""
    heat: dict[str, Heat] = {}
    scope: frozenset[str] = frozenset()
    """Steps in scope; empty draws no region."""
    locked: frozenset[str] = frozenset()
    clocks: frozenset[str] = frozenset()
    """Steps on which a clock runs."""
    questions: dict[str, int] = {}
    """Open questions on steps and flows."""
    selected: str = ""
    marked: dict[str, str] = {}
    """Steps or flows: added, removed or changed, in a picture of a difference."""
    changes: dict[str, int] = {}
    """How many attributes of a step changed."""
    old_shares: dict[str, str] = {}
    """Former share of flows whose share changed."""
    link: Callable[[str], str] | None = None
    """Address of a step."""
    phases: dict[str, tuple[str, str]] = {}
    """Steps that stand for a whole phase: what is said in place of the number, and of the marks."""
    numbers: dict[str, int] = {}
    """Numbers of steps where they are not those of the graph that is drawn."""
    rows: dict[str, int] = {}
    """Rows in their lanes that steps keep from before."""


def draw(graph: StepGraph, look: Look | None = None) -> str:
    """Return the picture of a graph as one ``svg`` element."""
    look = look or Look()
    routes, labels = lettered(plan(graph, layout(graph, look.rows)), texts(graph, look))
    gaps = crossings({flow.id: routes.paths[flow.id] for flow in graph.flows})
    parts = [
        f"<title>{escape(look.title or graph.name)}</title><desc>{escape(summary(graph))}</desc>",
        *_scope(routes, look),
        *_lanes(routes),
        '<g aria-hidden="true">',
        *(_flow(graph, flow, (routes.paths[flow.id], gaps[flow.id]), look) for flow in graph.flows),
        *(_label(label) for label in labels),
        *_lane_names(routes),
        "</g>",
        '<g role="list">',
        *(_step(graph, graph.by_id[id], routes.boxes[id], look) for id in graph.reading_order),
        "</g>",
    ]
    width, height = round(routes.width), round(routes.height)
    return (
        f'<svg class="map" xmlns="http://www.w3.org/2000/svg" role="group" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">' + "".join(parts) + "</svg>"
    )


def difference(
    before: StepGraph, after: StepGraph, change: Difference, link: Callable[[str], str] | None = None
) -> str:
    """Return one picture of two versions: removed steps stay in their old place, changed ones say how much changed."""
    both = _union(before, after)
    marked = {
        id: verb
        for kind in ("step", "flow")
        for verb in ("added", "removed", "changed")
        for id in change.of(kind, verb)
    }
    counts = {id: len(entry.fields) for id, entry in change.of("step", "changed").items()}
    old_shares = {
        id: before.flow_by_id[id].share
        for id in change.of("flow", "changed")
        if before.flow_by_id[id].share != after.flow_by_id[id].share
    }
    title = f"{after.name}: what changes"
    return draw(both, Look(title=title, marked=marked, changes=counts, old_shares=old_shares, link=link))


def _union(before: StepGraph, after: StepGraph) -> StepGraph:
    gone = tuple(step for step in before.steps if step.id not in after.by_id)
    old = tuple(flow for flow in before.flows if flow.id not in after.flow_by_id)
    old += tuple(
        replace(flow, id=former(flow.id))
        for flow in before.flows
        if flow.id in after.flow_by_id and led_elsewhere(flow, after.flow_by_id[flow.id])
    )
    return StepGraph(id=after.id, name=after.name, steps=(*after.steps, *gone), flows=(*after.flows, *old))


def texts(graph: StepGraph, look: Look) -> dict[str, tuple[str, str]]:
    """Return what flows are labelled with: share where a flow splits, its reason, its former share first."""
    out = {}
    for flow in graph.flows:
        ways = [f for f in graph.ways(flow.source) if look.marked.get(f.id) != "removed"]
        split = len(ways) > 1 and graph.by_id[flow.source].kind is not Kind.FORK
        share = words.percent(flow.share) if split and flow.kind == "normal" else ""
        text = " ".join(part for part in (share, flow.label) if part)
        old = words.percent(look.old_shares[flow.id]) if flow.id in look.old_shares else ""
        if flow.kind == "abandon":
            text = flow.label or "gives up"
        if text and look.marked.get(flow.id) != "removed":
            out[flow.id] = (old, ("~ " if old else "") + text)
    return out


LINES = (
    ("interaction", {Lane.CUSTOMER}),
    ("visibility", {Lane.CUSTOMER, Lane.FRONT}),
    ("internal interaction", {Lane.CUSTOMER, Lane.FRONT, Lane.BACK}),
)
"""The lines of the service blueprint, and the lanes above each."""


def line_between(above: Lane, below: Lane) -> str:
    """Return the line of the blueprint that lies between two lanes, the most telling one; empty before the external."""
    crossed = [name for name, lanes in LINES if above in lanes and below not in lanes and below is not Lane.EXTERNAL]
    return "visibility" if "visibility" in crossed else next(iter(crossed), "")


def _lanes(routes: Routes) -> list[str]:
    """Return the lines between lanes."""
    out = []
    for above, band in pairwise(routes.bands):
        kind = line_between(above.lane, band.lane).replace(" ", "-") or "lane"
        out.append(f'<path class="{kind}" d="M0 {band.top:.0f}H{routes.width:.0f}"/>')
    return out


def _lane_names(routes: Routes) -> list[str]:
    """Return the names of lanes and of the lines between them, to be drawn over flows."""
    out = []
    for n, band in enumerate(routes.bands):
        name, foot = LANE_NAMES[band.lane], band.top + band.height
        out.append(f'<text class="lane-name" data-lane="{band.lane.value}" data-top="{band.top:.0f}" ')
        out.append(f'data-foot="{foot:.0f}" x="{band.name.x:.0f}" y="{band.top + 18:.0f}">{name}</text>')
        if n and (line := line_between(routes.bands[n - 1].lane, band.lane)):
            x, _ = routes.notes[n - 1].middle
            out.append(
                f'<text class="note" x="{x:.0f}" y="{band.top + 16:.0f}" text-anchor="middle">line of {line}</text>'
            )
    return out


def _scope(routes: Routes, look: Look) -> list[str]:
    boxes = {id: box for id, box in routes.boxes.items() if id in look.scope}
    others = [box for id, box in routes.boxes.items() if id not in look.scope]
    return [f'<path class="scope" d="{outline(list(boxes.values()), others)}"/>'] if boxes else []


def _flow(graph: StepGraph, flow: Flow, line: Line, look: Look) -> str:
    kinds = ["flow"]
    if flow.id in graph.backward:
        kinds.append("back")
    if flow.kind == "abandon":
        kinds.append("abandon")
    if flow.id in look.marked:
        kinds.append(look.marked[flow.id])
    width = 1.2 + float(flow.share) if graph.by_id[flow.source].kind is not Kind.FORK else 1.7
    path = f'<path class="{" ".join(kinds)}" stroke-width="{width:.2f}" d="{elbows(line)}"/>'
    return path + head(line[0], look.marked.get(flow.id, ""))


def _label(label: Label) -> str:
    x, y = label.box.middle
    old = f'<tspan class="old">{escape(label.old)}</tspan> ' if label.old else ""
    box = label.box
    return (
        f'<rect class="pill" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="4"/>'
        f'<text class="share" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{old}{escape(label.text)}</text>'
    )


def _step(graph: StepGraph, step: Step, box: Box, look: Look) -> str:
    mark = look.marked.get(step.id, "")
    kinds = ["step", "phase" if step.id in look.phases else step.kind.value.lower()]
    if look.scope and step.id not in look.scope:
        kinds.append("outside")
    if step.id == look.selected:
        kinds.append("selected")
    if mark:
        kinds.append(mark)
    elif step.id in look.heat:
        kinds.append(f"heat{look.heat[step.id].level}")
    name = escape(_spoken(graph, step, look), quote=True)
    href = escape(look.link(step.id), quote=True) if look.link else f"#{escape(step.id, quote=True)}"
    inside = _body(graph, step, box, look) + _badge(box, look.questions.get(step.id, 0)) + _ring(box)
    return (
        f'<g role="listitem"><a class="{" ".join(kinds)}" href="{href}" data-step="{escape(step.id, quote=True)}" '
        f'data-name="{escape(step.name, quote=True)}" data-lane="{step.lane.value}" '
        f'data-kind="{step.kind.value.lower()}" aria-label="{name}">' + inside + "</a></g>"
    )


def _spoken(graph: StepGraph, step: Step, look: Look) -> str:
    extra = [look.marked[step.id]] if step.id in look.marked else []
    if count := look.questions.get(step.id, 0):
        extra.append(words.count(count, "open question", "open questions"))
    if look.scope:
        extra.append("in scope" if step.id in look.scope else "out of scope")
    if step.id in look.locked:
        extra.append("locked")
    if step.id in look.phases:
        number, size = look.phases[step.id]
        text = f"{number}, {step.name}, {size}."
    else:
        text = step_in_words(graph, step)
    return f"{text} {', '.join(extra).capitalize()}." if extra else text


def _body(graph: StepGraph, step: Step, box: Box, look: Look) -> str:
    shape = _shape(step, box)
    if look.marked.get(step.id) == "changed":
        inner = Box(box.x - 4, box.y - 4, box.width + 8, box.height + 8)
        shape = _shape(step, inner, "outer") + shape + _tag(box, f"~ {look.changes.get(step.id, 0)}")
    if step.kind in (Kind.FORK, Kind.JOIN):
        x, _ = box.middle
        return shape + _text("small", x, box.y - 6, cut(step.name, BAR_ROOM, 12), "middle")
    if step.kind in PLAIN and step.id not in look.phases:
        x, y = box.middle
        lines = name_of(step)
        first = y + 4 - 8 * (len(lines) - 1)
        return shape + "".join(_text("name", x, first + 16 * n, one, "middle") for n, one in enumerate(lines))
    return shape + _rows(graph, step, box, look)


def _shape(step: Step, box: Box, kind: str = "shape") -> str:
    x, y, width, height = box.x, box.y, box.width, box.height
    if step.kind in (Kind.CHOICE, Kind.INCLUSIVE):
        points = (
            (x + POINT, y),
            (x + width - POINT, y),
            (x + width, y + height / 2),
            (x + width - POINT, y + height),
            (x + POINT, y + height),
            (x, y + height / 2),
        )
        return f'<polygon class="{kind}" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>'
    radius = {Kind.START: ROUND, Kind.END: ROUND, Kind.FORK: 3, Kind.JOIN: 3}.get(step.kind, 7)
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius}"/>'


def _rows(graph: StepGraph, step: Step, box: Box, look: Look) -> str:
    """Return the three rows of a step: number, icons and measure; name; lens marks."""
    pad = 16 if step.kind in (Kind.CHOICE, Kind.INCLUSIVE) else 10
    left, right = box.x + pad, box.x + box.width - pad
    mark = look.marked.get(step.id, "")
    if mark in ("added", "removed"):
        first = _text("mark", left, box.y + 19, "+ added" if mark == "added" else f"{words.MINUS} removed")
    else:
        measure = look.heat[step.id].text if step.id in look.heat else look.measures.get(step.id, "")
        known = look.numbers.get(step.id, graph.numbers[step.id])
        number = look.phases[step.id][0] if step.id in look.phases else str(known)
        icons = [icon for icon, on in (("lock", look.locked), ("clock", look.clocks)) if step.id in on]
        first = _text("number", left, box.y + 19, number) + "".join(
            f'<use class="icon" href="#{icon}" x="{left + 12 + 7 * len(number) + 17 * n - 5:.1f}" '
            f'y="{box.y + 8:.1f}" width="13" height="13"/>'
            for n, icon in enumerate(icons)
        )
        first += _text("measure", right, box.y + 19, measure, "end") if measure else ""
    lines = name_of(step)
    named = "".join(_text("name", left, box.y + 38 + 16 * n, line) for n, line in enumerate(lines))
    centre = box.y + 58 + 16 * (len(lines) - 1)
    title = f"<title>{escape(step.name)}</title>" if lines[-1].endswith("…") else ""
    if step.id in look.phases:
        return title + first + named + _text("small", left, centre + 4, look.phases[step.id][1])
    return title + first + named + ("" if mark else _marks(step, left, centre, (right - left) / 2.77))


def _marks(step: Step, left: float, centre: float, every: float) -> str:
    """Return the three lens marks: circle, square, triangle; filled for grade A or B; always with the value."""
    out = []
    for n, lens in enumerate(Lens):
        score = step.score(lens)
        known = "sure" if score and score.provenance.grade in "AB" else "unsure"
        x = left + n * every
        shapes = {
            Lens.SATISFACTION: f'<circle cx="{x + 4.5:.1f}" cy="{centre:.1f}" r="4.2"/>',
            Lens.COST: f'<rect x="{x + 0.5:.1f}" y="{centre - 4:.1f}" width="8" height="8"/>',
            Lens.COMPLIANCE: f'<polygon points="{x:.1f},{centre + 4:.1f} {x + 9:.1f},{centre + 4:.1f} '
            f'{x + 4.5:.1f},{centre - 4.5:.1f}"/>',
        }
        value = words.signed(words.decimal(score.value, 0)) if score else "?"
        strong = " strong" if score and abs(score.value) == 2 else ""
        out.append(f'<g class="{lens.value} {known}">{shapes[lens]}</g>')
        out.append(_text(f"score{strong}", x + 12.5, centre + 4, value))
    return "".join(out)


def _badge(box: Box, count: int) -> str:
    if not count:
        return ""
    x, y = box.x + box.width - 18, box.y - 16
    return (
        f'<g class="badge"><path d="M{x:.1f} {y:.1f}h22a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-9l-5 6v-6h-8a2 2 0 0 1 -2 -2'
        f'v-14a2 2 0 0 1 2 -2z"/>' + _text("count", x + 11, y + 13, str(count), "middle") + "</g>"
    )


def _tag(box: Box, text: str) -> str:
    x, y = box.x + box.width - 30, box.y - 14
    return f'<g class="tag"><rect x="{x:.1f}" y="{y:.1f}" width="34" height="20" rx="3"/>' + (
        _text("count", x + 17, y + 14, text, "middle") + "</g>"
    )


def _ring(box: Box) -> str:
    """Return the ring that shows keyboard focus, 5 px out."""
    return (
        f'<rect class="focus-ring" x="{box.x - 5:.1f}" y="{box.y - 5:.1f}" width="{box.width + 10:.1f}" '
        f'height="{box.height + 10:.1f}" rx="11"/>'
    )


def _text(kind: str, x: float, y: float, text: str, anchor: str = "start") -> str:
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{where}>{escape(text)}</text>'
