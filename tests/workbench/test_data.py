"""Logs in pages: brought in, columns corrected, read as a job, made a process; bad input is answered with its place."""

import gzip
import io
import re
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from subprocess import CompletedProcess

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import Engine

from process_models.graph.documents import read_graph
from process_models.graph.steps import Kind
from process_models.logs.recipe import read_recipe
from tests.workbench.people import Visitor, everything
from tests.workbench.test_processes import fields
from workbench import database, jobs
from workbench.config import Settings
from workbench.data import operations, store
from workbench.data.example import LOG, PROCESS
from workbench.data.model import Result
from workbench.data.readings import discovered
from workbench.processes import store as processes

SMALL = "case,step,time\n" + "".join(
    f"C{n},{step},2026-01-{n % 27 + 1:02d} 09:{minute:02d}:00\n"
    for n in range(1, 41)
    for minute, step in enumerate(("Ask", "Look", "Ask", "Pay") if n % 4 == 0 else ("Ask", "Look", "Pay"))
)


def send(visitor: Visitor, content: bytes, name: str = "desk.csv") -> str:
    """Bring in a file and return the id of its log, from the address that answers."""
    answer = visitor.post("/data/", {"service": "household-claims", "file": (io.BytesIO(content), name)})
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/data/(.+)/columns", answer.location)
    assert found
    return found[1]


@pytest.fixture
def lucia(app: Flask) -> Visitor:
    return Visitor(app, "lucia")


