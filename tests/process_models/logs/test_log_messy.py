"""Published broken files: each gives what its authors expect, or what the list of deviations says, with its reason."""

import csv
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from msgspec import structs

from process_models.logs.errors import LogError
from process_models.logs.events import Events, events
from process_models.logs.guessing import guess
from process_models.logs.reading import read
from tests.conftest import DATA

MESSY = DATA / "messy_imports"
DEVIATIONS = tomllib.loads(Path(__file__).with_name("messy.toml").read_text("utf-8"))


def names(folder: str, *endings: str) -> list[str]:
    """Return the files of a folder by their path below the shared one."""
    found = sorted(file for file in (MESSY / folder).rglob("*") if file.suffix in endings)
    return [str(file.relative_to(MESSY)) for file in found if "expected" not in file.name]


def imported(file: Path, answer: str = "") -> Events:
    """Read a file as it is guessed; where the order of day and month is asked, give the answer."""
    reading = read(file)
    found = guess(reading.table)
    assert found.columns is not None
    assert bool(found.open_dates) == bool(answer)
    columns = structs.replace(found.columns, dates=answer or found.columns.dates)
    return events(reading.table, columns, reading.left_out)


def expected_rows(file: Path) -> list[tuple[str, ...]]:
    """Return case, step, start if there is one, and end of an expected file."""
    text = file.read_text("utf-8")
    rows = list(csv.reader(text.splitlines(), delimiter="\N{CEDILLA}" if "\N{CEDILLA}" in text else ","))
    timed = [[cell for cell in row[2:] if cell[:3] == "201"] for row in rows]
    return sorted((row[0], row[1], *(_moment(cell) for cell in times)) for row, times in zip(rows, timed, strict=True))


def _moment(text: str) -> str:
    return pd.Timestamp(text).isoformat(timespec="milliseconds")


def rows_of(log: Events) -> list[tuple[str, ...]]:
    """Return the same of a log."""
    frame = log.frame
    times = [frame["start"], frame["time"]] if frame["start"].notna().any() else [frame["time"]]
    said = [one.dt.tz_localize(None).map(lambda moment: moment.isoformat(timespec="milliseconds")) for one in times]
    return sorted(zip(frame["case"].astype(str), frame["step"].astype(str), *said, strict=True))


@pytest.mark.parametrize("name", names("apromore_csv", ".csv", ".xlsx", ".parquet"))
def test_broken_tables_give_what_their_authors_expect(name: str, shared_data: Path):
    deviation = DEVIATIONS.get(name, {})
    stem = name.rpartition(".")[0]
    wanted = MESSY / deviation.get("expected", f"{stem}-expected.csv")

    if "refused" in deviation:
        with pytest.raises(LogError) as refused:
            imported(shared_data / "messy_imports" / name)
        assert refused.value.sentence.id == deviation["refused"]
    else:
        assert rows_of(imported(shared_data / "messy_imports" / name, deviation.get("dates", ""))) == expected_rows(
            wanted
        )


def test_rows_that_are_left_out_are_listed_with_number_and_reason(shared_data: Path):
    found = {
        name: [(out.row, out.reason.id) for out in imported(shared_data / "messy_imports/apromore_csv" / name).left_out]
        for name in ("test2-missing-columns.csv", "test3-invalid-end-timestamp.csv", "test5-empty-caseID.csv")
    }
    found["test7"] = [
        (out.row, out.reason.id)
        for out in imported(shared_data / "messy_imports/apromore_csv/test7-record-invalid.csv").left_out
    ]

    assert found == {
        "test2-missing-columns.csv": [(3, "log_row_uneven")],
        "test3-invalid-end-timestamp.csv": [(5, "log_row_bad_time")],
        "test5-empty-caseID.csv": [(2, "log_row_no_case")],
        "test7": [(2, "log_row_uneven"), (4, "log_row_bad_time")],
    }


@pytest.mark.parametrize("name", names("api_waiting_time", ".csv"))
def test_logs_with_starts_are_read_whole(name: str, shared_data: Path):
    """Their expected files are analyses of waiting, not imports: here every row is to become an event."""
    file = shared_data / "messy_imports" / name
    reading = read(file)
    if "source_activity" in reading.table.names:
        assert not reading.left_out
        return

    log = imported(file)

    assert len(log.frame) == log.read == len(reading.table)
    assert log.frame["start"].notna().all()


XES_WITH_EVENTS = {
    "elementIncorrect": 2,
    "eventCorrectAttributes": 2,
    "eventIdenticalAttributes": 2,
    "eventIncorrectType": 2,
    "eventTooManyAttributes": 2,
    "extensionIncorrectKey": 1,
    "logOutOfPlace": 2,
    "traceOutOfPlace": 2,
}


@pytest.mark.parametrize("name", names("pm4py_xes", ".xes"))
def test_odd_xes_is_read_or_refused_in_a_sentence(name: str, shared_data: Path):
    file = shared_data / "messy_imports" / name

    if file.stem in XES_WITH_EVENTS:
        assert len(read(file).table) == XES_WITH_EVENTS[file.stem]
    else:
        with pytest.raises(LogError) as refused:
            read(file)
        assert refused.value.sentence.id == ("log_empty" if file.stem == "noLog" else "log_xes_no_events")


def test_every_deviation_has_a_file_and_a_reason(shared_data: Path):
    for name, deviation in DEVIATIONS.items():
        assert (shared_data / "messy_imports" / name).exists()
        assert deviation["reason"].endswith(".")
