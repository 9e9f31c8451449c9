"""Processes from files and into files: the report is looked at first, then a version is made of it.

What was read waits on the server, for its owner alone: to others it is not there. So these pages need no more than to
be signed in, and ask for the rest of the file that they find. The report stays beside the version afterwards.
"""

import re
from collections.abc import Iterator
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from process_models.exchange.converting import WRITERS, Brought
from process_models.exchange.simulation_beside import Carried, carried_by
from process_models.exchange.step_table import harmless_csv_of
from process_models.graph.checks import faults
from process_models.graph.compare import Difference, compare
from process_models.graph.design import Design, Staffing
from process_models.graph.documents import GraphFile
from process_models.graph.drawing import draw
from process_models.graph.graph import StepGraph
from process_models.graph.telling import change_told, counted_told
from process_models.values.errors import ModelError
from process_models.values.fractions import number
from process_models.values.sentences import Sentence, say
from process_models.values.words import count, decimal
from workbench import web
from workbench.accounts import store as people
from workbench.converting import as_file
from workbench.errors import Invalid, NotFound, Refusal
from workbench.forms import choices
from workbench.permissions import Permission, may, needs, see, takes_files
from workbench.processes import operations, store
from workbench.processes.exchange_forms import ALL_PARTS, BringForm, KeepForm, part_form
from workbench.processes.frame import asked, bp, found, frame
from workbench.processes.model import BroughtFile
from workbench.services import store as services

LISTED = 200
"""How many elements of a group are listed; the CSV lists all."""
LARGEST_DRAWN = 1500
"""How many steps a map may have to be drawn beside its report."""
HOMES = {"process": "the process as a whole", "participant": "a role, or a note", "lane": "a role"}
"""Where elements stand that become no step or flow."""
FATES = ("dropped", "simplified", "kept")
PART_WORDS = {"people": "people", "hours": "hours", "time": "time of a step", "share": "share", "arrivals": "arrivals"}
"""What a part of the data for a simulation is."""


class GivenOut(Struct, frozen=True):
    """A kind of file that a version is given out as."""

    words: str
    ending: str
    type: str
    carries: str


GIVEN_OUT = {
    "bpmn": GivenOut(
        "BPMN 2.0", "bpmn", "application/xml", "Everything, with a diagram: what BPMN cannot say stands in annotations."
    ),
    "json": GivenOut("Graph file", "json", "application/json", "Everything, exactly, with the report of its file."),
    "csv": GivenOut(
        "Table of steps, CSV", "csv", "text/csv", "Steps with what comes next; no scores, evidence or obligations."
    ),
    "xlsx": GivenOut(
        "Table of steps, XLSX",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "The same for a spreadsheet.",
    ),
    "mermaid": GivenOut("Mermaid", "mmd", "text/plain", "Steps and flows, for wikis and notes."),
    "dot": GivenOut("DOT", "dot", "text/vnd.graphviz", "Steps and flows, for Graphviz."),
    "svg": GivenOut("Picture, SVG", "svg", "image/svg+xml", "The map as it is drawn here."),
}


# Bringing in


@bp.get("/file")
@needs(Permission.PROCESS_EDIT)
def bring_file() -> ResponseReturnValue:
    """Ask for a file, and what it is to become."""
    into = request.args.get("process", "")
    return _bring_page(_offered(BringForm(formdata=None, into=f"process/{into}" if into else None)))


@bp.post("/file")
@needs(Permission.PROCESS_EDIT)
@takes_files
def read_file() -> ResponseReturnValue:
    """Read a file, let it wait, and lead to its report."""
    form = _offered(BringForm())
    if not form.validate():
        return _bring_page(form), 422
    service, process = _target(form.into.data)
    content, name = form.content()
    try:
        one = operations.bring(web.engine(), web.actor(), service, process, name, content)
    except (ModelError, Refusal) as problem:
        form.refuse(form.file, problem)
        return _bring_page(form), 422
    return redirect(url_for(".brought", id=one.id), 303)


def _offered(form: BringForm) -> BringForm:
    """Offer the services and processes that the person may change."""
    db, actor = web.current(), web.actor()
    mine = [one for one in services.services(db) if may(actor, Permission.PROCESS_EDIT, one.place)]
    theirs = [one for one in store.processes(db) if may(actor, Permission.PROCESS_EDIT, one.place)]
    begun = [(f"service/{one.id}", f"A new process of {one.name}") for one in mine]
    versions = [(f"process/{one.id}", f"A new version of {one.name}") for one in theirs]
    form.into.choices = choices([*begun, *versions])
    return form


def _target(into: str) -> tuple[str, str | None]:
    kind, _, id = into.partition("/")
    return (id, None) if kind == "service" else (store.find(web.current(), id).service, id)


