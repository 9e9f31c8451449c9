"""Experiments: scenarios, what is asked for, and jobs that lose nothing whoever is killed meanwhile."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import Engine

from process_models.graph.design import Staffing
from process_models.values.calendars import DAY, HOUR
from process_models.values.canonical import canonical
from simulations.experiments import BlockResult, Summary, Task, run_block, summarise
from simulations.plan import PlanError
from simulations.scenario import Backlog, Scenario
from tests.conftest import settings_at
from tests.workbench.deciding import (
    a_scenario,
    an_option,
    asked_to_play,
    change_baseline,
    found_experiment,
    more_heads,
    played,
    short_of_people,
    submitted,
    tampered,
)
from tests.workbench.people import Visitor
from tests.workbench.reviewing import PLAN, a_review, found
from workbench import app as workbench_app
from workbench import database, example, jobs
from workbench.errors import Damaged, NotAllowed, NotPossible
from workbench.experiments import operations, store
from workbench.experiments.model import Experiment, Outcome
from workbench.jobs import State
from workbench.processes import operations as processes
from workbench.processes import store as process_rows
from workbench.reviews import operations as reviews


@pytest.fixture
def place(db: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return a database of either kind with the example's people and service, and nothing else."""
    workbench_app.load()
    monkeypatch.setattr(example, "CHAPTERS", [])
    (tmp_path / "people").mkdir()
    assert example.make_example(db, settings_at(tmp_path / "people", database_url))
    return db


def nora(engine: Engine):
    return example.actor(engine, "nora")


def blocks_of(engine: Engine, experiment: Experiment) -> dict[str, tuple[Task, ...]]:
    with database.reading(engine) as db:
        return operations.wanted(db, store.spec(db, experiment))


def known(engine: Engine, keys: set[str]) -> dict[str, BlockResult]:
    with database.reading(engine) as db:
        return store.blocks(db, keys)


def job_of(engine: Engine, experiment: Experiment) -> jobs.Job:
    with database.reading(engine) as db:
        return jobs.find(db, experiment.job)


def summaries(engine: Engine, experiment: Experiment) -> dict[str, Summary]:
    with database.reading(engine) as db:
        outcome = store.outcome(db, found_experiment(engine, experiment.id))
        assert isinstance(outcome, Outcome)
        return store.summaries(db, outcome)


# What is asked for


def test_as_is_and_option_are_played_in_pairs_under_every_scenario(place: Engine) -> None:
    review = a_review(place)
    option = an_option(place, review)

    experiment = played(place, asked_to_play(place, review, (option.id,)))

    told = summaries(place, experiment)
    changes = {change.id: change for change in told["A/usual-week"].changes}
    assert set(told) == {"A/usual-week", "A/somebody-away", "baseline/usual-week", "baseline/somebody-away"}
    assert changes["time_in_process"].verdict == "better"
    assert float(changes["time_in_process"].high or 0) < 0
    assert all(summary.replications == 20 for summary in told.values())
    assert told["baseline/usual-week"].changes == ()


def test_a_job_asked_for_in_an_act_that_is_refused_is_not_run(place: Engine) -> None:
    review = a_review(place)
    lucia, henrik = example.actor(place, "lucia"), example.actor(place, "henrik")
    row = operations.describe(place, lucia, review, a_scenario())

    with pytest.raises(NotAllowed):
        operations.ask(place, henrik, review, (), (row.id,), 20, 1)
    with pytest.raises(NotPossible, match="at least one scenario"):
        operations.ask(place, lucia, review, (), (), 20, 1)

    with database.reading(place) as db:
        assert jobs.in_line(db) == 0
        assert store.experiments(db, review) == []


def test_the_job_tells_how_many_replications_are_through(place: Engine) -> None:
    experiment = asked_to_play(place, a_review(place), scenarios=(a_scenario(),))

    played(place, experiment)

    job = job_of(place, experiment)
    assert (job.state, job.done, job.total) == (State.DONE, 20, 20)
    assert job.sentence
    assert job.sentence.id == "replications_done"


