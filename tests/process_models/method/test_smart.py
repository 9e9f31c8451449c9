"""The linter of actions: each letter fires where it should, and only there."""

from datetime import date

import pytest
from msgspec.structs import replace

from process_models.method.smart import AT_ONCE, Intended, doubts
from process_models.values.sentences import say

GOOD = Intended(
    text="Train the five claims handlers on the new form",
    about="check",
    owner="grace",
    measure="forms sent back, from 12 to 4 a week",
    due=date(2026, 12, 18),
    check=date(2026, 12, 11),
)


def test_a_smart_action_raises_no_doubt():
    assert doubts(GOOD) == ()


@pytest.mark.parametrize(
    ("changes", "letter", "says"),
    [
        ({"text": "Improve the form"}, "S", "“improve” does not say"),
        ({"owner": " "}, "S", "Nobody sees to it"),
        ({"about": ""}, "S", "names no step"),
        ({"measure": ""}, "M", "Name a figure"),
        ({"measure": "fewer forms sent back"}, "M", "has no figure"),
        ({"open_of_owner": AT_ONCE}, "R", "3 open actions"),
        ({"due": None, "check": None}, "T", "no date"),
        ({"check": None}, "T", "before it is due"),
        ({"check": date(2026, 12, 18)}, "T", "before it is due"),
    ],
)
def test_each_letter_is_doubted_where_it_is_not_met(changes, letter, says):
    [one] = doubts(replace(GOOD, **changes))

    assert one.letter == letter
    assert says in say(one.sentence)
