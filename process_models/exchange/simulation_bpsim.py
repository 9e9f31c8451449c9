"""Simulation data by the BPSim standard (WfMC 1.0 and 2.0) in a BPMN file: times, people, cost, arrivals.

A file may hold several scenarios, of which one inherits from another; the last one is read with all that it inherits,
unless another is named. What is asked of a simulator (``ResultRequest``) is no data and is passed over.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from process_models.exchange.bpmn_file import BpmnFile, split
from process_models.exchange.bpmn_shares import BPSIM
from process_models.exchange.simulation_data import Crew, Entry, SimulationData, Task, arrivals_of
from process_models.exchange.simulation_json import ALWAYS
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
from process_models.values.sentences import Sentence

UNITS = {"ms": 1, "s": 1000, "min": 60_000, "hour": 3_600_000, "day": 86_400_000, "year": 31_536_000_000}
READ = {"ProcessingTime", "InterTriggerTimer", "Quantity", "UnitCost"}
SHARES = "Probability"
"""Read with the ways of the process itself."""


def read_bpsim(file: BpmnFile, scenario: str = "") -> SimulationData | None:
    """Return what a scenario of a BPMN file says, None where the file has none; a name that is unknown is refused."""
    scenarios = {one.get("id", ""): one for one in file.order if _is(one, "Scenario")}
    if not scenarios:
        return None
    chosen = scenario or list(scenarios)[-1]
    if chosen not in scenarios:
        raise ModelError("simulation_no_scenario", scenario=scenario, known=", ".join(scenarios))
    line = _line(scenarios, chosen)
    entries = [
        Entry("other", id, "dropped", Sentence.of("simulation_other_scenario", chosen=chosen))
        for id in scenarios
        if id not in line
    ]
    unit = _unit([scenarios[id] for id in line])
    said: dict[tuple[str, str], Element] = {}
    for id in line:
        said |= dict(_parameters(scenarios[id]))
    return _data(file, said, unit, entries)


def _line(scenarios: dict[str, Element], chosen: str) -> list[str]:
    """Return a scenario after those that it inherits from, the first one first."""
    line = [chosen]
    while (before := scenarios[line[0]].get("inherits", "")) in scenarios and before not in line:
        line.insert(0, before)
    return line


def _unit(scenarios: list[Element]) -> int:
    told = [one.get("baseTimeUnit", "") for scenario in scenarios for one in scenario if _is(one, "ScenarioParameters")]
    return next((UNITS[unit] for unit in reversed(told) if unit in UNITS), UNITS["min"])


def _parameters(scenario: Element) -> Iterator[tuple[tuple[str, str], Element]]:
    """Yield each parameter that says something, by its element and name."""
    for owner in scenario:
        if _is(owner, "ElementParameters"):
            for group in owner:
                for one in group:
                    if any(split(value.tag)[1] != "ResultRequest" for value in one):
                        yield (owner.get("elementRef", ""), split(one.tag)[1]), one


def _data(file: BpmnFile, said: dict[tuple[str, str], Element], unit: int, entries: list[Entry]) -> SimulationData:
    tasks: list[Task] = []
    crews: dict[str, Crew] = {}
    gap: Distribution | None = None
    for (id, name), one in said.items():
        if name == "ProcessingTime":
            time = _distribution(one, unit)
            if time is None:
                entries.append(Entry("time", id, "dropped", Sentence.of("simulation_no_time")))
            elif _named(one).startswith("Truncated"):
                entries.append(Entry("time", id, "simplified", Sentence.of("simulation_bounds")))
            tasks += [Task(id, time, ())] if time is not None else []
        elif name == "Quantity":
            heads = int(_number(one, "value"))
            if heads < 0:
                entries.append(Entry("people", id, "dropped", Sentence.of("simulation_no_heads")))
                continue
            holder = file.by_id.get(id)
            words = (holder.get("name") if holder is not None else "") or id
            rate = said.get((id, "UnitCost"))
            cost = max(0, int(100 * _number(rate, "value"))) if rate is not None else 0
            crews[id] = Crew(id, words, ((ALWAYS, heads),), cost)
            entries.append(Entry("people", id, "kept"))
        elif name == "InterTriggerTimer":
            gap = gap or _distribution(one, unit)
        elif name not in (*READ, SHARES):
            entries.append(Entry("other", id, "dropped", Sentence.of("simulation_other", name=name)))
    per_hour = arrivals_of(gap, ALWAYS, entries)
    return SimulationData("BPSim", tuple(crews.values()), tuple(tasks), (), per_hour, tuple(entries))


def _named(parameter: Element) -> str:
    """Return the name of the value of a parameter."""
    names = (split(value.tag)[1] for value in parameter)
    return next((name for name in names if name != "ResultRequest"), "")


def _distribution(parameter: Element, unit: int) -> Distribution | None:
    name = _named(parameter)

    def ms(key: str) -> int:
        return int((_number(parameter, key) * unit).to_integral_value())

    try:
        match name.removeprefix("Truncated"):
            case "FloatingParameter" | "NumericParameter":
                return Fixed(ms("value"))
            case "NormalDistribution":
                return _spread(Gamma, ms("mean"), ms("standardDeviation"))
            case "LogNormalDistribution":
                return _spread(LogNormal, ms("mean"), ms("standardDeviation"))
            case "NegativeExponentialDistribution" | "PoissonDistribution":
                return Exponential(ms("mean"))
            case "TriangularDistribution":
                return Triangular(ms("min"), ms("mode"), ms("max"))
            case "UniformDistribution":
                return Quantiles((("0", ms("min")), ("1", ms("max")))) if ms("min") < ms("max") else Fixed(ms("min"))
    except ModelError:
        return None
    return None


def _spread(kind: type[Gamma] | type[LogNormal], mean: int, deviation: int) -> Distribution | None:
    """Return a distribution by mean and deviation; jBPM writes 0 and 0 where nothing is known."""
    if not mean:
        return None
    return kind(mean, deviation) if 100 * deviation >= mean else Fixed(mean)


def _number(parameter: Element, key: str) -> Decimal:
    """Return a number of the value of a parameter, 0 where there is none."""
    for value in parameter:
        try:
            found = Decimal(value.get(key, ""))
        except InvalidOperation:
            continue
        return found if found.is_finite() and abs(found) < 10**9 else Decimal(0)
    return Decimal(0)


def _is(element: Element, name: str) -> bool:
    space, own = split(element.tag)
    return own == name and BPSIM.match(space) is not None
