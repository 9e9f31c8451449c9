"""Tricky inputs, each with the right answer."""

import datetime as clock
import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from msgspec import structs

from process_models.logs.columns import Columns, Meaning
from process_models.logs.dates import moments, possible_counts, possible_orders
from process_models.logs.delimited import Draw
from process_models.logs.errors import LogError
from process_models.logs.events import events
from process_models.logs.guessing import guess
from process_models.logs.limits import Limits
from process_models.logs.reading import preview, read
from process_models.logs.recipe import Cell, Fix, Recipe, events_of, read_recipe, write_recipe
from process_models.logs.wide import STEP, TIME

PLAIN = Columns(case="case", step="step", time="time")


def said(*texts: str) -> "pd.Series[str]":
    return pd.Series(list(texts), dtype="str")


def cases(times: list[str]) -> bytes:
    """Return a log with a row for each time, two to a case."""
    rows = (f"c{n // 2},{'Pay' if n % 2 else 'Ask'},{time}" for n, time in enumerate(times))
    return ("case,step,time\n" + "\n".join(rows)).encode()


# Dates


def test_order_of_rows_within_cases_settles_day_and_month_with_the_figures():
    days = [f"{n % 11 + 1:02d}/{n % 12 + 1:02d}/2026 10:00" for n in range(12)]
    times = [time for first in days for time in (first, first.replace("10:00", "12:00"))]
    swapped = [f"0{n % 2 + 2}/0{5 - n % 2}/2026" for n in range(60)]

    open_one, settled = guess(read(cases(times)).table), guess(read(cases(swapped)).table)

    assert open_one.open_dates == ("dmy", "mdy")
    assert settled.open_dates == ()
    assert settled.columns is not None
    assert settled.columns.dates == "mdy"
    assert "log_dates_in_case" in [doubt.id for doubt in settled.doubts]


def test_an_open_order_is_never_a_silent_default():
    found = guess(read(cases(["03/04/2016", "05/04/2016"] * 3)).table)

    assert found.open_dates == ("dmy", "mdy")
    assert "log_doubt_dates" in [doubt.id for doubt in found.doubts]


def test_days_of_a_spreadsheet_are_offered_where_a_name_speaks_of_time():
    assert possible_counts(said("42459.0527", "42460")) == ("excel",)
    assert moments(said("42459.5"), "excel", "UTC").times.iloc[0] == pd.Timestamp("2016-03-30 12:00", tz="UTC")
    assert moments(said("40997.5"), "excel1904", "UTC").times.iloc[0] == pd.Timestamp("2016-03-30 12:00", tz="UTC")


@pytest.mark.parametrize("text", ["1459339200", "1459339200000", "1459339200000000", "1459339200000000000"])
def test_epochs_are_told_by_their_magnitude(text):
    assert possible_counts(said(text)) == ("epoch",)
    assert moments(said(text), "epoch", "Europe/London").times.iloc[0] == pd.Timestamp("2016-03-30 12:00", tz="UTC")


@pytest.mark.parametrize(
    ("text", "order", "utc"),
    [
        ("2026-07-05 09:30 CET", "ymd", "2026-07-05 08:30"),
        ("2026-07-05 09:30+02", "ymd", "2026-07-05 07:30"),
        ("05.Mär.2026 09:30", "dmy", "2026-03-05 09:30"),
        ("5. März 2026", "dmy", "2026-03-05"),
        ("05-Mrz-26 09:30:01,5", "dmy", "2026-03-05 09:30:01.5"),
        ("Mar 5, 2026 1:05 PM", "mdy", "2026-03-05 13:05"),
        ("Thu, 05 Mar 2026 09:30:00 +0000", "dmy", "2026-03-05 09:30"),
        ("2026-01-05T24:00:00", "ymd", "2026-01-06"),
    ],
)
def test_dates_as_people_and_programs_write_them(text, order, utc):
    assert moments(said(text), order, "UTC").times.iloc[0] == pd.Timestamp(utc, tz="UTC")


