"""The measures of a log in some lines, and as plain values for programs: what the command line tells of it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from process_models.graph.graph import StepGraph
from process_models.logs.conformance import Conformance, conformance
from process_models.logs.demand import demand
from process_models.logs.events import Events
from process_models.logs.promised import kept, readings, whole_case
from process_models.logs.recipe import Recipe
from process_models.logs.segments import arrivals_in
from process_models.logs.telling import percent
from process_models.logs.variants import handovers, promises, rework, variants
from process_models.logs.waits import lacking, wait_causes
from process_models.values.causes import CAUSES
from process_models.values.sentences import say
from process_models.values.words import duration
from workbench.data.readings import TOLD
from workbench.processes.typed import DAYS

SHOWN = 5
"""Ways, steps and moves told in words; as values there are all."""
MOST_COVERED = 0.8

Plain = dict[str, Any]


def measures(log: Events, recipe: Recipe) -> Plain:
    """Return what a log tells beside its graph, as plain values: counts, and times in ms."""
    return {
        "cases": log.cases,
        "rows": log.read,
        "left_out": len(log.left_out),
        "variants": _variants(log),
        "rework": _records(rework(log), "step", "cases", "returned"),
        "ping_pong": _ping_pong(log),
        "waits": _waits(log, recipe),
        "times": _times(log, recipe),
        "promise": _promise(log, recipe),
        "arrivals": _arrivals(log),
    }


def _records(table: Any, *names: str) -> list[Plain]:
    rows = table[list(names)].to_dict("records")
    return [{name: value.item() if hasattr(value, "item") else value for name, value in row.items()} for row in rows]


def _variants(log: Events) -> Plain:
    table = variants(log)
    covering = int((table["covered"].to_numpy() < MOST_COVERED).sum()) + 1
    rows = _records(table, "steps", "cases")
    return {"n": len(table), "cover_80_per_cent": min(covering, len(table)), "ways": rows}


def _ping_pong(log: Events) -> Plain:
    passed = handovers(log)
    told = {"cases": passed.ping_pong_cases, "handed_over": passed.handed_over_cases}
    often = passed.ping_pong["cases"] >= TOLD
    pairs = _records(passed.ping_pong[often], "group", "other", "cases")
    return {**told, "pairs": pairs, "pairs_of_fewer_cases": int((~often).sum())}


def _waits(log: Events, recipe: Recipe) -> Plain:
    if lost := lacking(log):
        return {"lacking": [say(one) for one in lost], "steps": []}
    found = wait_causes(log, recipe.hours, recipe.columns.waiting)
    steps = _records(found.by_step(), "step", "n", "waited", *CAUSES)
    told = {"hours": found.hours, "every": found.every, "unnamed_ms": found.unnamed_ms}
    return {"lacking": [], "steps": steps, **told}


def _times(log: Events, recipe: Recipe) -> Plain:
    pauses = recipe.promise.pauses if recipe.promise else ()
    told = readings(log, whole_case(0, pauses), recipe.hours)
    told = told[told["stopped"]]
    return {
        reading: {"n": len(told), "mean": round(float(ms.mean())), "median": round(float(ms.median()))}
        for reading in ("wall", *(("working",) if recipe.hours else ()))
        if len(ms := told[f"{reading}_ms"])
    }


def _promise(log: Events, recipe: Recipe) -> Plain:
    """Return promises by the log's own mark and, where the recipe says what is promised, by both readings."""
    found: Plain = {}
    flags = promises(log)
    if flags.cases:
        found["mark"] = {"kept": flags.cases - flags.missed, "missed": flags.missed, "open": flags.unknown}
    if recipe.promise:
        told = readings(log, recipe.promise, recipe.hours)
        for reading in ("wall", *(("working",) if recipe.hours else ())):
            found[reading] = msgspec.to_builtins(kept(told, reading))
    return found


def _arrivals(log: Events) -> Plain:
    by_hour = [int(n) for n in arrivals_in(log, 60)["cases"]]
    profile = demand(log)
    told = {"zone": profile.zone, "weeks": profile.weeks, "counted": profile.n, "cut": profile.cut}
    return {**told, "by_hour_of_week": by_hour, "mean_by_hour_of_week": list(profile.per_hour)}


# In words


def in_words(told: Plain) -> Iterator[str]:
    """Yield the measures of a log in lines."""
    ways = told["variants"]
    covering = ways["cover_80_per_cent"]
    yield f"{told['cases']:,} cases went {ways['n']:,} ways; {covering} of them cover 80 %. The commonest:"
    for way in ways["ways"][:SHOWN]:
        yield f"  {way['cases']:,}: {' > '.join(way['steps'])}"
    yield from _rework_told(told["rework"])
    pong = told["ping_pong"]
    yield (
        f"{pong['handed_over']:,} cases pass to another group; {pong['cases']:,} "
        f"({percent(pong['cases'] / told['cases'])}) come straight back."
    )
    yield from _waits_told(told["waits"])
    for reading, one in told["times"].items():
        yield f"Time in process, {READINGS[reading]}: mean {duration(one['mean'])}, median {duration(one['median'])}."
    for reading, one in told["promise"].items():
        decided = one["kept"] + one["missed"]
        share = percent(one["kept"] / decided) if decided else "unknown"
        yield f"Promise kept, {READINGS[reading]}: {share} of {decided:,} cases; {one['open']:,} are not known."
    yield _arrivals_told(told["arrivals"])


READINGS = {"mark": "by the log's own mark", "wall": "day and night", "working": "in working hours"}


def _rework_told(rows: list[Plain]) -> Iterator[str]:
    back = [row for row in rows if row["returned"]]
    if not back:
        yield "No case comes back to a step."
    for row in back[:SHOWN]:
        share = percent(row["returned"] / row["cases"])
        yield f"Back to “{row['step']}”: {row['returned']:,} of {row['cases']:,} cases ({share})."


def _waits_told(waits: Plain) -> Iterator[str]:
    yield from waits["lacking"]
    for row in [row for row in waits["steps"] if row["waited"]][:SHOWN]:
        parts = ", ".join(f"{cause} {percent(row[cause] / row['waited'])}" for cause in CAUSES if row[cause])
        yield f"Waited before “{row['step']}”: {duration(row['waited'] / row['n'])} a visit ({parts})."


def _arrivals_told(arrivals: Plain) -> str:
    counts = arrivals["by_hour_of_week"]
    day, hour = divmod(counts.index(max(counts)), 24)
    return (
        f"Most cases come on {DAYS[day]}s from {hour}:00 to {hour + 1}:00, on the clock of {arrivals['zone']}; "
        f"{arrivals['counted']:,} cases in {arrivals['weeks']} weeks."
    )


# Against a graph


def held(graph: StepGraph, log: Events) -> Conformance:
    """Hold a log against a graph."""
    return conformance(graph, log)


def held_in_words(told: Conformance, name: str) -> Iterator[str]:
    """Yield how far a log follows a graph in lines."""
    yield f"{told.fitting:,} of {told.cases:,} cases ({percent(told.share)}) follow {name} wholly."
    for one in told.denied[:SHOWN]:
        why = "has no such step" if one.unknown else f"passes by {', '.join(one.skipped)}" if one.skipped else "no way"
        move = f"{one.step or 'start'} > {one.next or 'end'}"
        yield f"  denied: {move}, {one.count:,} times in {one.cases:,} cases ({why})"
    if len(told.denied) > SHOWN:
        yield f"  and {len(told.denied) - SHOWN} other moves"
