"""Steady runs: how long until a process has settled, found on a few replications, and whether it settles at all.

A steady run asks how a process does in the long run, whatever it began with. Its warm-up is found by MSER-5 on the work
in progress of a pilot and left out of every replication (replication and deletion: Law, *Simulation Modeling and
Analysis*, 5th ed. 2015, 9.5.2). Replications stay independent, so the intervals are those of any other run. A process
that does not settle has no long run: nothing can be cut, and that is said.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from process_models.values.calendars import DAY
from simulations import engines
from simulations.inside import FULL, Steadiness, steadiness
from simulations.outcomes import pools
from simulations.plan import Plan
from simulations.story import Replay

PILOT = 5
"""Replications on which the warm-up is found: the first ones."""
MORE = 3
"""So many times as many, before it is believed that there is no end of the warm-up."""
LEAST_DAYS = 20
"""Days a period must have for a warm-up to be found in it."""


class Settling(NamedTuple):
    """How a design settles under a scenario."""

    warm_up: int | None
    """Days of the start that differ from the rest; None where no end of it was found."""
    grows: bool
    """The work in progress still grows after that."""
    full: tuple[str, ...]
    """Pools with more work than the people present can do."""

    @property
    def steady(self) -> bool:
        """Say whether it settles."""
        return self.warm_up is not None and not self.grows and not self.full


def settling(plan: Plan, seed: int, beat: Callable[[], None] = lambda: None, pilot: int = PILOT) -> Settling | None:
    """Return how a plan settles, from its first replications; None where the period is too short to tell.

    Where no end of the warm-up is found, more replications are looked at before that is believed: it may be noise.
    """
    replays: list[Replay] = []
    told: Steadiness | None = None
    for wanted in (pilot, MORE * pilot):
        for number in range(len(replays), wanted):
            beat()
            replays.append(Replay(plan, engines.play(plan, seed, number)))
        told = steadiness(plan, replays, _full(plan, replays))
        if told is None or told.warm_up is not None or told.grows:
            break
    return Settling(told.warm_up, told.grows, told.full) if told else None


def _full(plan: Plan, replays: list[Replay]) -> tuple[str, ...]:
    """Return the pools whose people have no time left."""
    tables = [pools(plan, one.trace, one.table).set_index("pool") for one in replays]
    worked, present = (
        pd.concat([table[name] for table in tables], axis=1).sum(axis=1) for name in ("worked", "present")
    )
    return tuple(str(pool) for pool in tables[0].index if 0 < present[pool] * FULL <= worked[pool])


def cut(found: list[Settling | None]) -> int:
    """Return the ms to leave out of all designs under one scenario, so that they stay comparable: the longest found.

    >>> cut([Settling(3, False, ()), Settling(None, True, ()), None]) // DAY
    3
    """
    return max([one.warm_up or 0 for one in found if one], default=0) * DAY
