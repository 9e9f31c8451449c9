"""Control charts against published examples and theory; the shared series say what a good tool notices in them."""

import csv
import gzip
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from process_models.evidence import control_charts
from process_models.evidence.control_charts import (
    Chart,
    Cut,
    Settings,
    assurance,
    chart,
    chosen,
    presets,
    runs,
    season,
    variation,
    without_season,
)
from process_models.values.errors import ModelError

VISCOSITY = [33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84]
"""Viscosity of aircraft primer paint (Montgomery, Introduction to Statistical Quality Control, 6th ed., table 6.6)."""
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
"""Leaking cans of 50 (the same, table 7.1)."""
BOARDS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
"""Faults in 26 samples of 100 boards (the same, table 7.7)."""
FLAT = [5.0, 5.2, 4.9, 5.1, 4.8, 5.0, 5.1, 4.9, 5.2, 4.8, 5.1, 4.9]


def rules(drawn: Chart) -> set[str]:
    return {signal.rule.id for signal in drawn.signals}


# Limits


def test_individual_values_have_the_limits_of_the_textbook():
    drawn = chart(VISCOSITY)

    assert (drawn.kind, round(float(drawn.centre[0]), 2)) == ("xmr", 33.52)
    assert (round(float(drawn.low[0]), 2), round(float(drawn.high[0]), 2)) == (32.24, 34.80)
    assert drawn.signals == ()


def test_shares_have_the_limits_of_the_textbook():
    drawn = chart([one / 50 for one in CANS], [50] * 30)

    assert drawn.kind == "p"
    told = [round(float(line[0]), 4) for line in (drawn.low, drawn.centre, drawn.high)]
    assert told == [0.0524, 0.2313, 0.4102]
    assert {point for one in drawn.signals if one.rule.id == "beyond" for point in one.points} == {14, 22}


def test_counts_have_the_limits_of_the_textbook():
    drawn = chart(BOARDS, settings=Settings(kind="c"))

    told = [round(float(line[0]), 2) for line in (drawn.low, drawn.centre, drawn.high)]
    assert told == [6.48, 19.85, 33.21]
    assert {point for one in drawn.signals if one.rule.id == "beyond" for point in one.points} == {5, 19}


def test_constants_are_those_of_a_normal_sample_of_two():
    median_of_range = math.sqrt(2) * 0.6744897501960817

    assert round(2 / math.sqrt(math.pi), 3) == control_charts.D2
    assert round(median_of_range, 3) == control_charts.MEDIAN_D2
    assert round(1 + 3 * math.sqrt(2 - 4 / math.pi) / (2 / math.sqrt(math.pi)), 3) == control_charts.SCREEN
    assert round(1 / median_of_range * 3, 3) == 3.145
    assert round(3 / control_charts.D2, 2) == 2.66


def test_limits_of_units_follow_their_sizes():
    drawn = chart([0.1, 0.12, 0.08, 0.11], [100, 400, 100, 400], Settings(kind="u"))

    assert drawn.high[0] > drawn.high[1]
    assert round(float(drawn.centre[0]), 3) == 0.110
    assert math.isclose(float(drawn.high[1]), 0.11 + 3 * math.sqrt(0.11 / 400))


def test_rare_events_have_limits_that_are_not_below_nothing():
    days = [3, 10, 4, 30, 7, 1, 12, 9, 2, 15, 6, 8]
    between, times = chart(days, settings=Settings(kind="g")), chart(days, settings=Settings(kind="t"))
    mean = sum(days) / 12

    assert math.isclose(float(between.high[0]), mean + 3 * math.sqrt(mean * (mean + 1)))
    assert (float(between.low[0]), between.capped) == (0.0, ("low",))
    root = np.array(days, float) ** (1 / 3.6)
    ranges = np.abs(np.diff(root))
    ranges = ranges[ranges < 3.267 * ranges.mean()]
    assert math.isclose(float(times.high[0]), float(root.mean() + 3 * ranges.mean() / 1.128) ** 3.6)


