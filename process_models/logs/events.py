"""A log as tidy events: one row for each change, in order, in UTC; rows left out are listed with the reason.

People are counted, never named: what the resource column says is replaced by a number that only tells one from another.
"""

import pandas as pd
from msgspec import Struct

from process_models.logs.columns import Columns, Meaning, require, role_of
from process_models.logs.dates import moments
from process_models.logs.errors import LogError
from process_models.logs.reading import FIRST
from process_models.values.sentences import Sentence


class LeftOut(Struct, frozen=True):
    """A row that no event was made of, and why."""

    row: int
    """As a spreadsheet counts: the header is row 1."""
    reason: Sentence


class Events(Struct, frozen=True, eq=False):
    """The events of a log, sorted by case and order, with what was left out."""

    frame: pd.DataFrame
    """Columns: row (int), case and step (text), time (UTC, ms), start (UTC or NaT), order (number or missing), group
    (text or missing), person (number, -1 unknown), opened (UTC or NaT), kept (boolean or missing), channel and
    case_type (text or missing). The index counts from 0."""
    left_out: tuple[LeftOut, ...]
    read: int
    """Rows of the table, left out or not."""
    unsettled: int
    """Times in an hour that the local clock has twice or never."""
    meaning: Meaning
    zone: str
    """IANA name of the clock that local hours and weekdays are read on."""
    last: str
    """The customer's end, empty where it is the last row."""

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return int(self.frame["case"].nunique())

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps, the most frequent first."""
        return tuple(self.frame["step"].value_counts().index)


TEXTS = ("group", "channel", "case_type")
TIMES = ("time", "start", "opened")


def events(frame: pd.DataFrame, columns: Columns) -> Events:
    """Return the events that a table of text says under a confirmed mapping.

    Rows without case, step or time are left out and listed, as is a span whose start is missing or after its end.
    Raises LogError where a column is not there, dates cannot be read, or no row is left.
    """
    require(frame, columns)
    known = {name: _known(frame[name], columns.missing) for name in columns.used}
    times, unsettled = _times(known, columns)
    table = pd.DataFrame({"row": frame.index, "case": known[columns.case], "step": known[columns.step]})
    for use in TIMES:
        table[use] = times.get(use, pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ms, UTC]"))
    table["order"] = _number(known, columns.order, frame)
    for use in TEXTS:
        name = getattr(columns, use)
        table[use] = known[name] if name else pd.Series(pd.NA, index=frame.index, dtype="str")
    if columns.group_from_resource and columns.resource:
        resource = known[columns.resource]
        # A person without a number would become a group of one, under their own name.
        table["group"] = (
            resource.map(role_of, na_action="ignore").astype("str").where(resource.map(role_of) != resource)
        )
    table["person"] = pd.factorize(known[columns.resource])[0] if columns.resource else -1
    table["kept"] = _kept(known, columns, frame)
    if columns.last and not table["step"].eq(columns.last).any():
        raise LogError("log_no_such_last", step=columns.last, column=columns.step)
    reasons = _reasons(table, columns)
    left_out = tuple(LeftOut(int(row), reason) for row, reason in zip(table["row"], reasons, strict=True) if reason)
    kept = table[[reason is None for reason in reasons]]
    if kept.empty:
        raise LogError("log_no_rows_left", read=len(frame), first=_first(left_out))
    return Events(_sorted(kept, columns), left_out, len(frame), unsettled, columns.meaning, columns.zone, columns.last)


def _known(texts: "pd.Series[str]", missing: tuple[str, ...]) -> "pd.Series[str]":
    """Return trimmed texts, missing where they are empty or a mark of the unknown."""
    trimmed = texts.str.strip()
    return trimmed.mask(trimmed.isin(["", *missing]))


def _times(known: dict[str, "pd.Series[str]"], columns: Columns) -> tuple[dict[str, "pd.Series[pd.Timestamp]"], int]:
    """Return the columns of times by use; all texts that are no date are reported at once."""
    read, places, count = {}, [], 0
    unsettled = 0
    for use in TIMES:
        if name := getattr(columns, use):
            found = moments(known[name], columns.dates, columns.zone)
            read[use], unsettled = found.times, unsettled + found.unsettled
            wrong = known[name][known[name].notna() & found.times.isna()]
            count += len(wrong)
            places += [
                Sentence.of("log_bad_date", row=row, column=name, value=value[:60])
                for row, value in wrong.head(FIRST).items()
            ]
    if count:
        raise LogError("log_bad_dates", tuple(places[:FIRST]), count=count, order=columns.dates)
    return read, unsettled


def _number(known: dict[str, "pd.Series[str]"], name: str, frame: pd.DataFrame) -> "pd.Series[float]":
    """Return the counter that orders rows, missing where there is none."""
    if not name:
        return pd.Series(float("nan"), index=frame.index)
    return pd.to_numeric(known[name], errors="coerce")


def _kept(known: dict[str, "pd.Series[str]"], columns: Columns, frame: pd.DataFrame) -> "pd.Series[bool]":
    """Return whether the promise is kept so far, missing where the log does not say."""
    if not columns.promise:
        return pd.Series(pd.NA, index=frame.index, dtype="boolean")
    flag = known[columns.promise]
    return flag.isin(columns.kept).astype("boolean").mask(flag.isna())


def _reasons(table: pd.DataFrame, columns: Columns) -> list[Sentence | None]:
    """Return for each row why it cannot be used, None where it can."""
    reasons: list[Sentence | None] = [None] * len(table)
    tests = [("log_row_no_case", table["case"].isna()), ("log_row_no_step", table["step"].isna())]
    tests.append(("log_row_no_time", table["time"].isna()))
    if columns.start:
        tests.append(("log_row_no_start", table["start"].isna()))
        tests.append(("log_row_start_late", table["start"] > table["time"]))
    for id, wrong in reversed(tests):
        for place in wrong.to_numpy().nonzero()[0]:
            reasons[place] = Sentence.of(id)
    return reasons


def _first(left_out: tuple[LeftOut, ...]) -> str:
    """Return the number of the first row left out."""
    return str(left_out[0].row) if left_out else "-"


def _sorted(table: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Sort by case, then by the counter if there is one, the time (spans: the start), and the place in the file."""
    first = ["order"] if columns.order else []
    by = ["case", *first, *(["start"] if columns.start else []), "time", "row"]
    return table.rename_axis(None).sort_values(by, kind="stable").reset_index(drop=True)
