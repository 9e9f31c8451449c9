"""The same by command: every command calls the operations that the pages call."""

import fcntl
import ipaddress
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar, get_args

import click
import msgspec
from msgspec import Struct
from sqlalchemy import inspect

from process_models.graph.checks import faults
from process_models.graph.design import Design
from process_models.graph.documents import read_graph
from process_models.logs.dates import Order
from process_models.logs.recipe import events_of, read_recipe, write_recipe
from process_models.values.canonical import name_of, read
from process_models.values.errors import ModelError
from process_models.values.sentences import say
from simulations import engines, experiments, files
from simulations.plan import PlanError, in_words
from simulations.scenario import Scenario
from workbench import app, database, jobs, pages, record
from workbench.accounts import operations as accounts
from workbench.accounts import store as people
from workbench.accounts.sweeping import sweep
from workbench.config import Settings, settings_from
from workbench.converting import accounts_written, converted
from workbench.data import summary
from workbench.data.readings import asked_for, discovered, proposed
from workbench.database import engine, migrate, reading
from workbench.errors import Invalid, Refusal
from workbench.example import PEOPLE, example_passwords, make_example

SERVE = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--http1-header-read-timeout", "10000")
SERVE_ON = (*SERVE, "--backpressure", "64", "--respawn-failed-workers", "--log-level", "error", "workbench.wsgi:app")
LEAST_FREE = 500 * 1024 * 1024


class Commands(click.Group):
    """Shows a refusal as one sentence and status 1, not as a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (Refusal, ValueError) as problem:
            if getattr(problem, "sentence", None) is None:
                raise
            raise click.ClickException(str(problem)) from problem


@click.group(cls=Commands)
@click.version_option(package_name="service-workbench", prog_name="workbench")
def main() -> None:
    """Review and re-engineer customer-service processes."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the pages."""
    settings = settings_from()
    _check_address(settings, host, port)
    os.execv(sys.executable, [*_granian(host, port)])  # noqa: S606 (our own server, no shell)


def _granian(host: str, port: int) -> list[str]:
    return [sys.executable, "-m", "granian", "--host", host, "--port", str(port), *SERVE_ON]


def _check_address(settings: Settings, host: str, port: int) -> None:
    local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    if not local and not settings.secure:
        raise Refusal("not_loopback", host=host)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Refusal("port_in_use", port=port) from problem


@main.command()
def work() -> None:
    """Run jobs until stopped."""
    settings = settings_from()
    app.load()
    engines.prepare(lambda told: click.echo(say(told)))
    terms = jobs.Terms(lease=settings.lease, heartbeat=settings.heartbeat)
    worker = jobs.Worker(settings.database, terms)
    worker.run(Daily(worker, settings))


class Daily:
    """Keeps a checkpoint of the record and sweeps, once a day; both only when the date has changed."""

    def __init__(self, worker: jobs.Worker, settings: Settings) -> None:
        self.worker = worker
        self.settings = settings
        self.day: date | None = None

    def __call__(self) -> None:
        """Look at the date."""
        today = database.now().date()
        if self.day != today:
            record.checkpoint_daily(self.worker.engine, self.settings.checkpoints)
            sweep(self.worker.engine)
            self.day = today


@main.command(name="migrate")
def migrate_command() -> None:
    """Bring the database to the newest form."""
    migrate(settings_from().database)
    click.echo("The database is in its newest form.")


@main.command()
def doctor() -> None:
    """Look at an installation: database, drawing, record, free disk. Status 1 if something needs care."""
    settings = settings_from()
    made = engine(settings.database)
    with reading(made) as db:
        ready = inspect(db).has_table("audit")
        state = pages.health_of(db) if ready else {}
        check = record.verify(db, record.checkpoints(settings.checkpoints)) if ready else None
    free = shutil.disk_usage(settings.home).free
    lines = [
        (True, f"home {settings.home}"),
        (
            ready,
            f"database {state['database']} {state['version']}, journal {state['journal']}" if ready else NOT_MIGRATED,
        ),
        (
            True,
            f"drawing with {'dot, ' + dot if (dot := shutil.which('dot')) else 'the built-in engine (no dot found)'}",
        ),
        (free >= LEAST_FREE, f"{free // 2**20:,} MB free"),
        ((settings.home / "secret").stat().st_mode & 0o077 == 0, "secret readable by its owner only"),
    ]
    if check:
        lines += [(check.whole, f"record of {check.size} entries, {check.checkpoints} checkpoints")]
    for good, line in lines:
        click.echo(f"{'well ' if good else 'CARE '} {line}")
    if not all(good for good, _ in lines):
        sys.exit(1)


