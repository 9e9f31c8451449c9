"""The simulation data that BIMP and Apromore write into a BPMN file (qbp): people, timetables, tasks, arrivals.

Shares and times of such files come with the import itself; here are the people, their hours and the arrivals, so that a
textbook model becomes a design that can be played.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from process_models.exchange.bpmn_file import BpmnFile, split
from process_models.exchange.bpmn_shares import QBP
from process_models.exchange.bpmn_times import read_time
from process_models.exchange.simulation_data import Crew, Entry, SimulationData, Task, arrivals_of, week
from process_models.exchange.simulation_json import ALWAYS
from process_models.values.calendars import Calendar
from process_models.values.sentences import Sentence


def read_qbp(file: BpmnFile) -> SimulationData | None:
    """Return what a BPMN file says for a simulation, None where it says nothing of that kind."""
    parts = [(split(one.tag)[1], one) for one in file.order if split(one.tag)[0].startswith(QBP)]
    if not any(name == "processSimulationInfo" for name, _ in parts):
        return None
    entries: list[Entry] = []
    calendars = dict(_timetables(parts, entries))
    crews = tuple(_crews(parts, calendars, entries))
    tasks = tuple(_tasks(parts, entries))
    per_hour = _arrivals(parts, calendars, entries)
    return SimulationData("qbp", crews, tasks, (), per_hour, tuple(entries))


Parts = list[tuple[str, Element]]


def _timetables(parts: Parts, entries: list[Entry]) -> Iterator[tuple[str, Calendar]]:
    for name, one in parts:
        if name == "timetable":
            id = one.get("id", "")
            rules = [rule for rule in one.iter() if split(rule.tag)[1] == "rule"]
            keys = ("fromWeekDay", "toWeekDay", "fromTime", "toTime")
            try:
                made = week([tuple(rule.get(key, "") for key in keys) for rule in rules])  # type: ignore[misc]
            except (ValueError, InvalidOperation):
                entries.append(Entry("hours", id, "dropped", Sentence.of("simulation_bad_hours")))
                continue
            entries.append(Entry("hours", id, "kept"))
            yield id, made


def _crews(parts: Parts, calendars: dict[str, Calendar], entries: list[Entry]) -> Iterator[Crew]:
    for name, one in parts:
        if name == "resource" and one.get("totalAmount"):
            id, heads = one.get("id", ""), int(_number(one.get("totalAmount", "")))
            calendar = calendars.get(one.get("timetableId", ""), ALWAYS)
            rate = int((_number(one.get("costPerHour", "")) * 100).to_integral_value())
            entries.append(Entry("people", id, "kept"))
            yield Crew(id, one.get("name") or id, ((calendar, heads),), rate)


def _tasks(parts: Parts, entries: list[Entry]) -> Iterator[Task]:
    for name, one in parts:
        if name == "element":
            inner = [(split(part.tag)[1], part) for part in one.iter()]
            crews = [(part.text or "").strip() for word, part in inner if word == "resourceId"]
            said = [part for word, part in inner if word == "durationDistribution"]
            times = [read_time(part.get("type", ""), part.attrib) for part in said]
            known = next((time for time in times if time is not None), None)
            if said and known is None:
                entries.append(Entry("time", one.get("elementId", ""), "dropped", Sentence.of("simulation_no_time")))
            yield Task(one.get("elementId", ""), known, tuple(filter(None, crews)))


def _arrivals(parts: Parts, calendars: dict[str, Calendar], entries: list[Entry]) -> tuple[str, ...]:
    said = next((one for name, one in parts if name == "arrivalRateDistribution"), None)
    made = read_time(said.get("type", ""), said.attrib) if said is not None else None
    first = next((one.get("id", "") for name, one in parts if name == "timetable" and one.get("default") == "true"), "")
    return arrivals_of(made, calendars.get(first, next(iter(calendars.values()), ALWAYS)), entries)


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() and 0 <= value < 10**9 else Decimal(0)
