"""Columns that mislead: money with either decimal mark, clocks, spoilt numbers of cases, numbers used again."""

import struct
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from msgspec import structs

from process_models.logs.amounts import minor_units, possible_marks
from process_models.logs.columns import Columns
from process_models.logs.errors import LogError
from process_models.logs.events import Events, events
from process_models.logs.guessing import Guess, guess
from process_models.logs.quality import quality
from process_models.logs.reading import read
from process_models.logs.table import Column
from process_models.values.sentences import say


def said(found: Guess) -> dict[str, str]:
    return {one.id: say(one) for one in found.doubts}


def log_of(header: str, *rows: str) -> Guess:
    return guess(read("\n".join([header, *rows]).encode()).table)


def remarks(log: Events, columns: Columns) -> dict[str, str]:
    return {one.id: say(one.sentence) for one in quality(log, columns)}


# Money


@pytest.mark.parametrize(
    ("texts", "mark", "minor"),
    [
        (["1.234,56", "12,00"], ",", [123_456, 1200]),
        (["1,234.56", "12.5"], ".", [123_456, 1250]),
        (["3,50 €", "1.000 €"], ",", [350, 100_000]),
        (["£1,200.00", "-£3"], ".", [120_000, -300]),
        (["(12.50)", "1'200.00"], ".", [-1250, 120_000]),
        (["12", "130"], ".", [1200, 13_000]),
    ],
)
def test_the_decimal_mark_is_read_off_the_whole_column(texts: list[str], mark: str, minor: list[int]):
    assert possible_marks(pd.Series(texts)) == (mark,)
    assert minor_units(Column.of(texts), mark).tolist() == minor  # type: ignore[arg-type]


def test_amounts_that_both_marks_read_leave_a_choice_and_words_are_none():
    assert possible_marks(pd.Series(["1,234", "5,678"])) == (".", ",")
    assert possible_marks(pd.Series(["cheap", "12"])) == ()
    assert np.isnan(minor_units(Column.of(["cheap"]), ".")[0])


COSTS = [f"c{n // 2},{'Pay' if n % 2 else 'Ask'},2026-01-{n + 1:02d} 10:00:00,{{}}" for n in range(20)]


def test_money_is_guessed_with_its_mark_and_the_reason():
    found = log_of("case;step;time;total cost".replace(";", "\t"), *(row.replace(",", "\t").format(f"{n},50 €") for n, row in enumerate(COSTS)))  # fmt: skip

    assert found.columns is not None
    assert (found.columns.cost, found.columns.decimal, found.open_marks) == ("total cost", ",", ())
    hint = found.hint("cost")
    assert hint is not None
    assert "a comma before the decimals" in say(hint.reason)


def test_a_decimal_mark_that_nothing_decides_is_asked_for():
    found = log_of("case,step,time,cost", *(row.format(f'"{n + 1},234"') for n, row in enumerate(COSTS)))

    assert found.open_marks == (".", ",")
    assert "Choose which" in said(found)["log_doubt_decimal"]


def test_texts_that_are_no_amounts_are_counted_and_said(table: Callable[..., pd.DataFrame], plain: Columns):
    columns = structs.replace(plain, cost="cost", decimal=",")
    rows = [("a", "Ask", "2026-01-05", "3,50"), ("a", "Pay", "2026-01-06", "3.50"), ("b", "Pay", "2026-01-06", "")]

    log = events(table(rows, "case", "step", "time", "cost"), columns)

    assert log.frame["cost"].tolist()[:1] == [350]
    assert log.odd_amounts == 1
    assert "1 values of cost are no amounts with a comma" in remarks(log, columns)["odd_amounts"]


# Clocks


def test_times_that_say_their_offset_ask_for_no_clock():
    found = log_of("case,step,time", *(f"c{n},Ask,2026-01-05T10:00:00+01:00\nc{n},Pay,2026-01-06T10:00:00+01:00" for n in range(5)))  # fmt: skip

    assert "no moment is in doubt" in said(found)["log_doubt_offsets"]
    assert "log_doubt_zone" not in said(found)


def test_offsets_on_some_times_only_are_told_with_their_share():
    times = ("2026-01-05T10:00:00+01:00", "2026-01-06 10:00:00")
    found = log_of("case,step,time", *(f"c{n},{'Pay' if k else 'Ask'},{times[k]}" for n in range(5) for k in (0, 1)))

    assert "on 50 % of its values only" in said(found)["log_doubt_some_offsets"]


def test_each_row_is_read_on_the_clock_that_a_column_names():
    text = "case,step,time,time zone\n" + "".join(
        f"c{n},Ask,2026-07-05 10:00:00,Europe/Berlin\nc{n},Pay,2026-07-05 18:00:00,+05:30\n" for n in range(5)
    )
    found = guess(read(text.encode()).table)
    assert found.columns is not None
    assert found.columns.clock == "time zone"

    log = events(read((text + "c9,Pay,2026-07-05 10:00:00,Atlantis\n").encode()).table, found.columns)

    times = log.frame.loc[log.frame["case"] == "c0", "time"].dt.strftime("%H:%M").tolist()
    assert times == ["08:00", "12:30"]
    assert [(one.row, say(one.reason)) for one in log.left_out] == [
        (12, "time zone says “Atlantis”, which is no time zone.")
    ]