def _bring_page(form: BringForm) -> str:
    waiting = store.brought_by(web.current(), web.actor().person)
    return render_template("processes/exchange_bring.html", form=form, waiting=waiting)


# The report


@bp.get("/file/brought/<id>")
@needs(Permission.SELF)
def brought(id: str) -> ResponseReturnValue:
    """Show what became of a file: to its owner while it waits, beside its version to all who may see that."""
    return _report_page(_seen(id))


@bp.get("/file/brought/<id>/report.csv")
@needs(Permission.SELF)
def brought_csv(id: str) -> ResponseReturnValue:
    """Give the whole report as CSV, an element a row; parts of the data for a simulation come after them."""
    one = _seen(id)
    reading = store.brought_reading(web.current(), id)
    standing = _standing(reading.graph)
    rows = [("element", "id", "name", "became", "reason", "where")]
    for element in _elements(reading):
        where = "; ".join(_wheres(standing, element["in"]))
        told = (element["id"], element["name"], element["became"], element["reason"])
        rows.append((_kind(element["type"]), *told, where))
    carried = carried_by(reading.report)
    for part in carried.parts if carried is not None else ():
        kind = f"simulation: {PART_WORDS.get(part.part, 'other')}"
        rows.append((kind, part.id, part.name, part.became, part.reason, ""))
    return attached(harmless_csv_of(rows).encode("utf-8-sig"), "text/csv", f"{_stem(one.name)}-report.csv")


@bp.post("/file/brought/<id>/choose")
@needs(Permission.SELF)
def choose_part(id: str) -> ResponseReturnValue:
    """Take one of the processes that a file draws, or all of them."""
    one = operations.waiting(web.current(), web.actor(), id)
    form = part_form(_parts(store.brought_reading(web.current(), id)), one.chosen)
    if not form.validate():
        return _report_page(one, part=form), 422
    part = "" if form.part.data == ALL_PARTS else form.part.data
    operations.choose(web.engine(), web.actor(), id, part)
    return redirect(url_for(".brought", id=id), 303)


@bp.post("/file/brought/<id>/keep")
@needs(Permission.SELF)
def make_brought(id: str) -> ResponseReturnValue:
    """Make a waiting file a version."""
    one = operations.waiting(web.current(), web.actor(), id)
    form = _keep_form(one, KeepForm(), carried_by(store.brought_reading(web.current(), id).report))
    if not form.validate():
        return _report_page(one, keep=form), 422
    name = form.name.data.strip() if form.name else ""
    try:
        people = form.people is not None and bool(form.people.data)
        revision = operations.make_version(web.engine(), web.actor(), id, name, form.revision, people)
    except (ModelError, Refusal) as problem:
        form.form_errors.append(str(problem))
        return _report_page(one, keep=form), getattr(problem, "status", 422)
    same = one.process is not None and revision.n == form.revision
    web.tell("brought_the_same" if same else "brought_in", n=revision.n)
    return redirect(url_for(".map", id=revision.process), 303)


@bp.post("/file/brought/<id>/away")
@needs(Permission.SELF)
def throw_away_brought(id: str) -> ResponseReturnValue:
    """Throw a waiting file away."""
    operations.throw_away(web.engine(), web.actor(), id)
    web.tell("brought_thrown_away")
    return redirect(url_for(".bring_file"), 303)


def _seen(id: str) -> BroughtFile:
    """Return a file that was brought in, if the person may see it; while it waits, only its owner may."""
    one = store.find_brought(web.current(), id)
    if one.waits and one.author != web.actor().person:
        raise NotFound("no_brought_file")
    see(web.actor(), Permission.PROCESS_READ, one.place)
    return one


def _keep_form(one: BroughtFile, form: KeepForm, carried: Carried | None) -> KeepForm:
    """Leave out the name where the process has one, and people where the file carries none."""
    if one.process is not None:
        del form.name
    if not _brings_people(carried):
        del form.people
    elif one.process is not None and (pools := len(_head(one.process).staffing.pools)):
        form.people.label.text += f", in place of {count(pools, 'pool', 'pools')} of the newest version"
    return form


def _brings_people(carried: Carried | None) -> bool:
    return carried is not None and bool(carried.staffing.pools)


def _blank_keep_form(one: BroughtFile, graph: StepGraph, carried: Carried | None) -> KeepForm:
    base = store.head(web.current(), one.process).n if one.process is not None else 0
    blank = KeepForm(formdata=None, name=graph.name[:120], base=base, people=_taken(one, carried) is not None)
    return _keep_form(one, blank, carried)


def _taken(one: BroughtFile, carried: Carried | None) -> Staffing | None:
    """Return the people of a file where they come unless somebody says no: a process that has people keeps its own."""
    if carried is None or not _brings_people(carried):
        return None
    return None if one.process is not None and _head(one.process).staffing.pools else carried.staffing


