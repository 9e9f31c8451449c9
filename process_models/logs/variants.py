"""The ways cases went: variants, moves from step to step, rework, hand-overs, ping-pong, promises missed."""

from itertools import pairwise

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.logs.dates import zone_of
from process_models.logs.events import Events
from process_models.logs.visits import first_known, visits


class Ways(Struct, frozen=True, eq=False):
    """The different ways through the steps, and which one each case went."""

    steps: tuple[tuple[str, ...], ...]
    """By first case."""
    counts: tuple[int, ...]
    of_visit: np.ndarray[tuple[int], np.dtype[np.int64]]
    """For each visit, the place of the way its case went."""


def ways(table: pd.DataFrame) -> Ways:
    """Return the ways of visits sorted by case: those with equal steps one after another are one way."""
    case, step = (table[name].cat.codes.to_numpy() for name in ("case", "step"))
    begins = np.append(np.flatnonzero(np.diff(case, prepend=-1)), len(case)).tolist()
    codes = step.astype(np.int32).tobytes()
    known: dict[bytes, int] = {}
    of_case = [known.setdefault(codes[4 * a : 4 * b], len(known)) for a, b in pairwise(begins)]
    names = table["step"].cat.categories
    steps = tuple(tuple(names[np.frombuffer(way, dtype=np.int32)]) for way in known)
    counts = tuple(np.bincount(of_case, minlength=len(known)).tolist())
    return Ways(steps, counts, np.repeat(np.array(of_case, dtype=np.int64), np.diff(begins)))


def variants(events: Events) -> pd.DataFrame:
    """Return the different ways through the steps, the most frequent first.

    Columns: steps (tuple of names, consecutive repeats collapsed), cases, share (of all cases), covered (share of this
    and all before).
    """
    found = ways(visits(events))
    counts = pd.DataFrame({"steps": pd.Series(found.steps, dtype=object), "cases": found.counts})
    counts["length"] = counts["steps"].map(len)
    counts = counts.sort_values(["cases", "length", "steps"], ascending=[False, True, True], ignore_index=True)
    counts["share"] = counts["cases"] / counts["cases"].sum()
    counts["covered"] = counts["share"].cumsum()
    return counts.drop(columns="length")


def follows(events: Events) -> pd.DataFrame:
    """Return how often one step came right after another.

    Columns: step, next, count (moves), cases (that made it at least once).
    """
    table = visits(events)[["case", "step"]].copy()
    table["next"] = table["step"].shift(-1).where(table["case"].eq(table["case"].shift(-1)))
    moves = table.dropna(subset="next").groupby(["step", "next"])["case"].agg(count="size", cases="nunique")
    return moves.reset_index().sort_values(["count", "step", "next"], ascending=[False, True, True], ignore_index=True)


def rework(events: Events) -> pd.DataFrame:
    """Return how many cases came back to a step.

    Columns: step, cases (that reached it), returned (cases that left it and came back), share, visits (mean a case).
    """
    per_case = visits(events).groupby(["step", "case"]).size()
    table = per_case.groupby("step").agg(cases="size", returned=lambda n: int((n > 1).sum()), visits="mean")
    table["share"] = table["returned"] / table["cases"]
    return table.reset_index().sort_values(["returned", "step"], ascending=[False, True], ignore_index=True)


class Handovers(Struct, frozen=True, eq=False):
    """How cases pass between groups; rows of an unknown group are skipped."""

    pairs: pd.DataFrame
    """Columns: source, target, count, cases."""
    ping_pong: pd.DataFrame
    """Columns: group, other, cases: went from the group to the other and straight back."""
    ping_pong_cases: int
    handed_over_cases: int
    cases: int


def handovers(events: Events) -> Handovers:
    """Return the hand-overs between groups, and the cases that came straight back (A to B to A)."""
    known = events.frame.dropna(subset="group")[["case", "group"]]
    changed = known["case"].ne(known["case"].shift()) | known["group"].ne(known["group"].shift())
    stays = known[changed].reset_index(drop=True)
    case, group = stays["case"], stays["group"]
    next_one, after = (group.shift(-n).where(case.eq(case.shift(-n))) for n in (1, 2))
    passed = stays.assign(source=group, target=next_one, back=group.eq(after)).dropna(subset="target")
    pairs = passed.groupby(["source", "target"])["case"].agg(count="size", cases="nunique").reset_index()
    back = passed[passed["back"]]
    pong = back.groupby(["source", "target"])["case"].nunique().rename("cases").reset_index()
    return Handovers(
        pairs.sort_values(["count", "source", "target"], ascending=[False, True, True], ignore_index=True),
        pong.rename(columns={"source": "group", "target": "other"}).sort_values(
            ["cases", "group", "other"], ascending=[False, True, True], ignore_index=True
        ),
        int(back["case"].nunique()),
        int(passed["case"].nunique()),
        events.cases,
    )


class Promises(Struct, frozen=True):
    """How many cases missed the promise, by the last row of each."""

    cases: int
    """Cases whose last row says whether it was kept."""
    missed: int
    unknown: int

    @property
    def missed_share(self) -> float:
        """Share of the cases that say; 0 where none does."""
        return self.missed / self.cases if self.cases else 0.0


def promises(events: Events) -> Promises:
    """Return how many cases missed the promise: a flag that turns during the case counts as it stands at the end."""
    at_end = events.frame["kept"].take(events.begins[1:] - 1)
    known = at_end.dropna()
    return Promises(len(known), int((~known.astype(bool)).sum()), len(at_end) - len(known))


def promises_by_weekday(events: Events) -> pd.DataFrame:
    """Return promises missed by the weekday on which the case was opened (or first seen), Monday 0 first.

    Columns: weekday, cases, missed, share (missing where no case was opened).
    """
    frame, first = events.frame, events.begins[:-1]
    opened = frame["opened"].take(first_known(frame["opened"].notna().to_numpy(), first)).reset_index(drop=True)
    came = opened.fillna(frame["time"].take(first).reset_index(drop=True))
    weekday = came.dt.tz_convert(zone_of(events.zone)).dt.day_of_week.rename("weekday")
    kept = frame["kept"].take(events.begins[1:] - 1).reset_index(drop=True)
    known = pd.DataFrame({"weekday": weekday, "kept": kept}).dropna(subset="kept")
    missed = ~known["kept"].astype(bool)
    table = missed.groupby(known["weekday"]).agg(cases="size", missed="sum").reindex(range(7), fill_value=0)
    table["share"] = (table["missed"] / table["cases"]).where(table["cases"] > 0)
    return table.rename_axis("weekday").reset_index()
