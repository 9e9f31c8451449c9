"""Which engine plays a plan: the compiled kernel, or the reference where numba is missing or somebody asks for it.

Both give the same trace, so nothing that is stored says which one played. The kernel is imported only where something
is played: importing numba takes a moment, and compiling for the first time on a machine some seconds.
"""

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Literal

from process_models.graph.design import Design, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step, Timing
from process_models.values.calendars import DAY, HOUR, Span
from process_models.values.distributions import Exponential
from process_models.values.provenance import Provenance
from process_models.values.sentences import Sentence
from simulations import reference
from simulations.plan import Plan, plan
from simulations.scenario import Scenario, Stream
from simulations.trace import Trace

Engine = Literal["kernel", "reference"]
Beat = Callable[[int], None]
"""Told now and then how many cases have arrived; may raise to stop the play."""
WORTH_SAYING = 2.0
"""Seconds from which preparing is told."""


def usual() -> Engine:
    """Return the engine that plays where nobody asks for one."""
    return "kernel" if find_spec("numba") else "reference"


def notice() -> Sentence | None:
    """Return what to say where the fast engine is missing."""
    return None if usual() == "kernel" else Sentence.of("engine_without_numba")


def play(plan: Plan, seed: int, replication: int, engine: Engine | None = None, beat: Beat | None = None) -> Trace:
    """Play one replication of a plan and return its trace, the same from either engine.

    The kernel tells its beat once, before it plays: a replication takes it milliseconds.
    """
    if (engine or usual()) == "reference":
        return reference.play(plan, seed, replication, beat)
    from simulations import kernel  # numba takes a moment to import

    if beat:
        beat(0)
    return kernel.play(plan, seed, replication)


def prepare(tell: Callable[[Sentence], None]) -> None:
    """Compile the kernel, or load what was compiled before, so that nobody waits for it later."""
    if (missing := notice()) is not None:
        tell(missing)
        return
    began = time.monotonic()
    play(plan(*smallest()), 0, 0)
    took = time.monotonic() - began
    if took > WORTH_SAYING:
        tell(Sentence.of("engine_compiled", seconds=round(took)))


def smallest() -> tuple[Design, Scenario]:
    """Return a desk with one step and one customer an hour, for a day."""
    guess = Provenance("judged", "D", "only to compile")
    steps = (
        Step(id="start", kind=Kind.START, name="Start"),
        Step(id="answer", kind=Kind.WORK, name="Answer", role="clerk", time=Timing(Exponential(HOUR // 2), guess)),
        Step(id="end", kind=Kind.END, name="End"),
    )
    flows = (Flow(id="1", source="start", target="answer"), Flow(id="2", source="answer", target="end"))
    always = tuple(Span(day, 0, DAY) for day in range(7))
    pool = Pool(id="desk", name="Desk", shifts=(Shift(id="always", spans=always, heads=1),))
    staffing = Staffing((pool,), (RoleStaffing("clerk", ("desk",)),))
    stream = Stream(id="phone", per_hour=("1",) * 168)
    asked = Scenario(
        id="day", name="Day", start="2026-03-02T00:00", zone="UTC", period=DAY, streams=(stream,), drain_limit=DAY
    )
    return Design(graph=StepGraph(id="desk", name="Desk", steps=steps, flows=flows), staffing=staffing), asked
