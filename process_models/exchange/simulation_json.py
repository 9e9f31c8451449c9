"""The simulation parameters of Prosimos and Simod: a JSON file beside the model, keyed by its BPMN ids.

Written from the files, not from the programs: ``Infinity`` stands where no bound is, numbers may be texts, profiles are
a list or a map, and the numbers of a distribution are told by their place, which changed between versions.
"""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from math import isfinite, isqrt
from typing import Any

from process_models.exchange.simulation_data import Crew, Entry, SimulationData, Task, arrivals_of, week
from process_models.values.calendars import Calendar, Span
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

MOST = 50_000_000
ALWAYS = Calendar(spans=tuple(Span(day=day, start=0, end=86_400_000) for day in range(7)))


def read_prosimos(data: bytes) -> SimulationData:
    """Return what a Prosimos file says; raises ModelError where it is none."""
    whole = _object(data)
    entries: list[Entry] = []
    calendars = dict(_calendars(whole, entries))
    crews, crew_of = _crews(whole, calendars, entries)
    tasks = tuple(_tasks(whole, crew_of, entries))
    weights = tuple(_weights(whole))
    per_hour = _arrivals(whole, entries)
    known = {"resource_profiles", "resource_calendars", "task_resource_distribution", "arrival_time_distribution"}
    known |= {"arrival_time_calendar", "gateway_branching_probabilities"}
    entries += [
        Entry("other", name, "dropped", Sentence.of("simulation_other", name=name))
        for name, value in whole.items()
        if name not in known and value
    ]
    return SimulationData("Prosimos", crews, tasks, weights, per_hour, tuple(entries))


def _object(data: bytes) -> dict[str, Any]:
    """Return the file as a map, or say that it is none."""
    try:
        if len(data) > MOST:
            raise ValueError
        found = json.loads(data)
        if not isinstance(found, dict) or "task_resource_distribution" not in found:
            raise ValueError
    except (ValueError, RecursionError):
        raise ModelError("simulation_not_prosimos") from None
    return found


def _calendars(whole: dict[str, Any], entries: list[Entry]) -> Iterator[tuple[str, Calendar]]:
    """Yield calendars by id; the same id comes many times."""
    seen: set[str] = set()
    for one in _list(whole.get("resource_calendars")):
        id = str(one.get("id"))
        if id in seen:
            continue
        seen.add(id)
        made = _week(one.get("time_periods"))
        if made is None:
            entries.append(Entry("hours", id, "dropped", Sentence.of("simulation_bad_hours")))
            continue
        entries.append(Entry("hours", id, "kept"))
        yield id, made


def _week(periods: Any) -> Calendar | None:
    keys = ("from", "to", "beginTime", "endTime")
    try:
        return week([tuple(str(one[key]) for key in keys) for one in _list(periods)])  # type: ignore[misc]
    except (KeyError, ValueError, InvalidOperation):
        return None


def _crews(
    whole: dict[str, Any], calendars: dict[str, Calendar], entries: list[Entry]
) -> tuple[tuple[Crew, ...], dict[str, str]]:
    """Return each profile as a crew, and the crew of each resource."""
    crews: list[Crew] = []
    crew_of: dict[str, str] = {}
    for profile in _list(whole.get("resource_profiles")):
        id = str(profile.get("id"))
        heads: dict[Calendar, int] = {}
        costs: list[Decimal] = []
        for one in _list(profile.get("resource_list")):
            calendar = calendars.get(str(one.get("calendar")), ALWAYS)
            amount = int(_number(one.get("amount", 1)) or 0)
            heads[calendar] = heads.get(calendar, 0) + amount
            costs += [_number(one.get("cost_per_hour", 0)) or Decimal(0)] * amount
            crew_of[str(one.get("id"))] = id
        rate = int((100 * sum(costs, Decimal(0)) / len(costs)).to_integral_value()) if costs else 0
        crews.append(Crew(id, str(profile.get("name") or id), tuple(heads.items()), rate))
        alike = len(set(costs)) < 2
        reason = None if alike else Sentence.of("simulation_mean_cost")
        entries.append(Entry("people", id, "kept" if alike else "simplified", reason))
    return tuple(crews), crew_of


