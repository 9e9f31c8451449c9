"""The committed digests of plans, traces and sums hold here, in another time zone and with another numpy."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, missing
from tests.simulations.golden_plays import KEPT, digests

OLDER = Path(os.environ.get("SECOND_NUMPY") or Path(sys.prefix) / "second_numpy")


def committed():
    return json.loads(KEPT.read_text("utf-8"))


def elsewhere(*arguments, **variables):
    """What another Python process prints."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_plans_traces_and_sums_have_the_committed_digests():
    assert dict(digests()) == committed()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/St_Johns"])
def test_they_are_the_same_where_the_machine_stands_in_another_time_zone(zone):
    assert json.loads(elsewhere("-m", "tests.simulations.golden_plays", TZ=zone)) == committed()


def test_they_are_the_same_with_another_numpy():
    if not (OLDER / "numpy").is_dir():
        missing(f"A second numpy (scripts/second_numpy puts one into {OLDER})", "REQUIRE_SECOND_NUMPY")
    path = f"{OLDER}{os.pathsep}{ROOT}"
    version = "import numpy; print(numpy.__version__)"

    assert elsewhere("-c", version, PYTHONPATH=path) != elsewhere("-c", version)
    assert json.loads(elsewhere("-m", "tests.simulations.golden_plays", PYTHONPATH=path)) == committed()
