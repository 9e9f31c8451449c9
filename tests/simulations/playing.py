"""Small shops to play, with cases that arrive when the test says."""

from process_models.graph.design import Design, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Timing
from process_models.values import luck
from process_models.values.calendars import DAY, HOUR, Span
from process_models.values.distributions import Distribution
from simulations.demand import Arrival
from simulations.plan import Plan, plan
from simulations.reference import World
from simulations.scenario import Scenario, Stream
from simulations.trace import Row, Trace
from tests.building import GUESS

ALWAYS = tuple(Span(day, 0, DAY) for day in range(7))
MONDAY = "2026-03-02T00:00"


def takes(distribution: Distribution, **fields: object) -> dict[str, object]:
    """Fields of a step that takes a time."""
    return {"time": Timing(distribution, GUESS), **fields}


def patience(distribution: Distribution) -> dict[str, object]:
    """Fields of a step at which cases give up."""
    return {"patience": Timing(distribution, GUESS)}


def gives_up(graph: StepGraph, source: str, target: str) -> StepGraph:
    """The graph with an abandon flow."""
    flow = Flow(id=f"{source}-gives-up", source=source, target=target, kind="abandon")
    fields = {name: getattr(graph, name) for name in graph.__struct_fields__}
    return StepGraph(**{**fields, "flows": (*graph.flows, flow)})


def pool(id: str, heads: int, spans: tuple[Span, ...] = ALWAYS, rate: int = 0, finish: bool = True) -> Pool:
    """A pool with one shift."""
    shifts = (Shift(id="all", spans=spans, heads=heads),)
    return Pool(id=id, name=id, shifts=shifts, rate=rate, finish=finish)


def shop(graph: StepGraph, *pools: Pool, **roles: tuple[str, ...]) -> Design:
    """A design; without roles every role is done by all pools in the order given."""
    names = tuple(one.id for one in pools)
    staffing = tuple(RoleStaffing(role, roles.get(role, names)) for role in graph.roles)
    return Design(graph=graph, staffing=Staffing(pools, staffing))


def weekly(per_hour: str) -> tuple[str, ...]:
    """The same rate in every hour of the week."""
    return (per_hour,) * 168


def scenario(**fields: object) -> Scenario:
    """A day from a Monday on, in UTC, with one stream of six cases an hour."""
    usual = {
        "id": "s",
        "name": "Day",
        "start": MONDAY,
        "zone": "UTC",
        "period": DAY,
        "streams": (Stream(id="phone", per_hour=weekly("6")),),
        "drain_limit": 30 * DAY,
    }
    return Scenario(**{**usual, **fields})  # type: ignore[arg-type]


def world(
    design: Design, asked: Scenario, *times: int, streams: tuple[int, ...] = (), kind: type[World] = World
) -> World:
    """A world in which cases arrive at exactly these times."""
    played = kind(plan(design, asked), luck.world(1, 0))
    coming = zip(times, streams or (0,) * len(times), strict=True)
    played.arrivals = [
        Arrival(time, stream, n, luck.member(int(played.plan.skey[stream]), n), played.plan.first)
        for n, (time, stream) in enumerate(coming)
    ]
    played.to_come = len(times)
    return played


def story(design: Design, asked: Scenario, *times: int, streams: tuple[int, ...] = ()) -> "Story":
    """What happens to cases that arrive at exactly these times."""
    played = world(design, asked, *times, streams=streams)
    return Story(played.plan, played.play())


class Story:
    """A trace in words."""

    def __init__(self, plan: Plan, trace: Trace) -> None:
        self.plan = plan
        self.trace = trace
        self.lines = [
            (time, Row(kind).name, case, plan.steps[step], visit, group)
            for time, kind, case, step, visit, group in trace.rows.tolist()
        ]

    def of(self, what: str, step: str = "") -> list[tuple[int, int]]:
        """Times and cases of what happened (at a step), in order."""
        return [(line[0], line[2]) for line in self.lines if line[1] == what and step in ("", line[3])]

    def group(self, case: int, step: str) -> str:
        """The pool that did a step for a case."""
        return next(self.plan.groups[line[5]][0] for line in self.lines if line[1:4] == ("BEGIN", case, step))


def hours(*spans: tuple[int, int]) -> tuple[Span, ...]:
    """Spans of every day, in hours."""
    return tuple(Span(day, start * HOUR, end * HOUR) for day in range(7) for start, end in spans)
