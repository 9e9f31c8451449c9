"""A plan is all an engine reads; what cannot be played is refused with every fault at once."""

import pickle

import numpy as np
import pytest

from process_models.graph.blocks import structure
from process_models.graph.design import Design, Staffing
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind, Promise, ShareRow
from process_models.values import luck
from process_models.values.calendars import DAY, HOUR, MINUTE
from process_models.values.clocks import Clock, Moment
from process_models.values.distributions import Exponential, Fixed, mean
from process_models.values.errors import ModelError
from simulations.plan import PlanError, cumulated, keys, plan, table
from simulations.scenario import Absence, Away, Backlog, Stream, Surge
from tests.building import graph_of
from tests.simulations.playing import gives_up, hours, patience, pool, scenario, shop, story, takes, weekly

SIMPLE = graph_of("start a, a b, b end 0.7, b a 0.3")
TEAM = pool("team", 2)


def changed(value, **fields):
    """A copy with other fields."""
    return type(value)(**{**{name: getattr(value, name) for name in value.__struct_fields__}, **fields})


def refusals(graph: StepGraph, *pools) -> str:
    with pytest.raises(PlanError) as refused:
        plan(shop(graph, *(pools or (TEAM,))), scenario())
    return str(refused.value)


def test_the_same_design_and_scenario_have_the_same_digest_and_a_rename_changes_nothing():
    renamed = changed(SIMPLE, name="Other", steps=tuple(changed(s, name="New " + s.name) for s in SIMPLE.steps))

    assert plan(shop(SIMPLE, TEAM), scenario()).digest == plan(shop(renamed, TEAM), scenario()).digest


@pytest.mark.parametrize(
    "design",
    [
        shop(graph_of("start a, a b, b end 0.6, b a 0.4"), TEAM),
        shop(graph_of("start a, a b, b end 0.7, b a 0.3", made={"a": takes(Fixed(1))}), TEAM),
        shop(graph_of("start a, a b, b end 0.7, b a 0.3", made={"a": {"unit_cost": 1}}), TEAM),
        shop(graph_of("start a, a b, b end 0.7, b a 0.3", made={"a": {"nature": "contact"}}), TEAM),
        shop(SIMPLE, pool("team", 3)),
        shop(SIMPLE, pool("team", 2, hours((0, 23)))),
        shop(SIMPLE, pool("team", 2, rate=1)),
        shop(SIMPLE, pool("team", 2, finish=False)),
        shop(SIMPLE, pool("other", 2)),
        shop(changed(SIMPLE, rows=(ShareRow(id="x", flow="b-end", visit_from=3, share="1"),)), TEAM),
        shop(
            changed(SIMPLE, promises=(Promise("p", "P", Clock(Moment("a", "enter"), Moment("b", "leave"), HOUR)),)),
            TEAM,
        ),
    ],
)
def test_whatever_matters_in_the_design_changes_the_digest(design):
    assert plan(design, scenario()).digest != plan(shop(SIMPLE, TEAM), scenario()).digest


@pytest.mark.parametrize(
    "fields",
    [
        {"start": "2026-03-03T00:00"},
        {"zone": "Asia/Tokyo"},
        {"period": 2 * DAY},
        {"drain": "stop"},
        {"streams": (Stream(id="phone", per_hour=weekly("7")),)},
        {"streams": (Stream(id="phone", per_hour=weekly("6"), priority=1),)},
        {"streams": (Stream(id="post", per_hour=weekly("6")),)},
        {"absences": (Absence(id="ill", pool="team", share="0.1", spell=DAY),)},
        {"away": (Away(id="trip", pool="team", heads=1, start=0, end=HOUR),)},
        {"surges": (Surge(id="storm", factor="2", start=0, end=HOUR),)},
        {"backlog": (Backlog(id="a", cases=1, stream="phone"),)},
    ],
)
def test_whatever_matters_in_the_scenario_changes_the_digest(fields):
    assert plan(shop(SIMPLE, TEAM), scenario(**fields)).digest != plan(shop(SIMPLE, TEAM), scenario()).digest


