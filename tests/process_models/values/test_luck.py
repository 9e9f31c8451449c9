"""Luck is keyed, known and even."""

import numpy as np

from process_models.values import luck
from process_models.values.luck import Purpose


def test_the_finaliser_gives_the_known_numbers_of_splitmix64():
    state, seen = 1234567, []
    for _ in range(3):
        state = (state + luck.G) & luck.MASK
        seen.append(luck.mix(state))

    assert seen == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_draws_never_change_from_version_to_version():
    case = luck.lot(luck.world(seed=1, replication=0), luck.member(luck.key("phone"), 0))

    assert luck.draw(case, luck.key("triage"), 1, Purpose.DURATION) == 399622993364663411
    assert luck.draw(case, luck.key("triage"), 1, Purpose.ROUTE) == 2793720453729569709


def test_every_part_of_the_key_matters():
    def bits(seed=1, replication=0, stream="phone", number=0, step="triage", visit=1, purpose=Purpose.DURATION):
        lot = luck.lot(luck.world(seed, replication), luck.member(luck.key(stream), number))
        return luck.draw(lot, luck.key(step), visit, purpose)

    changed = [
        bits(seed=2),
        bits(replication=1),
        bits(stream="post"),
        bits(number=1),
        bits(step="check"),
        bits(visit=2),
        bits(purpose=Purpose.ROUTE),
    ]
    assert len({bits(), *changed}) == 8


def test_draws_over_cases_and_visits_are_even_and_not_correlated():
    world = luck.world(7, 3)
    draws = np.array(
        [
            [luck.draw(luck.lot(world, luck.member(5, case)), 9, visit, 0) / 2**64 for visit in (1, 2)]
            for case in range(20_000)
        ]
    )

    counts, _ = np.histogram(draws, bins=64, range=(0, 1))
    expected = draws.size / 64
    assert ((counts - expected) ** 2 / expected).sum() < 110  # chi squared, 63 degrees: 99.97 %
    assert abs(np.corrcoef(draws[:, 0], draws[:, 1])[0, 1]) * 20_000**0.5 < 3.5


def test_tables_are_read_between_their_points_and_the_top_cell_in_the_tail():
    body = [10 * i for i in range(1025)]
    tail = [10_230 + 1000 * i for i in range(1025)]

    assert luck.look_up(0, body, tail) == 0
    assert luck.look_up((512 << 54) | (1 << 53), body, tail) == 5125
    assert luck.look_up(1023 << 54, body, tail) == 10_230
    assert luck.look_up(2**64 - 1, body, tail) == 10_230 + 1000 * 1024 - 1
