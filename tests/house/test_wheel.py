"""What is installed from a wheel in an empty environment opens its pages, as a checkout does."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

OPEN_A_PAGE = """
import sys
from workbench import database, example
from workbench.app import create_app
from workbench.config import settings_from
settings = settings_from()
database.migrate(settings.database)
app = create_app(settings)
example.make_example(app.extensions["engine"], settings)
answer = app.test_client().get("/signin")
style = app.test_client().get("/static/workbench.css")
print(__import__("workbench").__file__)
print(answer.status_code, "Sign-in name" in answer.text, style.status_code)
"""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from a copy of the tracked files."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(copy)], check=True)
    files = subprocess.run(
        ["git", "ls-files", "--others", "--modified", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in files.stdout.splitlines():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(copy),
    ]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_a_wheel_holds_pages_styles_sentences_and_migrations_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    tracked = [*(ROOT / "templates").rglob("*.html")]
    assert all(f"workbench/{file.relative_to(ROOT)}" in names for file in tracked)
    for name in (
        "static/workbench.css",
        "static/workbench.js",
        "sentences.toml",
        "migrations/versions/0001_foundation.py",
    ):
        assert f"workbench/{name}" in names
    assert "process_models/values/sentences.toml" in names
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "scripts", "templates"))]


def test_an_installed_wheel_opens_a_page(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    inside = next((tmp_path / "venv" / "lib").glob("python*")) / "site-packages"
    here = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    (inside / "libraries.pth").write_text(f"{here}\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(inside), str(wheel)], check=True
    )

    done = subprocess.run(
        [str(python), "-c", OPEN_A_PAGE],
        cwd=tmp_path,
        env={"WORKBENCH_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    where, said = done.stdout.splitlines()
    assert where.startswith(str(inside))
    assert said == "200 True 200"
