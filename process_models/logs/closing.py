"""Cases that close by themselves: a fixed time after they are resolved, which is neither work nor waiting."""

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.logs.columns import Meaning
from process_models.logs.events import Events
from process_models.logs.visits import visits

HOUR = 3_600_000
LONG = 12 * HOUR
NEAR = HOUR
"""A close counts as automatic within this time of the usual gap, or 2 % of it if that is more."""
MOST = 0.6
FEWEST = 30


class AutoClose(Struct, frozen=True):
    """Cases that end with the same gap between their last two steps."""

    step: str
    """The customer's end."""
    closing: str
    """The step that follows by itself."""
    cases: int
    """Cases that end with these two steps."""
    share: float
    """Share of them whose gap is near the usual one."""
    gap_ms: int
    """The usual gap: the median."""


def auto_close(events: Events) -> AutoClose | None:
    """Return the automatic close of a log, None where its last steps leave no such trace.

    The commonest pair of last steps counts if it ends most cases, at least 30, with gaps of half a day or more that
    lie within an hour (or 2 %) of their median in most of them.
    """
    table = visits(events)
    time = table["begin"] if events.meaning is Meaning.STATES else table["end"]
    case = table["case"].cat.codes.to_numpy()
    last = np.flatnonzero(np.diff(case, append=-1))
    last = last[table["number"].to_numpy()[last] > 1]
    if not len(last):
        return None
    ends = pd.DataFrame({"step": table["step"].array[last].astype("str"), "at": time.array[last]})
    ends["before_step"], ends["before_at"] = table["step"].array[last - 1].astype("str"), time.array[last - 1]
    counts = ends.value_counts(["before_step", "step"]).reset_index()
    step, closing = str(counts["before_step"].iloc[0]), str(counts["step"].iloc[0])
    pair = ends[ends["before_step"].eq(step) & ends["step"].eq(closing)]
    gap = (pair["at"] - pair["before_at"]).dt.total_seconds() * 1000
    usual = float(gap.median())
    share = float(gap.sub(usual).abs().le(max(NEAR, usual / 50)).mean())
    if len(pair) < max(FEWEST, events.cases / 2) or usual < LONG or share < MOST:
        return None
    return AutoClose(step, closing, len(pair), share, round(usual))
