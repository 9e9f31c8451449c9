"""The reference figures of the shared data come out."""

from pathlib import Path

import pytest

from process_models.logs.columns import Columns
from process_models.logs.discovery import discover
from process_models.logs.events import Events
from process_models.logs.variants import handovers, promises, variants
from tests.process_models.logs.published import published


@pytest.fixture
def whole(shared_data: Path) -> tuple[Events, Columns]:
    """The whole log of the service desk, as guessed."""
    found = published(shared_data / "uci_servicenow_incidents/incident_event_log.zip")
    return found.log, found.columns


def test_the_whole_service_desk_has_191_ways_of_which_five_cover_four_fifths(whole):
    found = variants(whole[0])

    assert (whole[0].cases, len(whole[0].frame), len(found)) == (24_918, 141_712, 191)
    assert found["covered"].iloc[3] < 0.8 <= found["covered"].iloc[4]
    assert (found["steps"].iloc[0], found["cases"].iloc[0]) == (("New", "Resolved", "Closed"), 6_282)


def test_the_whole_service_desk_has_2217_cases_with_ping_pong_and_misses_36_6_per_cent(whole):
    assert handovers(whole[0]).ping_pong_cases == 2_217
    assert round(promises(whole[0]).missed_share, 3) == 0.366


def test_the_fortnight_has_69_ways_323_ping_pongs_and_misses_22_6_per_cent(uci):
    assert (uci.cases, len(variants(uci)), handovers(uci).ping_pong_cases) == (4_003, 69, 323)
    assert round(promises(uci).missed_share, 3) == 0.226


def test_noise_makes_a_map_of_the_whole_service_desk_and_says_what_it_leaves_out(whole):
    full, clear = discover(*whole), discover(*whole, noise="0.05")

    assert full.account.explained == 24_918
    assert len(clear.graph.flows) <= 0.6 * len(full.graph.flows)
    assert clear.account.explained_share > 0.9
