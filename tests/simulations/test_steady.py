"""What settles says after how long; what cannot settle says that it does not."""

from process_models.values.calendars import DAY, HOUR
from process_models.values.distributions import Exponential, Fixed
from simulations.experiments import run_block, tasks, values
from simulations.plan import plan
from simulations.scenario import Backlog, Stream
from simulations.steady import cut, settling
from tests.building import graph_of
from tests.simulations.playing import pool, scenario, shop, takes, weekly


def desk(heads: int = 1, work: int = HOUR // 2):
    return shop(graph_of("start a, a end", made={"a": takes(Exponential(work))}), pool("team", heads))


def weeks(per_hour: str, **more: object):
    return scenario(period=60 * DAY, streams=(Stream(id="post", per_hour=weekly(per_hour)),), **more)


def test_a_backlog_at_the_start_is_found_as_warm_up_and_left_out_of_the_figures():
    asked = weeks("1", backlog=(Backlog(id="a", cases=400, stream="post"),))
    design = desk()

    found = settling(plan(design, asked), 1)
    since = cut([found])
    every, later = (
        values(map(run_block, tasks(design, asked, replications=5, seed=1, warm_up=one)))["waiting"]
        for one in (0, since)
    )

    assert found.steady
    assert 10 <= found.warm_up <= 30
    assert max(later) < 3 * HOUR < 10 * HOUR < min(every)


def test_more_work_than_people_can_do_is_said_not_to_be_steady():
    found = settling(plan(desk(), weeks("2.5")), 1)

    assert not found.steady
    assert found.grows
    assert found.full == ("team",)


def test_what_begins_as_it_goes_on_needs_no_warm_up():
    even = shop(graph_of("start a, a end", made={"a": takes(Fixed(HOUR // 60))}), pool("team", 3))

    found = settling(plan(even, weeks("6")), 1)

    assert found.steady
    assert cut([found]) <= 10 * DAY


def test_a_period_too_short_to_tell_tells_nothing():
    assert settling(plan(desk(), scenario(period=10 * DAY)), 1) is None


def test_a_warm_up_is_part_of_what_a_block_is():
    asked = weeks("1")
    (usual,) = tasks(desk(), asked, replications=1, seed=1)
    (later,) = tasks(desk(), asked, replications=1, seed=1, warm_up=DAY)

    assert usual.key != later.key