def _head(process: str) -> Design:
    """Return the newest version of a process with its people."""
    db = web.current()
    return store.design(db, store.head(db, process))


def _report_page(one: BroughtFile, part: Any = None, keep: KeepForm | None = None) -> str:
    db = web.current()
    reading = store.brought_reading(db, one.id)
    graph, parts, standing = reading.graph, _parts(reading), _standing(reading.graph)
    carried = carried_by(reading.report)
    change = _change(one, graph, _taken(one, carried))
    by_fate = {fate: [element for element in _elements(reading) if element["became"] == fate] for fate in FATES}
    drawn = one.waits and 0 < len(graph.steps) <= LARGEST_DRAWN
    wrong = [fault for fault in faults(graph) if fault.weight == "fault"]
    return render_template(
        "processes/exchange_report.html",
        one=one,
        process=store.find(db, one.process) if one.process is not None else None,
        service=services.find(db, one.service),
        names=people.names(db),
        heading=_heading(one, reading, by_fate),
        source=reading.report.get("source", "graph file"),
        remarks=_remarks(reading, by_fate),
        parts=parts,
        part_form=part or part_form(parts, one.chosen, formdata=None),
        keep_form=keep or _blank_keep_form(one, graph, carried),
        simulation=_simulation(carried) if carried is not None else None,
        counts=[(fate, len(by_fate[fate])) for fate in reversed(FATES)],
        groups=[(fate, len(by_fate[fate]), list(_groups(standing, by_fate[fate], fate))) for fate in FATES],
        size=f"{count(len(graph.steps), 'step', 'steps')} and {count(len(graph.flows), 'flow', 'flows')}",
        svg=draw(graph) if drawn else "",
        wrong=wrong,
        listed=LISTED,
        homes=HOMES,
        counted=counted_told(change) if change is not None else "",
        told=[change_told(item) for item in change.changes[:LISTED]] if change is not None else [],
        changes=len(change.changes) if change is not None else 0,
        days=operations.WAITS.days,
    )


def _change(one: BroughtFile, graph: StepGraph, people: Staffing | None) -> Difference | None:
    """Return what a waiting file would change of the process it was brought in for."""
    if not one.waits or one.process is None:
        return None
    head = _head(one.process)
    return compare(head, Design(graph=graph, staffing=people or head.staffing))


class SimulationTold(Struct, frozen=True):
    """What a file brings for a simulation, in words."""

    summary: str
    people: tuple[str, ...]
    arrivals: str
    fates: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Of each group: what became of it, why or what it is, and its parts."""


def _simulation(carried: Carried) -> SimulationTold:
    grouped: dict[tuple[str, str], list[str]] = {}
    for part in carried.parts:
        why = PART_WORDS.get(part.part, "other") if part.became == "kept" else part.reason
        grouped.setdefault((part.became, why), []).append(part.name or part.id)
    order = sorted(grouped.items(), key=lambda item: (FATES.index(item[0][0]), -len(item[1])))
    people = tuple(f"{pool.name}: {count(pool.heads, 'person', 'people')}" for pool in carried.staffing.pools)
    fates = tuple((fate, why, tuple(ids)) for (fate, why), ids in order)
    return SimulationTold(say(carried.summary), people, _arrivals_told(carried), fates)


def _arrivals_told(carried: Carried) -> str:
    """Return how many cases come, empty where the file does not say it."""
    rates = [number(rate) for rate in carried.per_hour]
    if not any(rates):
        return ""
    week = decimal(float(sum(rates)), 1)
    return f"{week} cases come in a week, up to {decimal(float(max(rates)), 2)} in an hour."


def _heading(one: BroughtFile, reading: GraphFile, by_fate: dict[str, list[Any]]) -> str:
    if not any(by_fate.values()):
        steps = count(len(reading.graph.steps), "step", "steps")
        return f"{one.name} holds {steps} and {count(len(reading.graph.flows), 'flow', 'flows')}"
    total = sum(len(found) for found in by_fate.values())
    parts = ", ".join(f"{len(by_fate[fate])} {fate}" for fate in reversed(FATES))
    return f"{one.name}: {parts} of {total} elements"


class Group(Struct, frozen=True):
    """Elements of a file that became the same for the same reason."""

    reason: str
    elements: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """What each is, its name, its id, and where it stands now."""
    n: int


def _groups(standing: dict[str, str], elements: list[dict[str, Any]], fate: str) -> Iterator[Group]:
    """Return elements grouped by the reason, or what was kept by what it is; the largest group first."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for element in elements:
        grouped.setdefault(_kind(element["type"]) if fate == "kept" else element["reason"], []).append(element)
    for reason, alike in sorted(grouped.items(), key=lambda item: -len(item[1])):
        shown = tuple(
            (_kind(one["type"]), one["name"], one["id"], _wheres(standing, one["in"])) for one in alike[:LISTED]
        )
        yield Group(reason, shown, len(alike))