def _tasks(whole: dict[str, Any], crew_of: dict[str, str], entries: list[Entry]) -> Iterator[Task]:
    """Yield the tasks; where people of one need different times, that of the first is taken and said."""
    for one in _list(whole.get("task_resource_distribution")):
        id, rows = str(one.get("task_id")), _list(one.get("resources"))
        times = [distribution(row.get("distribution_name"), row.get("distribution_params")) for row in rows]
        known = [time for time in times if time is not None]
        if not known:
            entries.append(Entry("time", id, "dropped", Sentence.of("simulation_no_time")))
        elif len(set(times)) > 1:
            entries.append(Entry("time", id, "simplified", Sentence.of("simulation_first_time")))
        elif _bounded(rows):
            entries.append(Entry("time", id, "simplified", Sentence.of("simulation_bounds")))
        who = [str(row.get("resource_id")) for row in rows]
        crews = dict.fromkeys(crew_of[one] for one in who if one in crew_of)
        yield Task(id, known[0] if known else None, tuple(crews))


def distribution(name: Any, params: Any) -> Distribution | None:
    """Return a distribution by its name and the numbers of its places (seconds); None where it is none we know.

    An exponential one is written with its mean first, and by older versions with 0 before it.

    >>> distribution("expon", [{"value": 180.0}, {"value": 0}, {"value": float("inf")}])
    Exponential(mean=180000)
    >>> distribution("expon", [{"value": 0}, {"value": 1800}, {"value": 90}])
    Exponential(mean=1800000)
    """
    said = [_number(one.get("value") if isinstance(one, dict) else one) for one in params or ()]
    numbers = [value or Decimal(0) for value in said]
    if not numbers:
        return None
    first, second, third = (*numbers, Decimal(0), Decimal(0))[:3]
    try:
        return _made(str(name), first, second, third)
    except ModelError:
        return None


def _made(name: str, first: Decimal, second: Decimal, third: Decimal) -> Distribution | None:
    """Return a distribution by its name and first numbers; one that hardly varies is fixed."""
    match name:
        case "fix":
            return Fixed(_ms(first))
        case "expon":
            return Exponential(_ms(first or second)) if first or second else Fixed(0)
        case "norm":
            return Gamma(_ms(first), _ms(second)) if 100 * second >= first > 0 else Fixed(_ms(first))
        case "gamma" | "lognorm":
            deviation = isqrt(int(second * 1_000_000))
            kind = Gamma if name == "gamma" else LogNormal
            return kind(_ms(first), deviation) if 100 * deviation >= _ms(first) > 0 else Fixed(_ms(first))
        case "uniform":
            return Quantiles((("0", _ms(first)), ("1", _ms(second)))) if first < second else Fixed(_ms(first))
        case "triang":
            return Triangular(_ms(second), _ms(first), _ms(third))
    return None


def _bounded(rows: list[dict[str, Any]]) -> bool:
    """Whether a distribution without bounds of its own is cut off at one."""
    for row in rows:
        values = [one.get("value") if isinstance(one, dict) else one for one in row.get("distribution_params") or ()]
        if row.get("distribution_name") in ("expon", "norm", "gamma", "lognorm") and len(values) > 1:
            last = _number(values[-1])
            if last is not None and last > 0 and len(values) > 2:
                return True
    return False


def _weights(whole: dict[str, Any]) -> Iterator[tuple[str, Decimal]]:
    for gateway in _list(whole.get("gateway_branching_probabilities")):
        for way in _list(gateway.get("probabilities")):
            value = _number(way.get("value"))
            if value is not None and 0 <= value <= 10**6:
                yield str(way.get("path_id")), value


def _arrivals(whole: dict[str, Any], entries: list[Entry]) -> tuple[str, ...]:
    said = whole.get("arrival_time_distribution") or {}
    calendar = _week(whole.get("arrival_time_calendar")) or ALWAYS
    gap = distribution(said.get("distribution_name"), said.get("distribution_params"))
    return arrivals_of(gap, calendar, entries)


def _list(value: Any) -> list[dict[str, Any]]:
    """Return maps in a list, also where the file has a map of them."""
    found = value.values() if isinstance(value, dict) else value or ()
    return [one for one in found if isinstance(one, dict)]


def _ms(seconds: Decimal) -> int:
    return int((seconds * 1000).to_integral_value())


def _number(value: Any) -> Decimal | None:
    """Return a number that may be written as a text, None where it is none or has no end."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if isfinite(found) and abs(found) < 10**12 else None