def test_a_step_without_heads_is_refused_by_name(place: Engine) -> None:
    review = a_review(place)
    process = found(place, review).process
    with database.reading(place) as db:
        staffing = process_rows.staffing(db, process_rows.head(db, process))
    seniors = [replace(pool, shifts=()) if pool.id == "seniors" else pool for pool in staffing.pools]
    new = processes.set_staffing(place, nora(place), process, 1, Staffing(tuple(seniors), staffing.roles), "no seniors")
    processes.tag(place, nora(place), process, new.n, "Nobody", True)

    with pytest.raises(PlanError, match="“Second” is left without heads"):
        asked_to_play(place, review)

    with database.reading(place) as db:
        assert jobs.in_line(db) == 0


def test_an_option_behind_the_baseline_is_not_compared_with_another_process(place: Engine) -> None:
    review = a_review(place)
    option = an_option(place, review)
    change_baseline(place, review, "take", name="Take the claim")

    with pytest.raises(NotPossible, match="older baseline"):
        asked_to_play(place, review, (option.id,))


def test_features_of_the_plan_are_judged_in_the_play(place: Engine) -> None:
    review = a_review(place)
    reviews.plan(place, nora(place), review, 0, PLAN)

    told = summaries(place, played(place, asked_to_play(place, review, scenarios=(a_scenario(),))))

    results = {result.id: result for result in told["baseline/usual-week"].results}
    assert results["satisfaction"].mean == "100"


