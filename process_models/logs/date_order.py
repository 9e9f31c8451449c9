"""Which of day, month and year comes first: read off the values, else off rows that go on in time, else asked."""

import numpy as np
from msgspec import Struct

from process_models.logs.dates import Order, moments
from process_models.logs.facts import Facts
from process_models.logs.telling import percent
from process_models.values.sentences import Sentence

OFTEN: tuple[Order, ...] = ("dmy", "mdy", "ymd", "ydm")
"""Orders as they are offered where a person is asked."""
FEWEST_PAIRS = 30


class Dates(Struct, frozen=True):
    """How day, month and year stand in a log, and what is to be said or asked."""

    order: Order
    open: tuple[Order, ...]
    """What a person has to choose from."""
    said: tuple[Sentence, ...]


def date_order(facts: Facts, case: str, names: tuple[str, ...]) -> Dates:
    """Return one order of day, month and year for all times; where the values leave it open, a person is asked."""
    if not names:
        return Dates("ymd", (), ())
    possible = [set(facts.orders[name]) for name in names]
    shared = set.intersection(*possible)
    if not shared:
        return Dates(facts.orders[names[0]][0], (), (Sentence.of("log_doubt_dates_differ", columns=", ".join(names)),))
    if len(shared) == 1:
        return Dates(shared.pop(), (), ())
    orders = tuple(order for order in OFTEN if order in shared)
    if settled := _settled(facts, case, names[0], orders):
        return settled
    example = facts.known[names[0]].iloc[0]
    return Dates(
        orders[0],
        orders,
        (Sentence.of("log_doubt_dates", column=names[0], example=example, orders=", ".join(orders)),),
    )


def _settled(facts: Facts, case: str, name: str, orders: tuple[Order, ...]) -> Dates | None:
    """Let rows decide that go on in time within a case, or in the file, or keep to working days, in one order only."""
    codes = facts.codes[case]
    same = codes[1:] == codes[:-1]
    back, back_in_case, weekend = {}, {}, {}
    for order in orders:
        times = moments(facts.table[name], order, "UTC").times
        step = np.diff(times.astype("int64").to_numpy()) < 0
        known = times.notna().to_numpy()
        step &= known[1:] & known[:-1]
        back[order] = float(step.mean()) if len(step) else 0.0
        back_in_case[order] = float(step[same].mean()) if same.sum() >= FEWEST_PAIRS else 0.0
        weekend[order] = float((times.dropna().dt.day_of_week >= 5).mean())
    for id, shares, most, least in (
        ("log_dates_in_case", back_in_case, 0.01, 0.05),
        ("log_dates_in_file", back, 0.01, 0.05),
        ("log_dates_weekends", weekend, 0.02, 0.1),
    ):
        good = [order for order in orders if shares[order] <= most]
        bad = [order for order in orders if shares[order] >= least]
        if len(facts) >= FEWEST_PAIRS and len(good) == 1 and len(good) + len(bad) == len(orders):
            other = max(shares[order] for order in bad)
            said = Sentence.of(id, column=name, order=good[0], share=percent(shares[good[0]]), other=percent(other))
            return Dates(good[0], (), (said,))
    return None
