"""What a log tells, page by page: arrivals, moves, waits and promises, single figures; and no table is a trap."""

import csv
import inspect
import io
import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from process_models.logs import limits
from process_models.logs.columns import Columns
from process_models.values.calendars import HOUR, Calendar, Span
from process_models.values.causes import CAUSES, WORDS
from process_models.values.clocks import Moment
from tests.conftest import settings_at
from tests.workbench.people import Visitor
from tests.workbench.test_data import lucia, read, result_of, send, work  # noqa: F401 (fixtures)
from tests.workbench.test_processes import fields
from workbench import database
from workbench.app import create_app
from workbench.config import Settings
from workbench.data import pictures, store
from workbench.data.example import LOG, PROCESS
from workbench.data.measure_pages import TABLES, outside_hours
from workbench.data.model import Terms

Work = Callable[[], bool]


@pytest.fixture(scope="module")
def onlooker(tmp_path_factory: pytest.TempPathFactory, example_file: Path) -> Iterator[Visitor]:
    """Return Lucia before an installation that many tests look at and none changes."""
    home = tmp_path_factory.mktemp("shown") / "home"
    shutil.copytree(example_file, home)
    made = create_app(settings_at(home, f"sqlite:///{home / 'workbench.sqlite'}"))
    made.testing = True
    yield Visitor(made, "lucia")
    made.extensions["engine"].dispose()


@pytest.fixture(scope="module")
def seen(onlooker: Visitor) -> Engine:
    """Return the database of those pages."""
    found: Engine = onlooker.app.extensions["engine"]
    return found


@pytest.fixture(scope="module")
def rated(onlooker: Visitor) -> str:
    """Return the id of a table of single figures, brought in once."""
    return send(onlooker, RATED.encode())


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def table_of(visitor: Visitor, id: str, name: str) -> list[list[str]]:
    answer = visitor.get(f"/data/{id}/tables/{name}.csv")
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_the_week_of_arrivals_adds_up_in_picture_table_and_file(onlooker: Visitor, seen: Engine) -> None:
    page = words_of(onlooker.get(f"/data/{LOG}/arrivals?interval=30").text)

    counts = result_of(seen, LOG).arrivals
    rows = table_of(onlooker, LOG, "arrivals")
    assert sum(counts) == result_of(seen, LOG).cases == sum(int(row[2]) for row in rows[1:])
    assert "Most cases come on Mondays from 10:00 to 11:00" in page
    assert "of the cases come outside of working hours" in page
    monday = re.search(r"All day (\d+)", page)
    assert monday is not None
    assert int(monday[1]) == sum(counts[:96])


def test_what_comes_outside_of_working_hours_is_counted_by_the_quarter() -> None:
    quarters = [0] * 672
    quarters[36], quarters[68], quarters[5 * 96 + 40] = 4, 2, 1  # Monday 9:00 and 17:00, Saturday 10:00.
    hours = Calendar(spans=(Span(0, 9 * HOUR, 17 * HOUR),))

    terms = Terms(columns=Columns(case="c", step="s", time="t"), hours=hours)

    assert outside_hours(tuple(quarters), terms) == 3


def test_a_log_without_counted_arrivals_has_no_picture() -> None:
    assert pictures.arrivals((), 60) == pictures.arrivals((0,) * 168, 60) == ""


def test_moves_say_which_step_and_group_follow_which(onlooker: Visitor, seen: Engine) -> None:
    page = words_of(onlooker.get(f"/data/{LOG}/moves").text)

    result = result_of(seen, LOG)
    assert "pass to another group" in page
    first = result.moves[0]
    assert f"{first.step} {first.next} {first.count:,}" in page
    assert table_of(onlooker, LOG, "handovers")[1][:2] == [result.handovers[0].group, result.handovers[0].other]
    assert onlooker.get(f"/data/{LOG}/tables/nothing.csv").status_code == 404


def lonely(n: int) -> str:
    """Return a log in which 30 cases go from team A to team B, and a few from B to one that does little."""
    lines = ["case,step,time,team"]
    for case in range(30):
        lines += [f"c{case},Ask,2026-01-{case % 28 + 1:02d} 09:00:00,A", f"c{case},Look,2026-01-{case % 28 + 1:02d} 10:00:00,B"]  # fmt: skip
        if case < n:
            lines.append(f"c{case},Pay,2026-01-{case % 28 + 1:02d} 11:00:00,Ms Lonely")
    return "\n".join(lines)