NOT_MIGRATED = "database not made yet: run workbench migrate"


@main.command(name="discover")
@click.argument("log", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the graph to this file.")
@click.option(
    "--recipe", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Read it as this file says."
)
@click.option(
    "--write-recipe", "recipe_to", type=click.Path(path_type=Path), help="Write how the log was read to this file."
)
@click.option("--dates", type=click.Choice(get_args(Order)), help="The order of day, month and year.")
@click.option("--zone", help="The time zone of times without one, for example Europe/London.")
@click.option("--sample", help="Read only this share of the cases, for example 0.1.")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Also hold the log against the graph of this file: what happens that it denies.",
)
@click.option("--json", "as_json", is_flag=True, help="Tell the measures as JSON, in place of words and graph.")
def discover_command(
    log: Path,
    output: Path | None,
    recipe: Path | None,
    recipe_to: Path | None,
    dates: Order | None,
    zone: str | None,
    sample: str | None,
    against: Path | None,
    as_json: bool,
) -> None:
    """Make a step graph of a LOG (CSV, workbook, Parquet, XES), with every guess, its measures and what it cannot tell.

    Measures are variants, rework, ping-pong, waits by cause, times and promises day and night and in working hours,
    and arrivals. The graph goes to the file of --output, else to the standard output and all that is told beside it.
    """
    known, guesses = (read_recipe(recipe.read_bytes()), []) if recipe else proposed(log, dates)
    known = asked_for(known, dates, zone, sample)
    rows = events_of(log, known)
    text, told = discovered(log, known, guesses, rows)
    values = summary.measures(rows, known)
    held = summary.held(read_graph(against.read_bytes()).graph, rows) if against else None
    if recipe_to:
        recipe_to.write_text(write_recipe(known), "utf-8")
    if output is not None:
        output.write_text(text, "utf-8")
    if as_json:
        values |= {"conformance": msgspec.to_builtins(held)} if held else {}
        click.echo(json.dumps({**values, "said": told}, ensure_ascii=False, indent=2))
        return
    lines = [*told, *summary.in_words(values)]
    if against and held:
        lines += summary.held_in_words(held, against.name)
    for line in lines:
        click.echo(line, err=output is None)
    if output is None:
        click.echo(text, nl=False)


@main.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path, exists=True))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--account", is_flag=True, help="Write what became of each element of a BPMN file, or of a folder of them."
)
@click.option("--process", default="", help="Take one process of a BPMN file that draws several: its id or name.")
def convert(source: Path, target: Path, account: bool, process: str) -> None:
    """Bring a process from one kind of file (IN) into another (OUT): BPMN, JSON, CSV, XLSX, Mermaid, DOT, SVG."""
    for line in accounts_written(source, target) if account else converted(source, target, process):
        click.echo(line, err=True)


