"""The map as an editor: each act is one form and one version; undo, redo; two people at once; nothing overwritten."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine

from process_models.graph.layout import layout
from process_models.graph.steps import Lane
from tests.workbench.people import Visitor
from tests.workbench.test_processes import head
from workbench import database
from workbench.data.example import PROCESS
from workbench.processes import store
from workbench.processes.model import Revision, turns
from workbench.processes.rows import kept_rows

MAP = f"/processes/{PROCESS}/map"


@pytest.fixture
def nora(app: Flask) -> Visitor:
    return Visitor(app, "nora")


@pytest.fixture
def lucia(app: Flask) -> Visitor:
    return Visitor(app, "lucia")


def said(visitor: Visitor, place: str) -> str:
    """Return what the page says was done."""
    found = re.search(r'class="said" role="status">(.*?)<button', visitor.get(place).text, re.S)
    assert found, "nothing is said"
    return unescape(found[1])


def act(visitor: Visitor, engine: Engine, act: str, base: int = 0, status: int = 303, **fields: str) -> str:
    """Do an act on the map as the script does; return what is said, or the page that refuses it."""
    answer = visitor.post(f"{MAP}?as=map", {"act": act, "base": str(base or head(engine)[0]), **fields})
    assert answer.status_code == status, answer.text
    return said(visitor, answer.location) if status == 303 else unescape(answer.text)


def test_each_act_makes_one_version_and_says_where_shares_went(nora: Visitor, engine: Engine) -> None:
    begun, _ = head(engine)

    added = act(nora, engine, "add", place="register", name="Call back", lane="front")
    taken_out = act(nora, engine, "remove", step="call-back", place="call-back")

    assert head(engine)[0] == begun + 2
    assert "“Register” now leads to “Call back”" in added
    assert "took out step Call back" in taken_out
    assert re.search(r"“Register” now leads \d+% to “Ask for papers” and \d+% to “Assess claim”", taken_out)


def test_a_step_is_put_on_one_way_renamed_moved_and_connected(nora: Visitor, engine: Engine) -> None:
    flow = next(f for f in head(engine)[1].graph.ways("register") if f.target == "assess-claim")

    act(nora, engine, "add", place=f"flow:{flow.id}", name="Look again")
    act(nora, engine, "rename", step="look-again", name="Look twice")
    act(nora, engine, "lane", step="look-again", lane="support")
    act(nora, engine, "connect", step="look-again", target="ask-for-papers", share="20")

    graph = head(engine)[1].graph
    assert graph.by_id["look-again"].name == "Look twice"
    assert graph.by_id["look-again"].lane is Lane.SUPPORT
    assert {(f.target, f.share) for f in graph.ways("look-again")} == {
        ("assess-claim", "0.8"),
        ("ask-for-papers", "0.2"),
    }
    assert {f.target for f in graph.ways("register")} == {"look-again", "ask-for-papers"}


def test_undo_is_the_design_before_and_redo_the_one_undone(nora: Visitor, engine: Engine) -> None:
    _, at_first = head(engine)
    act(nora, engine, "rename", step="register", name="Enter")
    act(nora, engine, "lane", step="register", lane="front")
    n, at_last = head(engine)

    undone = act(nora, engine, "undo")
    act(nora, engine, "undo")
    assert head(engine) == (n + 2, at_first)
    again = act(nora, engine, "redo")
    act(nora, engine, "redo")

    assert "Undone: moved Enter to lane front" in undone
    assert "Done again: renamed Register" in again
    assert head(engine) == (n + 4, at_last)
    assert "nothing to do again" in act(nora, engine, "redo", status=409)


def test_undo_is_refused_where_somebody_changed_the_process_since(
    nora: Visitor, lucia: Visitor, engine: Engine
) -> None:
    act(nora, engine, "rename", step="register", name="Enter")
    seen, _ = head(engine)
    act(lucia, engine, "rename", step="second-check", name="Second look")
    n, design = head(engine)

    page = act(nora, engine, "undo", base=seen, status=409)

    assert "Nothing was overwritten" in page
    assert head(engine) == (n, design)


def test_two_who_act_on_different_steps_both_keep_their_change(nora: Visitor, lucia: Visitor, engine: Engine) -> None:
    base, _ = head(engine)

    act(nora, engine, "rename", base=base, step="register", name="Enter")
    act(lucia, engine, "rename", base=base, step="second-check", name="Second look")

    names = {step.id: step.name for step in head(engine)[1].graph.steps}
    assert (names["register"], names["second-check"]) == ("Enter", "Second look")


def test_two_who_act_on_the_same_step_are_shown_both_values(nora: Visitor, lucia: Visitor, engine: Engine) -> None:
    base, _ = head(engine)
    act(nora, engine, "lane", base=base, step="register", lane="front")
    n, design = head(engine)

    page = act(lucia, engine, "remove", base=base, status=409, step="register", place="register")

    assert "Somebody changed the same thing" in page
    assert "lane back" in page
    assert "lane front" in page
    assert f"Do it again on version {n}" in page
    assert head(engine) == (n, design)


@pytest.mark.parametrize(
    ("name", "fields", "why"),
    [
        ("dance", {}, "knows no act"),
        ("rename", {"step": "register", "name": " "}, "has no name"),
        ("rename", {"step": "nowhere", "name": "A"}, "no step"),
        ("remove", {"place": "start"}, "cannot be taken out"),
        ("before", {"step": "register", "target": "register"}, "cannot be put before"),
        ("connect", {"step": "register", "target": "assess-claim", "share": "much"}, "Nothing was changed"),
    ],
)
def test_an_act_that_does_not_fit_says_why_and_stores_nothing(
    nora: Visitor, engine: Engine, name: str, fields: dict[str, str], why: str
) -> None:
    before = head(engine)

    page = act(nora, engine, name, status=422, **fields)

    assert why in page
    assert head(engine) == before


def test_who_may_only_look_gets_no_dialogs(app: Flask) -> None:
    page = Visitor(app, "henrik").get(f"{MAP}?as=map").text

    assert "data-zoom" in page
    assert "data-ask" not in page


def history(*states: str) -> list[Revision]:
    """Return revisions that hold one state after another."""
    return [Revision("p", n, n - 1 or None, state, "", "ana", None, f"to {state}") for n, state in enumerate(states, 1)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("states", "undo", "redo"),
    [
        ("a", None, None),
        ("ab", "a", None),
        ("aba", None, "b"),
        ("abab", "a", None),
        ("abcba", None, "b"),
        ("abcbab", "a", "c"),
        ("abcbd", "b", None),
        ("abb", "a", None),
    ],
)
def test_what_undo_and_redo_lead_to_follows_from_the_history(states: str, undo: str | None, redo: str | None) -> None:
    found = turns(history(*states))

    assert (found.undo and found.undo.graph, found.redo and found.redo.graph) == (undo, redo)


# Versions, words, paper


def test_a_difference_is_shown_as_picture_table_sentences_and_list(nora: Visitor, engine: Engine) -> None:
    base, _ = head(engine)
    act(nora, engine, "rename", step="register", name="Enter")
    act(nora, engine, "lane", step="register", lane="front")
    at = f"/processes/{PROCESS}/difference?from={base}"

    page = unescape(nora.get(at).text)
    assert "In short: 1 step changes." in page
    assert "Step “Enter”: lane was back, and is now front." in page
    assert "~ 2" in page
    assert "~ 2" not in nora.get(f"{at}&side=after").text
    assert "Register" in nora.get(f"{at}&side=before").text
    listed = nora.get(f"/processes/{PROCESS}/difference.csv?from={base}").text
    assert "step,register,Enter,changed,lane,back,front" in listed


def test_the_words_tell_what_the_map_shows(nora: Visitor) -> None:
    page = unescape(nora.get(f"{MAP}?as=words").text)

    assert "From “Register” 60% go to “Assess claim” and 40% go to “Ask for papers”." in page
    assert "It ends at “End”, after 10 steps." in page
    assert len(re.findall(r'<li id="row-', page)) == 13


@pytest.mark.parametrize(("paper", "count"), [("a3", 1), ("a4", 2), ("a0", 1)])
def test_the_map_is_cut_into_sheets_never_made_too_small(nora: Visitor, paper: str, count: int) -> None:
    page = nora.get(f"{MAP}/print?paper={paper}&heat=wait").text

    assert page.count('<use href="#drawn"/>') == count
    assert "over 1.0" in page


def test_the_process_document_has_a_chapter_for_each_step(nora: Visitor) -> None:
    page = unescape(nora.get(f"/processes/{PROCESS}/document").text)

    assert re.findall(r'id="step-(\d+)"', page) == [str(n) for n in range(1, 14)]
    assert "The obligation “Two pairs of eyes” is met at “Second check”." in page


def test_a_measure_beside_the_usual_ones_can_be_shown_as_heat(nora: Visitor) -> None:
    page = unescape(nora.get(f"{MAP}?as=map&heat=elapsed").text)

    assert "Time from entering to leaving" in page
    assert len(re.findall(r'class="step \w+ heat\d', page)) > 5


TABLE = """Step\tRole\tNext\tShare\tMinutes
Take the call\tDesk\tSolve; Ask back\t80%; 20%\t6
Ask back\tDesk\tTake the call\t\t2
Solve\tSpecialist\t\t\t15
"""


def test_a_table_pasted_from_a_spreadsheet_makes_a_graph(nora: Visitor, engine: Engine) -> None:
    answer = nora.post("/processes/", {"service": "household-claims", "name": "Pasted", "rows": TABLE})

    assert answer.status_code == 303, answer.text
    with database.reading(engine) as db:
        graph = store.graph(db, store.head(db, "pasted"))
    assert {(f.target, f.share) for f in graph.ways("take-the-call")} == {("solve", "0.8"), ("ask-back", "0.2")}
    assert [f.target for f in graph.ways("ask-back")] == ["take-the-call"]
    assert graph.by_id["solve"].role == "Specialist"


def test_a_pasted_table_that_does_not_fit_names_the_row_and_keeps_what_was_typed(nora: Visitor) -> None:
    wrong = TABLE.replace("Solve; Ask back", "Solve; Nowhere")

    answer = nora.post("/processes/", {"service": "household-claims", "name": "Pasted", "rows": wrong})

    assert answer.status_code == 422
    assert "Nowhere" in answer.text
    assert re.search(r"[Rr]ow 2", answer.text)
    assert "Take the call\tDesk" in unescape(answer.text)


def test_a_map_is_collapsed_to_phases_of_which_one_is_opened(nora: Visitor) -> None:
    closed = nora.get(f"{MAP}?as=map&phases=all").text
    opened = nora.get(f"{MAP}?as=map&phases=2").text

    assert 'class="step work' not in closed
    assert "data-ask" not in closed, "phases are looked at, not edited"
    assert 0 < len(re.findall(r'class="step phase', opened)) < len(re.findall(r'class="step phase', closed))
    assert "Collapse to phases" in nora.get(f"{MAP}?as=map").text


def test_a_step_that_is_put_in_leaves_the_others_in_their_rows(nora: Visitor, engine: Engine) -> None:
    def drawn() -> dict[str, int]:
        with database.reading(engine) as db:
            revision = store.head(db, PROCESS)
            return layout(store.graph(db, revision), kept_rows(db, revision)).rows

    before = drawn()
    act(nora, engine, "add", place="register", name="Call back", lane="front")
    act(nora, engine, "add", place="assess-claim", name="Look again")
    after = drawn()

    assert {step: after[step] for step in before} == before