def test_shares_that_vary_as_chance_has_it_are_no_wider_with_laney_and_others_are():
    luck = np.random.default_rng(3)
    sizes = np.full(60, 5000)
    plain = luck.binomial(5000, 0.3, 60) / 5000
    restless = luck.binomial(5000, np.clip(luck.normal(0.3, 0.04, 60), 0, 1)) / 5000

    assert 0.8 < control_charts.spread_beyond_chance(plain, sizes, counts=False) < 1.2
    assert chosen(restless.tolist(), sizes.tolist()) == "p_prime"
    assert len(chart(restless.tolist(), sizes.tolist(), Settings(kind="p")).marked) > 10
    assert not {"beyond"} & rules(chart(restless.tolist(), sizes.tolist()))


def test_the_chart_is_chosen_from_what_is_counted():
    assert chosen([1.0, 2.0]) == "xmr"
    assert chosen([1.0, 2.0], counts=True) == "c"
    assert chosen([0.1, 0.2], [10, 20]) == "p"
    assert chosen([0.1, 0.2], [10, 20], counts=True) == "u"


def test_an_odd_range_is_left_out_once_and_medians_mind_it_less():
    odd = [*FLAT, 9.0, *FLAT]

    screened, plain = chart(odd), chart(odd, settings=Settings(screen=False))
    median = chart(odd, settings=Settings(median=True))

    assert float(screened.high[0] - screened.centre[0]) < 0.5 * float(plain.high[0] - plain.centre[0])
    assert 12 in screened.marked
    assert abs(float(median.centre[0]) - 5.0) < 1e-9


def test_a_limit_beyond_the_possible_is_cut_and_said():
    drawn = chart([0.97, 0.99, 0.9, 1.0, 0.95, 0.99], [40] * 6)

    assert float(drawn.high.max()) == 1.0
    assert drawn.capped == ("high",)


# Signals


@pytest.mark.parametrize(
    ("preset", "values", "expected"),
    [
        ("nhs", [*FLAT, 9.0], {"beyond"}),
        ("nhs", [*FLAT, *[5.15] * 7], {"shift"}),
        ("nhs", [*FLAT, *[5.15] * 6], set()),
        ("nhs", [5.0, 4.7, 4.8, 4.9, 5.0, 5.1, 5.2, 5.3, 5.0, 4.9], {"trend"}),
        ("nelson", [5.0, 4.7, 4.8, 4.9, 5.0, 5.1, 5.2, 5.0, 4.9, 5.1], {"trend"}),
        ("nelson", [1.0, 2.0] * 7, {"swing"}),
        ("nelson", [5.0, 6.0, *[5.45, 5.55] * 8, 6.0, 5.0], {"hug", "swing"}),
        ("western_electric", [*FLAT, *[5.15] * 8], {"shift"}),
        ("western_electric", [*FLAT, *[5.15] * 7], set()),
    ],
)
def test_points_stand_out_by_the_rules_of_a_preset(preset, values, expected):
    drawn = chart(values, settings=Settings(preset=preset))

    assert expected <= rules(drawn)
    if not expected:
        assert "shift" not in rules(drawn)


def test_only_points_near_the_limit_are_marked_by_two_of_three():
    sigma = 1.0
    apart = np.array([0.0, 2.5, 0.1, 2.4, 0.0, -2.5, 0.0, 2.2])
    rule = next(rule for rule in presets()["nhs"].rules if rule.id == "near")

    assert control_charts.TESTS["beyond"](apart, np.full(8, sigma), rule) == [((1, 3), 1)]


def test_rules_do_not_reach_over_the_border_of_a_segment():
    values = [*FLAT, *[value + 1 for value in FLAT]]

    whole = chart(values)
    cut = chart(values, settings=Settings(cuts=(Cut(12, "New forms from 1 May"),)))

    assert "shift" in rules(whole)
    assert cut.signals == ()
    assert [(one.start, one.stop, one.cause, one.settled) for one in cut.segments] == [
        (0, 12, "", True),
        (12, 24, "New forms from 1 May", True),
    ]


