"""Themes of free text: what is coded, what is left, what is offered."""

import csv
import gzip
from pathlib import Path

import pytest

from process_models.evidence.themes import Code, themes
from process_models.values.errors import ModelError

COMMENTS = [
    "I waited three weeks for an answer.",
    "Waiting, waiting, waiting!",
    "The person on the phone was kind.",
    "Phone line was dead again",
    "Nobody called back.",
    "They asked for the same form twice.",
    "The same form, for the third time.",
    "Same form again: why?",
    "",
    "Kind people.",
    "Long wait on the phone",
    "Fine.",
]
WAIT, PHONE = Code("waiting", ("wait",)), Code("phone", ("phone", "called back"))


def test_a_comment_carries_a_code_when_one_of_its_words_begins_in_it():
    found = themes(COMMENTS, [WAIT, PHONE])

    assert {one.name: one.comments for one in found.themes} == {"phone": (2, 3, 4, 10), "waiting": (0, 1, 10)}
    assert [one.name for one in found.themes] == ["phone", "waiting"]
    assert (found.n, found.uncoded) == (11, (5, 6, 7, 9, 11))
    assert found.themes[0].share.value == pytest.approx(4 / 11)


def test_words_that_nobody_has_coded_are_offered():
    found = themes(COMMENTS, [WAIT, PHONE])

    assert ("form", 3) in found.offered
    assert all(count >= 3 for _, count in found.offered)


def test_too_few_comments_and_a_theme_without_words_are_refused():
    with pytest.raises(ModelError, match="too few"):
        themes(COMMENTS[:5], [WAIT])
    with pytest.raises(ModelError, match="has no words"):
        Code("nothing", (" ",))


def test_real_complaints_have_the_themes_of_their_trade(shared_data: Path):
    packed = (shared_data / "cfpb_complaints/cfpb_narratives_9k.csv.gz").read_bytes()
    csv.field_size_limit(10**7)
    told = list(csv.DictReader(gzip.decompress(packed).decode("utf-8").splitlines(keepends=True)))
    column = max(told[0], key=lambda name: sum(len(row[name] or "") for row in told[:50]))
    texts = [row[column] or "" for row in told]

    found = themes(texts, [Code("credit report", ("credit report",)), Code("payment", ("payment", "paid"))])

    assert {one.name for one in found.themes if one.share.value > 0.15} == {"credit report", "payment"}
    assert len(found.uncoded) + len({place for one in found.themes for place in one.comments}) == found.n
