"""Small graphs and designs for tests, written the way one would sketch them on paper."""

import random

from process_models.graph.design import Design, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Dependency, Flow, Kind, Lane, Obligation, Step, Timing
from process_models.values.calendars import HOUR, MINUTE, Span
from process_models.values.distributions import Fixed
from process_models.values.provenance import Provenance

GUESS = Provenance("judged", "D", "a test")
KINDS = {
    "start": Kind.START,
    "end": Kind.END,
    "refused": Kind.END,
    "fork": Kind.FORK,
    "join": Kind.JOIN,
    "choice": Kind.CHOICE,
    "wait": Kind.WAIT,
}
WEEKDAYS = tuple(Span(day, 9 * HOUR, 17 * HOUR) for day in range(5))


def kind_of(name: str) -> Kind:
    """Return the kind that a step's name says: fork2 is a FORK, anything unknown is WORK."""
    return KINDS.get(name.rstrip("0123456789"), Kind.WORK)


def step(id: str, **fields: object) -> Step:
    """Return a step of the kind its name says, ten minutes long where it takes time, done by a clerk."""
    kind = kind_of(id)
    timed = {"time": Timing(Fixed(10 * MINUTE), GUESS)} if kind in (Kind.WORK, Kind.WAIT) else {}
    role = {"role": "clerk"} if kind is Kind.WORK else {}
    return Step(**{"id": id, "kind": kind, "name": id.capitalize(), **timed, **role, **fields})  # type: ignore[arg-type]


def graph_of(sketch: str, **fields: object) -> StepGraph:
    """Return the graph of a sketch such as ``start a, a end 0.8, a a 0.2``: source, target and share of each flow."""
    flows, names = [], {}
    for line in sketch.split(","):
        source, target, *share = line.split()
        names |= {source: None, target: None}
        flows.append(Flow(id=f"{source}-{target}", source=source, target=target, share=share[0] if share else "1"))
    made = fields.pop("made", {})
    steps = tuple(step(name, **made.get(name, {})) for name in names)  # type: ignore[attr-defined]
    return StepGraph(**{"id": "g", "name": "Sketch", "steps": steps, "flows": tuple(flows), **fields})  # type: ignore[arg-type]


def long_graph(steps: int, seed: int = 1) -> StepGraph:
    """Return a graph of many steps as a large service has them: lanes in runs, choices, detours, ways back."""
    luck = random.Random(seed)  # noqa: S311 - a picture to look at, no secret
    verbs = ("Check", "Book", "Answer", "Assess", "Record", "Send", "File", "Decide")
    things = ("the claim", "a visit", "the letter", "evidence", "the payment", "second notice", "order")
    made, lane = [], Lane.FRONT
    for n in range(steps):
        if luck.random() < 0.35:
            lane = luck.choices(list(Lane), (2, 4, 6, 1, 1))[0]
        kind = Kind.CHOICE if luck.random() < 0.12 else Kind.WORK
        kind = {0: Kind.START, steps - 1: Kind.END}.get(n, kind)
        made.append(Step(id=f"s{n}", kind=kind, name=f"{luck.choice(verbs)} {luck.choice(things)}", lane=lane))
    flows = []
    for n in range(steps - 1):
        ways = [n + 1]
        if made[n].kind is Kind.CHOICE or luck.random() < 0.1:
            ways.append(min(steps - 1, n + luck.choice((2, 3, 4, 6))))
        if luck.random() < 0.08 and n > 4:
            ways.append(n - luck.choice((1, 2, 3)))
        ways = list(dict.fromkeys(ways))
        for to, share in zip(ways, SPLITS[len(ways)], strict=True):
            label = "asked again" if to < n else ""
            flows.append(Flow(id=f"s{n}-s{to}", source=f"s{n}", target=f"s{to}", share=share, label=label))
    return StepGraph(id="long", name=f"{steps} steps", steps=tuple(made), flows=tuple(flows))


SPLITS = {1: ("1",), 2: ("0.7", "0.3"), 3: ("0.6", "0.3", "0.1")}


def design_of(graph: StepGraph, heads: int = 2, rate: int = 3000) -> Design:
    """Return a design in which each role has a pool of its own, present on weekdays from 9 to 17."""
    pools = tuple(
        Pool(
            id=f"{role}s",
            name=f"{role.capitalize()}s",
            rate=rate,
            shifts=(Shift(id="days", spans=WEEKDAYS, heads=heads),),
        )
        for role in graph.roles
    )
    roles = tuple(RoleStaffing(role, (f"{role}s",)) for role in graph.roles)
    return Design(graph=graph, staffing=Staffing(pools, roles))


__all__ = ["GUESS", "WEEKDAYS", "Dependency", "Lane", "Obligation", "design_of", "graph_of", "step"]
