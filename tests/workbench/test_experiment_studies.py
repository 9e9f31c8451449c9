"""Studies of an experiment: what it bears, what it hangs on, and what it would say under other assumptions."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine

from process_models.graph.design import Design
from process_models.values.calendars import DAY, HOUR
from simulations.assumptions import LEVELS, moved
from simulations.experiments import run_block, summarise, tasks
from simulations.scenario import Away
from tests.workbench.deciding import a_scenario, an_option, asked_to_play, played
from tests.workbench.people import Visitor
from tests.workbench.reviewing import a_review
from workbench import database, documents, jobs
from workbench.experiments import forms, sensing, store, studies
from workbench.experiments.model import BASELINE, Experiment, Sensitivity, Staffed, Switched

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def experiment(app: Flask, engine: Engine) -> Experiment:
    """Return an experiment with an option that is through."""
    review = a_review(engine)
    option = an_option(engine, review)
    return played(engine, asked_to_play(engine, review, (option.id,), (a_scenario(),)))


def done(engine: Engine) -> None:
    """Do the job that is in line, as a worker would."""
    with database.transaction(engine) as db:
        taken = jobs.take(db, jobs.Terms())
    assert taken
    jobs.HANDLERS[taken.kind](taken, jobs.Progress(engine, taken.id, taken.tries))


def plain(page: str) -> str:
    return page.replace(SPACE, " ").replace("\N{WORD JOINER}", "")


def test_the_edges_of_all_designs_stand_side_by_side_and_people_away_bring_them_nearer(
    app: Flask, engine: Engine, experiment: Experiment
) -> None:
    visitor, path = Visitor(app, "nora"), f"/simulations/{experiment.id}/break-point"
    asked = {
        "scenario": "usual-week",
        "promise": "waiting",
        "threshold": "8",
        "away": "10",
        "pool": "claims handlers",
    }

    wrong = visitor.post(path, {**asked, "threshold": ""})
    answer = visitor.post(path, asked)
    twice = visitor.post(path, asked)
    done(engine)
    page = plain(visitor.get(path).text)

    assert (wrong.status_code, answer.status_code, twice.status_code) == (422, 303, 422)
    assert "being looked for already" in twice.text
    assert "Waiting for people at most 8.0 h, Usual week" in page
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', page)
    told = {name: re.findall(r"<td[^>]*>([^<]*)<", cells) for name, cells in rows}
    assert list(told) == [
        "Demand",
        "Demand, people away 10% of the time",
        "People away, share of the time",
        "Heads away from Claims handlers",
    ]
    assert all(len(cells) == 2 for cells in told.values())
    usual, away = ([float(cell[1:].split()[0]) for cell in told[name]] for name in list(told)[:2])
    assert usual[0] > away[0]
    assert usual[1] > usual[0]
    assert re.match(r"\d+% \(", told["People away, share of the time"][0])
    assert re.match(r"\d+ \((none|\d)", told["Heads away from Claims handlers"][0])


def test_a_tornado_says_what_would_change_our_mind_and_leaves_nothing_out(
    app: Flask, engine: Engine, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "ALONE", 5)
    visitor, path = Visitor(app, "nora"), f"/simulations/{experiment.id}/sensitivity"
    asked = {"scenario": "usual-week", "design": "A", "measure": "time_in_process", "way": "alone"}

    answer = visitor.post(path, asked)
    done(engine)
    page = plain(visitor.get(path).text)

    assert answer.status_code == 303
    with database.reading(engine) as db:
        _, found = studies.newest(db, experiment, "sensitivity", Sensitivity)
    assert found
    assert found.word == "better"
    assert "difference to as is, Usual week" in page
    flips = [one for one in found.swings if one.word != "better"]
    assert ("Nothing would: moved alone" in page) == (not flips)
    assert ("The verdict “better” would not stand with" in page) == bool(flips)
    assert len(re.findall(r'data-label="Moved to"', page)) == len(found.swings)
    demand = {one.switch: one for one in found.swings if one.assumption.startswith("demand/")}
    assert float(demand["high"].then.mean) < float(found.usual.mean) < float(demand["low"].then.mean)


def test_elementary_effects_are_told_with_intervals_and_demand_matters_more_than_what_people_are_paid(
    app: Flask, engine: Engine, experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensing, "WALKS", 4)
    monkeypatch.setattr(forms, "TOGETHER", 2)
    visitor, path = Visitor(app, "nora"), f"/simulations/{experiment.id}/sensitivity"
    asked = {"scenario": "usual-week", "design": BASELINE, "measure": "time_in_process", "way": "together"}

    visitor.post(path, asked)
    done(engine)
    page = plain(visitor.get(path).text)

    with database.reading(engine) as db:
        _, found = studies.newest(db, experiment, "sensitivity", Sensitivity)
    sizes = {one.assumption: one for one in found.effects}
    rate = next(one for id, one in sizes.items() if id.startswith("rate/"))
    assert float(rate.size.mean) == 0
    demand = next(one for id, one in sizes.items() if id.startswith("demand/"))
    assert float(demand.size.mean) > 0
    assert "matters most" in page
    assert "raises it" in page


def test_an_assumption_is_switched_and_every_design_played_again_under_the_same_luck(
    app: Flask, engine: Engine, experiment: Experiment
) -> None:
    visitor, path = Visitor(app, "nora"), f"/simulations/{experiment.id}/assumptions"

    register = plain(visitor.get(path).text)
    none = visitor.post(path, {})
    names = dict(re.findall(r'aria-label="([^"]+)"[^>]*name="(switch\d+)"', register))
    field = names["cases, demand"]
    answer = visitor.post(path, {field: "high"})
    done(engine)
    page = plain(visitor.get(path).text)

    grades = re.findall(r'data-label="Grade"><span class="grade grade-(\w)', register)
    assert grades == sorted(grades, reverse=True)
    assert "160.0 cases a week" in register
    assert "high: 240.0 cases a week" in register
    assert (none.status_code, answer.status_code) == (422, 303)
    assert "Choose at least one assumption" in none.text
    assert "If it were otherwise" in page
    with database.reading(engine) as db:
        _, found = studies.newest(db, experiment, "assumptions", Switched)
        spec = store.spec(db, experiment)
        shift = store.summary(db, next(one.summary for one in found.shifts if one.id == BASELINE))
        design = documents.fetch(db, spec.in_order[0].digest, Design)
        scenario = store.scenario_of(db, spec.scenarios[0].digest)
    assert found.levels == (("demand/cases", "high"),)
    again = [
        [run_block(one) for one in tasks(*pair, replications=20, seed=spec.seed)]
        for pair in (moved(design, scenario, {"demand/cases": LEVELS["high"]}), (design, scenario))
    ]
    assert shift == summarise(*again)
    change = next(one for one in shift.changes if one.id == "time_in_process")
    assert change.verdict == "worse"


def test_switches_under_which_a_design_cannot_be_played_are_refused_beside_the_form(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    away = Away(id="fair", pool="claims handlers", heads=3, start=0, end=DAY)
    made = played(engine, asked_to_play(engine, review, (), (a_scenario(away=(away,)),)))
    visitor, path = Visitor(app, "nora"), f"/simulations/{made.id}/assumptions"
    (field,) = re.findall(r'aria-label="Claims handlers, heads"[^>]*name="(switch\d+)"', visitor.get(path).text)

    answer = visitor.post(path, {field: "low"})

    assert answer.status_code == 422
    assert "takes 3 heads away, but the pool" in answer.text
    with database.reading(engine) as db:
        assert jobs.in_line(db) == 0


def test_heads_by_weekday_and_hour_keep_the_promise_and_stand_beside_formula_roster_and_cost(
    app: Flask, engine: Engine, experiment: Experiment
) -> None:
    visitor, path = Visitor(app, "nora"), f"/simulations/{experiment.id}/heads"
    asked = {
        "design": BASELINE,
        "pool": "claims handlers",
        "scenario": "usual-week",
        "within": "30",
        "share": "80",
        "length": "240",
    }

    wrong = visitor.post(path, {**asked, "share": "120"})
    unknown = visitor.post(path, {**asked, "pool": "nobody"})
    answer = visitor.post(path, asked)
    done(engine)
    page = plain(visitor.get(path).text)

    assert (wrong.status_code, unknown.status_code, answer.status_code) == (422, 422, 303)
    with database.reading(engine) as db:
        _, found = studies.newest(db, experiment, "heads", Staffed)
    assert [(one.day, one.start // HOUR) for one in found.rows][:3] == [(0, 9), (0, 12), (0, 16)]
    assert all(float(one.kept.mean) >= 0.8 for one in found.rows if one.kept and not one.unmet)
    assert {one.now for one in found.rows} == {3}
    assert "Claims handlers: 80% begun within 30 min, As is, Usual week" in page
    assert page.count('data-label="Monday"') == 3
    assert "By simulation" in page
    hours = sum((one.end - one.start) * one.heads for one in found.rows) / HOUR
    assert found.costs[2] == round(hours * 3000)