@pytest.mark.parametrize(("cases", "shown"), [(9, False), (10, True)])
def test_a_hand_over_of_fewer_than_ten_cases_is_not_listed_but_said(
    lucia: Visitor, work: Work, cases: int, shown: bool  # noqa: F811
) -> None:  # fmt: skip
    id = send(lucia, lonely(cases).encode())
    read(lucia, work, id, use_group="team")

    page = words_of(lucia.get(f"/data/{id}/moves").text)

    listed = "\n".join(",".join(row) for row in table_of(lucia, id, "handovers"))
    assert ("Ms Lonely" in page, "Ms Lonely" in listed) == (shown, shown)
    assert ("1 further ways from group to group have fewer than 10 cases" in page) is not shown


def test_waits_are_told_by_cause_in_the_words_of_simulations(onlooker: Visitor, seen: Engine) -> None:
    page = words_of(onlooker.get(f"/data/{LOG}/waits").text)

    waits = result_of(seen, LOG).waits
    assert waits.hours == "stated"
    for row in waits.rows:
        assert sum(getattr(row, cause) for cause in CAUSES) == row.waited
    assert "of the waiting in our hands is before “Second check”" in page
    for cause in CAUSES:
        assert f"{cause.capitalize()}: {WORDS[cause]}" in page


def test_a_promise_is_read_day_and_night_and_in_working_hours(onlooker: Visitor, seen: Engine) -> None:
    page = words_of(onlooker.get(f"/data/{LOG}/waits").text)

    by = {row.reading: row for row in result_of(seen, LOG).promise}
    assert by["working"].kept > by["wall"].kept
    assert by["wall"].kept + by["wall"].missed == result_of(seen, LOG).cases
    assert "Within 80 working hours: " in page
    assert "it stands still during Customer sends papers" in page


SMALL = "case,step,time\n" + "".join(
    f"C{n},{step},2026-01-{n % 27 + 1:02d} {hour:02d}:00:00\n"
    for n in range(1, 41)
    for hour, step in ((9, "Ask"), (11, "Awaiting user"), (15, "Pay"))
)


def test_a_promise_is_typed_read_and_filled_in_the_next_time(lucia: Visitor, work: Work, engine: Engine) -> None:  # noqa: F811
    id = send(lucia, SMALL.encode())
    asked = {"limit": "3 h", "counts": "wall", "runs_from": "Ask", "pauses": "Awaiting user"}
    read(lucia, work, id, meaning="states", **asked)

    with database.reading(engine) as db:
        terms = store.terms(db, store.find(db, id))
    assert terms is not None
    assert terms.promise is not None
    assert (terms.promise.limit, terms.promise.start) == (3 * HOUR, Moment("Ask", "enter"))
    assert terms.promise.pauses == ("Awaiting user",)
    [wall, working] = result_of(engine, id).promise
    assert (wall.kept, wall.missed, working.reading) == (40, 0, "working")
    other = send(lucia, SMALL.replace("C1,", "D1,").encode())
    again = fields(lucia.get(f"/data/{other}/columns"), f"/data/{other}/columns")
    assert (again["limit"], again["counts"], again["pauses"]) == (["3 h"], ["wall"], ["Awaiting user"])


def test_a_log_without_starts_says_why_it_cannot_tell_causes(lucia: Visitor, work: Work) -> None:  # noqa: F811
    id = send(lucia, SMALL.encode())
    read(lucia, work, id)

    page = words_of(lucia.get(f"/data/{id}/waits").text)

    assert "This log cannot tell why cases wait" in page
    assert "no start of work" in page
    assert "No column says who did a step" in page


COSTS = "case;step;time;cost\n" + "".join(
    f"C{n};{step};2026-01-{n % 27 + 1:02d} 0{9 - k}:00:00;{n},50 €\n"
    for n in range(1, 41)
    for k, step in enumerate(("Pay", "Ask"))
)


def test_what_a_case_costs_is_told_once_a_case_in_the_money_of_the_service(
    lucia: Visitor, work: Work, engine: Engine  # noqa: F811
) -> None:  # fmt: skip
    id = send(lucia, COSTS.encode())
    read(lucia, work, id)

    told = result_of(engine, id).costs
    assert told is not None
    assert (told.n, told.mean, result_of(engine, id).cost_once) == (40, 2100, True)
    page = words_of(lucia.get(f"/data/{id}/").text)
    assert "A case costs £21.00 in the middle" in page
    assert "cost is that of the case" in page


# Too large for memory


