"""Experiments are played in blocks that can be stopped, kept, taken up again and checked elsewhere."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from process_models.evidence.satisfaction import Feature
from process_models.graph.steps import Lens, Promise, Score
from process_models.values.calendars import HOUR, MINUTE
from process_models.values.canonical import canonical, digest, read
from process_models.values.clocks import Clock, Moment
from process_models.values.distributions import Exponential
from process_models.values.errors import ModelError
from simulations import experiments
from simulations.experiments import (
    MEASURES,
    BlockResult,
    Summary,
    Task,
    differs,
    in_words,
    run,
    run_block,
    run_or_stop,
    simulate,
    summarise,
    tasks,
    values,
)
from simulations.plan import PlanError
from tests.building import GUESS, graph_of
from tests.simulations.playing import hours, pool, scenario, shop, takes

GRAPH = graph_of(
    "start a, a b, b end 0.8, b a 0.2",
    made={
        "a": takes(Exponential(10 * MINUTE), scores=(Score(Lens.SATISFACTION, 1, GUESS),)),
        "b": takes(Exponential(5 * MINUTE)),
    },
    promises=(Promise("day", "Within a day", Clock(Moment("start", "enter"), Moment("end", "leave"), HOUR)),),
)
ASKED = scenario(period=12 * HOUR)
QUICK = Feature(id="q", name="Quick", outcome="time", points=((0, "100"), (4 * HOUR, "0")))
KIND = Feature(id="k", name="Kind", outcome="steps")


def shop_of(heads):
    return shop(GRAPH, pool("team", heads, hours((6, 20)), rate=3000))


def wanted(heads=3, **fields):
    return tasks(shop_of(heads), ASKED, **{"replications": 6, "seed": 7, "features": (QUICK,), "block": 2, **fields})


@pytest.fixture(scope="module")
def played():
    return tuple(run(wanted()))


def test_blocks_cover_all_replications_once():
    assert [(task.first, task.count) for task in wanted(replications=5, block=2)] == [(0, 2), (2, 2), (4, 1)]


def test_other_processes_give_the_same_numbers(played):
    with ProcessPoolExecutor(2, get_context("spawn")) as others:
        again = tuple(run(wanted(), executor=others.map))

    assert [block.digest for block in again] == [block.digest for block in played]


def test_the_size_of_blocks_changes_nothing_in_the_numbers(played):
    assert values(run(wanted(block=3))) == values(played)


def test_known_blocks_are_not_played_again(played):
    asked_for = []

    def watched(play, missing):
        asked_for.extend(missing)
        return map(play, missing)

    known = {block.key: block for block in (played[0], played[2])}
    again = tuple(run(wanted(), known, watched))

    assert again == played
    assert [task.first for task in asked_for] == [2]


def test_a_block_can_be_stopped_between_replications_and_says_how_far_it_is():
    through = []

    def stop(number):
        through.append(number)
        if number == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_block(wanted(block=6)[0], played=stop)
    assert through == [0, 1]


def test_a_long_replication_gives_signs_of_life():
    beats = []

    run_block(wanted(replications=1)[0], beat=beats.append)

    assert beats[0] == 0


@pytest.mark.parametrize(
    "other",
    [
        wanted(heads=4)[0],
        wanted(seed=8)[0],
        wanted(features=())[0],
        wanted(features=(KIND,))[0],
        wanted(block=3)[0],
        wanted()[1],
    ],
)
def test_a_key_says_everything_that_numbers_depend_on(other):
    assert other.key != wanted()[0].key
    assert wanted()[0].key == wanted()[0].key


def test_what_is_stored_reads_back_and_a_re_run_compares_equal(played):
    stored = [read(canonical(block), BlockResult) for block in played]

    assert [block.digest for block in stored] == [block.digest for block in played]
    assert differs(stored, wanted()) == ()


def test_a_changed_number_is_found_by_the_re_run(played):
    first = played[0]
    name, number = first.replications[0].sums[0]
    forged = BlockResult(
        key=first.key,
        plan=first.plan,
        seed=first.seed,
        rules=first.rules,
        replications=(
            type(first.replications[0])(0, ((name, number + 1), *first.replications[0].sums[1:])),
            *first.replications[1:],
        ),
    )

    assert differs([forged, played[1]], wanted()) == (first.key, played[2].key)


def test_one_summary_tells_means_with_intervals_and_paired_differences(played):
    told = summarise(tuple(run(wanted(heads=6))), played)

    by_id = {result.id: result for result in told.results}
    assert {"time_in_process", "waiting", "cost", "promise", "utilisation", "satisfaction", "completed"} <= set(by_id)
    assert "compliance" not in by_id
    assert float(by_id["utilisation"].low) < float(by_id["utilisation"].mean) < float(by_id["utilisation"].high)
    assert by_id["utilisation"].mean == by_id["utilisation:team"].mean
    assert {"wait:a", "visits:a", "promise:day"} <= set(by_id)
    changes = {change.id: change for change in told.changes}
    assert changes["waiting"].verdict == "better"
    assert changes["utilisation"].verdict == "different"
    assert changes["staff_cost"].verdict == "worse"
    assert changes["cost"].verdict == "same"
    assert read(canonical(told), Summary) == told


def test_the_same_design_twice_differs_in_nothing(played):
    assert {change.verdict for change in summarise(played, played).changes} == {"same"}


def test_results_that_are_not_narrow_enough_say_so(played):
    wide = {result.id for result in summarise(played, tolerance=0.0001).results if not result.narrow}
    generous = {result.id for result in summarise(played, tolerance=10).results if not result.narrow}

    assert "time_in_process" in wide
    assert "time_in_process" not in generous


def test_a_summary_in_words_has_a_line_for_each_measure(played):
    text = in_words(summarise(played))

    assert "6 replications, seed 7, rules 1" in text
    for measure in MEASURES:
        assert (measure.name in text) == (measure.id != "compliance")
    assert "Wait before a" not in text
    assert "Wait before a" in in_words(summarise(played), parts=True)
    assert "tells no interval" in in_words(simulate(shop_of(3), ASKED, replications=1))


def test_scores_of_steps_matter_only_where_a_feature_uses_them():
    changed = graph_of(
        "start a, a b, b end 0.8, b a 0.2",
        made={
            "a": takes(Exponential(10 * MINUTE), scores=(Score(Lens.SATISFACTION, -2, GUESS),)),
            "b": takes(Exponential(5 * MINUTE)),
        },
        promises=GRAPH.promises,
    )
    other = shop(changed, pool("team", 3, hours((6, 20)), rate=3000))

    assert tasks(other, ASKED, replications=2, seed=7, features=(QUICK,), block=2)[0].key == wanted()[0].key
    assert (
        tasks(other, ASKED, replications=2, seed=7, features=(KIND,), block=2)[0].key != wanted(features=(KIND,))[0].key
    )


def test_a_design_that_cannot_be_played_is_refused_before_anything_is_played():
    with pytest.raises(PlanError, match="“A”"):
        simulate(shop(GRAPH, pool("team", 0)), ASKED)


@pytest.mark.parametrize("fields", [{"seed": -1}, {"seed": 2**53}, {"count": 0}, {"first": -1}])
def test_a_task_that_cannot_be_is_refused(fields):
    with pytest.raises(ModelError):
        Task(**{"design": shop_of(1), "scenario": ASKED, "seed": 1, "first": 0, "count": 1, **fields})


def test_digests_of_results_are_those_of_their_documents(played):
    assert played[0].digest == digest(played[0])


def test_a_block_with_far_too_much_work_says_so_by_having_no_replications_and_any_other_refusal_is_told(monkeypatch):
    design = shop(graph_of("start a, a end", made={"a": takes(Exponential(HOUR))}), pool("team", 1))
    (task,) = tasks(design, scenario(), replications=2, seed=1)

    def refuses(id, **why):
        def run(*_):
            raise ModelError(id, **why)

        return run

    monkeypatch.setattr(experiments, "run_block", refuses("too_many_under_way", most=9, step="A"))
    stopped = run_or_stop(task)
    monkeypatch.setattr(experiments, "run_block", refuses("too_many_visits", most=9, step="A"))

    assert (stopped.key, stopped.replications) == (task.key, ())
    with pytest.raises(ModelError, match="visits"):
        run_or_stop(task)
