"""How steps join: the step graph as one frozen value."""

from collections import defaultdict
from functools import cached_property

from process_models.graph.steps import Dependency, Flow, Kind, Obligation, Promise, ShareRow, Step
from process_models.values.calendars import Calendar
from process_models.values.clocks import Clock
from process_models.values.document import Document
from process_models.values.errors import ModelError


class StepGraph(Document, frozen=True, kw_only=True, dict=True):
    """A process as steps and flows. Only what must hold to speak of it is refused here; the rest are faults."""

    format: int = 1
    id: str
    name: str
    steps: tuple[Step, ...] = ()
    flows: tuple[Flow, ...] = ()
    rows: tuple[ShareRow, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    promises: tuple[Promise, ...] = ()
    hours: Calendar | None = None
    """Working time, for clocks; without it clocks run in wall time."""

    def __post_init__(self) -> None:
        """Refuse flows and rows that name steps or flows which are not there."""
        super().__post_init__()
        self.check_id()
        named = {end for flow in self.flows for end in (flow.source, flow.target)}
        named |= {end for dep in self.dependencies for end in (dep.step, dep.needs)}
        if lost := named - {step.id for step in self.steps}:
            raise ModelError("unknown_steps", steps=", ".join(sorted(lost)))
        if lost := {row.flow for row in self.rows} - {flow.id for flow in self.flows}:
            raise ModelError("unknown_flows", flows=", ".join(sorted(lost)))

    @cached_property
    def by_id(self) -> dict[str, Step]:
        """Steps by id."""
        return {step.id: step for step in self.steps}

    @cached_property
    def flow_by_id(self) -> dict[str, Flow]:
        """Flows by id."""
        return {flow.id: flow for flow in self.flows}

    @cached_property
    def _after(self) -> dict[str, tuple[Flow, ...]]:
        out: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.flows:
            out[flow.source].append(flow)
        return {id: tuple(flows) for id, flows in out.items()}

    @cached_property
    def _before(self) -> dict[str, tuple[Flow, ...]]:
        into: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.flows:
            into[flow.target].append(flow)
        return {id: tuple(flows) for id, flows in into.items()}

    def after(self, step: str) -> tuple[Flow, ...]:
        """Return the flows that leave a step, abandon flows included."""
        return self._after.get(step, ())

    def ways(self, step: str) -> tuple[Flow, ...]:
        """Return the normal flows that leave a step."""
        return tuple(flow for flow in self.after(step) if flow.kind == "normal")

    def before(self, step: str) -> tuple[Flow, ...]:
        """Return the flows that enter a step."""
        return self._before.get(step, ())

    def of_kind(self, kind: Kind) -> tuple[Step, ...]:
        """Return the steps of one kind."""
        return tuple(step for step in self.steps if step.kind is kind)

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """Roles that do steps, by name."""
        return tuple(sorted({step.role for step in self.steps if step.role}))

    def obligation(self, id: str) -> Obligation | None:
        """Return an obligation by id."""
        return next((obligation for obligation in self.obligations if obligation.id == id), None)

    @cached_property
    def clocks(self) -> tuple[tuple[Promise | Obligation, Clock], ...]:
        """The clocks that run on cases, promises first: what each belongs to, and the clock."""
        duties = tuple((duty, duty.clock) for duty in self.obligations if duty.clock)
        return (*((promise, promise.clock) for promise in self.promises), *duties)

    def dependency(self, id: str) -> Dependency | None:
        """Return a dependency by id."""
        return next((dependency for dependency in self.dependencies if dependency.id == id), None)

    @cached_property
    def reading_order(self) -> tuple[str, ...]:
        """Ids of steps as a reader meets them: each after all that lead to it, loops not followed back."""
        order: list[str] = []
        back = set(self.backward)
        waiting = {s.id: sum(1 for f in self.before(s.id) if f.id not in back and f.source != s.id) for s in self.steps}
        ready = sorted((s.id for s in self.steps if waiting[s.id] == 0), key=self._start_first)
        while ready:
            here = ready.pop(0)
            order.append(here)
            for flow in sorted(self.after(here), key=lambda f: (f.kind == "abandon", -float(f.share), f.id)):
                if flow.id not in back and flow.target != here:
                    waiting[flow.target] -= 1
                    if waiting[flow.target] == 0:
                        ready.append(flow.target)
        return tuple(order)

    def _start_first(self, id: str) -> tuple[bool, str]:
        return (self.by_id[id].kind is not Kind.START, id)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Number of each step, from 1 in reading order."""
        return {id: n for n, id in enumerate(self.reading_order, 1)}

    @cached_property
    def backward(self) -> tuple[str, ...]:
        """Ids of the flows that lead back to a step on the way from the start (depth first, likeliest first)."""
        found: list[str] = []
        state: dict[str, int] = {}
        roots = sorted((step.id for step in self.steps), key=self._start_first)
        for root in roots:
            if root not in state:
                self._walk(root, state, found)
        return tuple(sorted(found))

    def _walk(self, root: str, state: dict[str, int], found: list[str]) -> None:
        """Follow flows depth first without recursion; a flow to a step still open leads back."""
        state[root] = 1
        stack = [(root, iter(self._likeliest(root)))]
        while stack:
            here, flows = stack[-1]
            flow = next(flows, None)
            if flow is None:
                state[here] = 2
                stack.pop()
            elif state.get(flow.target) == 1:
                found.append(flow.id)
            elif flow.target not in state:
                state[flow.target] = 1
                stack.append((flow.target, iter(self._likeliest(flow.target))))

    def _likeliest(self, id: str) -> list[Flow]:
        return sorted(self.after(id), key=lambda flow: (-float(flow.share), flow.id))
