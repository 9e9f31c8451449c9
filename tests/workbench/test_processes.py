"""Processes in pages: begun by typing, seen as map and table, edited by several at once, never silently overwritten."""

import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from process_models.graph.documents import write_graph
from process_models.graph.steps import Kind
from process_models.method.facts import Facts, per_week
from process_models.values.calendars import DAY, HOUR, WEEK
from process_models.values.distributions import Quantiles
from simulations.plan import plan
from simulations.scenario import Scenario, Stream
from tests.building import graph_of
from tests.workbench.people import Visitor
from workbench import database
from workbench.accounts import store as accounts
from workbench.accounts.passwords import hashed
from workbench.data import store as logs
from workbench.data.example import PROCESS
from workbench.processes import picture, store

STEP = f"/processes/{PROCESS}/steps/second-check"


def fields(answer: TestResponse, action: str) -> dict[str, Any]:
    """Return what a browser would send of a form of a page, unchanged."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', answer.text, re.S)
    assert form, f"no form to {action}"
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") == "checkbox" and " checked" not in tag:
            continue
        if "name" in given:
            found.setdefault(given["name"], []).append(unescape(given.get("value", "")))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[0], re.S):
        chosen = re.findall(r'<option selected value="([^"]*)"', body) or re.findall(r'<option value="([^"]*)"', body)
        found[name] = [unescape(chosen[0])]
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form[0], re.S):
        found[name] = [unescape(body).strip()]
    found.pop("csrf_token", None)
    return found


def brought(who: Visitor, content: bytes) -> TestResponse:
    """Begin a process with a graph file."""
    into, name = "service/household-claims", json.loads(content)["graph"]["name"]
    report = who.post("/processes/file", {"into": into, "file": (io.BytesIO(content), "g.json")}).location
    return who.post(f"{report}/keep", {"name": name, "base": "0"})


def head(engine: Engine) -> tuple[int, Any]:
    with database.reading(engine) as db:
        revision = store.head(db, PROCESS)
        return revision.n, store.design(db, revision)


@pytest.fixture
def nora(app: Flask) -> Visitor:
    return Visitor(app, "nora")


@pytest.fixture
def lucia(app: Flask) -> Visitor:
    return Visitor(app, "lucia")


# The example


def test_the_example_has_no_fault_its_roles_are_busy_and_it_can_be_played(engine: Engine) -> None:
    _n, design = head(engine)
    with database.reading(engine) as db:
        [(_log, _name, per_hour)] = logs.demands(db, "household-claims")
    scenario = Scenario(
        id="s",
        name="Four weeks",
        start="2026-03-02T00:00",
        zone="Europe/London",
        period=28 * 86_400_000,
        streams=(Stream(id="claims", per_hour=per_hour),),
    )

    loads = Facts(design, per_week(per_hour)).loads
    made = plan(design, scenario)

    assert loads is not None
    assert all(0.6 <= load <= 0.9 for load in loads.values()), loads
    assert len(made.steps) == 13


def test_the_example_says_everywhere_that_it_is_generated(engine: Engine, nora: Visitor) -> None:
    _n, design = head(engine)
    sources = {one.provenance.source for step in design.graph.steps for one in (*step.scores, *step.figures)}

    assert all("example data, generated" in source for source in sources)
    assert "example data" in nora.get(f"/processes/{PROCESS}/map").text


# Map and table


def test_map_and_table_have_the_same_title_and_the_same_steps(nora: Visitor) -> None:
    as_map = nora.get(f"/processes/{PROCESS}/map?as=map").text
    as_table = nora.get(f"/processes/{PROCESS}/map?as=table").text

    titles = [re.search(r"<h1>(.*?)</h1>", page) for page in (as_map, as_table)]
    assert titles[0]
    assert titles[1]
    assert titles[0][1] == titles[1][1]
    assert "of the waiting in our hands" in titles[0][1]
    assert len(re.findall(r'data-step="', as_map)) == len(re.findall(r'<th scope="row">', as_table)) == 13


def test_heat_prints_the_value_in_the_step_and_the_bounds_in_the_key(nora: Visitor) -> None:
    page = nora.get(f"/processes/{PROCESS}/map?heat=wait&as=map").text

    assert re.search(r'class="step wait heat5".*?>6\.0\xa0d<', page, re.S)
    assert "over 1.0\xa0d" in page


@pytest.mark.parametrize("measure", ["none", "wait", "work", "cost", "rework", "evidence", "nonsense"])
def test_every_heat_can_be_shown_as_map_and_as_table(nora: Visitor, measure: str) -> None:
    for shown in ("map", "table"):
        assert nora.get(f"/processes/{PROCESS}/map?heat={measure}&as={shown}").status_code == 200


def test_a_chosen_step_opens_its_card_with_grades_and_what_is_missing(engine: Engine) -> None:
    _n, design = head(engine)

    card = picture.card(design.graph, "second-check", Facts(design))

    assert [(mark.lens, mark.text, mark.grade) for mark in card.marks] == [
        ("satisfaction", "−2", "B"),
        ("cost", "−2", "B"),
        ("compliance", "+2", "B"),
    ]
    assert (card.known, card.possible, card.missing) == (10, 10, ())
    assert {figure.id: figure.grade for figure in card.figures}["cost"] == "C"
    assert [duty.how for duty in card.duties] == ["covers it and makes its record"]


def test_evidence_is_as_good_as_the_weakest_thing_known() -> None:
    graph = graph_of("start a, a end")

    assert picture.heat(Facts(_design(graph)), "evidence")["a"].text == "D"
    assert picture.missing_detail(graph.by_id["a"])[0] == "owner"


def _design(graph: Any) -> Any:
    from process_models.graph.design import Design

    return Design(graph=graph)


# Beginning


def test_typed_rows_become_steps_one_after_another(nora: Visitor, engine: Engine) -> None:
    typed = {
        "service": "household-claims",
        "name": "Motor claims",
        "rows": "name\tlane\trole\tminutes\nReport\tfront\tContact team\t12\nCustomer sends photos\tcustomer\t\t\n",
    }

    answer = nora.post("/processes/", typed)

    assert answer.location == "/processes/motor-claims/map"
    with database.reading(engine) as db:
        graph = store.graph(db, store.head(db, "motor-claims"))
    assert graph.reading_order == ("start", "report", "customer-sends-photos", "end")
    assert graph.by_id["customer-sends-photos"].kind is Kind.WAIT
    time = graph.by_id["report"].time
    assert time
    assert time.provenance.grade == "D"
    assert "row 2" in time.provenance.source


def test_rows_that_do_not_fit_are_named_with_the_remedy_and_nothing_is_stored(nora: Visitor, engine: Engine) -> None:
    typed = {
        "service": "household-claims",
        "name": "Motor",
        "rows": "Report; cellar; ;12\n; back; ;3\nPay; back; ; soon",
    }

    answer = nora.post("/processes/", typed)

    assert answer.status_code == 422
    page = unescape(answer.text)
    assert "Row 1: “cellar” is no lane" in page
    assert "Row 2 has no name" in page
    assert "Row 3: “soon” are no minutes" in page
    assert "Pay; back; ; soon" in page
    with database.reading(engine) as db:
        assert "motor" not in {process.id for process in store.processes(db)}


def test_a_graph_file_comes_back_as_it_was(nora: Visitor) -> None:
    before = nora.get(f"/processes/{PROCESS}/graph.json").data

    answer = brought(nora, before)

    assert answer.status_code == 303
    assert json.loads(nora.get(answer.location.replace("/map", "/graph.json")).data) == json.loads(before)


@pytest.mark.parametrize(
    ("sketch", "words"),
    [
        ("start a, a b, b a", "The graph has no end"),
        ("start a, a b 0.5, a end 0.4, b end", "add up to 0.9, not to 1"),
        ("start fork, fork a, fork b, a end, b end", "never comes to a join"),
    ],
)
def test_faults_of_a_graph_are_listed_with_links_that_choose_the_step(nora: Visitor, sketch: str, words: str) -> None:
    content = write_graph(graph_of(sketch)).encode()

    answer = brought(nora, content)
    page = unescape(nora.get(answer.location).text)

    assert words in page
    assert "be mended before this can be simulated" in page


# Editing


def test_a_step_form_sent_unchanged_changes_nothing(nora: Visitor, engine: Engine) -> None:
    n, design = head(engine)

    answer = nora.post(STEP, fields(nora.get(STEP), STEP))

    assert answer.status_code == 303
    assert head(engine) == (n, design)


def test_good_usual_and_bad_become_points_with_grade_source_and_date(nora: Visitor, engine: Engine) -> None:
    typed = fields(nora.get(STEP), STEP)
    typed |= {"good": "20 min", "usual": "0,5 h", "bad": "60", "grade": "C", "source": "workshop", "date": "2026-05-04"}

    nora.post(STEP, typed)

    time = head(engine)[1].graph.by_id["second-check"].time
    assert time.distribution == Quantiles(points=(("0.1", 1_200_000), ("0.5", 1_800_000), ("0.9", 3_600_000)))
    assert (time.provenance.kind, time.provenance.grade, time.provenance.date) == ("judged", "C", "2026-05-04")


def test_what_triggers_ask_for_is_kept_as_typed_and_stands_on_the_card(nora: Visitor, engine: Engine) -> None:
    typed = fields(nora.get(STEP), STEP)
    typed |= {"batch": "Fridays", "grade_used": "5", "ruled": "y", "fallback": "on paper", "reason_date": "2024-03"}
    typed |= {"personal": "birthday: identity\n\nshoe size", "automation": "assisted", "channel": "phone"}

    nora.post(STEP, typed)

    step = head(engine)[1].graph.by_id["second-check"]
    assert (step.batch, step.grade_used, step.ruled, step.fallback) == ("Fridays", 5, True, "on paper")
    assert [(item.id, item.purpose) for item in step.personal] == [("birthday", "identity"), ("shoe size", "")]
    said = dict(picture.card(head(engine)[1].graph, "second-check", Facts(head(engine)[1])).facts)
    assert said["Saved up"] == "Fridays"
    assert said["Personal details asked for"] == "birthday, shoe size"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"usual": "soon"}, "“soon” is no time"),
        ({"bad": ""}, "write all three"),
        ({"good": "3 h"}, "A good case is not longer"),
        ({"source": ""}, "Say where this comes from"),
        ({"satisfaction_source": ""}, "Say where this comes from"),
        ({"name": ""}, "new starter"),
        ({"grade_used": "4.5"}, "is no grade"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_the_rest_is_kept(
    nora: Visitor, engine: Engine, changes: dict[str, str], words: str
) -> None:
    n, _design = head(engine)
    typed = {**fields(nora.get(STEP), STEP), "description": "typed for a long time", **changes}

    answer = nora.post(STEP, typed)

    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert "typed for a long time" in answer.text
    assert head(engine)[0] == n


def test_two_people_editing_one_step_see_both_values_and_neither_is_overwritten(
    nora: Visitor, lucia: Visitor, engine: Engine
) -> None:
    hers, his = fields(nora.get(STEP), STEP), fields(lucia.get(STEP), STEP)
    lucia.post(STEP, {**his, "owner": "head of claims", "name": "Second look"})

    answer = nora.post(STEP, {**hers, "name": "Four eyes check"})

    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "Four eyes check" in page
    assert "Second look" in page
    step = head(engine)[1].graph.by_id["second-check"]
    assert (step.name, step.owner) == ("Second look", "head of claims")

    again = fields(answer, STEP)
    assert (again["name"], again["owner"]) == (["Four eyes check"], ["head of claims"])
    assert nora.post(STEP, again).status_code == 303
    step = head(engine)[1].graph.by_id["second-check"]
    assert (step.name, step.owner) == ("Four eyes check", "head of claims")


def test_an_edit_of_another_step_on_an_older_version_is_made_again_on_the_newest(
    nora: Visitor, lucia: Visitor, engine: Engine
) -> None:
    other = f"/processes/{PROCESS}/steps/pay"
    hers, his = fields(nora.get(STEP), STEP), fields(lucia.get(other), other)
    lucia.post(other, {**his, "name": "Pay out"})

    answer = nora.post(STEP, {**hers, "name": "Four eyes check"})

    assert answer.status_code == 303
    steps = head(engine)[1].graph.by_id
    assert (steps["pay"].name, steps["second-check"].name) == ("Pay out", "Four eyes check")


def test_a_step_typed_while_the_session_ran_out_is_kept(app: Flask, engine: Engine, nora: Visitor) -> None:
    typed = {**fields(nora.get(STEP), STEP), "name": "Typed before lunch"}
    with database.transaction(engine) as db:
        long_ago = database.now() - timedelta(minutes=31)
        db.execute(update(accounts.session).where(accounts.session.c.person == "nora").values(last_seen=long_ago))
        db.execute(update(accounts.person).values(password_hash=hashed("a sentence of the tests")))

    asked = nora.post(STEP, typed)
    carried = re.search(r'name="carried" value="([^"]+)"', asked.text)
    assert carried
    signing = {"login": "nora", "password": "a sentence of the tests", "carried": unescape(carried[1])}
    answer = nora.post("/signin", signing)

    assert asked.status_code == 401
    assert answer.status_code == 303
    assert head(engine)[1].graph.by_id["second-check"].name == "Typed before lunch"


def test_shares_that_do_not_add_up_are_refused_beside_the_last_field(nora: Visitor, engine: Engine) -> None:
    path = f"/processes/{PROCESS}/steps/register"
    n, _design = head(engine)

    answer = nora.post(f"{path}/shares", {"share0": "60", "share1": "30", "base": str(n)})

    assert answer.status_code == 422
    assert "These add up to 90%, not to 100%" in answer.text
    assert head(engine)[0] == n


def test_shares_set_at_once_add_up_exactly(nora: Visitor, engine: Engine) -> None:
    path = f"/processes/{PROCESS}/steps/register"
    n, _design = head(engine)

    nora.post(f"{path}/shares", {"share0": "33.33", "share1": "66.67", "base": str(n)})

    ways = head(engine)[1].graph.ways("register")
    assert sorted(flow.share for flow in ways) == ["0.3333", "0.6667"]


def test_a_step_is_added_connected_disconnected_and_taken_out(nora: Visitor, engine: Engine) -> None:
    n, before = head(engine)
    at = f"/processes/{PROCESS}"

    nora.post(f"{at}/add-step", {"name": "Thank", "kind": "WORK", "lane": "front", "role": "", "after": "pay"})
    added = head(engine)[1].graph
    nora.post(f"{at}/steps/thank/connect", {"target": "end", "share": "25", "label": "at once"})
    connected = head(engine)[1].graph
    nora.post(f"{at}/flows/thank--end/remove")
    nora.post(f"{at}/steps/thank/remove")

    assert [flow.target for flow in added.ways("pay")] == ["thank"]
    assert {flow.target: flow.share for flow in connected.ways("thank")} == {"explain-decision": "0.75", "end": "0.25"}
    after = head(engine)[1].graph
    assert [flow.target for flow in after.ways("pay")] == ["explain-decision"]
    assert after.steps == before.graph.steps
    assert head(engine)[0] == n + 4


def test_what_a_step_needs_is_said_shown_on_its_card_and_taken_back(nora: Visitor, engine: Engine) -> None:
    at = f"/processes/{PROCESS}"
    before = head(engine)[1].graph

    page = nora.get(f"{at}/steps/pay/ways")
    form = {
        **fields(page, f"{at}/steps/pay/needs"),
        "needs": "second-check",
        "kind": "rule",
        "reason": "two pairs of eyes",
    }
    kept = nora.post(f"{at}/steps/pay/needs", form)
    number = before.numbers["second-check"]
    card = nora.get(f"{at}/map?step=pay").text
    shown = nora.get(f"{at}/steps/pay/ways").text
    taken = nora.post(f"{at}/needs/pay-needs-second-check/remove", {"base": str(head(engine)[0])})

    assert (kept.status_code, taken.status_code) == (303, 303)
    words = f"{number} {before.by_id['second-check'].name}, two pairs of eyes (rule)"
    assert words in unescape(card)
    assert words in unescape(shown)
    assert head(engine)[1].graph == before


def test_what_a_step_needs_is_said_once_for_a_pair_of_steps(nora: Visitor, engine: Engine) -> None:
    at, (n, design) = f"/processes/{PROCESS}", head(engine)

    nora.post(f"{at}/steps/assess-claim/needs", {"base": str(n), "needs": "register", "kind": "rule", "reason": ""})
    refused = nora.post(f"{at}/steps/pay/needs", {"base": str(n + 1), "needs": "pay", "kind": "data", "reason": ""})

    assert len(head(engine)[1].graph.dependencies) == len(design.graph.dependencies)
    assert [need.kind for need in head(engine)[1].graph.dependencies if need.step == "assess-claim"] == ["rule"]
    assert refused.status_code == 422


def test_two_who_change_what_a_step_needs_are_shown_both(nora: Visitor, engine: Engine) -> None:
    at, (n, _design) = f"/processes/{PROCESS}", head(engine)
    nora.post(f"{at}/steps/assess-claim/needs", {"base": str(n), "needs": "register", "kind": "rule", "reason": "ours"})

    late = nora.post(
        f"{at}/steps/assess-claim/needs", {"base": str(n), "needs": "register", "kind": "data", "reason": ""}
    )

    assert late.status_code == 409
    assert "reason ours" in unescape(late.text)


# Obligations, staffing, versions


def test_an_obligation_not_met_on_every_way_is_said_to_be_not(nora: Visitor) -> None:
    at = f"/processes/{PROCESS}/obligations"

    typed = fields(nora.get(f"{at}/new"), f"{at}/new")
    nora.post(f"{at}/new", {**typed, "name": "Sign the payment", "covered_by": ["pay"]})
    page = nora.get(at).text

    assert "1 of 6 obligations is not met on every way" in page
    assert "a case can end without a step that covers it" in page


def test_a_clock_is_kept_with_its_limit_moments_and_pauses(nora: Visitor, engine: Engine) -> None:
    typed = {
        "name": "Decided in a week",
        "limit": "40 h",
        "time": "working",
        "begins": "register",
        "begins_at": "leave",
        "ends": "pay",
        "ends_at": "leave",
        "pauses": ["customer-sends-papers"],
    }

    nora.post(f"/processes/{PROCESS}/promises/new", typed)

    promise = next(one for one in head(engine)[1].graph.promises if one.id == "decided-in-a-week")
    assert picture.in_clock_words(head(engine)[1].graph, promise.clock) == (
        "40 working hours, from leaving Register to leaving Pay, standing still during Customer sends papers"
    )


def test_what_waiting_brings_about_is_kept_and_left_alone_where_it_is_not_typed(nora: Visitor, engine: Engine) -> None:
    said = {"saved_cases": "5", "saved_within": "2 h", "chased_after": "3 d", "chased_every": "1 d"}

    first = nora.post(STEP, {**fields(nora.get(STEP), STEP), **said})
    kept = head(engine)[1].graph.by_id[STEP.rpartition("/")[2]]
    again = nora.post(STEP, {**fields(nora.get(STEP), STEP), "description": "Another word."})

    assert (first.status_code, again.status_code) == (303, 303)
    assert (kept.saving.cases, kept.saving.within) == (5, 2 * HOUR)
    assert (kept.chasing.after, kept.chasing.every) == (3 * DAY, DAY)
    after = head(engine)[1].graph.by_id[kept.id]
    assert (after.saving, after.chasing, after.description) == (kept.saving, kept.chasing, "Another word.")


def test_somebody_comes_back_only_from_a_step_that_people_give_up(nora: Visitor, engine: Engine) -> None:
    n, _design = head(engine)

    answer = nora.post(STEP, {**fields(nora.get(STEP), STEP), "again_share": "40", "again_after": "1 d"})

    assert answer.status_code == 422
    assert head(engine)[0] == n


def test_what_a_missed_promise_costs_is_kept_and_shown_again(nora: Visitor, engine: Engine) -> None:
    [promise, *_] = head(engine)[1].graph.promises
    path = f"/processes/{PROCESS}/promises/{promise.id}"

    nora.post(path, {**fields(nora.get(path), path), "failure": "12.50"})
    nora.post(path, {**fields(nora.get(path), path), "name": "Told otherwise"})

    kept = next(one for one in head(engine)[1].graph.promises if one.id == promise.id)
    assert (kept.name, kept.failure_cost) == ("Told otherwise", 1250)


def test_a_design_that_leaves_a_step_without_heads_names_the_step(nora: Visitor) -> None:
    path = f"/processes/{PROCESS}/staffing/pools/senior-handlers"
    typed = fields(nora.get(path), path)

    nora.post(path, {**typed, "heads": "0"})
    page = unescape(nora.get(f"/processes/{PROCESS}/staffing").text)

    assert "1 step is left without heads" in page
    assert "“Second check” is left without heads" in page


def test_what_is_said_of_the_end_of_hours_setting_up_and_new_people_is_kept_and_shown_again(
    nora: Visitor, engine: Engine
) -> None:
    path = f"/processes/{PROCESS}/staffing/pools/payments"
    said = {"hours_end": "hand over", "setup": "2.5", "setup_between": "types", "new_factor": "1,4", "new_weeks": "6"}

    first = nora.post(path, {**fields(nora.get(path), path), **said})
    again = nora.post(path, {**fields(nora.get(path), path), "heads": "3"})

    assert (first.status_code, again.status_code) == (303, 303)
    pool = head(engine)[1].staffing.pool("payments")
    assert (pool.finish, pool.unfinished, pool.setup, pool.setup_between) == (False, "hand over", 150_000, "types")
    assert [(one.heads, one.learning.factor, one.learning.lasts // WEEK) for one in pool.shifts] == [(3, "1.4", 6)]


def test_in_which_order_work_of_a_role_is_taken_is_kept(nora: Visitor, engine: Engine) -> None:
    path = f"/processes/{PROCESS}/staffing"
    typed = fields(nora.get(path), path)
    roles = head(engine)[1].graph.roles

    answer = nora.post(path, {**typed, "role0_order": "due", "role1_ageing": "4"})

    assert answer.status_code == 303
    kept = {one.id: (one.order, one.ageing) for one in head(engine)[1].staffing.roles}
    assert (kept[roles[0]], kept[roles[1]]) == (("due", 0), ("first", 4 * 3_600_000))


def test_a_pool_that_roles_are_given_to_is_not_taken_out(nora: Visitor, engine: Engine) -> None:
    n, _design = head(engine)

    answer = nora.post(f"/processes/{PROCESS}/staffing/pools/payments/remove")

    assert answer.status_code == 409
    assert "payments clerk" in answer.text
    assert head(engine)[0] == n


def test_two_people_staffing_at_once_do_not_overwrite_each_other(nora: Visitor, lucia: Visitor, engine: Engine) -> None:
    path = f"/processes/{PROCESS}/staffing/pools/payments"
    hers, his = fields(nora.get(path), path), fields(lucia.get(path), path)
    lucia.post(path, {**his, "heads": "3"})

    answer = nora.post(path, {**hers, "heads": "2"})

    assert answer.status_code == 409
    assert 'value="2"' in answer.text
    assert head(engine)[1].staffing.pool("payments").heads == 3


def test_an_old_version_is_restored_as_a_new_one_and_any_two_can_be_compared(nora: Visitor, engine: Engine) -> None:
    n, _design = head(engine)

    nora.post(f"/processes/{PROCESS}/versions/1/restore")
    words = nora.get(f"/processes/{PROCESS}/difference?from={n}&to={n + 1}")
    table = nora.get(f"/processes/{PROCESS}/difference?from={n}&to={n + 1}&as=table")
    same = nora.get(f"/processes/{PROCESS}/difference?from=1&to={n + 1}")

    assert head(engine)[0] == n + 1
    assert "steps changed" in words.text
    assert "Obligation" in words.text
    assert "goes." in words.text
    assert table.text.count("<tr") > 10
    assert "The two versions are the same" in same.text


def test_a_version_is_named_and_made_the_baseline(nora: Visitor, engine: Engine) -> None:
    nora.post(f"/processes/{PROCESS}/versions/3", {"name": "before the workshop", "baseline": "y"})

    with database.reading(engine) as db:
        third = store.find_revision(db, PROCESS, 3)
    assert (third.name, third.baseline) == ("before the workshop", True)


def test_no_cell_of_the_step_table_is_a_formula(nora: Visitor, engine: Engine) -> None:
    typed = fields(nora.get(STEP), STEP)
    nora.post(STEP, {**typed, "name": '=HYPERLINK("http://example.com")'})

    rows = nora.get(f"/processes/{PROCESS}/steps.csv").text

    assert "\"'=HYPERLINK" in rows
    assert "−2" in rows


def test_what_is_not_there_is_not_found(nora: Visitor) -> None:
    for path in (
        "nowhere/map",
        f"{PROCESS}/map?version=999",
        f"{PROCESS}/steps/nowhere",
        f"{PROCESS}/obligations/O-99",
    ):
        assert nora.get(f"/processes/{path}").status_code == 404
