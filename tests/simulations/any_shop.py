"""Any shop that can be played: blocks within blocks, loops, patience, shifts, priorities, absences, with many ties."""

from itertools import pairwise

from hypothesis import strategies as st

from process_models.graph.design import Design, Learning, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.graph import StepGraph
from process_models.graph.steps import CallingAgain, Chasing, Flow, Kind, Saving, ShareRow, Step, Timing, TypeTime
from process_models.values.calendars import DAY, HOUR, MINUTE, Span
from process_models.values.distributions import Exponential, Fixed, LogNormal
from simulations.scenario import Absence, Away, Backlog, Outage, Scenario, Slowdown, Stream, Surge
from tests.building import GUESS

SHARES = ((1,), (2, 8), (5, 5), (9, 1), (1, 3, 6))
TYPES = ("claim", "query")
ROLES = ("clerk", "expert", "desk")


class Sketch:
    """Steps and flows as they are drawn."""

    def __init__(self, draw, tick: int) -> None:
        self.draw, self.tick = draw, tick
        self.steps: list[Step] = []
        self.flows: list[Flow] = []
        self.rows: list[ShareRow] = []

    def step(self, kind: Kind, **fields) -> str:
        """Add a step and return its id."""
        id = f"s{len(self.steps)}"
        self.steps.append(Step(id=id, kind=kind, name=id, **fields))
        return id

    def flow(self, source: str, target: str, share: int = 10, **fields) -> str:
        """Add a flow with a share in tenths and return its id."""
        id = f"f{len(self.flows)}"
        text = "1" if share == 10 else f"0.{share}" if share else "0"
        self.flows.append(Flow(id=id, source=source, target=target, share=text, **fields))
        return id

    def time(self) -> Timing:
        """How long something takes: coarse ticks, none at all, or any ms."""
        n = self.draw(st.integers(0, 4))
        kind = self.draw(st.sampled_from(["fixed", "exponential", "spread"]))
        if kind == "fixed" or not n:
            return Timing(Fixed(n * self.tick), GUESS)
        if kind == "exponential":
            return Timing(Exponential(n * self.tick), GUESS)
        return Timing(LogNormal(n * self.tick, n * self.tick), GUESS)

    def type_times(self) -> dict[str, tuple[TypeTime, ...]]:
        """Perhaps another time for cases of one type."""
        factors = self.draw(st.sampled_from([(), (), (), ("2",), ("0.5", "0")]))
        return {"type_times": tuple(TypeTime(of, factor) for of, factor in zip(TYPES, factors, strict=False))}

    def chasing(self) -> dict[str, Chasing]:
        """Perhaps contacts that come because it is waited for, once or again and again."""
        after, every = self.draw(st.sampled_from([(0, 0)] * 6 + [(10, 0), (60, 40)]))
        return {"chasing": Chasing(after=after * MINUTE, every=every * MINUTE)} if after else {}

    def saving(self) -> dict[str, Saving]:
        """Perhaps saved up before it."""
        cases, ticks = self.draw(st.sampled_from([(0, 0)] * 5 + [(2, 0), (3, 5), (0, 4)]))
        return {"saving": Saving(cases=cases, within=ticks * self.tick)} if cases or ticks else {}

    def work(self, inside: bool) -> str:
        """Add work, perhaps with patience."""
        fields = {"role": self.draw(st.sampled_from(ROLES)), "time": self.time(), **self.type_times(), **self.saving()}
        fields |= self.chasing()
        if self.draw(st.integers(0, 4)) == 0:
            fields["patience"] = self.time()
            if self.draw(st.booleans()):
                share = self.draw(st.sampled_from(["0.5", "0.9"]))
                fields["calling_again"] = CallingAgain(share=share, after=self.time())
            id = self.step(Kind.WORK, **fields)
            away = self.step(Kind.END) if inside or self.draw(st.booleans()) else self.lost
            self.flow(id, away, kind="abandon")
            return id
        return self.step(Kind.WORK, **fields)

    def piece(self, depth: int, inside: bool) -> tuple[str, str]:
        """Add something with one way in and one way out, and return both."""
        match self.draw(
            st.sampled_from(["work", "work", "wait", "choice", "fork", "loop"] if depth else ["work", "wait"])
        ):
            case "work":
                id = self.work(inside)
                return id, id
            case "wait":
                id = self.step(Kind.WAIT, time=self.time(), **self.type_times(), **self.saving(), **self.chasing())
                return id, id
            case "choice":
                return self.choice(depth, inside)
            case "loop":
                return self.loop(depth, inside)
            case _:
                return self.fork(depth)

    def choice(self, depth: int, inside: bool) -> tuple[str, str]:
        """Add alternatives that meet again; one may be empty, one may end the case."""
        door, out = self.step(Kind.CHOICE), self.step(Kind.CHOICE)
        shares = self.draw(st.sampled_from(SHARES[1:]))
        other = self.draw(st.sampled_from([None, None, *TYPES, "never comes"]))
        for n, share in enumerate(shares):
            if n == 1 and self.draw(st.booleans()):
                way = self.flow(door, out, share)
                self.row_of_type(other, way, n)
                continue
            first, last = self.line(depth - 1, inside)
            self.row_of_type(other, self.flow(door, first, share), n)
            ends = n == 2 and self.draw(st.booleans())
            self.flow(last, self.step(Kind.END) if ends else out)
        return door, out

    def row_of_type(self, case_type: str | None, flow: str, n: int) -> None:
        """Let all cases of a type take the second way, and no other."""
        if case_type is not None:
            share = "1" if n == 1 else "0"
            self.rows.append(ShareRow(id=f"{flow}.t", flow=flow, case_type=case_type, share=share))

    def loop(self, depth: int, inside: bool) -> tuple[str, str]:
        """Add work that is done again for some, less often from the second visit on."""
        first, last = self.line(depth - 1, inside)
        again = self.step(Kind.CHOICE)
        work = self.step(Kind.WORK, role=self.draw(st.sampled_from(ROLES)), time=self.time())
        out = self.step(Kind.CHOICE)
        self.flow(last, work)
        self.flow(work, again)
        back, on = self.flow(again, first, 3), self.flow(again, out, 7)
        if self.draw(st.booleans()):
            self.rows += [
                ShareRow(id=f"{back}.2", flow=back, visit_from=2, share="0.1"),
                ShareRow(id=f"{on}.2", flow=on, visit_from=2, share="0.9"),
            ]
        elif self.draw(st.booleans()):
            self.rows += [
                ShareRow(id=f"{back}.c", flow=back, came_from=work, share="0.6"),
                ShareRow(id=f"{on}.c", flow=on, came_from=work, share="0.4"),
            ]
        return first, out

    def fork(self, depth: int) -> tuple[str, str]:
        """Add two or three branches that meet at a JOIN."""
        fork, join = self.step(Kind.FORK), self.step(Kind.JOIN)
        for _ in range(self.draw(st.integers(2, 3))):
            first, last = self.line(depth - 1, True)
            self.flow(fork, first)
            self.flow(last, join)
        return fork, join

    def line(self, depth: int, inside: bool) -> tuple[str, str]:
        """Add one to three pieces in a row."""
        pieces = [self.piece(max(0, depth), inside) for _ in range(self.draw(st.integers(1, 3 if depth > 1 else 2)))]
        for (_, last), (first, _) in pairwise(pieces):
            self.flow(last, first)
        return pieces[0][0], pieces[-1][1]

    def whole(self) -> StepGraph:
        """Return a whole graph."""
        start = self.step(Kind.START)
        self.lost = self.step(Kind.END)
        first, last = self.line(2, False)
        self.flow(start, first)
        self.flow(last, self.step(Kind.END))
        entered = {flow.target for flow in self.flows}
        kept = tuple(step for step in self.steps if step.id in entered or step.kind is Kind.START)
        return StepGraph(id="g", name="Any", steps=kept, flows=tuple(self.flows), rows=tuple(self.rows))


