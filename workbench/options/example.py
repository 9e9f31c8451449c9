"""The example's options: one that refuses early, and a draft that breaks a duty and is marked."""

from sqlalchemy import Engine

from process_models.redesign.moves import Move, Remove, Reorder
from workbench import example
from workbench.config import Settings
from workbench.data.example import ASSESS, COVER, SECOND
from workbench.database import reading
from workbench.options import operations, store
from workbench.reviews.example import REVIEW

OPTIONS: tuple[tuple[str, tuple[Move, ...]], ...] = (
    ("Check cover before assessing", (Reorder(COVER, ASSESS),)),
    ("Drop the second check", (Remove(SECOND),)),
)


def add(engine: Engine, settings: Settings) -> None:  # noqa: ARG001 (chapters share a signature)
    """Begin the options that are not there yet."""
    lucia = example.actor(engine, "lucia")
    with reading(engine) as db:
        there = {option.name for option in store.options(db, REVIEW)}
    for name, moves in OPTIONS:
        if name not in there:
            operations.begin(engine, lucia, REVIEW, name, moves)


example.CHAPTERS.append(add)
