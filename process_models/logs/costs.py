"""What cases cost by a column of money: once a case where it is the same on all its rows, else row by row added up."""

import numpy as np
import pandas as pd

from process_models.logs.events import Events


def costs(events: Events) -> "pd.Series[float]":
    """Return the cost of each case in minor units; cases without any amount are left out.

    The column is read as that of the case if it is so in every case, else as that of each row.
    """
    known = events.frame.loc[events.frame["cost"].notna(), ["case", "cost"]]
    by_case = known.groupby("case", observed=True)["cost"]
    return by_case.first() if once(events) else by_case.sum()


def once(events: Events) -> bool:
    """Whether no case has two different amounts, though cases have several rows: then it is that of the case."""
    known = events.frame.loc[events.frame["cost"].notna(), ["case", "cost"]]
    case, cost = known["case"].cat.codes.to_numpy(), known["cost"].to_numpy()
    same = np.diff(case) == 0
    return bool(same.any() and (np.diff(cost)[same] == 0).all())