@main.command()
@click.argument("graph", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check(graph: Path) -> None:
    """Look at a GRAPH file: everything wrong with it, and what is not known yet. Status 1 if something is wrong."""
    found = faults(read_graph(graph.read_bytes()).graph)
    for fault in found:
        click.echo(f"{fault.weight:5} {fault.text}")
    wrong = sum(fault.weight == "fault" for fault in found)
    click.echo(f"{wrong} faults, {len(found) - wrong} gaps.")
    if wrong:
        sys.exit(1)


@main.command()
@click.argument("design", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("scenario", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--replications", type=click.IntRange(1), default=20, show_default=True, help="How often the period is played."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53 - 1),
    default=1,
    show_default=True,
    help="The same seed gives the same figures on any machine.",
)
@click.option("--parts", is_flag=True, help="Also tell the measures of single steps and pools.")
@click.option(
    "--engine",
    type=click.Choice(["kernel", "reference"]),
    help="What plays: the compiled kernel (usual) or the reference. Both give the same figures.",
)
@click.option(
    "--trace",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what happened, row by row, to this file: Parquet where its name ends so, else CSV.",
)
@click.option(
    "--outcomes",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write one row a case to this file, Parquet or CSV, and beside it visits, pools and intervals.",
)
def simulate(
    design: Path,
    scenario: Path,
    replications: int,
    seed: int,
    parts: bool,
    engine: engines.Engine | None,
    trace: Path | None,
    outcomes: Path | None,
) -> None:
    """Play a DESIGN file under a SCENARIO file, and tell each measure with its interval."""
    asked, under = _document(design, Design), _document(scenario, Scenario)
    if (missing := engines.notice()) is not None and engine is None:
        click.echo(say(missing), err=True)
    try:
        with files.Writer(experiments.planned(asked, under), trace=trace, outcomes=outcomes) as seen:
            summary = experiments.simulate(asked, under, replications=replications, seed=seed, engine=engine, seen=seen)
    except PlanError as problem:
        raise click.ClickException("\n".join(in_words(problem))) from problem
    click.echo(experiments.in_words(summary, parts))


Kind = TypeVar("Kind", bound=Struct)


def _document(file: Path, kind: type[Kind]) -> Kind:
    """Return the document of a file; where it is another, say which one was expected."""
    try:
        return read(file.read_bytes(), kind)
    except ModelError as problem:
        raise Invalid("wrong_file", file=file, kind=name_of(kind), problem=problem) from problem


@main.group()
def verify() -> None:
    """Check what was signed or recorded."""


@verify.command(name="record")
@click.option("--checkpoints", type=click.Path(path_type=Path), help="A file of checkpoints kept elsewhere.")
def verify_record(checkpoints: Path | None) -> None:
    """Walk the chain of the record and hold it against its checkpoints. Status 1 if it was changed."""
    settings = settings_from()
    known = record.checkpoints(checkpoints or settings.checkpoints)
    with reading(engine(settings.database)) as db:
        check = record.verify(db, known)
    for fault in check.faults:
        click.echo(say(fault))
    if not known:
        click.echo("No checkpoint is known, so a cut tail or a rewriting of everything would not show.")
    click.echo(f"{check.size} entries, newest hash {check.head}: {'unbroken' if check.whole else 'CHANGED'}.")
    if not check.whole:
        sys.exit(1)


@main.command()
@click.option("--port", default=8000, show_default=True, help="The port to listen on, on this machine only.")
@click.option("--example/--no-example", default=True, show_default=True, help="Make the example people and review.")
def start(port: int, example: bool) -> None:
    """Migrate, make the example if absent, and run pages and worker together until stopped."""
    settings = settings_from()
    with _alone(settings):
        _check_address(settings, "127.0.0.1", port)
        migrate(settings.database)
        _greet(settings, port, example)
        _attend(_granian("127.0.0.1", port), [sys.executable, "-m", "workbench", "work"])


class _alone:  # noqa: N801 (reads as a statement: with _alone(settings))
    """Holds the home folder, so that two starts do not share it by mistake."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __enter__(self) -> None:
        self.file = (self.settings.home / "lock").open("w")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise Refusal("home_in_use", home=self.settings.home) from problem

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _greet(settings: Settings, port: int, example: bool) -> None:
    address = f"http://127.0.0.1:{port}"
    made = engine(settings.database)
    app.load()
    if example and make_example(made, settings):
        record.checkpoint_daily(made, settings.checkpoints)
        words = example_passwords(settings)
        click.echo("Example people of Harbour Mutual: sign-in name, password, who they are")
        for role in PEOPLE:
            click.echo(f"  {role.login:8} {words[role.login]:18} {role.name}, {role.responsibility}")
        click.echo(f"The same stands in {settings.passwords}, which only you can read")
    with reading(made) as db:
        empty = people.empty(db)
    if empty:
        click.echo(
            f"Nobody is here yet. Make the first administrator within 15 minutes: {address}/begin/"
            f"{accounts.invite_first(made)}"
        )
    if not shutil.which("dot"):
        click.echo("dot not found: drawing with the built-in engine; apt-get install graphviz for the system's.")
    click.echo(f"Open {address}")
    sys.stdout.flush()
    made.dispose()


def _attend(server: list[str], worker: list[str]) -> None:
    """Run both; start the worker again when it dies, end with the server, stop both when told to."""
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    children = {"server": _child(server), "worker": _child(worker)}
    while not stopping and children["server"].poll() is None:
        if children["worker"].poll() is not None:
            time.sleep(1)
            children["worker"] = _child(worker)
        time.sleep(0.2)
    for child in children.values():
        child.terminate()
    for child in children.values():
        _wait(child)
    if not stopping:
        sys.exit(1)


def _child(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in a group of its own, so that Ctrl-C reaches it through us and only once."""
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603 (our own programs)


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


if __name__ == "__main__":
    main()
