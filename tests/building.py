"""Small graphs and designs for tests, written the way one would sketch them on paper."""

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