@pytest.mark.parametrize(
    ("values", "sizes", "settings", "says"),
    [
        ([1.0], None, Settings(), "two points"),
        ([1.0, math.nan], None, Settings(), "needs a number"),
        ([0.1, 0.2], [10, 0], Settings(), "above zero"),
        ([0.1, 0.2], [10], Settings(), "above zero"),
        (FLAT, None, Settings(preset="mine"), "no preset"),
        (FLAT, None, Settings(cuts=(Cut(5, " "),)), "cause in words"),
        (FLAT, None, Settings(cuts=(Cut(0, "x"),)), "after the first point"),
        (FLAT, None, Settings(kind="p"), "needs sizes"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(values, sizes, settings, says):
    with pytest.raises(ModelError, match=says):
        chart(values, sizes, settings)


def test_the_latest_point_says_better_worse_or_nothing():
    risen = chart([*FLAT, *[5.15] * 7])

    assert variation(risen, "higher") == "improvement"
    assert variation(risen, "lower") == "concern"
    assert variation(risen, "neither") == "up"
    assert variation(chart(FLAT), "higher") == "common"


def test_a_target_is_passed_failed_or_hit_by_chance():
    drawn = chart(FLAT)

    assert [assurance(drawn, target, "higher") for target in (4.0, 5.0, 6.0)] == ["passes", "hit or miss", "fails"]
    assert [assurance(drawn, target, "lower") for target in (4.0, 5.0, 6.0)] == ["fails", "hit or miss", "passes"]


def test_a_run_chart_finds_a_shift_and_leaves_noise_alone():
    luck = np.random.default_rng(1).normal(size=40)

    assert not runs(luck.tolist()).signal
    assert runs([*luck[:20], *(luck[20:] + 3)]).signal
    found = runs(list(range(20)))
    assert (found.longest, found.most, found.crossings, found.fewest) == (10, 7, 1, 6)


# Real series


def rows(file: Path) -> list[dict[str, str]]:
    packed = file.read_bytes()
    text = (gzip.decompress(packed) if file.suffix == ".gz" else packed).decode("utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_winter_in_accident_and_emergency_is_a_season_and_no_special_cause(shared_data: Path):
    months: dict[str, list[int]] = {}
    for row in rows(shared_data / "licence_clean/nhs_ae_attendances_2016-2019.csv.gz"):
        if row["type"] == "1":
            counted = months.setdefault(row["period"], [0, 0])
            counted[0] += int(float(row["breaches"]))
            counted[1] += int(float(row["attendances"]))
    shares = [months[month][0] / months[month][1] for month in sorted(months)]

    found = season(shares, 12)

    assert len(shares) == 36
    assert found is not None
    assert {int(place) for place in np.argsort(found.means)[-3:]} <= {8, 9, 10, 11}, "the worst months are in winter"
    assert len(chart(without_season(shares, found).tolist()).marked) < len(chart(shares).marked)


def test_the_level_shift_the_week_and_the_holidays_of_a_service_desk_are_seen(shared_data: Path):
    days = rows(shared_data / "licence_clean/uci498_daily_metrics_2016-03_to_05.csv")
    working = [row for row in days if date.fromisoformat(row["day"]).weekday() < 5]

    def marked(column: str, rule: str, side: int) -> list[set[str]]:
        drawn = chart([float(row[column]) for row in working])
        found = [one for one in drawn.signals if (one.rule.id, one.side) == (rule, side)]
        return [{working[point]["day"] for point in one.points} for one in found]

    assert season([float(row["opened"]) for row in days], 7) is not None
    holidays = {"2016-03-25": "Good Friday", "2016-04-21": "Tiradentes", "2016-05-26": "Corpus Christi"}
    assert set(holidays) <= set().union(*marked("opened", "beyond", -1))
    assert max(len(run) for run in marked("sla_missed", "shift", 1)) >= 12, "missed promises were higher in March"
    assert {"2016-03-29"} <= set().union(*marked("sla_missed", "shift", -1)), "and lower from the end of it"


def test_a_series_without_a_season_has_none():
    assert season(np.random.default_rng(5).normal(size=60).tolist(), 12) is None
    assert season([1.0, 2.0] * 5, 12) is None