@pytest.fixture
def work(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Return what runs one job, as the worker does."""
    monkeypatch.setenv("WORKBENCH_HOME", str(installation.home))
    worker = jobs.Worker(installation.database)
    return worker.step


def read(visitor: Visitor, work: Callable[[], bool], id: str, **changes: object) -> None:
    """Confirm the columns as they are shown, with changes, and let the log be read."""
    path = f"/data/{id}/columns"
    answer = visitor.post(path, {**fields(visitor.get(path), path), **changes})
    assert answer.status_code == 303, answer.text
    assert work()


def result_of(engine: Engine, id: str) -> Result:
    with database.reading(engine) as db:
        found = store.newest_result(db, id)
    assert found is not None
    return found


def test_a_log_is_brought_in_corrected_read_and_made_a_process(
    lucia: Visitor, work: Callable[[], bool], engine: Engine
) -> None:
    id = send(lucia, SMALL.encode())

    read(lucia, work, id)
    page = lucia.get(f"/data/{id}/").text
    answer = lucia.post(f"/data/{id}/process", {"name": "Desk"})

    assert "40 cases went 2 ways" in page
    assert answer.location == "/processes/desk/map"
    with database.reading(engine) as db:
        graph = processes.graph(db, processes.head(db, "desk"))
    assert graph.name == "Desk"
    assert {flow.target: flow.count for flow in graph.ways("look")} == {"pay": 30, "ask": 10}


def test_what_a_log_cannot_tell_stands_first(lucia: Visitor, work: Callable[[], bool]) -> None:
    id = send(lucia, SMALL.encode())

    read(lucia, work, id)
    page = lucia.get(f"/data/{id}/").text

    assert page.index("What this log cannot tell") < page.index("What to know about it") < page.index("Measured times")
    assert "no start of work" in page
    assert "heads and hours are typed in, grade D" in page


def test_each_guess_says_why_and_waits_can_be_changed(lucia: Visitor, work: Callable[[], bool], engine: Engine) -> None:
    id = send(lucia, SMALL.encode())
    page = unescape(lucia.get(f"/data/{id}/columns").text)
    places = re.findall(r'<label for="(wait\d)">(\w+)</label>', page)

    read(lucia, work, id, **{place: "customer" for place, step in places if step == "Look"})

    assert "case has 40 values on 130 rows" in page
    with database.reading(engine) as db:
        _found, graph = operations.discovered(db, id)
    assert graph.by_id["look"].kind is Kind.WAIT


def test_the_answers_are_remembered_for_a_file_with_the_same_columns(lucia: Visitor, work: Callable[[], bool]) -> None:
    first = send(lucia, SMALL.encode())
    read(lucia, work, first, zone="Europe/Dublin")

    second = send(lucia, (SMALL + "C99,Ask,2026-01-30 09:00:00\n").encode())
    page = lucia.get(f"/data/{second}/columns").text

    assert "same columns was read before" in page
    assert 'value="Europe/Dublin"' in page


def test_a_gzipped_file_is_stored_once_under_its_digest(lucia: Visitor, engine: Engine, installation: Settings) -> None:
    content = gzip.compress(SMALL.encode(), mtime=0)

    ids = [send(lucia, content, "desk.csv.gz") for _ in range(2)]

    with database.reading(engine) as db:
        one, two = (store.find(db, id) for id in ids)
    assert one.file == two.file
    assert (installation.uploads / one.file).read_bytes() == content
    assert not list(installation.uploads.glob(".part-*"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"case,step,time\n", "holds a header"),
        (b"PK\x03\x04rest", "save it again"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><log/>", "a document type"),
        (b"<html></html>", "not a log in XES"),
    ],
)
def test_a_file_that_cannot_be_read_is_answered_with_place_and_remedy_and_nothing_is_stored(
    lucia: Visitor, engine: Engine, installation: Settings, content: bytes, words: str
) -> None:
    before, files = everything(engine), sorted(installation.uploads.iterdir())

    answer = lucia.post("/data/", {"service": "household-claims", "file": (io.BytesIO(content), "bad.csv")})

    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert everything(engine) == before
    assert sorted(installation.uploads.iterdir()) == files


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"use_time": ""}, "Choose the column"),
        ({"use_start": "time"}, "A column has one use"),
        ({"meaning": "spans"}, "need a column for the start"),
        ({"zone": "Mars/Olympus"}, "is no time zone"),
        ({"opens": "early"}, "is no hour of the day"),
    ],
)
def test_columns_that_do_not_fit_are_said_beside_the_field(
    lucia: Visitor, engine: Engine, changes: dict[str, str], words: str
) -> None:
    id = send(lucia, SMALL.encode())
    path = f"/data/{id}/columns"

    answer = lucia.post(path, {**fields(lucia.get(path), path), **changes})

    assert answer.status_code == 422
    assert words in unescape(answer.text)
    with database.reading(engine) as db:
        assert store.find(db, id).terms == ""


def test_a_row_left_out_is_listed_corrected_on_the_page_and_replayed(
    lucia: Visitor, work: Callable[[], bool], engine: Engine
) -> None:
    id = send(lucia, SMALL.replace("2026-01-05 09:01:00", "2026-01-32 09:01:00", 1).encode())
    path = f"/data/{id}/columns"
    lucia.post(path, {**fields(lucia.get(path), path), "use_case": "case", "use_step": "step", "use_time": "time"})
    assert work()
    rows = f"/data/{id}/rows"
    page = lucia.get(rows)
    assert "time says “2026-01-32 09:01:00”" in unescape(page.text)
    typed = fields(page, rows)
    cell = next(name for name, values in typed.items() if values == ["2026-01-32 09:01:00"])

    answer = lucia.post(rows, {**typed, cell: "2026-01-05 09:01:00"})
    assert answer.status_code == 303, unescape(answer.text)
    assert work()

    with database.reading(engine) as db:
        result = store.newest_result(db, id)
        terms = store.terms(db, store.find(db, id))
    assert result
    assert result.left_out == 0
    assert terms
    assert [fix.row for fix in terms.fixes] == [12]
    assert "1 corrected by hand" in unescape(lucia.get(rows).text)


def test_a_recipe_read_on_a_page_gives_the_same_graph_on_the_command_line(
    lucia: Visitor, work: Callable[[], bool], engine: Engine, tmp_path: Path
) -> None:
    id = send(lucia, SMALL.encode())
    path = f"/data/{id}/columns"
    lucia.post(path, {**fields(lucia.get(path), path), "use_case": "case", "use_step": "step", "use_time": "time"})
    assert work()
    (tmp_path / "log.csv").write_text(SMALL, "utf-8")
    recipe = read_recipe(lucia.get(f"/data/{id}/recipe").data)

    text, _ = discovered(tmp_path / "log.csv", recipe)

    with database.reading(engine) as db:
        graph = operations.discovered(db, id)[1]
    made = read_graph(text).graph
    assert [(flow.source, flow.target, flow.share) for flow in made.flows] == [
        (flow.source, flow.target, flow.share) for flow in graph.flows
    ]


def test_day_and_month_are_asked_where_the_values_leave_them_open(lucia: Visitor, engine: Engine) -> None:
    rows = "".join(f"c{n // 2},{'Ask' if n % 2 else 'Pay'},0{n % 3 + 1}/04/2026\n" for n in range(8))
    id = send(lucia, f"case,step,time\n{rows}".encode())
    path = f"/data/{id}/columns"
    typed = fields(lucia.get(path), path)

    refused = lucia.post(path, typed)
    answered = lucia.post(path, {**typed, "dates": "dmy"})

    assert typed["dates"] == [""]
    assert refused.status_code == 422
    assert "Say which comes first." in refused.text
    assert answered.status_code == 303


def test_another_sheet_of_a_workbook_can_be_chosen(lucia: Visitor) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    for row in (("about", "x", "y", "z"), *[("much", "text", "is", "here")] * 60):
        book.active.append(row)
    sheet = book.create_sheet("Log")
    for line in SMALL.splitlines():
        sheet.append(line.split(","))
    content = io.BytesIO()
    book.save(content)
    id = send(lucia, content.getvalue())
    path = f"/data/{id}/columns"
    assert "several sheets" in lucia.get(path).text

    lucia.post(f"/data/{id}/again", {**fields(lucia.get(path), f"/data/{id}/again"), "sheet": "Log"})

    assert fields(lucia.get(path), path)["use_case"] == ["case"]


def test_another_step_column_asks_again_which_values_are_waits(lucia: Visitor) -> None:
    rows = SMALL.splitlines()
    wide = "\n".join([f"{rows[0]},status", *(f"{row},{'Open' if n % 3 else 'Done'}" for n, row in enumerate(rows[1:]))])
    id = send(lucia, wide.encode())
    path = f"/data/{id}/columns"
    shown = fields(lucia.get(path), path)
    other = "status" if shown["use_step"] == ["step"] else "step"

    answer = lucia.post(path, {**shown, "use_step": other, "meaning": "states"})

    assert answer.status_code == 422
    assert "You chose other columns" in answer.text
    again = fields(answer, path)
    assert again["use_step"] == [other]
    assert lucia.post(path, again).status_code == 303


def test_the_example_log_shows_the_truths_that_were_planted(lucia: Visitor, engine: Engine) -> None:
    result = result_of(engine, LOG)
    page = unescape(lucia.get(f"/data/{LOG}/").text)

    missed = {row.day: row.missed / row.cases for row in result.weekdays if row.cases}
    assert result.cases == 1207
    assert max(missed, key=lambda day: missed[day]) == 0
    assert missed[0] > 0.3
    assert 0.1 < result.ping_pong_cases / result.cases < 0.15
    assert "example data, generated" in page
    assert {(row.by, row.value) for row in result.segments} >= {("channel", "phone"), ("channel", "web")}
    assert "Cases by kind" in page


def test_a_log_is_held_against_a_map_and_what_the_map_denies_is_counted(
    lucia: Visitor, engine: Engine, work: Callable[[], bool]
) -> None:
    with database.reading(engine) as db:
        told = operations.against(db, LOG, processes.graph(db, processes.head(db, PROCESS)))
    shown = unescape(lucia.get(f"/data/{LOG}/against/{PROCESS}").text)

    assert f"/data/{LOG}/against/{PROCESS}" in lucia.get(f"/data/{LOG}/").text
    assert f"{told.fitting:,} of {told.cases:,} cases" in shown
    assert told.cases == 1207

    id = send(lucia, SMALL.replace("Ask", "Register").encode())
    read(lucia, work, id)
    strange = unescape(lucia.get(f"/data/{id}/against/{PROCESS}").text)

    assert "0% of the cases follow the map of" in strange
    assert "The map does not have “Look”: 40 cases." in strange


def test_the_arrivals_of_a_log_stay_there_for_scenarios(engine: Engine) -> None:
    with database.reading(engine) as db:
        [(id, name, per_hour)] = store.demands(db, "household-claims")

    assert (id, name, len(per_hour)) == (LOG, f"{LOG}.csv", 168)
    assert 90 < sum(map(float, per_hour)) < 95


def test_names_of_people_in_a_log_are_stored_nowhere_but_in_the_file(
    lucia: Visitor, work: Callable[[], bool], engine: Engine
) -> None:
    named = SMALL.replace("time\n", "time,agent\n", 1).replace(":00\n", ":00,Beatrice Holloway\n").encode()

    id = send(lucia, named)
    read(lucia, work, id)

    with database.reading(engine) as db:
        bodies = [bytes(row.body) for row in db.exec_driver_sql("SELECT body FROM document")]
    assert bodies
    assert not [body for body in bodies if b"Holloway" in body]
    assert "Holloway" not in lucia.get(f"/data/{id}/").text + lucia.get(f"/data/{id}/columns").text


def test_a_log_becomes_the_next_version_of_a_process_unless_somebody_was_quicker(
    lucia: Visitor, work: Callable[[], bool], engine: Engine
) -> None:
    id = send(lucia, SMALL.encode())
    read(lucia, work, id)
    lucia.post(f"/data/{id}/process", {"name": "Desk"})

    same = lucia.post(f"/data/{id}/version", {"into": "desk/1"})
    path = "/processes/desk/steps/pay"
    lucia.post(path, {**fields(lucia.get(path), path), "name": "Pay out"})
    late = lucia.post(f"/data/{id}/version", {"into": "desk/1"})
    there = lucia.post(f"/data/{id}/version", {"into": "desk/2"})

    assert (same.status_code, late.status_code, there.status_code) == (303, 409, 303)
    with database.reading(engine) as db:
        assert processes.head(db, "desk").n == 3


def test_a_log_from_a_real_service_desk(
    shared_data: Path, lucia: Visitor, work: Callable[[], bool], engine: Engine
) -> None:
    content = (shared_data / "licence_clean" / "uci498_incidents_2016-04-04_to_17.csv.gz").read_bytes()

    id = send(lucia, content, "incidents.csv.gz")
    read(lucia, work, id)
    result = result_of(engine, id)
    page = unescape(lucia.get(f"/data/{id}/").text)

    assert (result.cases, result.variants) == (4003, 69)
    assert "22.6% missed the promise" in page
    assert "is the customer's end" in page
    assert "Work times are typed in, grade D" in page
    assert "It holds no rosters" in page
    assert "Closing by itself is neither work nor waiting" in page


def test_commands_discover_a_graph_and_check_it(tmp_path: Path, run: Callable[..., "CompletedProcess[str]"]) -> None:
    log, graph = tmp_path / "desk.csv", tmp_path / "graph.json"
    log.write_text(SMALL)

    made = run(sys.executable, "-m", "workbench", "discover", str(log), "-o", str(graph))
    looked = run(sys.executable, "-m", "workbench", "check", str(graph))
    log.write_text("case,step,time\n")
    empty = run(sys.executable, "-m", "workbench", "discover", str(log))

    assert made.returncode == 0, made.stderr
    assert "explains all 40 cases" in made.stdout
    assert looked.returncode == 0
    assert "Nobody is named who does “Look”" in looked.stdout
    assert empty.returncode == 1
    assert "holds a header" in empty.stderr
