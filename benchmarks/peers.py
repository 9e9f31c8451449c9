"""The twelve-step service written the ordinary way for other engines, as their documentation teaches.

    python -m benchmarks.peers simpy --cases 10000 --seed 1

Each prints the same line of JSON as :mod:`benchmarks.service12`. Ciw has no fork and join: there the two branches are
done one after the other, so only its work steps may be compared.
"""

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.service12 import model

Drawn = Callable[[], float]


def drawn(luck: random.Random, spec: list[Any]) -> Drawn:
    """Return a function that draws from a distribution of the file, in minutes."""
    if spec[0] == "exp":
        mean = spec[1]
        return lambda: luck.expovariate(1 / mean)
    from math import log, sqrt

    spread = sqrt(log(1 + (spec[2] / spec[1]) ** 2))
    middle = log(spec[1]) - spread**2 / 2
    return lambda: luck.lognormvariate(middle, spread)


def simpy_plain(cases: int, seed: int) -> tuple[int, float]:
    """Return work steps and the mean time in process of completed cases, minutes: SimPy with a process a case."""
    import simpy

    of, luck = model(), random.Random(seed)  # noqa: S311 (no secret)
    env = simpy.Environment()
    pools = {name: simpy.PriorityResource(env, heads) for name, heads in of["pools"].items()}
    times = {name: drawn(luck, spec) for name, spec in of["dists"].items()}
    steps = {step["id"]: step for step in of["steps"]}
    done, work = [], [0]

    def choose(step: dict[str, Any]) -> str:
        flows = step["flows"]
        if len(flows) == 1:
            return str(flows[0][0])
        return str(luck.choices([flow[0] for flow in flows], [flow[1] for flow in flows])[0])

    def do(step: dict[str, Any], priority: int) -> Iterator[Any]:
        with pools[step["pool"]].request(priority=priority) as request:
            if "patience" in step:
                taken = yield request | env.timeout(times[step["patience"]]())
                if request not in taken:
                    return False
            else:
                yield request
            yield env.timeout(times[step["dist"]]())
        work[0] += 1
        return True

    def branch(step: dict[str, Any], priority: int) -> Iterator[Any]:
        yield from do(step, priority)

    def case(priority: int) -> Iterator[Any]:
        began, here = env.now, "intake"
        while here != "end":
            step = steps[here]
            if step["kind"] == "WORK":
                if not (yield from do(step, priority)):
                    return
            elif step["kind"] == "WAIT":
                yield env.timeout(times[step["dist"]]())
            elif step["kind"] == "FORK":
                yield env.all_of([env.process(branch(steps[to], priority)) for to, _ in step["flows"]])
                here = "join"
                continue
            here = choose(step)
        done.append(env.now - began)

    def source() -> Iterator[Any]:
        for _ in range(cases):
            yield env.timeout(luck.expovariate(of["arrival_rate"]))
            env.process(case(0 if luck.random() < of["high_priority_share"] else 1))

    env.process(source())
    env.run()
    return work[0], sum(done) / len(done)


def salabim_plain(cases: int, seed: int) -> tuple[int, float]:
    """Return the same from salabim, monitors off, in yield mode."""
    import salabim as sim

    sim.yieldless(False)
    of, luck = model(), random.Random(seed)  # noqa: S311 (no secret)
    env = sim.Environment(trace=False, random_seed=seed)
    pools = {name: sim.Resource(name, heads, monitor=False) for name, heads in of["pools"].items()}
    times = {name: drawn(luck, spec) for name, spec in of["dists"].items()}
    steps = {step["id"]: step for step in of["steps"]}
    done, work = [], [0]

    def choose(step: dict[str, Any]) -> str:
        flows = step["flows"]
        if len(flows) == 1:
            return str(flows[0][0])
        return str(luck.choices([flow[0] for flow in flows], [flow[1] for flow in flows])[0])

    class Branch(sim.Component):  # type: ignore[misc]
        def setup(self, step: dict[str, Any], rank: int, parent: Any) -> None:
            self.step, self.rank, self.parent = step, rank, parent

        def process(self) -> Iterator[Any]:
            yield self.request((pools[self.step["pool"]], 1, self.rank))
            yield self.hold(times[self.step["dist"]]())
            self.release()
            work[0] += 1
            self.parent.open -= 1
            if self.parent.open == 0:
                self.parent.activate()

    class Case(sim.Component):  # type: ignore[misc]
        def setup(self, rank: int) -> None:
            self.rank = rank

        def process(self) -> Iterator[Any]:
            began, here = env.now(), "intake"
            while here != "end":
                step = steps[here]
                if step["kind"] == "WORK":
                    wait = times[step["patience"]]() if "patience" in step else sim.inf
                    yield self.request((pools[step["pool"]], 1, self.rank), fail_delay=wait)
                    if self.failed():
                        return
                    yield self.hold(times[step["dist"]]())
                    self.release()
                    work[0] += 1
                elif step["kind"] == "WAIT":
                    yield self.hold(times[step["dist"]]())
                elif step["kind"] == "FORK":
                    self.open = len(step["flows"])
                    for to, _ in step["flows"]:
                        Branch(step=steps[to], rank=self.rank, parent=self)
                    yield self.passivate()
                    here = "join"
                    continue
                here = choose(step)
            done.append(env.now() - began)

    class Source(sim.Component):  # type: ignore[misc]
        def process(self) -> Iterator[Any]:
            for _ in range(cases):
                yield self.hold(luck.expovariate(of["arrival_rate"]))
                Case(rank=0 if luck.random() < of["high_priority_share"] else 1)

    Source()
    env.run()
    return work[0], sum(done) / len(done)


