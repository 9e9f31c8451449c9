"""Taking steps out, putting them in, and setting shares: the rewiring that edits and moves have in common."""

from decimal import Decimal

import msgspec

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Condition, Flow, Kind, ShareRow
from process_models.values.clocks import Clock
from process_models.values.document import slug
from process_models.values.errors import ModelError
from process_models.values.fractions import WHOLE, Fraction, fraction, number, shares_of

FIXED = (Kind.START, Kind.END, Kind.FORK, Kind.JOIN)
FINE = 10**12
ROUNDS = 200


def without(graph: StepGraph, step: str) -> StepGraph:
    """Return the graph without a step: what came in goes on to where it went, in the same shares.

    Raises ModelError for the start, an end, a fork or a join, and for a step with no way on, unless nothing leads to or
    from it.
    """
    gone = graph.by_id[step]
    if gone.kind is not Kind.START and not graph.before(step) and not graph.after(step):
        return msgspec.structs.replace(graph, steps=tuple(s for s in graph.steps if s.id != step))
    onward = {flow.id: flow for flow in graph.ways(step) if flow.target != step}
    if gone.kind in FIXED or not onward:
        raise ModelError("cannot_remove_end", step=gone.name)
    scale = sum((number(flow.share) for flow in onward.values()), Decimal(0))
    parts = (
        {id: number(flow.share) / scale for id, flow in onward.items()} if scale else dict.fromkeys(onward, Decimal(1))
    )
    flows = {f.id: f for f in graph.flows if step not in (f.source, f.target)}
    rows = {r.id: r for r in graph.rows if r.flow in flows and r.came_from != step}
    for entering in graph.before(step):
        if entering.source != step:
            _bridge(graph, entering, onward, parts, flows, rows)
    return msgspec.structs.replace(
        graph,
        steps=tuple(s for s in graph.steps if s.id != step),
        flows=tuple(flows.values()),
        rows=tuple(rows.values()),
        dependencies=tuple(d for d in graph.dependencies if step not in (d.step, d.needs)),
        obligations=tuple(msgspec.structs.replace(o, clock=_unpaused(o.clock, step)) for o in graph.obligations),
        promises=tuple(msgspec.structs.replace(p, clock=_unpaused(p.clock, step)) for p in graph.promises),
    )


def _bridge(
    graph: StepGraph,
    entering: Flow,
    onward: dict[str, Flow],
    parts: dict[str, Decimal],
    flows: dict[str, Flow],
    rows: dict[str, ShareRow],
) -> None:
    """Lead one entering flow on to every target of the step that goes, with its conditional rows."""
    split = graph.by_id[entering.source].kind is Kind.FORK or entering.kind == "abandon"
    if split and len(onward) > 1:
        raise ModelError("cannot_remove_end", step=graph.by_id[entering.target].name)
    for id, way in onward.items():
        share = fraction(number(entering.share) * parts[id])
        flow = _joined(flows, entering, way.target, share)
        for row in graph.rows:
            if row.flow == entering.id and row.came_from != entering.target:
                _join_row(rows, row, flow.id, fraction(number(row.share) * parts[id]))


def _joined(flows: dict[str, Flow], entering: Flow, target: str, share: Fraction) -> Flow:
    """Add a share to the flow that already goes there, or make one."""
    same = [f for f in flows.values() if (f.source, f.target, f.kind) == (entering.source, target, entering.kind)]
    if same:
        flow = msgspec.structs.replace(same[0], share=fraction(number(same[0].share) + number(share)), count=None)
    else:
        id = flow_id(frozenset(flows), entering.source, target)
        flow = Flow(id=id, source=entering.source, target=target, kind=entering.kind, share=share, label=entering.label)
    flows[flow.id] = flow
    return flow


def _join_row(rows: dict[str, ShareRow], row: ShareRow, flow: str, share: Fraction) -> None:
    for other in rows.values():
        if (other.flow, other.condition) == (flow, row.condition):
            rows[other.id] = msgspec.structs.replace(
                other, share=fraction(number(other.share) + number(share)), count=None
            )
            return
    id = row_id(flow, row.visit_from, row.came_from, row.case_type)
    rows[id] = msgspec.structs.replace(row, id=id, flow=flow, share=share, count=None)


def _unpaused(clock: Clock | None, step: str) -> Clock | None:
    if clock is None or step not in clock.pauses:
        return clock
    return msgspec.structs.replace(clock, pauses=tuple(p for p in clock.pauses if p != step))


def connected(graph: StepGraph, flow: Flow) -> StepGraph:
    """Return the graph with one flow more; the others that leave its source give way in proportion."""
    graph = msgspec.structs.replace(graph, flows=(*_scaled(graph, flow, 1 - number(flow.share)), flow))
    if not _shared(graph, flow):
        return graph
    scale = 1 - number(flow.share)
    rows = tuple(
        msgspec.structs.replace(r, share=fraction(number(r.share) * scale), count=None)
        if graph.flow_by_id[r.flow].source == flow.source
        else r
        for r in graph.rows
    )
    return msgspec.structs.replace(graph, rows=(*rows, *_rows_for(graph, flow)))


def disconnected(graph: StepGraph, flow: Flow) -> StepGraph:
    """Return the graph with one flow less; the others that leave its source take over in proportion."""
    rest = 1 - number(flow.share)
    flows = _scaled(graph, flow, 1 / rest) if rest else graph.flows
    rows = tuple(r for r in graph.rows if r.flow != flow.id)
    graph = msgspec.structs.replace(graph, flows=tuple(f for f in flows if f.id != flow.id), rows=rows)
    return msgspec.structs.replace(graph, rows=_evened(graph, flow.source))