@st.composite
def shops(draw) -> tuple[Design, Scenario]:
    """Any design with a scenario of a few hours to days."""
    tick = draw(st.sampled_from([MINUTE, MINUTE, 10 * MINUTE, 7]))
    graph = Sketch(draw, tick).whole()
    pools = tuple(_pool(draw, name) for name in ("p1", "p2", "p3")[: draw(st.integers(1, 3))])
    names = [pool.id for pool in pools]
    roles = tuple(
        RoleStaffing(
            role,
            tuple(draw(st.permutations(names))[: draw(st.integers(1, len(names)))]),
            *draw(st.sampled_from([(), (), (), ("last",), ("due",), ("first", 3 * tick), ("first", HOUR)])),
        )
        for role in graph.roles
    )
    return Design(graph=graph, staffing=Staffing(pools, roles)), _scenario(draw, graph, names)


def _pool(draw, name: str) -> Pool:
    shifts = []
    for n in range(draw(st.integers(1, 2))):
        opens, lasts = draw(st.integers(0, 12)), draw(st.integers(1, 12))
        days = range(7) if draw(st.booleans()) else (0, 1, 2)
        spans = tuple(Span(day, opens * HOUR, (opens + lasts) * HOUR) for day in days)
        learning = draw(st.sampled_from([None, None, Learning(factor="1.5", lasts=HOUR)]))
        shifts.append(Shift(id=f"{name}-{n}", spans=spans, heads=draw(st.integers(1, 3)), learning=learning))
    left = draw(st.sampled_from(["pause", "pause", "hand over", "restart"]))
    setup, between = draw(st.sampled_from([(0, "steps"), (0, "types"), (5 * MINUTE, "steps"), (7, "types")]))
    return Pool(
        id=name,
        name=name,
        shifts=tuple(shifts),
        finish=draw(st.booleans()),
        unfinished=left,
        setup=setup,
        setup_between=between,
    )


