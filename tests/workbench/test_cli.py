"""The commands: one start for pages, worker and example; a refusal is one sentence and status 1."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from process_models.graph.documents import write_design
from process_models.values.canonical import canonical
from simulations import engines, files, tables
from tests.building import design_of, graph_of
from tests.workbench.deciding import a_scenario
from tests.workbench.reviewing import refunds
from workbench import database, record
from workbench.cli import main
from workbench.config import Settings, settings_from
from workbench.errors import Refusal
from workbench.example import PEOPLE, example_passwords


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(home: Path, port: int, *more: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "WORKBENCH_HOME": str(home)}
    command = [sys.executable, "-m", "workbench", "start", "--port", str(port), *more]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def answers(port: int) -> bool:
    for _ in range(360):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.25)
    return False


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def stopped(started: "subprocess.Popen[str]") -> str:
    started.send_signal(signal.SIGTERM)
    out, _ = started.communicate(timeout=30)
    assert started.returncode == 0, out
    return out


def test_one_start_makes_the_example_serves_pages_and_stops_everything(tmp_path: Path) -> None:
    port = free_port()
    started = start(tmp_path / "home", port)

    assert answers(port)
    own = children(started.pid)
    again = start(tmp_path / "home", free_port())
    refused, _ = again.communicate(timeout=60)
    out = stopped(started)

    settings = settings_from({"WORKBENCH_HOME": str(tmp_path / "home")})
    assert again.returncode == 1
    assert "is in use by another start" in refused
    assert all(role.name in out for role in PEOPLE)
    assert f"http://127.0.0.1:{port}" in out
    assert all(word in out for word in example_passwords(settings).values())
    assert settings.passwords.stat().st_mode & 0o077 == 0
    assert len(own) == 2
    assert not [child for child in own if Path(f"/proc/{child}").exists()]


def test_a_second_start_keeps_the_data_and_a_dead_worker_is_started_again(tmp_path: Path) -> None:
    port = free_port()
    first = start(tmp_path / "home", port)
    assert answers(port)
    stopped(first)
    before = (tmp_path / "home" / "example-passwords.txt").read_text()

    second = start(tmp_path / "home", port)
    assert answers(port)
    worker = next(c for c in children(second.pid) if b"work" in Path(f"/proc/{c}/cmdline").read_bytes().split(b"\0"))
    os.kill(worker, signal.SIGKILL)
    time.sleep(2.5)
    alive = children(second.pid)
    stopped(second)

    assert (tmp_path / "home" / "example-passwords.txt").read_text() == before
    assert len(alive) == 2
    assert worker not in alive


def test_without_the_example_the_first_administrator_gets_a_link_that_works_once(tmp_path: Path) -> None:
    port = free_port()
    started = start(tmp_path / "home", port, "--no-example")
    assert answers(port)
    out = stopped(started)

    link = next(word for word in out.split() if "/begin/" in word)
    home = {"WORKBENCH_HOME": str(tmp_path / "home")}
    from workbench.app import create_app

    app = create_app(settings_from(home))
    app.config["WTF_CSRF_ENABLED"] = False
    path = link.split(str(port))[1]
    form = {"name": "Ada", "login": "ada", "password": "a sentence I know"}
    client = app.test_client()
    shown = client.get(path)
    short = client.post(path, data={**form, "password": "short"})
    made = client.post(path, data=form)
    twice = client.post(path, data=form)
    app.extensions["engine"].dispose()

    assert [answer.status_code for answer in (shown, short, made, twice)] == [200, 422, 303, 404]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--host", "0.0.0.0"], "Put a proxy with TLS before it"),  # noqa: S104 (what is refused)
        (["serve", "--port", "{taken}"], "is in use"),
    ],
)
def test_serving_refuses_what_is_unsafe_or_impossible(tmp_path: Path, arguments: list[str], said: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        filled = [word.format(taken=taken.getsockname()[1]) for word in arguments]
        found = CliRunner().invoke(main, filled, env={"WORKBENCH_HOME": str(tmp_path)})

    assert found.exit_code == 1
    assert said in found.output


def test_verify_tells_a_whole_record_from_a_changed_one(installation: Settings) -> None:
    variables = {"WORKBENCH_HOME": str(installation.home)}
    made = database.engine(installation.database)
    record.checkpoint(made, installation.checkpoints)

    whole = CliRunner().invoke(main, ["verify", "record"], env=variables)
    with database.transaction(made) as db:
        db.execute(text("DROP TRIGGER audit_no_delete"))
        db.execute(text("DELETE FROM audit WHERE seq > 3"))
    made.dispose()
    cut = CliRunner().invoke(main, ["verify", "record"], env=variables)

    assert (whole.exit_code, cut.exit_code) == (0, 1)
    assert "unbroken" in whole.output
    assert "Its tail was cut" in cut.output


def test_a_design_is_simulated_under_a_scenario_and_the_same_seed_tells_the_same(tmp_path: Path) -> None:
    design, scenario = tmp_path / "design.json", tmp_path / "scenario.json"
    design.write_bytes(canonical(refunds()))
    scenario.write_bytes(canonical(a_scenario()))
    command = ["simulate", str(design), str(scenario), "--replications", "3"]

    first, again, other = (CliRunner().invoke(main, [*command, "--seed", seed]) for seed in ("5", "5", "6"))

    assert first.exit_code == 0
    assert "3 replications, seed 5, rules" in first.output
    assert "Time in process" in first.output
    assert first.output == again.output
    assert first.output.splitlines()[2:] != other.output.splitlines()[2:]


def test_both_engines_write_the_same_trace_and_the_same_row_a_case(tmp_path: Path) -> None:
    design, scenario = tmp_path / "design.json", tmp_path / "scenario.json"
    design.write_bytes(canonical(refunds()))
    scenario.write_bytes(canonical(a_scenario()))
    written = {}
    for name in ("kernel", "reference"):
        written_to = {what: tmp_path / f"{name}-{what}.csv" for what in ("trace", "outcomes")}
        options = [part for what, file in written_to.items() for part in (f"--{what}", str(file))]
        command = ["simulate", str(design), str(scenario), "--replications", "2", "--engine", name, *options]
        assert CliRunner().invoke(main, command).exit_code == 0
        written[name] = {what: file.read_text("utf-8") for what, file in written_to.items()}

    assert written["kernel"] == written["reference"]
    trace, outcomes = (written["kernel"][what].splitlines() for what in ("trace", "outcomes"))
    assert trace[0] == "replication,time,kind,case,step,visit,pool,shift,gave_up"
    assert trace[1].split(",")[2] == "ENTER"
    assert len(outcomes) - 1 == sum(",CLOSE," in row for row in trace)
    assert {row.split(",")[0] for row in outcomes[1:]} == {"0", "1"}


def test_outcomes_as_parquet_are_the_tables_that_a_notebook_gets_and_nothing_is_played_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra parquet is not installed")
    design, scenario, file = tmp_path / "design.json", tmp_path / "scenario.json", tmp_path / "week.parquet"
    design.write_bytes(canonical(refunds()))
    scenario.write_bytes(canonical(a_scenario()))
    plays: list[int] = []
    play = engines.play
    monkeypatch.setattr(engines, "play", lambda *asked: plays.append(asked[2]) or play(*asked))

    written = CliRunner().invoke(
        main, ["simulate", str(design), str(scenario), "--replications", "2", "--outcomes", str(file)]
    )

    assert written.exit_code == 0
    assert plays == [0, 1]
    known = tables.outcomes(refunds(), a_scenario(), replications=2)
    for name, table in known.items():
        found = duckdb.sql(f"SELECT * FROM '{files.beside(file, name)}'").fetchall()  # noqa: S608 (our own file)
        assert [tuple(map(str, row)) for row in found] == [
            tuple(map(str, row)) for row in table.itertuples(index=False)
        ]
    visits = known["visits"]
    causes = visits[[name for name in visits if name.startswith("wait_")]].sum(axis=1)
    assert (causes == visits["wait"]).all()
    assert visits["wait"].sum() > 0
    assert {file.name for file in tmp_path.iterdir() if file.suffix == ".parquet"} == {
        "week.parquet",
        "week.visits.parquet",
        "week.pools.parquet",
        "week.intervals.parquet",
    }


def test_parquet_without_its_extra_is_refused_with_what_to_install_and_no_file_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    design, scenario = tmp_path / "design.json", tmp_path / "scenario.json"
    design.write_bytes(canonical(refunds()))
    scenario.write_bytes(canonical(a_scenario()))
    monkeypatch.setitem(sys.modules, "duckdb", None)

    refused = CliRunner().invoke(
        main, ["simulate", str(design), str(scenario), "--outcomes", str(tmp_path / "week.parquet")]
    )

    assert refused.exit_code == 1
    assert "service-workbench[parquet]" in refused.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["design.json", "scenario.json"]


def test_a_design_that_cannot_be_played_is_refused_on_stderr_with_every_step(tmp_path: Path) -> None:
    design, scenario = tmp_path / "design.json", tmp_path / "scenario.json"
    design.write_bytes(canonical(design_of(refunds().graph, heads=0)))
    scenario.write_bytes(canonical(a_scenario()))

    nobody = CliRunner().invoke(main, ["simulate", str(design), str(scenario)])
    swapped = CliRunner().invoke(main, ["simulate", str(scenario), str(design)])

    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert "“Check” is left without heads" in nobody.stderr
    assert "“Second” is left without heads" in nobody.stderr
    assert (swapped.exit_code, swapped.stdout) == (1, "")
    assert "does not fit its schema" in swapped.stderr


def test_doctor_says_what_needs_care(tmp_path: Path, installation: Settings) -> None:
    well = CliRunner().invoke(main, ["doctor"], env={"WORKBENCH_HOME": str(installation.home)})
    ill = CliRunner().invoke(main, ["doctor"], env={"WORKBENCH_HOME": str(tmp_path / "new")})

    assert (well.exit_code, ill.exit_code) == (0, 1)
    assert "run workbench migrate" in ill.output


@pytest.mark.parametrize(
    "variables", [{"WORKBENCH_HOMME": "x"}, {"WORKBENCH_UPLOAD_MB": "many"}, {"WORKBENCH_UPLOAD_MB": "-1"}]
)
def test_a_setting_that_cannot_be_is_refused_by_name(tmp_path: Path, variables: dict[str, str]) -> None:
    with pytest.raises(Refusal, match=next(iter(variables))):
        settings_from({"WORKBENCH_HOME": str(tmp_path), **variables})


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = (settings_from({"WORKBENCH_HOME": str(tmp_path)}) for _ in range(2))

    assert first.secret == second.secret
    assert len(first.secret) >= 48
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("files", "expected"), [(("b", "a"), "b.json was to be a design"), (("a", "a"), "a.json was to be a scenario")]
)
def test_simulating_a_file_of_another_kind_says_what_was_expected(
    tmp_path: Path, files: tuple[str, str], expected: str
) -> None:
    (tmp_path / "a.json").write_text(write_design(design_of(graph_of("start a, a end"))))
    (tmp_path / "b.json").write_text('{"id": "usual", "name": "Usual weeks"}')

    found = CliRunner().invoke(main, ["simulate", *(str(tmp_path / f"{name}.json") for name in files)])

    assert found.exit_code == 1
    assert expected in found.output
    assert "does not fit its schema" in found.output
