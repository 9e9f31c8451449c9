"""One small play for each thing a design or scenario may say: what any shop drawn at random might happen not to show."""

from collections.abc import Callable

from process_models.graph.design import Design, Pool, Shift
from process_models.graph.steps import ShareRow, TypeTime
from process_models.values.calendars import HOUR, MINUTE, Span
from process_models.values.distributions import Exponential, Fixed
from simulations.scenario import Backlog, Scenario, Stream
from tests.building import graph_of
from tests.simulations.golden_plays import branches
from tests.simulations.playing import gives_up, patience, pool, scenario, shop, takes, weekly

Asked = tuple[Design, Scenario]
TWO = (
    Stream(id="calls", case_type="query", per_hour=weekly("6")),
    Stream(id="letters", case_type="claim", per_hour=weekly("6"), priority=1),
)


def at_once() -> Asked:
    """Cases that wait at the start for work that takes no time: arrivals and work at one instant."""
    graph = graph_of("start a, a b, b end", made={name: takes(Fixed(0)) for name in "ab"})
    asked = scenario(period=6 * HOUR, backlog=(Backlog(id="a", stream="phone", cases=5),))
    return shop(graph, pool("p", 1)), asked


def by_origin() -> Asked:
    """Work that is done again, less often for those that come from it."""
    rows = tuple(
        ShareRow(id=f"{to}", flow=f"choice-{to}", came_from="b", share=share)
        for to, share in (("a", "0.1"), ("end", "0.9"))
    )
    graph = graph_of("start choice, choice a 0.6, choice end 0.4, a b, b choice", rows=rows)
    return shop(graph, pool("p", 2)), scenario(period=6 * HOUR)


def by_type() -> Asked:
    """Two types of case that go different ways and take different times."""
    rows = (
        ShareRow(id="1", flow="choice-long", case_type="claim", share="1"),
        ShareRow(id="2", flow="choice-short", case_type="claim", share="0"),
    )
    made = {
        "long": takes(Exponential(8 * MINUTE), type_times=(TypeTime("claim", "0.5"),)),
        "wait": takes(Fixed(5 * MINUTE), type_times=(TypeTime("query", "2"),)),
    }
    sketch = "start wait, wait choice, choice long 0.4, choice short 0.6, long end, short end"
    return shop(graph_of(sketch, made=made, rows=rows), pool("p", 2)), scenario(period=6 * HOUR, streams=TWO)


def handed_over(unfinished: str) -> Asked:
    """Two shifts of a pool that hand over what they have in hand, with patience, and ends inside a block."""
    turns = [tuple(Span(0, n * 40 * MINUTE, (n + 1) * 40 * MINUTE) for n in range(first, 36, 2)) for first in (0, 1)]
    shifts = (Shift(id="early", spans=turns[0], heads=3), Shift(id="late", spans=turns[1], heads=2))
    team = Pool(id="p", name="P", shifts=shifts, finish=False, unfinished=unfinished)
    made = {
        "a": {**takes(Fixed(25 * MINUTE)), **patience(Fixed(30 * MINUTE))},
        "b": takes(Exponential(20 * MINUTE)),
        "c": takes(Fixed(20 * MINUTE)),
    }
    sketch = "start fork, fork a, fork b, b choice, choice refused 0.3, choice c 0.7, a join, c join, join end"
    graph = gives_up(graph_of(sketch, made=made), "a", "refused")
    calls = Stream(id="calls", per_hour=weekly("4"), priority=1)
    urgent = Stream(id="urgent", per_hour=weekly("1"), priority=0)
    return shop(graph, team), scenario(period=8 * HOUR, streams=(calls, urgent))


FEATURES: dict[str, Callable[[], Asked]] = {
    "at once": at_once,
    "branches": lambda: branches(MINUTE),
    "by origin": by_origin,
    "by type": by_type,
    "hand over": lambda: handed_over("hand over"),
    "restart": lambda: handed_over("restart"),
}
