"""How cases of different kinds fare, by channel, case type or first group; and when in the week they come."""

from typing import Literal

import numpy as np
import pandas as pd

from process_models.logs.demand import arrivals
from process_models.logs.events import Events
from process_models.logs.quality import times_in_process
from process_models.logs.visits import first_known

By = Literal["channel", "case_type", "group"]


def segments(events: Events, by: By) -> pd.DataFrame:
    """Return cases by the first known value of an attribute, the most frequent first; unknown is a row of its own.

    Columns: value (empty where unknown), cases, share, mean_ms, median_ms and p90_ms (time in process), promised
    (cases that say whether the promise was kept), missed.
    """
    frame, first = events.frame, events.begins[:-1]
    value = frame[by].take(first_known(frame[by].notna().to_numpy(), first)).astype(object)
    kept = frame["kept"].take(events.begins[1:] - 1)
    table = pd.DataFrame(
        {
            "value": value.where(value.notna(), "").to_numpy(),
            "case": frame["case"].take(first).to_numpy(),
            "promised": kept.notna().to_numpy(),
            "missed": (~kept.fillna(True).astype(bool)).to_numpy(),
        }
    )
    table["ms"] = times_in_process(events).reindex(table["case"]).to_numpy()
    times = table.groupby("value")["ms"]
    found = table.groupby("value").agg(cases=("case", "size"), promised=("promised", "sum"), missed=("missed", "sum"))
    found["share"] = found["cases"] / len(table)
    found["mean_ms"], found["median_ms"], found["p90_ms"] = times.mean(), times.median(), times.quantile(0.9)
    found = found.reset_index().sort_values(["cases", "value"], ascending=[False, True], ignore_index=True)
    return found[["value", "cases", "share", "mean_ms", "median_ms", "p90_ms", "promised", "missed"]]


def arrivals_in(events: Events, minutes: int) -> pd.DataFrame:
    """Return how many cases came on each weekday in each interval of the day, on the local clock.

    Columns: weekday (Monday 0), interval (minutes after midnight at which it begins), cases. Intervals in which no case
    came are there as well.
    """
    came = arrivals(events)
    slot = (came.dt.hour * 60 + came.dt.minute).to_numpy() // minutes
    of_day = -(-24 * 60 // minutes)
    counts = np.bincount(came.dt.day_of_week.to_numpy() * of_day + slot, minlength=7 * of_day)
    weekday, interval = np.divmod(np.arange(7 * of_day), of_day)
    return pd.DataFrame({"weekday": weekday, "interval": interval * minutes, "cases": counts})