def test_shares_are_parts_of_two_to_the_thirty_second_and_none_is_lost():
    made = plan(
        shop(graph_of("start a 0.333333333, start b 0.333333333, start end 0.333333334, a end, b end"), TEAM),
        scenario(),
    )

    start = made.steps.index("start")
    first = int(made.voff[made.vptr[start]])
    assert made.fcum[first : first + 3].tolist() == [1431655764, 2863311528, 4294967296]
    assert cumulated(()) == ()


def test_shares_by_history_stand_in_the_order_in_which_they_are_looked_up():
    rows = (
        ShareRow(id="1", flow="b-end", visit_from=3, share="1"),
        ShareRow(id="2", flow="b-a", visit_from=2, share="1"),
        ShareRow(id="3", flow="b-end", visit_from=1, came_from="a", share="1"),
    )
    made = plan(shop(changed(SIMPLE, rows=rows), TEAM), scenario())

    b = made.steps.index("b")
    part = slice(made.vptr[b], made.vptr[b + 1])
    assert made.vfrom[part].tolist() == [made.steps.index("a"), -1, -1, -1]
    assert made.vvisit[part].tolist() == [1, 3, 2, 0]
    flows = made.fcum[made.voff[part.start] :][:8].reshape(4, 2) / 2**32
    assert flows.round(3).tolist() == [[0, 1], [0, 1], [1, 1], [0.3, 1]]


@pytest.mark.parametrize("distribution", [Exponential(60_000), Fixed(500)])
def test_tables_of_quantiles_have_the_right_mean(distribution):
    body, tail = (np.array(part) for part in table(distribution))

    middle = (body[1:1024] + body[:1023]).sum() / 2 / 1024 + (tail[1:] + tail[:-1]).sum() / 2 / 2**20
    assert middle == pytest.approx(mean(distribution), rel=2e-4)


def test_shifts_are_unrolled_to_the_end_of_play_in_local_time():
    made = plan(
        shop(SIMPLE, pool("team", 2, hours((9, 17)))), scenario(period=2 * DAY, drain="stop", zone="Asia/Tokyo")
    )

    assert made.cs.tolist() == [9 * HOUR, DAY + 9 * HOUR]
    assert made.ce.tolist() == [17 * HOUR, DAY + 17 * HOUR]
    assert made.cc.tolist() == [0, 8 * HOUR]
    assert list(zip(made.ctime.tolist(), made.cval.tolist(), strict=True)) == [
        (9 * HOUR, 1),
        (17 * HOUR, 0),
        (DAY + 9 * HOUR, 1),
        (DAY + 17 * HOUR, 0),
    ]


def test_arrays_are_of_two_integer_widths_only():
    arrays = plan(shop(SIMPLE, TEAM), scenario()).arrays()

    assert list(arrays)[:3] == ["stype", "key", "qu"]
    assert {array.dtype.str for array in arrays.values()} <= {"<i8", "<i4", "|i1", "|u1"}


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (graph_of("a b, b end"), "no start"),
        (graph_of("start a, a b, b a"), "end"),
        (graph_of("start a, start1 a, a end"), "Start1"),
        (graph_of("start a, a end, b end"), "“B”"),
        (graph_of("start a 0.5, start b 0.5, a end"), "“B”"),
        (graph_of("start a, a end 0.5, a b 0.4, b end"), "“A”"),
        (graph_of("start fork, fork a, fork b, a end, b end"), "“Fork”"),
        (graph_of("start a, a end", made={"a": {"kind": Kind.INCLUSIVE, "time": None, "role": ""}}), "“A”"),
        (graph_of("start a, a end", made={"a": {"time": None}}), "“A”"),
        (graph_of("start a, a end", made={"a": {"role": ""}}), "“A”"),
        (graph_of("start choice, choice choice1 0.5, choice end 0.5, choice1 choice"), "“Choice”"),
        (graph_of("start a, a end", made={"a": patience(Fixed(1))}), "“A”"),
    ],
)
def test_a_graph_that_cannot_be_played_is_refused_with_the_place(graph, said):
    assert said in refusals(graph)


def test_work_that_nobody_is_there_to_do_is_refused_by_the_step():
    assert "“A”" in refusals(graph_of("start a, a end"), pool("team", 0))
    assert "“A”" in refusals(graph_of("start a, a end"), pool("team", 2, ()))
    with pytest.raises(PlanError, match="“A”"):
        plan(Design(graph=graph_of("start a, a end"), staffing=Staffing()), scenario())


