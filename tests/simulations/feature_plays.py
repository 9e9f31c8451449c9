"""One small play for each thing a design or scenario may say: what any shop drawn at random might happen not to show."""

from collections.abc import Callable

from process_models.graph.design import Design, Learning, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.steps import CallingAgain, Chasing, Saving, ShareRow, Timing, TypeTime
from process_models.values.calendars import DAY, HOUR, MINUTE, Span
from process_models.values.distributions import Exponential, Fixed
from simulations.scenario import Backlog, Outage, Scenario, Slowdown, Stream
from tests.building import GUESS, graph_of
from tests.simulations.golden_plays import branches
from tests.simulations.playing import ALWAYS, gives_up, hours, patience, pool, scenario, shop, takes, weekly

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


def saved_up() -> Asked:
    """Work and waits that are saved up: by number, by time, by both; and an end that takes cases out of them."""
    made = {
        "a": takes(Fixed(4 * MINUTE), saving=Saving(cases=3)),
        "b": takes(Fixed(6 * MINUTE), saving=Saving(within=20 * MINUTE)),
        "wait": takes(Fixed(5 * MINUTE), saving=Saving(cases=4, within=15 * MINUTE)),
        "c": takes(Exponential(12 * MINUTE)),
    }
    sketch = (
        "start fork, fork a, fork c, c choice, choice refused 0.5, choice b 0.5, a join, b join, join wait, wait end"
    )
    return shop(graph_of(sketch, made=made), pool("p", 3)), scenario(period=8 * HOUR)


def setting_up(between: str) -> Asked:
    """Two sorts of work, and heads that need time between them."""
    made = {"a": takes(Fixed(5 * MINUTE)), "b": takes(Exponential(6 * MINUTE), type_times=(TypeTime("claim", "2"),))}
    early = Span(0, 0, 3 * HOUR)
    shifts = (Shift(id="early", spans=(early,), heads=3), Shift(id="late", spans=(Span(0, 2 * HOUR, DAY),), heads=2))
    team = Pool(
        id="p", name="P", shifts=shifts, setup=3 * MINUTE, setup_between=between, finish=False, unfinished="hand over"
    )
    sketch = "start choice, choice a 0.5, choice b 0.5, a b 0.5, a end 0.5, b end"
    return shop(graph_of(sketch, made=made), team), scenario(period=6 * HOUR, streams=TWO)


def in_order(order: str, ageing: int = 0) -> Asked:
    """Two roles of one pool, with too few people, and an order of their own."""
    made = {"a": takes(Exponential(5 * MINUTE)), "b": takes(Exponential(5 * MINUTE), role="expert")}
    graph = graph_of("start choice, choice a 0.5, choice b 0.5, a end, b end", made=made)
    streams = (
        Stream(id="calls", per_hour=weekly("8"), due=HOUR),
        Stream(id="letters", per_hour=weekly("6"), priority=2, due=10 * MINUTE),
        Stream(id="mails", per_hour=weekly("6"), due=5 * MINUTE),
    )
    roles = (RoleStaffing("clerk", ("p",), order, ageing), RoleStaffing("expert", ("p",)))
    return Design(graph=graph, staffing=Staffing((pool("p", 1),), roles)), scenario(period=6 * HOUR, streams=streams)


def failure_demand() -> Asked:
    """Callers who give up and call again, and letters that are chased while they are saved up, queue or wait."""
    made = {
        "a": {
            **takes(Exponential(9 * MINUTE), chasing=Chasing(after=10 * MINUTE)),
            **patience(Exponential(25 * MINUTE)),
            "calling_again": CallingAgain(share="0.6", after=Timing(Exponential(30 * MINUTE), GUESS)),
        },
        "wait": takes(
            Fixed(30 * MINUTE),
            chasing=Chasing(after=12 * MINUTE, every=7 * MINUTE, step="chat"),
            saving=Saving(cases=2),
        ),
        "chat": takes(Fixed(2 * MINUTE)),
    }
    graph = gives_up(
        graph_of("start a, a choice, choice wait 0.4, choice chat 0.6, wait chat, chat end", made=made), "a", "end"
    )
    return shop(graph, pool("p", 1)), scenario(period=3 * HOUR, streams=TWO, drain_limit=HOUR)


def hindered() -> Asked:
    """A step that cannot be begun, a pool that lacks a skill, a slow supplier, a slow pool and new heads."""
    made = {
        "a": takes(Fixed(6 * MINUTE)),
        "b": takes(Exponential(6 * MINUTE)),
        "wait": takes(Fixed(10 * MINUTE)),
    }
    graph = graph_of("start choice, choice a 0.5, choice b 0.5, a wait, b wait, wait end", made=made)
    new = Shift(id="new", spans=ALWAYS, heads=1, learning=Learning(factor="2", lasts=21 * DAY))
    pools = (pool("p", 1), Pool(id="q", name="Q", shifts=(new,)))
    asked = scenario(
        period=8 * HOUR,
        streams=TWO,
        slowdowns=(
            Slowdown(id="supplier", factor="1.5", start=HOUR, end=5 * HOUR, steps=("wait", "a")),
            Slowdown(id="heat", factor="1.2", start=2 * HOUR, end=4 * HOUR, pool="p"),
        ),
        outages=(
            Outage(id="system", start=3 * HOUR, end=4 * HOUR, steps=("a",)),
            Outage(id="skill", start=HOUR, end=6 * HOUR, steps=("b",), pool="p"),
        ),
    )
    return shop(graph, *pools, clerk=("p", "q")), asked


def withdrawn() -> Asked:
    """An end inside a block that takes several branches out of waits."""
    sketch = "start fork, fork wait1, fork wait2, fork c, c choice, choice refused 0.5, choice d 0.5, d join"
    made = {name: takes(Fixed(HOUR)) for name in ("wait1", "wait2")}
    graph = graph_of(sketch + ", wait1 join, wait2 join, join end", made=made)
    return shop(graph, pool("p", 1)), scenario(period=6 * HOUR)


def closing(unfinished: str) -> Asked:
    """Work of twenty minutes that begins at opening time and ends exactly at closing time."""
    team = Pool(
        id="p",
        name="P",
        shifts=(Shift(id="p", spans=hours((0, 1), (3, 4), (6, 24)), heads=2),),
        finish=False,
        unfinished=unfinished,
    )
    graph = graph_of("start a, a end", made={"a": takes(Fixed(20 * MINUTE))})
    return shop(graph, team), scenario(period=8 * HOUR, backlog=(Backlog(id="a", stream="phone", cases=9),))


FEATURES: dict[str, Callable[[], Asked]] = {
    "at once": at_once,
    "branches": lambda: branches(MINUTE),
    "by origin": by_origin,
    "by type": by_type,
    "hand over": lambda: handed_over("hand over"),
    "restart": lambda: handed_over("restart"),
    "withdrawn": withdrawn,
    "closing": lambda: closing("pause"),
    "closing, handed over": lambda: closing("hand over"),
    "saved up": saved_up,
    "set up between steps": lambda: setting_up("steps"),
    "set up between types": lambda: setting_up("types"),
    "last first": lambda: in_order("last"),
    "due first": lambda: in_order("due"),
    "failure demand": failure_demand,
    "hindered": hindered,
    "ageing": lambda: in_order("first", 15 * MINUTE),
}
