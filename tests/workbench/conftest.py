"""The pages over the example."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.workbench.people import add_outsider
from workbench.app import create_app
from workbench.config import Settings


@pytest.fixture
def app(installation: Settings) -> Iterator[Flask]:
    """Return the pages of an installation with the example and an outsider."""
    made = create_app(installation)
    made.testing = True
    add_outsider(made.extensions["engine"])
    yield made
    made.extensions["engine"].dispose()


@pytest.fixture
def engine(app: Flask) -> Engine:
    """Return the database of the pages."""
    found: Engine = app.extensions["engine"]
    return found