def ciw_plain(cases: int, seed: int) -> tuple[int, float]:
    """Return work steps, and a mean that may not be compared, from Ciw: pools shared by two steps are two classes."""
    import ciw

    of = model()
    ciw.seed(seed)
    times = of["dists"]

    def dist(name: str) -> Any:
        kind, *rest = times[name]
        if kind == "exp":
            return ciw.dists.Exponential(1 / rest[0])
        from math import log, sqrt

        spread = sqrt(log(1 + (rest[1] / rest[0]) ** 2))
        return ciw.dists.Lognormal(log(rest[0]) - spread**2 / 2, spread)

    nodes = ["intake", "simple", "credit", "docs", "decide", "notify", "close"]
    heads = of["pools"]
    at = {name: n for n, name in enumerate(nodes)}
    size = len(nodes)
    routing = [[0.0] * size for _ in range(size)]
    routing[at["intake"]][at["simple"]], routing[at["intake"]][at["credit"]] = 0.7, 0.3
    routing[at["simple"]][at["close"]], routing[at["simple"]][at["simple"]] = 0.9, 0.1
    routing[at["credit"]][at["docs"]] = routing[at["docs"]][at["decide"]] = 1.0
    routing[at["decide"]][at["notify"]], routing[at["decide"]][at["decide"]] = 0.85, 0.15
    routing[at["notify"]][at["close"]] = 1.0
    share = of["high_priority_share"]
    rates = {"High": of["arrival_rate"] * share, "Usual": of["arrival_rate"] * (1 - share)}
    kinds = list(rates)
    network = ciw.create_network(
        arrival_distributions={k: [ciw.dists.Exponential(rates[k])] + [None] * (size - 1) for k in kinds},
        service_distributions={k: [dist(name) for name in nodes] for k in kinds},
        number_of_servers=[heads["front"] - 2, heads["agents"], heads["credit"], heads["docs"], heads["experts"],
                           float("inf"), 2],
        routing=dict.fromkeys(kinds, routing),
        priority_classes={"High": 0, "Usual": 1},
        reneging_time_distributions={
            k: [dist("patience") if name == "simple" else None for name in nodes] for k in kinds
        },
    )  # fmt: skip
    run = ciw.Simulation(network)
    run.simulate_until_max_customers(cases, method="Finish")
    records = run.get_all_records(only=["service"])
    work = sum(1 for one in records if one.node != at["notify"] + 1)
    return work, float("nan")


PEERS = {"simpy": simpy_plain, "salabim": salabim_plain, "ciw": ciw_plain}


def main() -> None:
    """Play as the command line says."""
    parser = argparse.ArgumentParser(description="Play the twelve-step service with another engine.")
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    PEERS[given.peer](10, 0)
    began = time.process_time()
    work, mean = PEERS[given.peer](given.cases, given.seed)
    took = time.process_time() - began
    told = {
        "engine": given.peer,
        "cases": given.cases,
        "work_steps": work,
        "run_cpu_s": round(took, 6),
        "mean_cycle": None if mean != mean else round(mean, 4),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    json.dump(told, sys.stdout)
    print()


if __name__ == "__main__":
    main()
