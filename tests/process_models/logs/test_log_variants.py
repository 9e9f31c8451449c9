"""The ways cases went."""

import msgspec

from process_models.logs.events import events
from process_models.logs.variants import follows, handovers, promises, promises_by_weekday, rework, variants


def test_variants_collapse_repeats_and_come_by_frequency(log):
    found = variants(log("AB", "AABB", "ACB"))

    assert found["steps"].tolist() == [("A", "B"), ("A", "C", "B")]
    assert found["cases"].tolist() == [2, 1]
    assert found["covered"].iloc[-1] == 1


def test_moves_are_counted_by_move_and_by_case(log):
    found = follows(log("ABAB", "AB")).set_index(["step", "next"])

    assert found.loc[("A", "B")].to_dict() == {"count": 3, "cases": 2}
    assert found.loc[("B", "A")].to_dict() == {"count": 1, "cases": 1}


def test_rework_counts_cases_that_come_back(log):
    found = rework(log("ABA", "AB", "AAB")).set_index("step")

    assert found.loc["A", ["cases", "returned"]].tolist() == [3, 1]
    assert found.loc["B", "returned"] == 0


def grouped(table, plain, groups: str):
    rows = [("a", "Work", f"2026-01-05 {hour:02d}:00", group) for hour, group in enumerate(groups)]
    columns = msgspec.structs.replace(plain, group="group", missing=("?",))
    return handovers(events(table(rows, "case", "step", "time", "group"), columns))


def test_ping_pong_goes_straight_back_and_skips_the_unknown(table, plain):
    assert grouped(table, plain, "AB?A").ping_pong_cases == 1
    assert grouped(table, plain, "ABCA").ping_pong_cases == 0
    assert grouped(table, plain, "A?A").handed_over_cases == 0


def test_hand_overs_are_counted_by_pair(table, plain):
    found = grouped(table, plain, "ABAB").pairs.set_index(["source", "target"])

    assert found.loc[("A", "B"), ["count", "cases"]].tolist() == [2, 1]


def test_a_promise_counts_by_the_last_row_of_the_case(table, plain):
    rows = [("a", "New", "2026-01-05", "yes"), ("a", "Done", "2026-01-06", "no"), ("b", "New", "2026-01-06", "yes")]
    rows += [("c", "New", "2026-01-06", "yes"), ("c", "Done", "2026-01-07", "")]
    columns = msgspec.structs.replace(plain, promise="kept", kept=("yes",))

    found = promises(events(table(rows, "case", "step", "time", "kept"), columns))

    assert (found.cases, found.missed, found.unknown) == (2, 1, 1)
    assert found.missed_share == 0.5


def test_the_service_desk_has_its_known_figures(uci):
    assert uci.cases == 4003
    assert len(variants(uci)) == 69
    assert handovers(uci).ping_pong_cases == 323
    assert round(promises(uci).missed_share, 3) == 0.226
    assert promises_by_weekday(uci)["cases"].sum() == 4003
