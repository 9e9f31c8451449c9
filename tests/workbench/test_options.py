"""Options: moves that make a design, what they break, and who may submit them."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from process_models.redesign.envelope import Envelope
from process_models.redesign.moves import (
    MOVES,
    AssignPools,
    Automate,
    Bypass,
    ChangeMeans,
    ChangeOwner,
    ChangeRole,
    ChangeShare,
    ChangeWork,
    Insert,
    KeepCase,
    Merge,
    MergePools,
    Outsource,
    Parallelise,
    Relocate,
    Remove,
    Reorder,
    Split,
    Triage,
    Unbatch,
)
from process_models.values.canonical import digest
from process_models.values.errors import ModelError
from tests.workbench.deciding import NO_CHECK, an_option, change_baseline, more_heads, submitted
from tests.workbench.people import Visitor
from tests.workbench.reviewing import a_review, an_asked_review, found, scope_of
from workbench import database, example
from workbench.errors import NotAllowed, NotPossible
from workbench.options import operations, store
from workbench.options.forms import FORMS, GROUPS
from workbench.options.model import NEXT, Drafted, Option
from workbench.reviews import operations as reviews
from workbench.reviews.forms import MOVE_WORDS


def worked_out(engine: Engine, option: Option) -> Drafted:
    with database.reading(engine) as db:
        return operations.worked_out(db, store.find(db, option.id))


def nora(engine: Engine):
    return example.actor(engine, "nora")


def test_a_move_gives_another_design_and_taking_it_back_gives_the_one_before(engine: Engine) -> None:
    option = an_option(engine, a_review(engine), moves=())
    before = worked_out(engine, option).document.design

    operations.add_move(engine, nora(engine), option.id, 1, NO_CHECK)
    with_move = worked_out(engine, option)
    operations.undo(engine, nora(engine), option.id)

    assert "check" not in with_move.design.graph.by_id
    assert worked_out(engine, option).document.design == before != with_move.document.design
    assert worked_out(engine, option).revision.n == 3


def test_a_move_thought_of_on_an_older_revision_is_refused_and_nothing_is_overwritten(engine: Engine) -> None:
    option = an_option(engine, a_review(engine), moves=())
    operations.add_move(engine, nora(engine), option.id, 1, NO_CHECK)

    with pytest.raises(NotPossible, match="revision 1; the newest is 2"):
        operations.add_move(engine, nora(engine), option.id, 1, more_heads())

    assert worked_out(engine, option).moves == (NO_CHECK,)


def test_a_move_that_does_not_apply_is_refused_with_the_step(engine: Engine) -> None:
    option = an_option(engine, a_review(engine))

    with pytest.raises(ModelError, match="check"):
        operations.add_move(engine, nora(engine), option.id, 1, Remove("check"))


def test_a_draft_without_the_second_check_is_marked_with_the_obligation_and_cannot_be_submitted(engine: Engine) -> None:
    option = an_option(engine, a_review(engine), moves=(Remove("second"),))

    breaches = worked_out(engine, option).breaches
    with pytest.raises(NotPossible, match="Two pairs of eyes"):
        submitted(engine, option)

    assert {(breach.about, breach.basis) for breach in breaches} == {("O1", "code")}


def test_a_locked_step_the_boundary_and_the_envelope_hold_for_drafts(engine: Engine) -> None:
    review = an_asked_review(engine)
    within = scope_of(found(engine, review), first="decide", envelope=Envelope(moves=("remove",)))
    reviews.draw_scope(engine, nora(engine), review, 1, within)
    locked = an_option(engine, review, moves=(Remove("second"),))
    outside = an_option(engine, review, moves=(Remove("check"),))
    other_kind = an_option(engine, review, moves=(more_heads(),))

    bases = [{one.basis for one in worked_out(engine, option).breaches} for option in (locked, outside, other_kind)]

    assert bases == [{"code", "lock"}, {"boundary"}, {"envelope"}]


def test_an_option_without_moves_is_not_submitted(engine: Engine) -> None:
    with pytest.raises(NotPossible, match="no move"):
        submitted(engine, an_option(engine, a_review(engine), moves=()))


@pytest.mark.parametrize("verb", ["submit", "take back", "withdraw"])
@pytest.mark.parametrize("state", ["draft", "submitted", "withdrawn"])
def test_only_what_the_table_allows_is_done(engine: Engine, state: str, verb: str) -> None:
    option = an_option(engine, a_review(engine))
    for before in {"draft": (), "submitted": ("submit",), "withdrawn": ("withdraw",)}[state]:
        operations.act(engine, nora(engine), option.id, before)

    if (state, verb) in NEXT:
        operations.act(engine, nora(engine), option.id, verb)
        assert worked_out(engine, option).option.state == NEXT[state, verb]  # type: ignore[index]
    else:
        with pytest.raises(NotPossible, match=state):
            operations.act(engine, nora(engine), option.id, verb)


def test_a_submitted_option_is_not_changed(engine: Engine) -> None:
    option = submitted(engine, an_option(engine, a_review(engine)))

    with pytest.raises(NotPossible, match="submitted"):
        operations.undo(engine, nora(engine), option.id)


def test_an_option_brought_to_a_newer_baseline_says_which_moves_no_longer_apply(engine: Engine) -> None:
    review = a_review(engine)
    shares = ChangeShare("decide", (("decide-refused", "0.1"), ("decide-second", "0.9")))
    option = an_option(engine, review, moves=(NO_CHECK, shares))
    change_baseline(engine, review, "take", name="Take the claim")
    behind = worked_out(engine, option).behind

    gone = operations.to_newest(engine, nora(engine), option.id)

    after = worked_out(engine, option)
    assert (behind, after.behind, gone) == (True, False, [])
    assert after.design.graph.by_id["take"].name == "Take the claim"
    assert after.document.baseline == digest(after.baseline)


def test_an_analyst_drafts_but_does_not_submit(engine: Engine) -> None:
    review = a_review(engine)
    lucia = example.actor(engine, "lucia")

    option = operations.begin(engine, lucia, review, "Faster", (NO_CHECK,))

    with pytest.raises(NotAllowed):
        operations.act(engine, lucia, option.id, "submit")
    assert (option.letter, option.author) == ("A", "lucia")


def test_shares_that_do_not_add_up_are_answered_on_the_form_with_what_was_typed(app: Flask, engine: Engine) -> None:
    option = an_option(engine, a_review(engine), moves=())
    path = f"/options/{option.id}/moves/change_share?about=decide"

    answer = Visitor(app, "nora").post(path, {"base": "1", "way0": "30", "way1": "60"})

    assert answer.status_code == 422
    assert "add up to 90 per cent" in answer.text
    assert 'value="30"' in answer.text
    assert worked_out(engine, option).moves == ()


def test_moves_are_made_and_shown_through_the_pages(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    visitor = Visitor(app, "nora")

    begun = visitor.post(f"/reviews/{review}/options", {"name": "No check"})
    made = visitor.post(begun.location + "/moves/remove", {"base": "1", "step": "check"})
    page = visitor.get(made.location)

    assert (begun.status_code, made.status_code) == (303, 303)
    assert "Remove “Check”" in page.text
    assert "It breaks nothing" in page.text


TYPED = {
    "remove": ({"step": "check"}, Remove),
    "merge": ({"first": "take", "second": "check", "name": "Both", "role": "claims handler", "saved": "2"}, Merge),
    "split": ({"worked": "check", "name": "Rest", "role": "senior", "share": "40"}, Split),
    "insert": (
        {
            "flow": "take-check",
            "name": "Look",
            "nature": "control",
            "lane": "back",
            "anybody": "",
            "time": "5 min",
            "back_to": "take",
            "back": "10",
        },
        Insert,
    ),
    "reorder": ({"step": "decide", "before": "check"}, Reorder),
    "parallelise": ({"first": "take", "second": "check"}, Parallelise),
    "bypass": ({"step": "second", "share": "50"}, Bypass),
    "triage": (
        {"worked": "check", "name": "Quick", "role": "senior", "share": "40", "factor": "50", "misrouted": "10"},
        Triage,
    ),
    "automate": ({"worked": "pay", "time": "5 s", "exceptions": "10", "price": "0.02"}, Automate),
    "outsource": ({"worked": "pay", "wait": "2 d", "spread": "", "price": "1.50"}, Outsource),
    "relocate": ({"step": "check", "lane": "customer", "anybody": ""}, Relocate),
    "unbatch": ({"step": "pay"}, Unbatch),
    "change_work": ({"step": "pay", "factor": "80", "price": ""}, ChangeWork),
    "change_means": ({"step": "pay", "systems": "CRM, Ledger", "place": "York"}, ChangeMeans),
    "change_role": ({"worked": "pay", "role": "senior"}, ChangeRole),
    "change_owner": ({"step": "pay", "owner": "Claims"}, ChangeOwner),
    "assign_pools": ({"role": "senior", "pools": ["seniors", "claims handlers"]}, AssignPools),
    "merge_pools": ({"pools": ["seniors", "claims handlers"], "name": "All"}, MergePools),
    "keep_case": ({"by": "person", "steps": ["take", "check"]}, KeepCase),
}


@pytest.mark.parametrize("kind", FORMS)
def test_every_kind_of_move_is_made_by_its_form(app: Flask, engine: Engine, kind: str) -> None:
    option = an_option(engine, a_review(engine), moves=())
    typed, move = TYPED[kind]

    answer = Visitor(app, "nora").post(f"/options/{option.id}/moves/{kind}", {"base": "1", **typed})

    assert (answer.status_code, [type(one) for one in worked_out(engine, option).moves]) == (303, [move])


def test_every_kind_of_move_stands_under_a_heading_and_in_the_envelope() -> None:
    grouped = [kind for kinds in GROUPS.values() for kind in kinds]

    assert sorted(grouped) == sorted(MOVES) == sorted(MOVE_WORDS)


def test_what_is_not_simulated_is_told_beside_the_option(app: Flask, engine: Engine) -> None:
    option = an_option(engine, a_review(engine), moves=(KeepCase("person", ("take", "check")),))

    page = Visitor(app, "nora").get(f"/options/{option.id}").text

    assert (
        "One person stays with a case through Take and Check: in the simulation anybody of the pool takes it." in page
    )


def test_a_suggestion_taken_up_becomes_an_option_with_its_moves(app: Flask, engine: Engine) -> None:
    review = a_review(engine)

    begun = Visitor(app, "nora").post(f"/reviews/{review}/options", {"name": "Suggested", "suggestion": "0"})

    with database.reading(engine) as db:
        option = store.find(db, begun.location.rpartition("/")[2])
        offered = operations.suggestions(db, reviews.store.find(db, review))[0]
    assert worked_out(engine, option).moves == offered.moves
