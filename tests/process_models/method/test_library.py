"""The content of the method is whole, refers only to what exists, and says where it is malformed."""

import pytest

from process_models.method.library import ContentError, Question, checked, heuristics, questions, read, triggers
from process_models.method.triggers import TESTS
from process_models.values.sentences import TEXTS


def test_the_whole_bank_is_there():
    assert list(questions()) == [f"Q{n:02d}" for n in range(1, 97)]
    assert list(triggers()) == [f"T{n:02d}" for n in range(1, 46)]
    assert list(heuristics()) == [f"H{n:02d}" for n in range(1, 30)]


def test_every_question_asks_and_every_heading_is_used():
    assert all(question.text.rstrip(" )").endswith("?") or "(P10" in question.text for question in questions().values())
    assert {q.heading for q in questions().values()} == {"purpose", "place", "sequence", "person", "means"}


def test_every_trigger_has_a_function_and_a_wording():
    assert set(triggers()) == set(TESTS)
    for id in TESTS:
        assert any(name.startswith(f"prompt_{id.lower()}") for name in TEXTS)


def test_every_trigger_leads_to_questions():
    raised = {trigger for question in questions().values() for trigger in question.triggers}

    assert set(TESTS) <= raised


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[Q1]\nheading = 'colour'", "library.toml, Q1"),
        ("[Q1\n", "library.toml: "),
        ("[Q1]\nsurprise = 1", "library.toml, Q1: .*surprise"),
    ],
)
def test_a_malformed_file_names_itself_and_the_entry(tmp_path, text, says):
    file = tmp_path / "library.toml"
    file.write_text(text)

    with pytest.raises(ContentError, match=says):
        read(file, Question)


def test_a_question_for_an_unknown_trigger_is_refused():
    lost = Question(
        id="Q1", heading="place", stage=1, lens="cost", ecrs="combine", triggers=("T99",), asked="both", text="?"
    )

    with pytest.raises(ContentError, match="Q1: unknown triggers T99"):
        checked({"Q1": lost}, "questions.toml")