def test_a_month_without_a_day_is_no_date():
    assert possible_orders(said("2016-04", "2016-05")) == ()


def test_mixed_offsets_are_brought_to_utc_and_only_the_others_take_the_zone():
    found = moments(said("2026-07-05 09:00+05:00", "2026-07-05 09:00"), "ymd", "Europe/London")

    assert [str(time) for time in found.times.dt.tz_localize(None)] == ["2026-07-05 04:00:00", "2026-07-05 08:00:00"]
    assert found.offset_share == 0.5


# Text


def test_unicode_text_of_a_spreadsheet_is_read_with_its_tabs():
    reading = read("\ufeffcase\tstep\ttime\nc1\tPrüfen\t2026-01-05\n".encode("utf-16-le"))

    assert (reading.encoding, reading.separator) == ("utf-16", "\t")
    assert reading.frame["step"].tolist() == ["Prüfen"]


def test_utf_16_without_a_mark_is_told_by_its_zeros():
    assert read("case,step\nc1,Prüfen\n".encode("utf-16-le")).frame["step"].tolist() == ["Prüfen"]


def test_letters_that_were_read_wrongly_before_the_export_are_noted():
    assert "log_note_mojibake" in [note.id for note in read("case,step\nc1,PrÃ¼fen\n".encode()).notes]


def test_lines_above_the_header_are_skipped_and_said():
    reading = read(b"Report of incidents\n\nPrinted 2026-01-05\ncase,step,time\nc1,Ask,2026-01-05\nc1,Pay,2026-01-06\n")

    assert reading.frame["step"].to_dict() == {5: "Ask", 6: "Pay"}
    assert [note.id for note in reading.notes] == ["log_note_preamble"]


def test_a_separator_at_the_end_of_every_row_makes_no_row_uneven():
    reading = read(b"case;step\nc1;Ask;\nc2;Pay;\n")

    assert reading.frame["step"].tolist() == ["Ask", "Pay"]
    assert not reading.left_out


def test_a_total_at_the_end_is_set_aside():
    log = read(b"case,step,time\nc1,Ask,2026-01-05\nc1,Pay,2026-01-06\nTotal,,2\n")

    assert [(out.row, out.reason.id) for out in events(log.table, PLAIN).left_out] == [(4, "log_row_no_step")]


def test_ids_and_formulas_stay_the_texts_they_are():
    cells = ["007", "1E5", "12345678901234567890", "=cmd|' /C calc'!A0", "NA"]

    assert read(("id,x\n" + "".join(f"{cell},1\n" for cell in cells)).encode()).frame["id"].tolist() == cells


def test_placeholders_are_learned_shown_and_can_be_switched_off():
    rows = b"case,step,time,group\n1,Ask,2026-01-05,?\n1,Pay,2026-01-06,A\n2,Ask,2026-01-05,NA\n2,Pay,2026-01-06,A\n"
    found = guess(read(rows).table).columns
    assert found is not None
    assert found.missing == ("?", "NA")

    kept = events(read(rows).table, structs.replace(found, group="group", missing=("?",)))

    assert set(kept.frame["group"].dropna()) == {"A", "NA"}


@pytest.mark.parametrize("rows", [10_000, 65_535])
def test_an_export_that_ends_where_programs_stop_may_be_cut(rows):
    text = b"case,step\n" + b"1,a\n" * rows

    assert [note.id for note in read(text).notes] == ["log_note_cut"]
    assert read(text + b"1,a\n" * 2).notes == ()


def test_long_and_quoted_cells_come_whole_across_blocks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("process_models.logs.delimited.BLOCK", 997)
    texts = [f'note {n}, "so"\r\nand so {"x" * (n % 300)} ü' for n in range(200)]
    out = io.StringIO()
    pd.DataFrame({"case": range(200), "note": texts}).to_csv(out, index=False)

    assert read(out.getvalue().encode()).frame["note"].tolist() == [text.replace("\r\n", "\r\n") for text in texts]


