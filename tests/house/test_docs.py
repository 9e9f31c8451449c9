"""The docs: what they show is so, what they name is there, and what they take from the code is the code's."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest

from process_models.graph.measures import visits
from process_models.method.library import heuristics, triggers
from process_models.method.library import questions as bank
from scripts.docs import BLOCK, BLOCKS, PICTURE, files, filled
from scripts.picture import picture, refunds
from tests.conftest import ROOT
from workbench import app
from workbench.cli import main as command_line
from workbench.config import DEFAULTS, Settings
from workbench.data import store as logs
from workbench.data.example import LOG
from workbench.database import engine, reading
from workbench.permissions import Permission, Responsibility
from workbench.questions import operations as questions
from workbench.questions import store as asked
from workbench.reviews import store as reviews
from workbench.reviews.example import REVIEW

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
CODE = re.compile(r"^```.*?^```$", re.M | re.S)


def place(file: Path) -> str:
    return str(file.relative_to(ROOT))


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def commands(group: click.Group, path: str) -> Iterator[str]:
    """Yield every command as it is typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


@pytest.mark.parametrize("page", [one for one in PAGES if ">>>" in one.read_text("utf-8")], ids=place)
def test_what_a_page_shows_in_python_is_so(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False)

    assert result.attempted > 3
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = [link for link in LINK.findall(CODE.sub("", page.read_text("utf-8"))) if "://" not in link]

    assert [link for link in links if not _leads_somewhere(page, link)] == []


