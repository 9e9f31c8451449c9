"""How large a log may be, and whether it fits into memory: said before it is read."""

from pathlib import Path

from msgspec import Struct

from process_models.logs.errors import LogError

MEGABYTE = 1_000_000
TIMES = 4
"""A log takes at most so many times its own size while it is read."""
BASE = 100 * MEGABYTE
MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")


class Limits(Struct, frozen=True):
    """How large an export may be."""

    bytes: int = 20_000 * MEGABYTE
    """After unpacking."""
    rows: int = 100_000_000
    columns: int = 500
    memory: int | None = None
    """Bytes of memory that may be used; None: as much as is free."""


LIMITS = Limits()


def free_memory() -> int | None:
    """Return how many bytes of memory are free, None where the system does not say."""
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text("utf-8").splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
    try:
        most, used = ((CGROUP / name).read_text("utf-8").strip() for name in ("memory.max", "memory.current"))
        return free if most == "max" else min(free, int(most) - int(used))
    except (OSError, ValueError):
        return free


def needed(size: int) -> int:
    """Return how many bytes of memory a log of so many bytes, unpacked, takes while it is read."""
    return BASE + TIMES * size


def fitting_share(size: int, free: int) -> float:
    """Return the share of cases, in whole thousandths, that so much memory has room for; 1 where all have.

    >>> fitting_share(1_000_000, 200_000_000), fitting_share(100_000_000, 200_000_000)
    (1.0, 0.225)
    """
    if needed(size) <= free:
        return 1.0
    return max(1, min(999, 900 * max(free - BASE, 0) // (TIMES * size))) / 1000


def fits(size: int, limits: Limits) -> None:
    """Refuse what is larger than memory before it is read, with a way on.

    Raises LogError with the share of cases that would fit, in per mille.
    """
    free = limits.memory if limits.memory is not None else free_memory()
    if free is None or needed(size) <= free:
        return
    raise LogError(
        "log_needs_memory",
        size=size // MEGABYTE,
        need=needed(size) // MEGABYTE,
        free=free // MEGABYTE,
        share=fitting_share(size, free),
    )