# What happened


def test_one_row_a_case_becomes_a_row_for_each_date():
    lines = [
        f"T{n},2026-01-{n:02d} 09:00,2026-01-{n + 1:02d} 10:00,{'' if n == 3 else '2026-02-01 10:00'}"
        for n in range(1, 9)
    ]
    table = read(("ticket,opened_at,resolved_at,closed_at\n" + "\n".join(lines)).encode())
    found = guess(table.table)
    assert found.columns is not None

    log = events_of(
        "\n".join(["ticket,opened_at,resolved_at,closed_at", *lines]).encode(),
        Recipe(columns=found.columns, wide=found.wide),
    )

    assert found.wide == ("opened_at", "resolved_at", "closed_at")
    assert (found.columns.case, found.columns.step, found.columns.time) == ("ticket", STEP, TIME)
    assert set(log.steps) == {"opened", "resolved", "closed"}
    assert len(log.frame) == 23


@pytest.mark.parametrize(
    ("names", "preset"),
    [
        ("number,incident_state,sys_updated_at,sys_mod_count", "servicenow-history"),
        ("Issue key,To status,Date,Author", "jira-history"),
        ("Ticket Number,Date Created,Current Status,Department,Closed Date", "osticket-tickets"),
        ("#,Title,State,Group,Created at,Closed at", "zammad-tickets"),
        ("Ticket ID,Ticket status,Update - Timestamp,Updater name", "zendesk-updates"),
    ],
)
def test_exports_of_help_desks_are_known_by_their_columns(names, preset):
    header = names.split(",")
    rows = [
        ",".join(f"2026-01-{n + 1:02d} 09:0{k}" if k in (1, 2, 4) else f"v{n // 2}{k}" for k in range(len(header)))
        for n in range(8)
    ]

    assert guess(read("\n".join([names, *rows]).encode()).table).preset == preset


def test_start_and_complete_rows_are_paired_first_come_first_served():
    def event(step: str, life: str, minute: int) -> str:
        return (
            f'<event><string key="concept:name" value="{step}"/><string key="lifecycle:transition" value="{life}"/>'
            f'<date key="time:timestamp" value="2026-01-05T09:{minute:02d}:00+01:00"/></event>'
        )

    made = [event("A", "start", 1), event("A", "START", 2), event("A", "complete", 5), event("A", "complete", 9)]
    made += [event("B", "complete", 10), event("C", "start", 11)]
    reading = read(f'<log><trace><string key="concept:name" value="7"/>{"".join(made)}</trace></log>'.encode())

    assert reading.frame["start:timestamp"].str[14:16].tolist() == ["01", "02", "10"]
    assert [out.reason.id for out in reading.left_out] == ["log_row_lone_start"]
    assert [(note.id, note["paired"], note["moments"]) for note in reading.notes] == [("log_note_pairs", "2", "1")]


def test_defaults_of_a_log_fill_what_events_lack_and_are_counted():
    text = (
        '<log xmlns="http://www.xes-standard.org/"><global scope="event"><string key="concept:name" value="UNKNOWN"/>'
        '</global><trace><event><date key="time:timestamp" value="2026-01-05T09:00:00Z"/></event>'
        '<event><string key="concept:name" value="Ask"><string key="why" value="x"/></string></event></trace></log>'
    )
    reading = read(gzip.compress(text.encode()))

    assert reading.frame["concept:name"].tolist() == ["UNKNOWN", "Ask"]
    assert reading.frame["concept:name/why"].tolist() == ["", "x"]
    assert {"log_note_globals", "log_note_traces", "log_note_nested"} <= {note.id for note in reading.notes}


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE log [<!ENTITY a "b">]><log>&a;</log>',
        '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>',
        "<log>" + "<list>" * 50 + "</list>" * 50 + "</log>",
        "<log><trace></log>",
        "<html/>",
    ],
)
def test_hostile_or_foreign_xml_is_refused_in_a_sentence(text):
    with pytest.raises(LogError):
        read(text.encode())