def test_what_was_played_is_not_played_again(place: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    review = a_review(place)
    played(place, asked_to_play(place, review, scenarios=(a_scenario(),)))
    option = an_option(place, review, moves=(more_heads(),))
    asked: list[str] = []
    monkeypatch.setattr(operations, "run_block", lambda task, *rest: asked.append(task.key) or run_block(task, *rest))

    experiment = asked_to_play(place, review, (option.id,), (a_scenario(),))
    with database.transaction(place) as db:
        taken = jobs.take(db, jobs.Terms())
    assert taken
    operations.play(taken, jobs.Progress(place, taken.id, taken.tries))

    wanted = blocks_of(place, experiment)
    assert set(asked) == {task.key for task in wanted["A/usual-week"]}
    assert len(asked) == 4


def growing(engine: Engine, review: str, chosen: tuple[str, ...], most: int, drop: str = "") -> Experiment:
    """Ask for a play that adds replications."""
    row = operations.describe(engine, nora(engine), review, a_scenario())
    made = operations.ask(engine, nora(engine), review, chosen, (row.id,), 20, 7, most, drop)
    return found_experiment(engine, made.id)


def outcome_of(engine: Engine, experiment: Experiment) -> Outcome:
    with database.reading(engine) as db:
        found = store.outcome(db, found_experiment(engine, experiment.id))
    assert found
    return found


def test_replications_are_added_until_it_is_enough_or_said_to_be_too_few_and_none_is_played_twice(
    app: Flask, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = a_review(engine)
    option = an_option(engine, review, moves=(more_heads(),))
    asked: list[str] = []
    monkeypatch.setattr(operations, "run_block", lambda task, *rest: asked.append(task.key) or run_block(task, *rest))

    experiment = played(engine, growing(engine, review, (option.id,), 30))

    told = outcome_of(engine, experiment)
    counts = {one.id: one.replications for one in told.grown}
    assert set(counts.values()) == {30}
    assert all(summary.replications == 30 for summary in summaries(engine, experiment).values())
    assert len(asked) == len(set(asked))
    assert told.grown[0].wide
    assert told.grown[0].needed > 30
    with database.reading(engine) as db:
        again = operations.wanted(db, store.spec(db, experiment), told)
    assert sorted({task.key for own in again.values() for task in own}) == list(told.blocks)
    page = Visitor(app, "nora").get(f"/simulations/{experiment.id}").text
    assert "Played 30 times, as often as was allowed. Not certain enough" in page
    assert "replications would be needed" in page


def test_what_is_offered_for_a_recommendation_counts_the_replications_that_were_added(
    app: Flask, engine: Engine
) -> None:
    review = a_review(engine)
    option = submitted(engine, an_option(engine, review, moves=(more_heads(),)))

    played(engine, growing(engine, review, (option.id,), 30))

    page = Visitor(app, "nora").get(f"/reviews/{review}/decisions").text
    assert ", 30 replications" in page
    assert ", 20 replications" not in page


def test_options_clearly_behind_are_not_played_further_and_are_compared_as_far_as_they_were(place: Engine) -> None:
    review = a_review(place)
    slow = an_option(place, review, moves=(more_heads(1),))
    fast = an_option(place, review)

    experiment = played(place, growing(place, review, (slow.id, fast.id), 100, "time_in_process"))

    grown = {one.id: one for one in outcome_of(place, experiment).grown}
    dropped = [id for id, one in grown.items() if one.dropped]
    assert dropped == ["A/usual-week"]
    assert grown["A/usual-week"].replications < grown["B/usual-week"].replications
    told = summaries(place, experiment)
    assert told["A/usual-week"].replications == grown["A/usual-week"].replications
    changes = {change.id: change.verdict for change in told["A/usual-week"].changes}
    assert changes["time_in_process"] == "worse"


def test_verdicts_are_corrected_for_being_many_and_the_best_option_has_a_confidence(place: Engine) -> None:
    review = a_review(place)
    options = (an_option(place, review), an_option(place, review, moves=(more_heads(),)))

    told = outcome_of(place, played(place, asked_to_play(place, review, tuple(one.id for one in options))))

    best = {one.id: one for one in told.best}
    assert best["usual-week/time_in_process"].best in ("A", "B")
    assert float(best["usual-week/time_in_process"].confidence) > 0.9
    words = {one.id: one.verdict for one in told.corrected}
    assert words["A/usual-week/time_in_process"] == "better"
    assert set(words.values()) <= {"better", "worse", "unclear", "same"}


# Workers that are killed and jobs that are cancelled

WORKER = """
import os, sys
from pathlib import Path
from workbench import app
from workbench.experiments import operations
from workbench.jobs import Terms, Worker

app.load()
played, log = operations.run_block, Path(sys.argv[2])

def told(task, *rest):
    with log.open("a") as out:
        out.write(f"{os.getpid()} {task.key}\\n")
    return played(task, *rest)

operations.run_block = told
Worker(sys.argv[1], Terms(lease=1.0, heartbeat=0.2, pause=0.05)).run()
"""
Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a worker, which writes down the blocks it begins."""
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> "subprocess.Popen[bytes]":
        running.append(subprocess.Popen([sys.executable, str(script), database_url, str(tmp_path / name)]))
        return running[-1]

    yield start
    for one in running:
        one.kill()
        one.wait()


def begun(tmp_path: Path, name: str) -> list[tuple[int, str]]:
    file = tmp_path / name
    lines = file.read_text().splitlines() if file.exists() else []
    return [(int(pid), key) for pid, key in (line.split() for line in lines)]


def until(done: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z"


def busy_weeks(engine: Engine) -> Experiment:
    """Ask for a play long enough to be interrupted."""
    return asked_to_play(engine, a_review(engine), scenarios=(a_scenario("Busy", "9"), short_of_people()))


def test_a_killed_workers_job_goes_on_where_it_stopped_and_gives_the_same_bytes(
    place: Engine, start: Start, tmp_path: Path
) -> None:
    experiment = busy_weeks(place)
    wanted = blocks_of(place, experiment)
    keys = {task.key for own in wanted.values() for task in own}

    first = start("first")
    until(lambda: len(known(place, keys)) >= 2)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    until(lambda: all(gone(pid) for pid, _ in begun(tmp_path, "first")))
    kept = set(known(place, keys))
    start("second")
    until(lambda: not job_of(place, experiment).open)

    again = {key for _, key in begun(tmp_path, "second")}
    assert (job_of(place, experiment).state, job_of(place, experiment).tries) == (State.DONE, 2)
    assert 2 <= len(kept) < len(keys)
    assert again == keys - kept
    undisturbed = {task.key: run_block(task) for own in wanted.values() for task in own}
    assert {key: canonical(block) for key, block in known(place, keys).items()} == {
        key: canonical(block) for key, block in undisturbed.items()
    }
    assert summaries(place, experiment) == {
        name: summarise([undisturbed[task.key] for task in own]) for name, own in wanted.items()
    }


def test_a_cancelled_job_keeps_what_it_played(place: Engine, start: Start, tmp_path: Path) -> None:
    experiment = busy_weeks(place)
    keys = {task.key for own in blocks_of(place, experiment).values() for task in own}
    start("worker")
    until(lambda: known(place, keys))

    with database.transaction(place) as db:
        jobs.cancel(db, experiment.job)
    until(lambda: not job_of(place, experiment).open)

    assert job_of(place, experiment).state is State.CANCELLED
    assert found_experiment(place, experiment.id).outcome is None
    assert 1 <= len(known(place, keys)) < len(keys)


def test_a_stored_summary_whose_bytes_were_changed_is_not_shown(place: Engine) -> None:
    experiment = played(place, asked_to_play(place, a_review(place), scenarios=(a_scenario(),)))
    assert experiment.outcome
    with database.reading(place) as db:
        outcome = store.outcome(db, experiment)
    assert outcome
    tampered(place, outcome.cells[0].summary)

    with pytest.raises(Damaged), database.reading(place) as db:
        store.summaries(db, outcome)


# The pages


SCENARIO = {"name": "Usual", "start": "2026-03-02", "weeks": "2", "demand": "", "per_week": "100", "away_pool": ""}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"per_week": ""}, "Choose a log for the demand, or type how many cases come in a week."),
        ({"surge": "2", "surge_from": "5", "surge_to": "3"}, "the second is not before the first"),
        ({"away_pool": "seniors", "away_heads": "1"}, "Say from which week"),
        ({"weeks": "60"}, "Number must be between 1 and 52."),
        ({"start": "31.02.2026"}, "Not a valid date value."),
        ({"name": ""}, "Write a name."),
    ],
)
def test_a_scenario_that_cannot_be_is_answered_with_what_to_do_and_nothing_typed_is_lost(
    app: Flask, engine: Engine, typed: dict[str, str], said: str
) -> None:
    review = a_review(engine)

    answer = Visitor(app, "lucia").post(f"/reviews/{review}/scenarios", {**SCENARIO, "growth": "12", **typed})

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="12"' in answer.text
    with database.reading(engine) as db:
        assert store.scenarios(db, review) == []


def test_a_scenario_is_described_with_absence_and_surge(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    more = {"absence": "5", "spell": "2", "surge": "1.5", "surge_from": "1", "surge_to": "1", "growth": "10"}

    answer = Visitor(app, "lucia").post(f"/reviews/{review}/scenarios", {**SCENARIO, **more})

    with database.reading(engine) as db:
        (row,) = store.scenarios(db, review)
        scenario = store.scenario_of(db, row.digest)
    assert answer.status_code == 303
    assert {one.share for one in scenario.absences} == {"0.05"}
    assert [(one.factor, one.start, one.end) for one in scenario.surges] == [("1.5", 0, 604_800_000)]
    assert sum(map(float, scenario.streams[0].per_hour)) == pytest.approx(110)


def test_a_scenario_is_described_with_stopped_and_slow_steps_growth_and_a_surge_that_comes_again(
    app: Flask, engine: Engine
) -> None:
    review = a_review(engine)
    day = SCENARIO["start"]
    more = {
        "surge": "2",
        "surge_from": "1",
        "surge_to": "1",
        "ramp": "1",
        "every": "2",
        "growth_a_year": "10",
        "absence": "5",
        "spell": "1",
        "together": "y",
        "down": ["check"],
        "down_from": f"{day}T12:00",
        "down_hours": "6",
        "slow": ["pay"],
        "slow_factor": "1.5",
        "slow_from": "1",
        "slow_to": "2",
    }

    answer = Visitor(app, "lucia").post(f"/reviews/{review}/scenarios", {**SCENARIO, "weeks": "4", **more})

    assert answer.status_code == 303
    with database.reading(engine) as db:
        (row,) = store.scenarios(db, review)
        scenario = store.scenario_of(db, row.digest)
    assert [(one.steps, one.start, one.end) for one in scenario.outages] == [(("check",), 12 * HOUR, 18 * HOUR)]
    assert [(one.steps, one.factor) for one in scenario.slowdowns] == [(("pay",), "1.5")]
    assert [(one.ramp, one.every) for one in scenario.surges] == [(DAY, 14 * DAY)]
    assert (scenario.streams[0].growth, all(one.together for one in scenario.absences)) == ("0.1", True)
    assert not scenario.calm
    page = Visitor(app, "lucia").get(f"/reviews/{review}/simulation").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "check stopped for 6.0 h" in page
    assert "pay × 1.5, weeks 1 to 2" in page
    assert "demand grows by 10% a year" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"down_from": ""}, "from when the steps are stopped"),
        ({"down_from": "2001-01-01T00:00"}, "before the scenario begins"),
    ],
)
def test_steps_are_stopped_from_a_time_within_the_scenario(app: Flask, engine: Engine, typed, said) -> None:
    answer = Visitor(app, "lucia").post(
        f"/reviews/{a_review(engine)}/scenarios", {**SCENARIO, "down": ["check"], "down_hours": "6", **typed}
    )

    assert answer.status_code == 422
    assert said in answer.text


def test_the_page_tells_how_far_it_is_and_then_what_it_says(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    option = an_option(engine, review)
    experiment = asked_to_play(engine, review, (option.id,))
    visitor = Visitor(app, "nora")

    waiting = visitor.get(f"/simulations/{experiment.id}").text
    played(engine, experiment)
    page = visitor.get(f"/simulations/{experiment.id}").text
    table = visitor.get(f"/simulations/{experiment.id}/figures.csv").text

    assert "The simulation is under way" in waiting
    assert "better in time in process" in page
    assert "design,scenario,measure,value,interval,difference,interval of it,verdict" in table
    assert "A,usual-week,Time in process," in table


def test_the_page_behind_says_why_cases_wait_and_leads_to_the_story_of_one(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    experiment = played(engine, asked_to_play(engine, review, scenarios=(a_scenario("Busy", "9"),)))
    visitor = Visitor(app, "nora")

    page = visitor.get(f"/simulations/{experiment.id}/inside").text
    case = visitor.get(f"/simulations/{experiment.id}/case?case=30").text

    assert "Causes of waits" in page
    assert "too short to say whether the work in progress settles" in page
    assert re.search(r'data-label="Contention">\d+%', page)
    assert "the slowest" in page
    assert "The story of case 30" in case
    assert "all busy with what came before" in case
    assert re.search(r"in hand case \d+ \(", case)
    assert visitor.get(f"/simulations/{experiment.id}/case?case=9999").status_code == 404
    assert visitor.get(f"/simulations/{experiment.id}/inside?design=Z").status_code == 404


def test_the_screen_of_formulas_says_how_many_heads_and_what_it_assumes(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    visitor = Visitor(app, "nora")

    empty = visitor.get(f"/reviews/{review}/staffing-screen")
    full = visitor.get(f"/reviews/{review}/staffing-screen?per_hour=200&work=3&within=0.3333&share=88.8&shrinkage=30")
    wrong = visitor.get(f"/reviews/{review}/staffing-screen?per_hour=-1&work=3&within=1&share=80")

    assert "only simulation can tell" in empty.text
    told = dict(re.findall(r'<th scope="row">(\d+)</th><td data-label="Enough">.*?(yes|no)\s*</span>', full.text))
    assert (told["13"], told["14"]) == ("no", "yes")
    assert "<b>20</b> heads" in full.text
    assert "Number must be between" in wrong.text


def test_a_design_that_cannot_be_played_is_answered_beside_the_form(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    option = an_option(engine, review, moves=(more_heads(0),))
    row = operations.describe(engine, nora(engine), review, a_scenario())
    asked = {"options": option.id, "scenarios": row.id, "replications": "20", "seed": "1"}

    answer = Visitor(app, "lucia").post(f"/reviews/{review}/simulation", asked)

    assert answer.status_code == 422
    assert "“Check” is left without heads" in answer.text


def months(name: str = "Spring", per_hour: str = "4", **more: object) -> Scenario:
    return a_scenario(name, per_hour, period=35 * DAY, **more)


def test_a_steady_run_leaves_the_same_warm_up_out_of_every_design_and_computes_again_to_the_same(
    app: Flask, engine: Engine
) -> None:
    review = a_review(engine)
    option = an_option(engine, review)
    backlog = (Backlog(id="take", cases=150, stream="cases"),)
    row = operations.describe(engine, nora(engine), review, months(per_hour="3", backlog=backlog))

    made = operations.ask(engine, nora(engine), review, (option.id,), (row.id,), 20, 7, run="steady")
    experiment = played(engine, found_experiment(engine, made.id))

    outcome = outcome_of(engine, experiment)
    (days,) = {one.cut for one in outcome.settled}
    assert days >= 5
    with database.reading(engine) as db:
        again = operations.wanted(db, store.spec(db, experiment), outcome)
    assert {task.warm_up for own in again.values() for task in own} == {days * DAY}
    assert sorted({task.key for own in again.values() for task in own}) == list(outcome.blocks)
    page = Visitor(app, "nora").get(f"/simulations/{experiment.id}").text
    assert f"the first {days} days are left out of every design" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_run_that_is_not_steady_says_so_and_why(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    row = operations.describe(engine, nora(engine), review, months(per_hour="12"))

    made = operations.ask(engine, nora(engine), review, (), (row.id,), 20, 7, run="steady")
    experiment = played(engine, found_experiment(engine, made.id))

    page = Visitor(app, "nora").get(f"/simulations/{experiment.id}").text
    assert "As is is not steady: more work comes than its people can do" in page
    assert "Its figures depend on how long is played." in page


def test_a_period_too_short_for_the_long_run_is_refused_by_name(place: Engine) -> None:
    review = a_review(place)
    row = operations.describe(place, nora(place), review, a_scenario())

    with pytest.raises(NotPossible, match="“Usual week” is too short for the long run"):
        operations.ask(place, nora(place), review, (), (row.id,), 20, 7, run="steady")


def test_the_satisfaction_index_carries_the_grade_of_what_it_is_made_of(app: Flask, engine: Engine) -> None:
    review = a_review(engine)
    reviews.plan(engine, nora(engine), review, 0, PLAN)

    experiment = played(engine, asked_to_play(engine, review, scenarios=(a_scenario(),)))

    page = Visitor(app, "nora").get(f"/simulations/{experiment.id}").text
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td data-label="As is, 95%">.*?grade grade-(\w)', page))
    with database.reading(engine) as db:
        spec = store.spec(db, experiment)
    assert rows["Satisfaction index"] == max(
        rows["Time in process"], *(one.provenance.grade.lower() for one in spec.features)
    )
    assert re.search(r"Time in process, 9 of 10 cases</th>.*?data-label=\"95%\">[\d.]+ to [\d.]+", page)