def test_all_faults_are_told_at_once_and_survive_the_way_to_another_process():
    with pytest.raises(PlanError) as refused:
        plan(shop(graph_of("start a 0.4, start b 0.4, a end", made={"a": {"time": None}}), TEAM), scenario())

    assert {fault.step for fault in refused.value.faults} >= {"start", "a", "b"}
    again = pickle.loads(pickle.dumps(refused.value))  # noqa: S301 - our own bytes
    assert again.faults == refused.value.faults


def test_two_ids_with_one_key_are_refused():
    seen: dict[int, str] = {}
    for n in range(400_000):
        other = seen.setdefault(luck.key(f"step-{n}"), f"step-{n}")
        if other != f"step-{n}":
            break

    with pytest.raises(ModelError, match=other):
        keys([other, f"step-{n}"])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"absences": (Absence(id="ill", pool="nobody", share="0.1", spell=DAY),)}, "nobody"),
        ({"away": (Away(id="trip", pool="nobody", heads=1, start=0, end=1),)}, "nobody"),
        ({"away": (Away(id="trip", pool="team", heads=3, start=0, end=1),)}, "takes 3 heads away"),
        ({"backlog": (Backlog(id="nothing", cases=1, stream="phone"),)}, "nothing"),
    ],
)
def test_a_scenario_that_does_not_fit_the_design_is_refused(fields, said):
    with pytest.raises(ModelError, match=said):
        plan(shop(SIMPLE, TEAM), scenario(**fields))


def test_nobody_can_wait_inside_parallel_work_at_the_start():
    graph = graph_of("start fork, fork a, fork b, a join, b join, join end")
    assert structure(graph).unstructured == ()

    with pytest.raises(ModelError, match="inside parallel work"):
        plan(shop(graph, TEAM), scenario(backlog=(Backlog(id="a", cases=1, stream="phone"),)))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: scenario(zone="Mars/Olympus"), "time zone"),
        (lambda: scenario(start="soon"), "date and time"),
        (lambda: scenario(period=0), "period"),
        (lambda: scenario(surges=(Surge(id="s", factor="2", start=0, end=1, stream="fax"),)), "fax"),
        (lambda: scenario(backlog=(Backlog(id="a", cases=1, stream="fax"),)), "fax"),
        (lambda: Stream(id="x", per_hour=("1",)), "168"),
        (lambda: Stream(id="x", per_hour=weekly("-1")), "below zero"),
        (lambda: Stream(id="x", per_hour=weekly("1"), priority=-1), "priority"),
        (lambda: Absence(id="x", pool="p", share="1", spell=1), "below 1"),
        (lambda: Absence(id="x", pool="p", share="0.5", spell=0), "must last"),
        (lambda: Away(id="x", pool="p", heads=-1, start=0, end=1), "fewer than no heads"),
        (lambda: Away(id="x", pool="p", heads=1, start=5, end=5), "end after"),
        (lambda: Surge(id="x", factor="-1", start=0, end=1), "below zero"),
        (lambda: Surge(id="x", factor="1", start=2, end=1), "end after"),
        (lambda: Backlog(id="x", cases=-1, stream="s"), "fewer than no cases"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(make, said):
    with pytest.raises(ModelError, match=said):
        make()


def test_giving_up_leads_where_the_flow_says():
    graph = gives_up(graph_of("start a, a end, b end", made={"a": patience(Fixed(MINUTE))}), "a", "b")

    made = plan(shop(graph, TEAM), scenario())

    assert made.gone[made.steps.index("a")] == made.steps.index("b")
    assert {flow.kind for flow in graph.after("a")} == {"normal", "abandon"}


def test_work_that_needs_nobody_of_ours_takes_its_time_and_no_queue():
    graph = graph_of("start a, a b, b end", made={"a": {"role": "", "automation": "automatic"}})

    told = story(shop(graph, pool("team", 1)), scenario(), 0, 0)

    assert told.of("LEAVE", "a") == [(10 * MINUTE, 0), (10 * MINUTE, 1)]
    assert told.of("CLOSE") == [(20 * MINUTE, 0), (30 * MINUTE, 1)]