def test_a_time_that_the_clock_skips_is_told_apart_from_one_that_it_has_twice(
    table: Callable[..., pd.DataFrame], plain: Columns
):
    columns = structs.replace(plain, zone="Europe/Berlin")
    rows = [("a", "Ask", "2026-03-29 02:30"), ("a", "Pay", "2026-10-25 02:30")]

    log = events(table(rows, "case", "step", "time"), columns)

    assert log.frame["time"].dt.strftime("%m-%d %H:%M").tolist() == ["03-29 01:00", "10-25 00:30"]
    told = remarks(log, columns)
    assert "skips when it goes forward" in told["never"]
    assert "has twice" in told["twice"]


def test_dates_without_a_time_between_others_are_told():
    found = log_of("case,step,time", *(f"c{n},Ask,2026-01-{n + 1:02d}\nc{n},Pay,2026-01-{n + 2:02d} 09:15" for n in range(8)))  # fmt: skip

    assert "50 % of the values of time have no time of day" in said(found)["log_doubt_mixed_days"]


# Numbers of cases


def test_numbers_turned_into_decimals_are_one_case_with_those_that_were_not():
    text = "case,step,time\n" + "".join(
        f"{n}.0,Ask,2026-01-05 10:00:00\n{n},Pay,2026-01-06 10:00:00\n" for n in range(1230, 1240)
    )
    found = guess(read(text.encode()).table)
    assert found.columns is not None

    log = events(read(text.encode()).table, found.columns)

    assert found.columns.whole_ids
    assert "turned into decimals by a program, for example 1230.0" in said(found)["log_doubt_decimal_ids"]
    assert log.cases == 10
    assert events(read(text.encode()).table, structs.replace(found.columns, whole_ids=False)).cases == 20


def test_rounded_numbers_cannot_be_undone_and_are_told():
    rows = [f"{1 + n / 10:.1f}E+15,{step},2026-01-05 10:0{k}:00" for n in range(6) for k, step in enumerate(("A", "B"))]

    assert "different cases may have the same number" in said(log_of("case,step,time", *rows))["log_doubt_rounded_ids"]


AGAIN = [(f"c{n}", step, f"2024-0{n % 6 + 1}-01 1{k}:00") for n in range(12) for k, step in enumerate(("Ask", "Pay"))]
AGAIN += [("c3", "Ask", "2026-01-05 10:00"), ("c3", "Pay", "2026-01-05 11:00")]


def test_a_number_given_to_a_second_case_is_told_and_can_be_parted(table: Callable[..., pd.DataFrame], plain: Columns):
    frame = table(AGAIN, "case", "step", "time")
    log = events(frame, plain)

    told = remarks(log, plain)["used_again"]
    assert "for example “c3”" in told
    columns = structs.replace(plain, reuse_days=200)
    parted = events(frame, columns)

    assert (log.cases, parted.cases, parted.parted) == (12, 13, 1)
    assert (parted.frame["case"].astype(str) == "c3 (2)").sum() == 2
    assert parted.frame["case"].cat.codes.is_monotonic_increasing
    assert "parted" in remarks(parted, columns)


def test_a_case_that_rests_in_its_middle_is_no_second_one(table: Callable[..., pd.DataFrame], plain: Columns):
    rows = [*AGAIN[:-2], ("c3", "Pay", "2026-01-05 11:00")]

    assert "used_again" not in remarks(events(table(rows, "case", "step", "time"), plain), plain)


# Locked files


def locked_workbook() -> bytes:
    """Return what a workbook with a password is: a compound file whose directory holds an encrypted package."""
    free, end, table_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(name: str, kind: int, child: int, sibling: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0" if name else b""
        head = text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, free, sibling, child)
        return head + b"\0" * 36 + struct.pack("<IQ", start, size)

    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += (
        struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0) + struct.pack("<I", free) * 108
    )
    chain = [table_sector, end, *range(3, 10), end]
    sectors = struct.pack(f"<{len(chain)}I", *chain) + struct.pack("<I", free) * (128 - len(chain))
    folder = entry("Root Entry", 5, 1, free, end, 0) + entry("EncryptionInfo", 2, free, 2, 2, 4096)
    folder += entry("EncryptedPackage", 2, free, free, 2, 4096) + entry("", 0, free, free, 0, 0)
    return header + sectors + folder + b"\0" * 4096


def test_a_workbook_with_a_password_is_refused_with_the_remedy():
    with pytest.raises(LogError) as refused:
        read(locked_workbook())

    assert refused.value.sentence.id == "log_password"