def _shared(graph: StepGraph, flow: Flow) -> bool:
    return flow.kind == "normal" and graph.by_id[flow.source].kind is not Kind.FORK


def _scaled(graph: StepGraph, flow: Flow, factor: Decimal) -> tuple[Flow, ...]:
    if not _shared(graph, flow):
        return graph.flows
    return tuple(
        msgspec.structs.replace(f, share=fraction(min(Decimal(1), number(f.share) * factor)), count=None)
        if f.source == flow.source and f.kind == "normal" and f.id != flow.id
        else f
        for f in graph.flows
    )


def _rows_for(graph: StepGraph, flow: Flow) -> tuple[ShareRow, ...]:
    """Return the new flow's rows: its share under every condition that the source's other flows have."""
    conditions = {r.condition for r in graph.rows if graph.flow_by_id[r.flow].source == flow.source}
    return tuple(
        ShareRow(
            id=row_id(flow.id, visit, came_from, case_type),
            flow=flow.id,
            visit_from=visit,
            came_from=came_from,
            case_type=case_type,
            share=flow.share,
        )
        for case_type, came_from, visit in sorted(conditions)
    )


def _evened(graph: StepGraph, step: str) -> tuple[ShareRow, ...]:
    """Return all rows, those of one step brought to a sum of 1 under each condition."""
    mine = [r for r in graph.rows if graph.flow_by_id[r.flow].source == step]
    totals: dict[Condition, Decimal] = {}
    for row in mine:
        totals[row.condition] = totals.get(row.condition, Decimal(0)) + number(row.share)
    kept = [r for r in mine if totals[r.condition] > 0]
    even = [msgspec.structs.replace(r, share=fraction(number(r.share) / totals[r.condition]), count=None) for r in kept]
    return (*(r for r in graph.rows if r not in mine), *even)


def detached(graph: StepGraph, step: str, main: Flow) -> StepGraph:
    """Return the graph with a step passed by: what came in goes to the target of its main way; its own ways stay."""
    flows = {f.id: f for f in graph.flows if f.target != step}
    rows = {r.id: r for r in graph.rows if r.flow in flows and r.came_from != step}
    passing = msgspec.structs.replace(main, share=WHOLE)
    for entering in graph.before(step):
        if entering.source != step:
            _bridge(graph, entering, {main.id: passing}, {main.id: Decimal(1)}, flows, rows)
    return msgspec.structs.replace(graph, flows=tuple(flows.values()), rows=tuple(rows.values()))


def flow_id(taken: frozenset[str], source: str, target: str) -> str:
    """Return an id for a flow between two steps that is not taken."""
    base = id = f"{source}--{target}"
    n = 1
    while id in taken:
        n += 1
        id = f"{base}-{n}"
    return id


def row_id(flow: str, visit_from: int, came_from: str, case_type: str = "") -> str:
    """Return the id of a conditional row."""
    parts = [flow, f"v{visit_from}", came_from, f"of-{slug(case_type)}" if case_type else ""]
    return ".".join(part for part in parts if part)


def with_shares(graph: StepGraph, step: str, shares: dict[str, Fraction]) -> StepGraph:
    """Return the graph with other overall shares at a step; its conditional rows keep their odds ratios.

    Raises ModelError where the shares are not those of the flows that leave the step.
    """
    ways = {flow.id: flow for flow in graph.ways(step)}
    if set(shares) != set(ways):
        raise ModelError("shares_of_others", step=graph.by_id[step].name)
    rows = {row.id: row for row in graph.rows}
    mine = [row for row in graph.rows if row.flow in ways]
    if mine:
        rows |= {row.id: row for row in _fitted(graph.by_id[step].name, mine, ways, shares)}
    flows = (
        msgspec.structs.replace(f, share=shares[f.id], count=f.count if shares[f.id] == f.share else None)
        if f.id in shares
        else f
        for f in graph.flows
    )
    return msgspec.structs.replace(graph, flows=tuple(flows), rows=tuple(rows.values()))


def _fitted(name: str, rows: list[ShareRow], ways: dict[str, Flow], shares: dict[str, Fraction]) -> list[ShareRow]:
    """Return conditional rows brought to new overall shares, their odds ratios kept.

    Iterative proportional fitting (Deming and Stephan, 1940) with the counts as weights where all are known.
    """
    groups: dict[Condition, dict[str, float]] = {}
    for row in rows:
        groups.setdefault(row.condition, {})[row.flow] = float(row.share)
    counts: dict[Condition, int] = {key: sum(r.count or 0 for r in rows if r.condition == key) for key in groups}
    weights = counts if all(row.count is not None for row in rows) and any(counts.values()) else None
    wanted = {id: float(share) for id, share in shares.items()}
    overall = {id: float(ways[id].share) for id in ways}
    for _ in range(ROUNDS if weights else 1):
        if weights:
            total = sum(weights.values(), 0)
            overall = {id: sum(weights[k] * g.get(id, 0.0) for k, g in groups.items()) / total for id in ways}
        if any(wanted[id] > 0 and overall[id] == 0 for id in ways):
            raise ModelError("odds_do_not_fit", step=name)
        for group in groups.values():
            scaled = {id: group[id] * (wanted[id] / overall[id] if overall[id] else 0.0) for id in group}
            total_share = sum(scaled.values())
            if total_share == 0:
                raise ModelError("odds_do_not_fit", step=name)
            group.update({id: share / total_share for id, share in scaled.items()})
    out = []
    for condition, group in groups.items():
        for id, share in zip(group, shares_of(tuple(round(s * FINE) for s in group.values())), strict=True):
            old = next(r for r in rows if (r.flow, r.condition) == (id, condition))
            out.append(msgspec.structs.replace(old, share=share, count=None))
    return out