def test_too_large_a_log_is_said_early_with_the_share_that_has_room(
    lucia: Visitor, work: Work, engine: Engine, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    id = send(lucia, SMALL.encode())
    with monkeypatch.context() as little:
        free = limits.BASE + 3 * len(SMALL)
        little.setattr("workbench.data.forms.free_memory", lambda: free)
        page = lucia.get(f"/data/{id}/columns")

    share = fields(page, f"/data/{id}/columns")["share"]
    assert "Reading it whole takes about 100 MB of memory" in words_of(page.text)
    assert 0 < float(share[0]) < 1

    read(lucia, work, id, share=share)
    whole = result_of(engine, id)
    assert 0 < whole.cases < 40
    assert whole.cases * 3 == whole.read
    refused = lucia.post(f"/data/{id}/columns", {**fields(page, f"/data/{id}/columns"), "share": "2"})
    assert refused.status_code == 422
    assert "is no share of cases" in refused.text


# Single figures

RATED = "day,month,mark,wait,end,speed,share\n" + "".join(
    f"{n},2024-{n % 12 + 1:02d}-15,{6 if n % 10 == 0 else n % 5 + 1},{n % 90 + 1},{'hung up' if n % 9 == 0 else 'answered'},"
    f"{(n * 7919) % 97},{0.9 if n % 2 else 1.0}\n"
    for n in range(1, 1001)
)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("look=rating&column=mark&lowest=1&highest=5", "codes for “not used” or “no answer”"),
        (
            "look=patience&column=wait&unit=s&outcome=end&gave_up=Hung+up",
            "That is not how long people are ready to wait",
        ),
        ("look=drivers&column=mark&drivers=speed", "It is no driver here, and that is the answer"),
        ("look=series&column=share&least=0&most=1", "Part of that is impossible"),
    ],
)
def test_single_figures_are_looked_at_on_any_table(onlooker: Visitor, rated: str, asked: str, said: str) -> None:
    answer = onlooker.get(f"/data/{rated}/figures?{asked}")

    assert answer.status_code == 200
    assert said in words_of(answer.text)


def test_single_figures_of_people_are_not_looked_at(lucia: Visitor) -> None:  # noqa: F811
    id = send(lucia, b"agent,wait,end\n" + b"".join(b"Ann,%d,hung up\n" % n for n in range(1, 30)))

    answer = lucia.get(f"/data/{id}/figures?look=patience&column=wait&unit=s&outcome=agent&gave_up=Ann")

    assert answer.status_code == 422
    assert '<option value="agent"' not in answer.text


def test_single_figures_that_cannot_be_looked_at_say_why(lucia: Visitor) -> None:  # noqa: F811
    id = send(lucia, b"name,mark\n" + b"".join(b"a,%d\n" % n for n in range(5)))

    few = lucia.get(f"/data/{id}/figures?look=rating&column=mark&lowest=1&highest=5")
    unknown = lucia.get(f"/data/{id}/figures?look=rating&column=nothing&lowest=1&highest=5")

    assert "Fewer than 10 rows say something in mark" in words_of(few.text)
    assert unknown.status_code == 422


# Tables that spreadsheets open

EVIL = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tTab", "\rReturn")
TEAMS = ("=team", "+team")


def trap() -> bytes:
    """Return a log whose steps and groups are formulas."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["case", "step", "start", "end", "who", "team"])
    for case in range(12):
        for hour, step in enumerate((*EVIL, EVIL[0])):
            at = f"2026-01-{case + 1:02d} {hour + 8:02d}"
            writer.writerow([f"c{case}", step, f"{at}:10:00", f"{at}:50:00", "Ann", TEAMS[hour % 2]])
    return out.getvalue().encode()


def dangerous(rows: list[list[str]]) -> Iterator[str]:
    """Yield the cells that a spreadsheet takes for a formula."""
    for row in rows:
        yield from (cell for cell in row if re.match(r"[=@\t\r]|[+-](?!\d+$)", cell))


def test_no_cell_of_any_table_of_a_log_is_a_formula(lucia: Visitor, work: Work) -> None:  # noqa: F811
    id = send(lucia, trap())
    read(lucia, work, id, use_group="team", use_resource="who", limit="1 h")
    seen = ""

    for name in TABLES:
        rows = table_of(lucia, id, name)
        assert len(rows) > 1, name
        assert list(dangerous(rows)) == [], name
        seen += str(rows)
    assert "'=cmd" in seen
    assert "'+team" in seen


def test_every_address_that_gives_a_table_makes_its_cells_harmless(app: Flask) -> None:
    routes = [rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.endswith(".csv")]

    assert "data.table_csv" in routes
    for endpoint in routes:
        source = inspect.getsource(inspect.unwrap(app.view_functions[endpoint]))
        assert "harmless(" in source or "csv_of(" in source, endpoint


def test_pages_before_a_log_is_read_send_to_its_columns(lucia: Visitor, installation: Settings) -> None:  # noqa: F811
    id = send(lucia, SMALL.encode())

    for page in ("arrivals", "moves", "waits"):
        assert lucia.get(f"/data/{id}/{page}").status_code == 409
    assert f"/data/{id}/arrivals" not in lucia.get(f"/data/{id}/columns").text
    assert PROCESS in lucia.get(f"/data/{LOG}/moves").text
