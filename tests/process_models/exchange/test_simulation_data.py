"""Simulation data beside a process: people, hours, times, shares and arrivals, each part kept, simplified or dropped."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from process_models.exchange.bpmn_file import BpmnFile
from process_models.exchange.bpmn_import import import_bpmn
from process_models.exchange.simulation_bpsim import read_bpsim
from process_models.exchange.simulation_data import Applied, apply, told
from process_models.exchange.simulation_json import distribution, read_prosimos
from process_models.exchange.simulation_qbp import read_qbp
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step, Timing
from process_models.values.calendars import DAY, HOUR
from process_models.values.distributions import (
    Distribution,
    Exponential,
    Fixed,
    Gamma,
    LogNormal,
    Quantiles,
    Triangular,
)
from process_models.values.errors import ModelError
from process_models.values.provenance import Provenance
from process_models.values.sentences import Sentence, say
from simulations.experiments import simulate
from simulations.scenario import Scenario, Stream

GRAPH = StepGraph(
    id="desk",
    name="Desk",
    steps=(
        Step(id="start", kind=Kind.START, name="Start"),
        Step(id="ask", kind=Kind.WORK, name="Ask"),
        Step(id="which", kind=Kind.CHOICE, name="Which?"),
        Step(id="pay", kind=Kind.WORK, name="Pay", role="Cashier"),
        Step(id="end", kind=Kind.END, name="End"),
    ),
    flows=(
        Flow(id="f1", source="start", target="ask"),
        Flow(id="f2", source="ask", target="which"),
        Flow(id="yes", source="which", target="pay", share="0.5"),
        Flow(id="no", source="which", target="end", share="0.5"),
        Flow(id="f3", source="pay", target="end"),
    ),
)
NINE_TO_FIVE = [{"from": "MONDAY", "to": "FRIDAY", "beginTime": "09:00:00.000", "endTime": "17:00:00.000"}]


def row(who: str, name: str, *values: float) -> dict[str, Any]:
    return {"resource_id": who, "distribution_name": name, "distribution_params": [{"value": one} for one in values]}


def parameters(**changes: object) -> bytes:
    """Return a file as Prosimos writes it, with odd spots that real files have."""
    whole = {
        "resource_profiles": {
            "clerks": {
                "id": "clerks",
                "name": "Clerks",
                "resource_list": [
                    {"id": "c1", "cost_per_hour": "20", "amount": "2", "calendar": "day"},
                    {"id": "c2", "cost_per_hour": 40, "amount": 2, "calendar": "never said"},
                ],
            }
        },
        "resource_calendars": [{"id": "day", "time_periods": NINE_TO_FIVE}] * 2,
        "task_resource_distribution": [
            {"task_id": "ask", "resources": [row("c1", "expon", 180, 0, float("inf")), row("c2", "expon", 180, 0)]},
            {"task_id": "pay", "resources": [row("c1", "fix", 60), row("c2", "fix", 90)]},
            {"task_id": "nowhere", "resources": [row("c1", "fix", 60)]},
        ],
        "arrival_time_distribution": {"distribution_name": "expon", "distribution_params": [{"value": 600}]},
        "arrival_time_calendar": NINE_TO_FIVE,
        "gateway_branching_probabilities": [
            {
                "gateway_id": "which",
                "probabilities": [{"path_id": "yes", "value": "0.7"}, {"path_id": "no", "value": 0.3}],
            }
        ],
        "event_distribution": {},
        **changes,
    }
    return json.dumps(whole).encode()


def brought(**changes: object) -> Applied:
    return apply(read_prosimos(parameters(**changes)), GRAPH, "desk.json", "2026-04-01")


def test_people_become_pools_with_their_hours_and_roles():
    staffing = brought().design.staffing

    [pool] = staffing.pools
    assert [(shift.heads, shift.spans[0].start, shift.spans[0].end) for shift in pool.shifts] == [
        (2, 9 * HOUR, 17 * HOUR),
        (2, 0, DAY),
    ]
    assert (pool.name, pool.rate, pool.provenance.grade) == ("Clerks", 3000, "D")
    assert [(role.id, role.pools) for role in staffing.roles] == [("Cashier", ("clerks",)), ("Clerks", ("clerks",))]


def test_times_and_shares_are_put_on_steps_and_flows_as_guesses():
    graph = brought().design.graph

    ask, pay = graph.by_id["ask"], graph.by_id["pay"]
    assert ask.time is not None
    assert pay.time is not None
    assert (ask.time.distribution, ask.role) == (Exponential(180_000), "Clerks")
    assert (pay.time.distribution, pay.role) == (Fixed(60_000), "Cashier")
    assert ask.time.provenance.source == "file desk.json, Prosimos"
    assert {flow.id: flow.share for flow in graph.ways("which")} == {"yes": "0.7", "no": "0.3"}


def test_every_part_is_accounted_for_with_its_reason():
    found = brought(priority_rules=[{"priority": 1}])

    became = {(entry.part, entry.id): entry.became for entry in found.entries if entry.became != "kept"}
    assert became == {
        ("people", "clerks"): "simplified",
        ("time", "pay"): "simplified",
        ("time", "nowhere"): "dropped",
        ("other", "priority_rules"): "dropped",
    }
    words = " ".join(map(say, told(found.entries)))
    assert "the mean is taken" in words
    assert "priority_rules has no place" in words


def test_shares_of_some_ways_only_are_dropped_and_odd_sums_scaled():
    some = [{"gateway_id": "which", "probabilities": [{"path_id": "yes", "value": 0.9}]}]
    odd = [{"gateway_id": "which", "probabilities": [{"path_id": "yes", "value": 3}, {"path_id": "no", "value": 1}]}]

    dropped, scaled = (brought(gateway_branching_probabilities=ways) for ways in (some, odd))

    assert [flow.share for flow in dropped.design.graph.ways("which")] == ["0.5", "0.5"]
    assert dropped.count("dropped") == 2
    assert {flow.id: flow.share for flow in scaled.design.graph.ways("which")} == {"yes": "0.75", "no": "0.25"}


def test_arrivals_are_steady_within_their_hours():
    found = brought()

    assert len(found.per_hour) == 168
    assert [found.per_hour[hour] for hour in (8, 9, 16, 17, 24 * 5 + 9)] == ["0", "6", "6", "0", "0"]
    all_at_once = {"distribution_name": "fix", "distribution_params": [{"value": 0}]}
    assert brought(arrival_time_distribution=all_at_once).per_hour == ()


@pytest.mark.parametrize(
    ("name", "values", "made"),
    [
        ("fix", (30,), Fixed(30_000)),
        ("norm", (100, 20, 0, 1000), Gamma(100_000, 20_000)),
        ("norm", (100, 0), Fixed(100_000)),
        ("gamma", (100, 400), Gamma(100_000, 20_000)),
        ("lognorm", (100, 400), LogNormal(100_000, 20_000)),
        ("uniform", (10, 20), Quantiles((("0", 10_000), ("1", 20_000)))),
        ("triang", (15, 10, 30), Triangular(10_000, 15_000, 30_000)),
        ("triang", (5, 10, 30), None),
        ("fix", (-1,), None),
        ("histogram_sampling", (1, 2), None),
    ],
)
def test_numbers_of_a_distribution_are_told_by_their_place(name: str, values: tuple[float, ...], made: Distribution):
    assert distribution(name, [{"value": one} for one in values]) == made


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"task_resource_distribution"', b"[" * 100_000])
def test_what_is_no_file_of_parameters_is_refused(text: bytes):
    with pytest.raises(ModelError) as refused:
        read_prosimos(text)

    assert refused.value.sentence.id == "simulation_not_prosimos"


@pytest.fixture
def credit(shared_data: Path) -> Applied:
    """A textbook model with its simulation data."""
    data = (shared_data / "bpmn/pm4py/ch7_CreditAppSimulation.bpmn").read_bytes()
    said = read_qbp(BpmnFile(data))
    assert said is not None
    return apply(said, import_bpmn(data, "credit").graph, "ch7_CreditAppSimulation.bpmn")


def test_people_of_a_textbook_model_come_with_their_timetable(credit: Applied):
    pools = {pool.name: (pool.heads, pool.rate) for pool in credit.design.staffing.pools}

    assert pools == {"Clerk": (3, 2500), "Credit Officer": (3, 5000), "System": (1, 0)}
    assert credit.per_hour[9] == "2"
    assert credit.per_hour[8] == credit.per_hour[24 * 6 + 9] == "0"
    [dropped] = [entry for entry in credit.entries if entry.became == "dropped"]
    assert (dropped.part, dropped.reason) == ("time", Sentence.of("simulation_no_time"))  # It says 0 seconds.


def test_a_textbook_model_can_be_played_when_what_it_lacks_is_typed_in(credit: Applied):
    typed = Timing(Fixed(HOUR), Provenance("judged", "D", "typed in"))
    steps = [
        structs.replace(step, time=typed) if step.kind in (Kind.WORK, Kind.WAIT) and step.time is None else step
        for step in credit.design.graph.steps
    ]
    design = structs.replace(credit.design, graph=structs.replace(credit.design.graph, steps=tuple(steps)))
    stream = Stream(id="applications", per_hour=credit.per_hour)
    scenario = Scenario(
        id="weeks", name="Four weeks", start="2026-03-02T00:00", zone="UTC", period=28 * DAY, streams=(stream,)
    )

    results = {one.id: float(one.mean) for one in simulate(design, scenario, replications=3, seed=1).results}

    assert results["completed"] > 0.9
    assert 0 < results["utilisation:clerk"] < 1


def test_a_file_of_parameters_fits_the_model_beside_it(shared_data: Path):
    folder = shared_data / "bpmn/api_optimos"
    said = read_prosimos((folder / "callcentre.json").read_bytes())
    graph = import_bpmn((folder / "callcentre.bpmn").read_bytes(), "call centre").graph

    found = apply(said, graph, "callcentre.json")

    assert {pool.name: pool.heads for pool in found.design.staffing.pools} == {"SYSTEM": 20, "Role 1": 44, "Role 2": 2}
    assert {entry.id for entry in found.entries if entry.became == "dropped"} == {"arrivals"}
    assert sum(entry.part == "share" for entry in found.entries) == 14


def test_a_model_without_such_data_has_none(shared_data: Path):
    assert read_qbp(BpmnFile(next((shared_data / "bpmn/miwg_reference").glob("*.bpmn")).read_bytes())) is None


BPSIM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:b="http://www.bpsim.org/schemas/1.0"><resource id="people" name="Clerks"/>
  <process id="p"><startEvent id="start"/><task id="ask"/><task id="pay"/></process>
  <relationship type="BPSimData"><extensionElements><b:BPSimData>
  <b:Scenario id="S1"><b:ScenarioParameters baseTimeUnit="min"/>
    <b:ElementParameters elementRef="ask"><b:TimeParameters><b:ProcessingTime>
      <b:TruncatedNormalDistribution min="0" max="9" mean="4" standardDeviation="1"/></b:ProcessingTime>
      <b:ProcessingTime/></b:TimeParameters></b:ElementParameters>
    <b:ElementParameters elementRef="pay"><b:TimeParameters><b:ProcessingTime>
      <b:NormalDistribution mean="0" standardDeviation="0"/></b:ProcessingTime></b:TimeParameters>
      <b:ControlParameters><b:TriggerCount><b:ResultRequest>count</b:ResultRequest></b:TriggerCount>
      </b:ControlParameters></b:ElementParameters>
    <b:ElementParameters elementRef="people"><b:ResourceParameters><b:Quantity><b:NumericParameter value="3"/>
      </b:Quantity><b:Selection><b:ExpressionParameter value="x"/></b:Selection></b:ResourceParameters>
      <b:CostParameters><b:UnitCost><b:FloatingParameter value="20.5"/></b:UnitCost></b:CostParameters>
    </b:ElementParameters></b:Scenario>
  <b:Scenario id="S2" inherits="S1"><b:ElementParameters elementRef="start"><b:ControlParameters><b:InterTriggerTimer>
      <b:NegativeExponentialDistribution mean="30"/></b:InterTriggerTimer></b:ControlParameters></b:ElementParameters>
  </b:Scenario></b:BPSimData></extensionElements></relationship></definitions>"""


