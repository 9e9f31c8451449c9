"""Reading CSV exports: what is found by itself, and how bad input is answered."""

import gzip
import sys
from pathlib import Path

import pytest

from process_models.logs.errors import LogError
from process_models.logs.reading import Limits, read

GOOD = b"case,step,time\nc1,Register,2026-01-05\nc1,Pay,2026-01-06\n"


def test_a_plain_file_is_read_as_text_with_the_row_numbers_of_a_spreadsheet():
    reading = read(GOOD)

    assert reading.frame["step"].to_dict() == {2: "Register", 3: "Pay"}
    assert (reading.encoding, reading.separator) == ("utf-8", ",")


def test_a_path_and_gzipped_bytes_give_the_same_table(tmp_path: Path):
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(GOOD))

    assert read(tmp_path / "log.csv.gz").frame.equals(read(GOOD).frame)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator):
    reading = read(GOOD.replace(b",", separator.encode()))

    assert reading.separator == separator
    assert list(reading.frame.columns) == ["case", "step", "time"]


def test_a_semicolon_wins_over_decimal_commas():
    reading = read(b"case;cost\nc1;1,50\nc2;2,75\n")

    assert reading.frame["cost"].tolist() == ["1,50", "2,75"]


def test_a_sep_line_is_honoured():
    assert read(b"sep=;\ncase;step\nc1;a,b\n").frame["step"].tolist() == ["a,b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found(encoding):
    reading = read("case,step\nc1,Prüfung\n".encode(encoding))

    assert reading.encoding == encoding
    assert reading.frame["step"].tolist() == ["Prüfung"]
    assert reading.frame.columns[0] == "case"


def test_quoted_line_breaks_stay_in_their_cell_and_ids_keep_their_zeros():
    reading = read(b'case,note\n007,"two\nlines"\n1E5,NA\n')

    assert reading.frame["note"].tolist() == ["two\nlines", "NA"]
    assert reading.frame["case"].tolist() == ["007", "1E5"]


def test_blank_lines_are_no_rows():
    assert len(read(GOOD + b"\n\n").frame) == 2


@pytest.mark.parametrize(
    ("raw", "id", "place"),
    [
        (b"", "log_empty", ""),
        (b"\n\n", "log_empty", ""),
        (b"case,step\n", "log_only_header", "case, step"),
        (b"case,step\nc1,a\nc2,\x81\n", "log_undecodable", "Line 3"),
        (b"case,step\nc1,\x00\n", "log_not_text", "Line 2"),
        (b"PK\x03\x04rest", "log_workbook", "save it again"),
        (gzip.compress(GOOD)[:-9], "log_bad_gzip", "damaged"),
    ],
)
def test_bad_input_is_answered_with_place_and_remedy(raw, id, place):
    with pytest.raises(LogError) as refused:
        read(raw)

    assert refused.value.sentence.id == id
    assert place in str(refused.value)


def test_rows_of_another_length_are_set_aside_with_number_and_cells_and_the_others_are_read():
    reading = read(b"case,step\nc1,a\nc2\nc3,b\nc4,b,c\n")

    assert reading.frame["case"].to_dict() == {2: "c1", 4: "c3"}
    assert [(out.row, out.reason["cells"], out.cells) for out in reading.left_out] == [
        (3, "1", ("c2",)),
        (5, "3", ("c4", "b", "c")),
    ]


def test_a_name_that_stands_twice_in_the_header_gets_a_number():
    reading = read(b"case,step,case,\nc1,a,b,c\n")

    assert list(reading.frame.columns) == ["case", "step", "case (2)", "column 4"]
    assert [note.id for note in reading.notes] == ["log_note_header_twice"]


def test_a_quotation_mark_that_is_never_closed_costs_one_row_not_the_rest_of_the_file():
    reading = read(b'case,step\nc1,"a\nc2,b\nc3,"say ""x"""\n')

    assert [(out.row, out.reason.id) for out in reading.left_out] == [(2, "log_row_open_quote")]
    assert reading.frame["step"].to_dict() == {3: "b", 4: 'say "x"'}


@pytest.mark.parametrize(
    ("limits", "id"),
    [
        (Limits(bytes=10), "log_too_large"),
        (Limits(rows=1), "log_too_many_rows"),
        (Limits(columns=2), "log_too_many_columns"),
    ],
)
def test_what_is_too_large_is_refused(limits, id):
    for raw in (GOOD, gzip.compress(GOOD)):
        with pytest.raises(LogError) as refused:
            read(raw, limits)

        assert refused.value.sentence.id == id


def test_parquet_without_its_extra_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    file = tmp_path / "log.parquet"
    file.write_bytes(b"PAR1 and so on PAR1")

    with pytest.raises(LogError, match=r"pip install 'service-workbench\[parquet\]'"):
        read(file)
