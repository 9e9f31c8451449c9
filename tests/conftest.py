"""Where tests find a database of either kind, the pages, the people, and shared data."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from workbench import app as workbench_app
from workbench import database, example
from workbench.config import Settings

ROOT = Path(__file__).parent.parent
BROWSER = "/usr/bin/chromium"
DATA = Path(os.environ.get("WORKBENCH_TEST_DATA") or ROOT.parent / "shared" / "data")
USED_DATA: set[str] = set()


def missing(what: str, required: str) -> None:
    """Skip with the reason, or fail where a skip is not good enough."""
    if os.environ.get(required):
        pytest.fail(f"{what} is needed here, because {required} is set.")
    pytest.skip(f"{what} is not installed.")


@pytest.fixture
def shared_data(request: pytest.FixtureRequest) -> Path:
    """Return the folder of data that others published, or skip."""
    if not DATA.is_dir():
        pytest.skip(f"No shared data at {DATA}; set WORKBENCH_TEST_DATA to a folder that has them.")
    USED_DATA.add(request.node.nodeid)
    return DATA


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Make a skip on shared data a failure where the data are present: they were not used though they could be."""
    uses = "shared_data" in getattr(item, "fixturenames", ())
    if uses and DATA.is_dir() and call.excinfo and call.excinfo.errisinstance(pytest.skip.Exception):
        call.excinfo = pytest.ExceptionInfo.from_exception(
            AssertionError(f"Skipped although shared data are present: {call.excinfo.value}")
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests on shared data ran."""
    where = f"from {DATA}" if DATA.is_dir() else f"(no folder {DATA})"
    terminalreporter.write_line(f"Tests on shared data that ran: {len(USED_DATA)} {where}")


def postgresql_url() -> str | None:
    """Return the URL of the throw-away cluster that pg_virtualenv made, if tests run under it."""
    if not os.environ.get("PGHOST"):
        return None
    name = os.environ.get("PGDATABASE", "postgres")
    user = f"{os.environ['PGUSER']}:{os.environ['PGPASSWORD']}"
    return f"postgresql+psycopg://{user}@{os.environ['PGHOST']}:{os.environ['PGPORT']}/{name}"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty migrated SQLite file, to copy."""
    file = tmp_path_factory.mktemp("migrated") / "empty.sqlite"
    database.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated: Path) -> str:
    """Return a fresh migrated SQLite database."""
    file = tmp_path / "workbench.sqlite"
    shutil.copy(migrated, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return a fresh migrated database: SQLite, and PostgreSQL where it is there."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    url = postgresql_url()
    if url is None:
        missing("PostgreSQL (run under pg_virtualenv)", "REQUIRE_POSTGRES")
    assert url is not None
    _empty(url)
    database.migrate(url)
    return url


def _empty(url: str) -> None:
    made = database.engine(url)
    with database.transaction(made) as db:
        db.execute(text("DROP SCHEMA public CASCADE"))
        db.execute(text("CREATE SCHEMA public"))
    made.dispose()


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    """Return an engine on a fresh database of either kind."""
    made = database.engine(database_url)
    yield made
    made.dispose()


def settings_at(home: Path, url: str) -> Settings:
    """Return settings for a test's own installation."""
    return Settings(home=home, database=url, secret="a secret of the tests" * 3)


@pytest.fixture(scope="session")
def example_file(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """Return a folder with the whole example in it, made once, to copy."""
    home = tmp_path_factory.mktemp("example")
    shutil.copy(migrated, home / "workbench.sqlite")
    url = f"sqlite:///{home / 'workbench.sqlite'}"
    made = database.engine(url)
    workbench_app.load()
    assert example.make_example(made, settings_at(home, url))
    made.dispose()
    return home


@pytest.fixture
def installation(tmp_path: Path, example_file: Path) -> Settings:
    """Return an installation with the example in it."""
    home = tmp_path / "home"
    shutil.copytree(example_file, home)
    return settings_at(home, f"sqlite:///{home / 'workbench.sqlite'}")


@pytest.fixture
def browser_path() -> str:
    """Return the browser, or skip; with REQUIRE_BROWSER fail."""
    if not Path(BROWSER).exists():
        missing(f"A browser ({BROWSER})", "REQUIRE_BROWSER")
    return BROWSER


@pytest.fixture
def run() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Return a function that runs a program of this environment and gives its output."""

    def run(*command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, **variables}
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)

    return run