def _slowdowns(draw, graph: StepGraph, pools: list[str]) -> tuple[Slowdown, ...]:
    timed = [step.id for step in graph.steps if step.kind in (Kind.WORK, Kind.WAIT)]
    found = [
        Slowdown(id="late", factor="2.5", start=HOUR, end=3 * HOUR, steps=(draw(st.sampled_from(timed)),)),
        Slowdown(id="slow", factor="0.333", start=0, end=2 * HOUR, pool=pools[-1]),
    ]
    return tuple(one for one in found if draw(st.integers(0, 3)) == 0)


def _outages(draw, workable: list[str], pools: list[str]) -> tuple[Outage, ...]:
    if not workable:
        return ()
    step = draw(st.sampled_from(workable))
    found = [
        Outage(id="down", start=HOUR, end=3 * HOUR, steps=(step,)),
        Outage(id="lost", start=2 * HOUR, end=4 * HOUR, steps=(step,), pool=pools[0]),
        Outage(id="none", start=3 * HOUR, end=3 * HOUR + 7, pool=pools[-1]),
    ]
    return tuple(one for one in found if draw(st.integers(0, 4)) == 0)


def _scenario(draw, graph: StepGraph, pools: list[str]) -> Scenario:
    rates = [draw(st.sampled_from(["0", "2", "6", "20"])) for _ in range(24)] * 7
    streams = tuple(
        Stream(
            id=f"stream{n}",
            per_hour=tuple(rates),
            priority=draw(st.integers(0, 2)),
            case_type=draw(st.sampled_from(TYPES)),
            due=draw(st.sampled_from([0, HOUR])),
        )
        for n in range(draw(st.integers(1, 2)))
    )
    workable = [step.id for step in graph.of_kind(Kind.WORK)]
    blocks = any(step.kind is Kind.FORK for step in graph.steps)
    backlog = ()
    if workable and not blocks and draw(st.booleans()):
        backlog = (Backlog(id=draw(st.sampled_from(workable)), stream="stream0", cases=draw(st.integers(1, 3))),)
    chased = any(step.chasing or step.calling_again for step in graph.steps)
    period = draw(st.sampled_from([4 * HOUR, 6 * HOUR if chased else DAY]))
    return Scenario(
        id="s",
        name="Any",
        start="2026-03-02T00:00",
        zone="Europe/London",
        period=period,
        streams=streams,
        drain_limit=draw(st.sampled_from([0, HOUR, 6 * HOUR if chased else 10 * DAY])),
        backlog=backlog,
        absences=tuple(
            Absence(id=f"a{pool}", pool=pool, share="0.2", spell=2 * HOUR, together=draw(st.booleans()))
            for pool in pools
            if draw(st.booleans())
        ),
        away=(Away(id="w", pool=pools[0], heads=1, start=HOUR, end=3 * HOUR),) if draw(st.booleans()) else (),
        slowdowns=_slowdowns(draw, graph, pools),
        outages=_outages(draw, workable, pools),
        surges=(Surge(id="u", factor="1.7", start=HOUR, end=2 * HOUR),) if draw(st.booleans()) else (),
    )
