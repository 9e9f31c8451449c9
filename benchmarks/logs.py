"""How long reading, checking and discovering a log of a million events takes, against pandas reading the same file.

The log is generated from a seed: the example's insurer, year after year. Each run is a process of its own; runs of
pandas and ours take turns, and the median of the paired ratios counts. Prints seconds, ratios and peak memory; status 1
when a promise is not kept: at most 3 times pandas (C engine, as text), at most 4 times the file in memory.
"""

import argparse
import csv
import io
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from process_models.logs.example import HEADER, claims_log

ROOT = Path(__file__).parent.parent
MOST_TIMES, MOST_MEMORY = 3.0, 4.0
TIMED = ("started", "ended", "opened")
PANDAS = """
import sys, time, resource
import pandas
begin = time.perf_counter()
frame = pandas.read_csv(sys.argv[1], dtype=str, engine="c")
print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, len(frame))
"""
OURS = """
import sys, time, resource
from pathlib import Path
import scipy.stats
from process_models.logs.columns import Columns, Meaning
from process_models.logs.discovery import discover
from process_models.logs.quality import quality
from process_models.logs.recipe import Recipe, events_of
columns = Columns(
    case="claim", step="step", time="ended", start="started", meaning=Meaning.SPANS, group="group", resource="resource",
    opened="opened", promise="promise kept", kept=("yes",), channel="channel", case_type="claim type",
    zone="Europe/London",
)
begin = time.perf_counter()
log = events_of(Path(sys.argv[1]), Recipe(columns=columns))
read = time.perf_counter()
remarks = quality(log, columns)
checked = time.perf_counter()
graph = discover(log, columns).graph
took = time.perf_counter()
print(took - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, len(log.frame))
print(f"  read {read - begin:.2f}, check {checked - read:.2f}, discover {took - checked:.2f}", file=sys.stderr)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        write_log(file, chosen.events, chosen.seed)
        size = file.stat().st_size
        print(f"{chosen.events:,} events, {size / 1e6:.0f} MB")
        ratios, memory = [], []
        for _ in range(chosen.repeats):
            (theirs, their_memory), (ours, our_memory) = measured(PANDAS, file), measured(OURS, file)
            ratios.append(ours / theirs)
            memory.append(our_memory / size)
            print(
                f"pandas {theirs:.2f} s, {their_memory / size:.1f} x file; ours {ours:.2f} s, {memory[-1]:.1f} x file"
            )
    times, most = statistics.median(ratios), max(memory)
    print(f"median ratio {times:.2f} (at most {MOST_TIMES}), peak memory {most:.2f} x file (at most {MOST_MEMORY})")
    if times > MOST_TIMES or most > MOST_MEMORY:
        raise SystemExit(1)


def measured(program: str, file: Path) -> tuple[float, float]:
    """Return seconds and peak bytes of a program run in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program, str(file)], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    seconds, memory, _ = done.stdout.split()
    return float(seconds), float(memory)


def write_log(file: Path, events: int, seed: int) -> None:
    """Write the example's claims of one seed after another, each a quarter later, until there are enough."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        written = part = 0
        while written < events:
            rows = list(csv.DictReader(io.StringIO(claims_log(seed + part % 12))))[: events - written]
            for row in rows:
                row["claim"] = f"HM{part:03d}{row['claim'][2:]}"
                for name in TIMED:
                    later = datetime.fromisoformat(row[name]) + timedelta(weeks=13 * (part % 40), seconds=part)
                    row[name] = f"{later:%Y-%m-%d %H:%M:%S}"
                writer.writerow(row.values())
            written, part = written + len(rows), part + 1


if __name__ == "__main__":
    main()
