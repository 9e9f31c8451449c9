"""Logs that the tests share: small ones written out, the generated example, and real ones."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from process_models.logs.columns import Columns, Meaning
from process_models.logs.events import Events, events
from process_models.logs.example import ZONE, claims_log
from process_models.logs.guessing import guess
from process_models.logs.reading import read
from tests.process_models.logs.published import guessed, published

UCI = "licence_clean/uci498_incidents_2016-04-04_to_17.csv.gz"


@pytest.fixture(scope="session")
def example_text() -> str:
    """The example log as text, made once."""
    return claims_log()


@pytest.fixture(scope="session")
def example_frame(example_text: str) -> pd.DataFrame:
    """The example log as read."""
    return read(example_text.encode()).frame


@pytest.fixture(scope="session")
def example_columns(example_frame: pd.DataFrame) -> Columns:
    """The guessed mapping of the example log, on the clock of London."""
    proposal = guess(example_frame).columns
    assert proposal is not None
    return msgspec.structs.replace(proposal, zone=ZONE)


@pytest.fixture(scope="session")
def example(example_frame: pd.DataFrame, example_columns: Columns) -> Events:
    """The events of the example log."""
    return events(example_frame, example_columns)


@pytest.fixture
def uci_frame(shared_data: Path) -> pd.DataFrame:
    """A fortnight of a real IT service desk."""
    return guessed(shared_data / UCI)[0].frame


@pytest.fixture
def uci_columns(shared_data: Path) -> Columns:
    """Its mapping as guessed."""
    return published(shared_data / UCI).columns


@pytest.fixture
def uci(shared_data: Path) -> Events:
    """Its events."""
    return published(shared_data / UCI).log


PLAIN = Columns(case="case", step="step", time="time")


@pytest.fixture(scope="session")
def plain() -> Columns:
    """The mapping of the logs written out in tests."""
    return PLAIN


def _table(rows: Sequence[tuple[str, ...]], *names: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(names), index=range(2, len(rows) + 2), dtype="str")


@pytest.fixture(scope="session")
def table() -> Callable[..., pd.DataFrame]:
    """Rows and names as a table of text, numbered as a spreadsheet does."""
    return _table


@pytest.fixture(scope="session")
def log() -> Callable[..., Events]:
    """The log of cases that take an hour from letter to letter: ``log("AB", "ACB")``."""

    def build(*ways: str, meaning: Meaning = Meaning.ENDS, last: str = "") -> Events:
        rows = [
            (f"c{number}", letter, f"2026-01-05 {hour:02d}:00:00")
            for number, way in enumerate(ways)
            for hour, letter in enumerate(way)
        ]
        columns = msgspec.structs.replace(PLAIN, meaning=meaning, last=last)
        return events(_table(rows, "case", "step", "time"), columns)

    return build
