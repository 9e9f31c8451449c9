"""How long the first start takes and how much it fills, and how soon a later start answers.

Copies the tracked files to an empty folder and runs ``make run`` there, as somebody does who has just cloned it. Prints
seconds to the first answer of ``/health``, megabytes of the environment, and the median of five later starts.
"""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
LATER = 5
MOST_MEGABYTES, MOST_SECONDS = 700, 5.0


def main() -> None:
    """Measure and print; status 1 when a promise is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
        home = Path(folder) / "home"
        first = seconds_to_answer(copy, home)
        size = megabytes(copy / ".venv")
        later = statistics.median(seconds_to_answer(copy, home) for _ in range(LATER))
    print(f"first start: {first:.1f} s, environment {size:.0f} MB (at most {MOST_MEGABYTES})")
    print(f"later start: median of {LATER}: {later:.2f} s to /health (at most {MOST_SECONDS})")
    if size > MOST_MEGABYTES or later > MOST_SECONDS:
        raise SystemExit(1)


def seconds_to_answer(copy: Path, home: Path) -> float:
    """Return the seconds from ``make run`` to the first answer, and stop it again."""
    port = free_port()
    variables = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "VENV")}
    began = time.monotonic()
    running = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=copy,
        env={**variables, "WORKBENCH_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not answers(port):
        if running.poll() is not None:
            raise SystemExit("make run ended before it answered.")
        time.sleep(0.05)
    took = time.monotonic() - began
    os.killpg(running.pid, signal.SIGTERM)
    running.wait()
    return took


def answers(port: int) -> bool:
    """Say whether the pages answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def megabytes(folder: Path) -> float:
    """Return what a folder fills on the disk."""
    used = subprocess.run([shutil.which("du") or "du", "-sk", str(folder)], capture_output=True, text=True, check=True)
    return int(used.stdout.split()[0]) / 1024


if __name__ == "__main__":
    main()
