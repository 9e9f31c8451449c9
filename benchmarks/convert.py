"""How long a BPMN file takes to be read with its account, in process: median and slowest over a folder.

Usage: python benchmarks/convert.py [FOLDER]. The aim is a median of at most 30 ms a file.
"""

import statistics
import sys
import time
from pathlib import Path

from process_models.exchange.bpmn_import import import_bpmn, told

ROUNDS = 5
AIM = 30.0


def fastest(data: bytes) -> float:
    """Return the best of some rounds, ms."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        told(import_bpmn(data))
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def main() -> None:
    """Print the median over all files, and the slowest."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data/bpmn")
    times = {file.name: fastest(file.read_bytes()) for file in sorted(folder.rglob("*.bpmn"))}
    slowest = max(times, key=lambda name: times[name])
    median = statistics.median(times.values())
    print(f"{len(times)} files, median {median:.1f} ms (aim {AIM:.0f}), slowest {times[slowest]:.1f} ms ({slowest})")
    sys.exit(median > AIM)


if __name__ == "__main__":
    main()
