"""The example's questions: the weightiest that triggers raise, waiting for the people who do the steps."""

from sqlalchemy import Engine

from workbench import example
from workbench.config import Settings
from workbench.database import reading
from workbench.questions import operations, store
from workbench.reviews import store as reviews
from workbench.reviews.example import REVIEW

FIRST = 6
"""Few and good."""


def add(engine: Engine, settings: Settings) -> None:  # noqa: ARG001 (chapters share a signature)
    """Ask the weightiest proposed questions, unless some were asked already."""
    with reading(engine) as db:
        if store.questions(db, REVIEW):
            return
        review = reviews.find(db, REVIEW)
        proposed = operations.proposed(db, review, operations.looks(db, review))
    chosen = frozenset((one.step, one.question.id) for one in proposed[:FIRST])
    operations.ask(engine, example.actor(engine, "nora"), REVIEW, chosen)


example.CHAPTERS.append(add)
