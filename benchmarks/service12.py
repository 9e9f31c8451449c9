"""Play the twelve-step service of ``service12.json`` with one engine, and print what it took as a line of JSON.

    python -m benchmarks.service12 --cases 10000 --seed 1 --engine kernel

``work_steps`` counts visits to WORK steps that were finished, ``run_cpu_s`` is the CPU time from the loaded plan to
finished sums, arrivals included (the compiled loop is loaded before, and that is printed beside it), ``mean_cycle`` the
mean time in process of completed cases in minutes, ``peak_rss_mb`` the most memory that the process held.
"""

import argparse
import json
import resource
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from process_models.graph.design import Design, Pool, RoleStaffing, Shift, Staffing
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Flow, Kind, Step, Timing
from process_models.values.calendars import DAY, MINUTE, Span
from process_models.values.distributions import Distribution, Exponential, LogNormal
from process_models.values.fractions import fraction
from process_models.values.provenance import Provenance
from simulations.plan import Plan, plan
from simulations.scenario import Scenario, Stream

FILE = Path(__file__).with_name("service12.json")
GIVEN = Provenance("judged", "D", "service12.json")
ALWAYS = tuple(Span(day, 0, DAY) for day in range(7))
ENGINES = ("kernel", "reference")


def model() -> dict[str, Any]:
    """Return the file."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def service12(cases: int) -> Plan:
    """Return the plan in which so many cases come on average."""
    of = model()
    times = {name: _distribution(*spec) for name, spec in of["dists"].items()}
    steps = tuple(_step(step, times) for step in of["steps"])
    flows = [
        Flow(id=f"{step['id']}-{target}", source=step["id"], target=target, share=fraction(str(share)))
        for step in of["steps"]
        for target, share in step["flows"]
    ]
    flows += [
        Flow(id=f"{step['id']}-gone", source=step["id"], target="end", kind="abandon")
        for step in of["steps"]
        if "patience" in step
    ]
    pools = tuple(
        Pool(id=name, name=name, shifts=(Shift(id="always", spans=ALWAYS, heads=heads),))
        for name, heads in of["pools"].items()
    )
    roles = tuple(RoleStaffing(name, (name,)) for name in of["pools"])
    hourly, high = Decimal(str(of["arrival_rate"])) * 60, Decimal(str(of["high_priority_share"]))
    streams = (
        Stream(id="high", per_hour=(fraction(hourly * high),) * 168, priority=0),
        Stream(id="usual", per_hour=(fraction(hourly * (1 - high)),) * 168, priority=1),
    )
    asked = Scenario(
        id="service12",
        name=of["name"],
        start="2026-01-05T00:00",
        zone="UTC",
        period=round(Decimal(cases) / Decimal(str(of["arrival_rate"])) * MINUTE),
        streams=streams,
        drain_limit=30 * DAY,
    )
    graph = StepGraph(id="service12", name=of["name"], steps=steps, flows=tuple(flows))
    return plan(Design(graph=graph, staffing=Staffing(pools, roles)), asked)


def _distribution(kind: str, *of: float) -> Distribution:
    ms = [round(value * MINUTE) for value in of]
    return Exponential(ms[0]) if kind == "exp" else LogNormal(ms[0], ms[1])


def _step(step: dict[str, Any], times: dict[str, Distribution]) -> Step:
    timed = {"time": Timing(times[step["dist"]], GIVEN)} if "dist" in step else {}
    patient = {"patience": Timing(times[step["patience"]], GIVEN)} if "patience" in step else {}
    return Step(id=step["id"], kind=Kind(step["kind"]), name=step["id"], role=step.get("pool", ""), **timed, **patient)


def played(cases: int, seed: int, engine: str) -> dict[str, Any]:
    """Return what a play took and gave."""
    whole = time.process_time()
    asked, before = service12(cases), time.process_time()
    if engine == "kernel":
        from simulations import kernel

        kernel.total(service12(1), 0, 0)
        loaded = time.process_time()
        found = kernel.total(asked, seed, 0)
        work, mean = sum(found.left[asked.stype == 1].tolist()), found.mean_time
    else:
        from simulations import reference
        from simulations.outcomes import cases as table_of
        from simulations.outcomes import visits

        loaded = time.process_time()
        trace = reference.play(asked, seed, 0)
        visited = visits(asked, trace)
        over = table_of(asked, trace, visited)
        done = over[over["status"] == "completed"]
        work = int(((asked.stype[visited["step"]] == 1) & (visited["how"] == "left")).sum())
        mean = float(done["time"].mean())
    end = time.process_time()
    return {
        "engine": engine,
        "cases": cases,
        "work_steps": int(work),
        "run_cpu_s": round(end - loaded, 6),
        "mean_cycle": round(mean / MINUTE, 4),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "plan_cpu_s": round(before - whole, 4),
        "load_cpu_s": round(loaded - before, 4),
    }


def main() -> None:
    """Play as the command line says."""
    parser = argparse.ArgumentParser(description="Play the twelve-step service with one engine.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=ENGINES, default="kernel")
    given = parser.parse_args()
    json.dump(played(given.cases, given.seed, given.engine), sys.stdout)
    print()


if __name__ == "__main__":
    main()
