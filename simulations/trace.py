"""What happened in one replication, as rows of whole numbers in the order in which it happened."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np

from simulations.demand import Arrival
from simulations.plan import Ints, digest_of_arrays

COLUMNS = ("time", "kind", "case", "step", "visit", "group")


class Row(IntEnum):
    """What a row tells; the numbers never change."""

    ENTER = 1
    """A case comes to a step (each of its branches to a JOIN)."""
    BEGIN = 2
    """Somebody of the group takes up the work."""
    LEAVE = 3
    """Work or wait is over; a JOIN lets the case go on."""
    GIVE_UP = 4
    """The case leaves the queue, out of patience."""
    WITHDRAW = 5
    """A branch ends because the case ended in another."""
    CLOSE = 6
    """The case is over; ``group`` is 1 where it gave up somewhere, else 0."""
    PUT_BACK = 7
    """The group's shift ends and the work goes back to its queue."""
    RELEASE = 8
    """The case is no longer held: enough are saved up, or one of them long enough."""


@dataclass(frozen=True, eq=False)
class Trace:
    """Rows of one replication, and who came."""

    rows: Ints
    """One row for each happening, columns as in :data:`COLUMNS`; group -1 where there is none."""
    cases: Ints
    """One row for each case: time of arrival, stream, number in the stream."""
    world: int
    """Key of the replication's luck."""

    @classmethod
    def of(cls, rows: list[tuple[int, ...]], arrivals: list[Arrival], world: int) -> "Trace":
        """Return a trace from rows as the engine wrote them."""
        cases = np.array([arrival[:3] for arrival in arrivals], np.int64).reshape(-1, 3)
        return cls(np.array(rows, np.int64).reshape(-1, len(COLUMNS)), cases, world)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over rows and cases."""
        return digest_of_arrays({"rows": self.rows, "cases": self.cases})
