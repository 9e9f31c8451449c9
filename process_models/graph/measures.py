"""How often cases visit a step and what a case costs, exactly, without playing it.

Expected visits solve v = e(I − Q)^-1, where Q holds the shares between steps (absorbing Markov chain; Kemeny and Snell,
*Finite Markov Chains*, 1960). A JOIN's inflow is divided by its branches, and shares that depend on history are
expanded into the chain. Exact only without abandonment and without an END or conditional shares inside a parallel
block.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction as Exact

import numpy as np
from msgspec import Struct

from process_models.graph.blocks import blocks
from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, ShareRow, Step
from process_models.values.distributions import mean
from process_models.values.errors import ModelError
from process_models.values.fractions import number

State = tuple[str, tuple[int, ...], str]
"""Step, visits so far of the steps whose shares depend on them (capped), and the step the case came from."""


class Visits(Struct, frozen=True):
    """Expected visits a case to each step, and whether the figure is exact."""

    of: dict[str, float]
    exact: bool
    """False with abandonment, shares by case type, or an END or conditional shares inside a block: then simulation says
    how often."""


def visits(graph: StepGraph) -> Visits:
    """Return the expected visits a case makes to each step; shares that hold for one case type alone are passed over.

    Raises ModelError where the graph has no single start or a case could go round for ever.
    """
    starts = graph.of_kind(Kind.START)
    if len(starts) != 1:
        raise ModelError("visits_need_one_start", starts=len(starts))
    chain = _chain(graph, starts[0].id)
    states = sorted(chain)
    index = {state: i for i, state in enumerate(states)}
    q = np.zeros((len(states), len(states)))
    for state, exits in chain.items():
        for target, share in exits:
            q[index[state], index[target]] += share
    e = np.zeros(len(states))
    e[index[_first(graph, starts[0].id)]] = 1.0
    try:
        found = np.linalg.solve(np.eye(len(states)) - q.T, e)
    except np.linalg.LinAlgError:
        raise ModelError("visits_never_end") from None
    of = {step.id: 0.0 for step in graph.steps}
    for state, value in zip(states, found, strict=True):
        of[state[0]] += float(value)
    return Visits(of, exact=_exact(graph))


def _chain(graph: StepGraph, start: str) -> dict[State, list[tuple[State, float]]]:
    watched = _watched(graph)
    caps = {step: max(r.visit_from for r in graph.rows if graph.flow_by_id[r.flow].source == step) for step in watched}
    branches = {block.join: len(block.branches) for block in blocks(graph)}
    chain: dict[State, list[tuple[State, float]]] = {}
    ahead = [_first(graph, start)]
    while ahead:
        state = ahead.pop()
        if state in chain:
            continue
        chain[state] = exits = []
        step, seen, came_from = state
        for flow, share in _shares(graph, graph.by_id[step], _visit(watched, seen, step), came_from):
            counted = tuple(
                min(n + 1, caps[name]) if name == flow.target else n for name, n in zip(watched, seen, strict=True)
            )
            target = (flow.target, counted, step if flow.target in watched else "")
            exits.append((target, share / branches.get(flow.target, 1)))
            ahead.append(target)
    return chain


def _watched(graph: StepGraph) -> tuple[str, ...]:
    """Return the steps whose shares depend on history."""
    return tuple(sorted({graph.flow_by_id[row.flow].source for row in graph.rows}))


def _first(graph: StepGraph, start: str) -> State:
    watched = _watched(graph)
    return (start, tuple(int(step == start) for step in watched), "")


def _visit(watched: tuple[str, ...], seen: tuple[int, ...], step: str) -> int:
    return dict(zip(watched, seen, strict=True)).get(step, 1)


def _shares(graph: StepGraph, step: Step, visit: int, came_from: str) -> Iterator[tuple[Flow, float]]:
    """Yield the flows that leave a step with their share for a case on this visit, coming from that step."""
    chosen = shares_at(graph, step.id, visit, came_from)
    for flow in graph.ways(step.id):
        share = 1.0 if step.kind is Kind.FORK else float(chosen[flow.id])
        if share > 0:
            yield flow, share


def shares_at(graph: StepGraph, step: str, visit: int, came_from: str, case_type: str = "") -> dict[str, Exact]:
    """Return the share of each normal flow for a case of a type on this visit to a step, coming from that step.

    Rows that name the case's type go before rows that do not, then rows that name where the case came from; among these
    the highest visit reached holds.
    """
    ways = {flow.id: flow for flow in graph.ways(step)}
    rows = [row for row in graph.rows if row.flow in ways and _holds(row, visit, came_from, case_type)]
    if not rows:
        return {id: Exact(number(flow.share)) for id, flow in ways.items()}
    best = max(map(_precedence, rows))
    held = {row.flow: Exact(number(row.share)) for row in rows if _precedence(row) == best}
    return {id: held.get(id, Exact(0)) for id in ways}


def _holds(row: ShareRow, visit: int, came_from: str, case_type: str) -> bool:
    return row.visit_from <= visit and row.came_from in ("", came_from) and row.case_type in ("", case_type)


def _precedence(row: ShareRow) -> tuple[bool, bool, int]:
    return bool(row.case_type), bool(row.came_from), row.visit_from


def _exact(graph: StepGraph) -> bool:
    if any(flow.kind == "abandon" for flow in graph.flows) or any(row.case_type for row in graph.rows):
        return False
    inside = {id for block in blocks(graph) for branch in block.branches for id in branch}
    watched = {graph.flow_by_id[row.flow].source for row in graph.rows}
    return not any(graph.by_id[id].kind is Kind.END or id in watched for id in inside)


def per_case(graph: StepGraph, value: Callable[[Step], float]) -> float:
    """Return the mean over cases of a value that every visit adds."""
    of = visits(graph).of
    return sum(of[step.id] * value(step) for step in graph.steps)


def case_cost(design: Design) -> float:
    """Return the mean cost of a case, minor units: work at the rate of the role's preferred pool, plus unit costs."""
    return per_case(design.graph, lambda step: visit_cost(design, step))


def visit_cost(design: Design, step: Step) -> float:
    """Return the mean cost of one visit to a step, minor units; work at the rate of the role's preferred pool."""
    pools = design.staffing.pools_of(step.role) if step.kind is Kind.WORK and step.role else ()
    work = mean(step.time.distribution) * pools[0].rate / 3_600_000 if step.time and pools else 0.0
    return work + step.unit_cost


def work_per_case(graph: StepGraph) -> float:
    """Return the mean work in a case, ms."""
    return per_case(graph, lambda s: mean(s.time.distribution) if s.time and s.kind is Kind.WORK else 0.0)
