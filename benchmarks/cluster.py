"""What it costs to play on many machines: the overhead of a block on a real Dask cluster, and what follows from it.

    python -m benchmarks.cluster --replications 200

Starts a scheduler and workers on this machine, plays the golden claims process in blocks of five replications there and
here, and works out how long ten thousand replications take on a hundred machines of four cores: blocks go out one by
one, so the scheduler's time for a block is the floor, and the time of a block on a core the rest.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulations import engines, executors
from simulations.experiments import Task, run_block, tasks

ROOT = Path(__file__).parent.parent
MACHINES, CORES, MANY = 100, 4, 10_000


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """Start a scheduler and workers, and give its address."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{what}", "--scheduler-file", str(file), *more],
                env=environment,
                stderr=subprocess.DEVNULL,
            )
            for what, more in [
                ("dask_scheduler", ["--port", "0", "--no-dashboard"]),
                *[("dask_worker", ["--no-nanny", "--nthreads", "1", "--no-dashboard"])] * workers,
            ]
        ]
        try:
            while not file.exists():
                time.sleep(0.1)
            yield json.loads(file.read_text("utf-8"))["address"]
        finally:
            for process in started:
                process.kill()
                process.wait()


def asked(replications: int) -> tuple[Task, ...]:
    """Return the blocks of an experiment with the smallest desk, for a week."""
    design, scenario = engines.smallest()
    return tasks(design, scenario, replications=replications, seed=1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what a block costs on a cluster.")
    parser.add_argument("--replications", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    wanted = asked(given.replications)
    run_block(wanted[0])
    began = time.perf_counter()
    here = [run_block(task).digest for task in wanted]
    alone = (time.perf_counter() - began) / len(wanted)
    with cluster(given.workers) as address, executors.opened(address) as executor:
        list(executors.completed(executor, run_block, wanted[: 4 * given.workers]))
        began = time.perf_counter()
        there = {task.key: block.digest for task, block in executors.completed(executor, run_block, wanted)}
        spent = (time.perf_counter() - began) / len(wanted)
    if [there[task.key] for task in wanted] != here:
        sys.exit("the cluster gave other numbers")
    cost = max(0.0, spent - alone / given.workers)
    blocks = MANY / (given.replications / len(wanted))
    print(f"a block here {1000 * alone:.1f} ms, on the cluster {1000 * cost:.1f} ms more for each")
    for label, block in (("this small desk", alone), ("a process of which a replication takes 2 s", 10.0)):
        total = blocks * max(cost, block / (MACHINES * CORES))
        print(f"{MANY:,} replications of {label} on {MACHINES} machines of {CORES} cores: about {total:.0f} s")


if __name__ == "__main__":
    main()
