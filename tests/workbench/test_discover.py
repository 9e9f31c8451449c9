"""The measures of a log by command: in words, as values, and held against a graph."""

import json
from pathlib import Path

from click.testing import CliRunner
from msgspec import structs
from sqlalchemy import Engine

from process_models.logs.example import WORKING_HOURS, claims_log
from process_models.logs.promised import whole_case
from process_models.logs.recipe import read_recipe, write_recipe
from process_models.values.calendars import HOUR
from tests.workbench.test_data import SMALL, result_of
from workbench.cli import main
from workbench.data.example import LOG


def test_the_measures_of_a_log_are_told_in_words_and_as_values(tmp_path: Path, engine: Engine) -> None:
    file, graph, recipe = tmp_path / "claims.csv", tmp_path / "claims.json", tmp_path / "claims.recipe.json"
    file.write_text(claims_log(), "utf-8")
    told = discover(file, "-o", graph, "--zone", "Europe/London", "--write-recipe", recipe)

    assert "1,207 cases went 12 ways; 3 of them cover 80 %" in told
    assert "Waited before “Second check”: 13.8\xa0h a visit (batching" in told
    assert "Promise kept, by the log's own mark: 87.7 %" in told
    terms = structs.replace(read_recipe(recipe.read_bytes()), hours=WORKING_HOURS, promise=whole_case(80 * HOUR))
    recipe.write_text(write_recipe(terms), "utf-8")

    values = json.loads(discover(file, "--recipe", recipe, "--json", "--against", graph))

    kept = result_of(engine, LOG)
    assert (values["cases"], values["variants"]["n"]) == (kept.cases, kept.variants)
    assert values["ping_pong"]["cases"] == kept.ping_pong_cases
    assert {row["step"]: row["waited"] for row in values["waits"]["steps"]} == {
        row.step: row.waited for row in kept.waits.rows
    }
    assert sum(values["arrivals"]["by_hour_of_week"]) == kept.cases
    assert values["promise"]["working"]["kept"] >= values["promise"]["wall"]["kept"]
    assert (values["conformance"]["fitting"], values["conformance"]["denied"]) == (kept.cases, [])


def test_a_log_held_against_another_graph_says_what_is_denied(tmp_path: Path) -> None:
    file, other, graph = tmp_path / "desk.csv", tmp_path / "other.csv", tmp_path / "other.json"
    file.write_text(SMALL, "utf-8")
    other.write_text(SMALL.replace("Look", "Watch"), "utf-8")
    discover(other, "-o", graph)

    told = discover(file, "-o", tmp_path / "desk.json", "--against", graph)

    assert "0 of 40 cases (0 %) follow other.json wholly" in told
    assert "(has no such step)" in told


def discover(*arguments: object) -> str:
    """Run the command and return what it says on its standard output."""
    done = CliRunner().invoke(main, ["discover", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout
