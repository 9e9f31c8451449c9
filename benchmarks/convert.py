"""How long a BPMN file takes to be read with its account, in process: median and slowest over a folder.

Usage: python benchmarks/convert.py [FOLDER]. The aims: a median of at most 30 ms a file, and that a file with
four times the elements takes at most six times as long, whatever its elements lack.
"""

import statistics
import sys
import time
from pathlib import Path

from process_models.exchange.bpmn_import import import_bpmn, told

ROUNDS = 5
AIM = 30.0
MOST_GROWTH = 6.0
FEW, MANY = 2000, 8000
TASKS = {"no ids": "<task/>", "one id for all": '<task id="t"/>', "each its own": '<task id="t{}"/>'}
FRAME = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">{}</process></definitions>'


def fastest(data: bytes) -> float:
    """Return the best of some rounds, ms."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        told(import_bpmn(data))
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def growth(task: str) -> float:
    """Return how many times as long a file takes that has four times the tasks."""
    few, many = (FRAME.format("".join(task.format(i) for i in range(n))).encode() for n in (FEW, MANY))
    return fastest(many) / fastest(few)


def main() -> None:
    """Print the median over all files, the slowest, and how the time grows with the file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data/bpmn")
    times = {file.name: fastest(file.read_bytes()) for file in sorted(folder.rglob("*.bpmn"))}
    slowest = max(times, key=lambda name: times[name])
    median = statistics.median(times.values())
    print(f"{len(times)} files, median {median:.1f} ms (aim {AIM:.0f}), slowest {times[slowest]:.1f} ms ({slowest})")
    grown = {name: growth(task) for name, task in TASKS.items()}
    for name, times_as_long in grown.items():
        print(f"{MANY // FEW} times the tasks, {name}: {times_as_long:.1f} times as long (at most {MOST_GROWTH:.0f})")
    sys.exit(median > AIM or max(grown.values()) > MOST_GROWTH)


if __name__ == "__main__":
    main()