# Workbooks, archives, memory, recipes


def test_a_workbook_gives_dates_as_texts_numbers_without_a_point_and_skips_empty_rows(tmp_path: Path):
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("case", "step", "time"), (7, "Ask", clock.datetime(2026, 1, 5, 9, 30)), (), (7.5, None, "x")):
        book.active.append(row)
    book.save(tmp_path / "log.xlsx")

    assert read(tmp_path / "log.xlsx").frame.to_dict("index") == {
        2: {"case": "7", "step": "Ask", "time": "2026-01-05 09:30:00"},
        4: {"case": "7.5", "step": "", "time": "x"},
    }


def test_an_archive_with_one_file_is_that_file_and_one_with_more_is_refused(tmp_path: Path):
    for name, members in (("one.zip", ["log.csv"]), ("two.zip", ["log.csv", "more.csv"])):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for member in members:
                archive.writestr(member, "case,step\nc1,Ask\n")

    assert read(tmp_path / "one.zip").frame["step"].tolist() == ["Ask"]
    with pytest.raises(LogError, match=r"log\.csv, more\.csv"):
        read(tmp_path / "two.zip")


def test_a_log_larger_than_memory_is_refused_before_it_is_read_with_a_share_that_would_fit(tmp_path: Path):
    (tmp_path / "log.csv").write_bytes(b"case,step\n" + b"c1,Ask\n" * 100_000)

    with pytest.raises(LogError) as refused:
        read(tmp_path / "log.csv", Limits(memory=101_400_000))

    assert refused.value.sentence.id == "log_needs_memory"
    assert 0 < float(refused.value.sentence["share"]) < 1


def test_a_sample_holds_whole_cases_the_same_ones_whatever_the_order_and_about_the_share():
    rows = [f"c{n // 5},s{n % 5},2026-01-05\n" for n in range(20_000)]
    forward, backward = (
        read(("case,step,time\n" + "".join(lines)).encode(), draw=Draw("case", 250)).frame
        for lines in (rows, rows[::-1])
    )

    assert forward["case"].value_counts().eq(5).all()
    assert set(forward["case"]) == set(backward["case"])
    assert 0.22 < forward["case"].nunique() / 4000 < 0.28


def test_a_recipe_survives_its_file_and_corrections_are_replayed():
    text = b"case,step,time\nc1,Ask,2026-01-05\nc1,Pay\nc2,Ask,2026-13-05\nc2,Pay,2026-01-07\n"
    fixes = (
        Fix(row=3, cells=(Cell(column="time", text="2026-01-06"),)),
        Fix(row=4, cells=(Cell(column="time", text="2026-01-05"),)),
        Fix(row=5, leave_out=True),
    )
    recipe = Recipe(columns=structs.replace(PLAIN, meaning=Meaning.ENDS), fixes=fixes)

    log = events_of(text, read_recipe(write_recipe(recipe).encode()))

    assert read_recipe(write_recipe(recipe).encode()) == recipe
    assert log.frame["row"].tolist() == [2, 3, 4]
    assert [(out.row, out.reason.id) for out in log.left_out] == [(5, "log_row_dropped")]


def test_a_preview_of_a_large_log_takes_its_beginning_and_its_middle(tmp_path: Path):
    (tmp_path / "log.csv").write_bytes(b"case,step\n" + b"".join(b"c%d,Ask something\n" % n for n in range(200_000)))

    found = preview(tmp_path / "log.csv", rows=100)

    assert len(found.table) == 200
    assert found.partial
    assert found.frame["case"].iloc[0] == "c0"
    assert int(found.frame["case"].iloc[-1][1:]) > 90_000