def _leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """Return the anchors that headings of a page have on the usual sites."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text("utf-8")), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_of_the_docs_can_be_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(page.read_text("utf-8")) if "://" not in link)
        ahead += [target for link in links if (target := (page.parent / link).resolve()).suffix == ".md"]

    assert [place(page) for page in PAGES if page not in reached] == []


def test_every_command_is_described_with_its_help() -> None:
    app.load()
    page = text_of("docs/user-guide/command-line.md")

    assert [name for name in commands(command_line, "workbench") if f"### `{name}" not in page] == [], "run: make docs"


def test_every_command_that_the_docs_speak_of_is_there() -> None:
    app.load()
    known = {tuple(name.split()) for name in commands(command_line, "workbench")}
    pages = "\n".join(page.read_text("utf-8") for page in PAGES)
    spoken = {
        tuple(re.findall(r"[a-z-]+", found)) for found in re.findall(r"`(?:\.venv/bin/)?workbench ([a-z][^`]*)`", pages)
    }

    assert spoken
    assert [words for words in spoken if not any(("workbench", *words)[: len(name)] == name for name in known)] == []


@pytest.mark.parametrize("setting", sorted(DEFAULTS))
def test_every_setting_is_described_with_its_default(setting: str) -> None:
    [row] = re.findall(rf"^\| `{setting}` \| ([^|]+) \|", text_of("docs/user-guide/settings.md"), flags=re.M)

    assert DEFAULTS[setting] in row


def test_every_setting_that_the_docs_speak_of_is_there() -> None:
    pages = "\n".join(page.read_text("utf-8") for page in PAGES)

    assert set(re.findall(r"\bWORKBENCH_[A-Z_]*[A-Z]\b", pages)) - set(DEFAULTS) == {"WORKBENCH_TEST_DATA"}


@pytest.mark.parametrize("id", sorted(triggers()))
def test_every_trigger_stands_in_the_table(id: str) -> None:
    assert f"| {id} | {triggers()[id].name} |" in text_of("docs/method.md")


@pytest.mark.parametrize("id", sorted(heuristics()))
def test_every_heuristic_stands_in_the_table(id: str) -> None:
    page = text_of("docs/method.md")

    assert f"| {id} | {heuristics()[id].name} |" in page
    assert f"{len(heuristics())} redesign" in page
    assert f"{len(triggers())} triggers" in page


def test_who_may_what_is_told_for_every_permission_and_responsibility() -> None:
    page = text_of("docs/security.md")

    assert f"| | {' | '.join(Responsibility)} |" in page
    assert [permission for permission in Permission if f"\n| {permission.value} | " not in page] == []


def test_the_table_of_permissions_tells_own_from_others() -> None:
    rows = {line.split(" | ")[0].strip("| "): line for line in BLOCKS["permissions"]()}

    assert rows["decide on a recommendation"] == "| decide on a recommendation |  |  |  | others' |  |  |"
    assert rows["cancel a job"] == "| cancel a job | yes | one's own | one's own | one's own | one's own | yes |"


def test_what_the_docs_take_from_the_code_is_the_codes() -> None:
    drifted = [place(file) for file, text in files().items() if file.read_text("utf-8") != text]

    assert drifted == [], "run: make docs"


def test_every_table_made_from_the_code_stands_in_one_page_and_can_be_made_anew() -> None:
    found = [name for page in PAGES for _, name, _ in BLOCK.findall(page.read_text("utf-8"))]

    assert sorted(found) == sorted(BLOCKS)
    emptied = BLOCK.sub(r"\1\3", text_of("docs/security.md"))
    assert filled(emptied) == text_of("docs/security.md") != emptied


def test_the_picture_stands_alone_in_light_and_dark() -> None:
    kept = PICTURE.read_text("utf-8")
    drawn = ElementTree.fromstring(kept)

    named = [one.get("aria-label", "") for one in drawn.iter() if one.get("data-step")]
    assert all(any(step.name in name for name in named) for step in refunds().steps)
    assert "prefers-color-scheme: dark" in kept
    assert not re.search(r"(?:href|src|url\()|@import|<script", kept)
    assert set(re.findall(r"var\((--[\w-]+)\)", kept)) <= set(re.findall(r"(--[\w-]+):", kept))
    assert len(kept) < 20_000


def test_the_picture_is_made_by_the_map_and_shows_expected_visits() -> None:
    made = picture()

    for step, count in visits(refunds()).of.items():
        assert f'data-step="{step}"' in made
        assert step in ("ask", "paid", "refused") or f">{count:.2f}×<" in made


def test_the_readme_tells_the_licence_that_the_package_has() -> None:
    declared = re.search(r"^license = (.+)$", text_of("setup.cfg"), flags=re.M)

    assert declared
    assert f"Licence: [{declared[1]}](LICENSE)" in text_of("README.md")
    assert "Apache License" in text_of("LICENSE")


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    version = re.search(r"^version = (.+)$", text_of("setup.cfg"), flags=re.M)

    assert version
    assert re.findall(r"^## (\S+)", text_of("CHANGELOG.md"), flags=re.M)[0] == version[1]


def test_targets_of_make_that_the_docs_speak_of_are_there() -> None:
    spoken = {
        name for page in PAGES for name in re.findall(r"`(?:[A-Z_]+=\S+ )?make ([a-z]+)`", page.read_text("utf-8"))
    }

    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), flags=re.M))

    assert {"run", "test", "docs"} <= spoken <= targets


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_no_page_names_a_folder_of_somebodys_machine(page: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:home|root|work|tmp|opt|Users)/\S*", page.read_text("utf-8")) == []


def test_the_tutorial_tells_what_the_example_shows(installation: Settings) -> None:
    with reading(engine(installation.database)) as db:
        read = logs.newest_result(db, LOG)
        review = reviews.find(db, REVIEW)
        [longest] = [prompt for one in questions.looks(db, review) if one.trigger.id == "T04" for prompt in one.prompts]
        open_questions = asked.questions(db, REVIEW)

    assert read is not None
    [monday] = [day for day in read.weekdays if day.day == 0]
    page = " ".join(text_of("docs/user-guide/tutorial.md").split())
    assert f"{read.cases:,} cases went {read.variants} ways; {read.missed} missed" in page
    assert f"{monday.missed} of them on a Monday" in page
    assert f"{read.ping_pong_cases} cases went to another group and straight back" in page
    assert longest.step == "customer-sends-papers"
    assert dict(longest.sentence.params)["share"] in page
    assert f"{NUMBERS[len(open_questions)]} questions are asked already" in page


def test_the_schemas_of_the_formats_page_are_all_there() -> None:
    named = set(re.findall(r"\(schemas/([\w.-]+)\)", text_of("docs/formats.md")))

    assert named == {file.name for file in (ROOT / "docs" / "schemas").iterdir()}


def test_the_changelog_counts_what_there_is() -> None:
    sentence = f"{len(bank())} questions, {len(triggers())} triggers"

    assert sentence in " ".join(text_of("CHANGELOG.md").split())
