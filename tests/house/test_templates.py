"""Templates: they import only what they use, hold no script or style of their own, and every form carries its tokens."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
IMPORT = re.compile(r"{%-? from \"[^\"]+\" import ([^%]+?) -?%}")


def name(file: Path) -> str:
    return str(file.relative_to(ROOT / "templates"))


def without_comments(file: Path) -> str:
    return re.sub(r"{#.*?#}", "", file.read_text("utf-8"), flags=re.S)


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_a_template_imports_only_what_it_uses(file: Path) -> None:
    text = without_comments(file)
    rest = IMPORT.sub("", text)
    imported = [word.split(" as ")[-1].strip() for found in IMPORT.findall(text) for word in found.split(",")]

    unused = [word for word in imported if not re.search(rf"\b{word}\b", rest)]

    assert unused == []


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_a_template_has_no_script_and_no_style_of_its_own(file: Path) -> None:
    text = without_comments(file)

    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|hx-on", text)


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_every_form_that_acts_carries_its_tokens(file: Path) -> None:
    text = without_comments(file)
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, flags=re.S)

    assert all("tokens(" in form for form in forms)
    assert len(forms) == len(re.findall(r"<form", text)) - len(re.findall(r"<form[^>]*method=\"get\"", text))


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_nothing_is_marked_safe_but_our_own_drawings(file: Path) -> None:
    marked = re.findall(r"{{[^}]*\|\s*safe[^}]*}}", without_comments(file))

    assert [one for one in marked if not re.match(r"{{ (SHAPES\[|svg |card )", one)] == []
