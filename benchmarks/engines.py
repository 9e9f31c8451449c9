"""How much sooner the kernel plays the twelve-step service than the reference and engines from elsewhere.

    python -m benchmarks.engines --cases 50000 --repeats 3

Every play has a process of its own; they take turns, and the median of each is compared. No ratio is printed where work
steps a case or the mean time in process differ from SimPy's by more than 2 % (Ciw: work steps only). Peers come with
``pip install ciw salabim``; what is not installed is named and left out.
"""

import argparse
import json
import statistics
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

ALIKE = 0.02
WANTED = {"simpy": 50, "ciw": 100, "salabim": 450}
"""Times as many work steps a second that the kernel is to play."""


def once(engine: str, cases: int, seed: int) -> dict[str, Any]:
    """Return what one play in a process of its own took and gave."""
    own = engine in ("kernel", "reference")
    call = ["benchmarks.service12", "--engine", engine] if own else ["benchmarks.peers", engine]
    command = [sys.executable, "-m", *call, "--cases", str(cases), "--seed", str(seed)]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told


def speed(runs: list[dict[str, Any]]) -> float:
    """Return work steps a CPU second, the median of several plays."""
    return statistics.median(run["work_steps"] / run["run_cpu_s"] for run in runs)


def mean(runs: list[dict[str, Any]], of: str) -> float:
    """Return a figure over several plays."""
    return statistics.fmean(run[of] for run in runs)


def unlike(runs: list[dict[str, Any]], others: list[dict[str, Any]], means: bool) -> str:
    """Return in what two engines differ by more than is allowed, empty for nothing."""
    pairs = [("work steps a case", *(mean(one, "work_steps") / mean(one, "cases") for one in (runs, others)))]
    if means:
        pairs.append(("mean time in process", *(mean(one, "mean_cycle") for one in (runs, others))))
    return ", ".join(name for name, one, other in pairs if abs(one / other - 1) > ALIKE)


def main() -> None:
    """Measure and print; status 1 where the kernel is not as fast as is promised."""
    parser = argparse.ArgumentParser(description="Compare engines on the twelve-step service.")
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    engines = ["kernel", "reference", *(peer for peer in WANTED if find_spec(peer))]
    for peer in WANTED:
        if peer not in engines:
            print(f"{peer} is not installed, and left out")
    once("kernel", 10, 1)
    runs: dict[str, list[dict[str, Any]]] = {engine: [] for engine in engines}
    for seed in range(1, given.repeats + 1):
        for engine in engines:
            runs[engine].append(once(engine, given.cases, seed))
    fast = speed(runs["kernel"])
    short = False
    for engine in engines:
        line = f"{engine:<10}{speed(runs[engine]):>12,.0f} work steps/CPU s{mean(runs[engine], 'peak_rss_mb'):>8.0f} MB"
        differs = unlike(runs[engine], runs["simpy"], means=engine != "ciw")
        ratio = fast / speed(runs[engine])
        line += (
            f"   no ratio: differs from SimPy in {differs}" if differs else f"   kernel is {ratio:.1f} times as fast"
        )
        short |= not differs and ratio < WANTED.get(engine, 0)
        print(line)
    sys.exit(short)


if __name__ == "__main__":
    main()