def test_the_last_scenario_of_bpsim_is_read_with_what_it_inherits():
    said = read_bpsim(BpmnFile(BPSIM.encode()))

    assert said is not None
    assert [(task.step, task.time) for task in said.tasks] == [("ask", Gamma(240_000, 60_000))]
    assert [(crew.name, crew.heads[0][1], crew.rate) for crew in said.crews] == [("Clerks", 3, 2050)]
    assert set(said.per_hour) == {"2"}
    assert {(entry.id, entry.became) for entry in said.entries} == {
        ("ask", "simplified"),
        ("pay", "dropped"),
        ("people", "kept"),
        ("people", "dropped"),
        ("arrivals", "kept"),
    }


def test_another_scenario_of_bpsim_can_be_named():
    said = read_bpsim(BpmnFile(BPSIM.encode()), "S1")

    assert said is not None
    assert said.per_hour == ()
    assert ("S2", "dropped") in [(entry.id, entry.became) for entry in said.entries]
    with pytest.raises(ModelError, match="S1, S2"):
        read_bpsim(BpmnFile(BPSIM.encode()), "S9")


def test_bpsim_of_a_published_model_gives_its_times(shared_data: Path):
    data = (shared_data / "bpmn/miwg_demos/technical_support__camunda.bpmn").read_bytes()
    people, times = read_bpsim(BpmnFile(data)), read_bpsim(BpmnFile(data), "S2")

    assert people is not None
    assert times is not None
    assert {crew.name: crew.heads[0][1] for crew in people.crews}["secondLevelSupport"] == 2
    found = apply(times, import_bpmn(data, "support").graph, "technical_support__camunda.bpmn")

    assert any(step.time is not None for step in found.design.graph.steps)
    assert found.per_hour
    assert all(entry.reason is not None for entry in found.entries if entry.became != "kept")