def _elements(reading: GraphFile) -> list[dict[str, Any]]:
    """Return the elements of a report that are whole: a graph file of strangers may carry anything."""
    plain = {"id": "", "type": "", "name": "", "became": "", "reason": "", "in": []}
    found = reading.report.get("elements")
    return [{**plain, **one} for one in found if _is_element(one)] if isinstance(found, list) else []


def _is_element(one: Any) -> bool:
    texts = ("id", "type", "name", "became", "reason")
    return (
        isinstance(one, dict)
        and all(isinstance(one.get(name, ""), str) for name in texts)
        and isinstance(one.get("in", []), list)
    )


def _remarks(reading: GraphFile, by_fate: dict[str, list[Any]]) -> list[str]:
    """Return what is said of the file as a whole, but for the counts, which the page shows itself."""
    remarks = reading.report.get("remarks")
    counts = {fate: len(elements) for fate, elements in by_fate.items()}
    counted = say(Sentence.of("account_summary", all=sum(counts.values()), **counts))
    return [one for one in remarks if isinstance(one, str) and one != counted] if isinstance(remarks, list) else []


def _parts(reading: GraphFile) -> list[dict[str, Any]]:
    found = reading.report.get("parts")
    whole = {"id": str, "name": str, "steps": int, "starts": list}
    if not isinstance(found, list):
        return []
    fit = [
        one
        for one in found
        if isinstance(one, dict) and all(isinstance(one.get(name), type) for name, type in whole.items())
    ]
    return fit if len(fit) > 1 else []


def _standing(graph: StepGraph) -> dict[str, str]:
    """Return what stands under each id: flows by their ends, steps by number and name."""
    by_id, numbers = graph.by_id, graph.numbers
    flows = {flow.id: f"{by_id[flow.source].name} → {by_id[flow.target].name}" for flow in graph.flows}
    return flows | {step.id: f"{numbers[step.id]} {step.name}" for step in graph.steps}


def _wheres(standing: dict[str, str], ids: list[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(standing[id] for id in ids if isinstance(id, str) and id in standing))


def _kind(type: str) -> str:
    """Return what an element is, in words.

    >>> _kind("exclusiveGateway"), _kind("#multiInstance")
    ('exclusive gateway', 'multi instance')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type.lstrip("#")).lower()


# Giving out


@bp.get("/<id>/files")
@needs(Permission.PROCESS_READ)
def files(id: str) -> ResponseReturnValue:
    """Show the kinds of file that a version is given out as, and the file it came from."""
    process = found(id)
    revision = asked(process, "version")
    return render_template(
        "processes/exchange_files.html",
        **frame(process, "versions"),
        revision=revision,
        kinds=GIVEN_OUT,
        came_from=store.brought_for(web.current(), id).get(revision.n),
    )


@bp.get("/<id>/files/<kind>")
@needs(Permission.PROCESS_READ)
def give_file(id: str, kind: str) -> ResponseReturnValue:
    """Give a version out as a file of a kind."""
    process = found(id)
    revision = asked(process, "version")
    if kind not in WRITERS:
        raise NotFound("no_such_kind", kind=kind[:40], known=", ".join(WRITERS))
    given = GIVEN_OUT[kind]
    try:
        body = as_file(_with_report(id, revision.n, store.graph(web.current(), revision)), kind)
    except ModelError as problem:
        raise Invalid("cannot_give_out", kind=given.words, why=problem) from problem
    return attached(body, given.type, f"{id}-version-{revision.n}.{given.ending}")


def _with_report(id: str, n: int, graph: StepGraph) -> Brought:
    """Return a graph with layout and report of its file; a later version keeps what other tools put on its elements."""
    db = web.current()
    files = store.brought_for(db, id)
    newest = max((version for version in files if version <= n), default=None)
    if newest is None:
        return Brought(graph)
    reading = store.brought_reading(db, files[newest].id)
    if newest == n:
        return Brought(graph, layout=reading.layout, report=reading.report)
    return Brought(graph, report={"beside": reading.report.get("beside", {})})


def attached(body: bytes, type: str, name: str) -> Response:
    """Return a file to be saved under a name."""
    words = {"Content-Disposition": f'attachment; filename="{name}"'}
    charset = "; charset=utf-8" if type.startswith("text/") else ""
    return Response(body, content_type=f"{type}{charset}", headers=words)


def _stem(name: str) -> str:
    """Return a file's name as a header can hold it, without its ending."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name.rsplit(".", 1)[0]).strip("-.") or "file"
