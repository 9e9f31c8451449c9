"""A limit between two moments of a case, for promises and obligations alike."""

from typing import Literal

from process_models.values.document import Document


class Moment(Document, frozen=True):
    """When a case enters or leaves a step: the first time for a start, the last time for an end."""

    step: str
    at: Literal["enter", "leave"]


class Clock(Document, frozen=True):
    """From a moment to a moment within a limit, in working or wall time, standing still during named steps."""

    start: Moment
    end: Moment
    limit: int
    """ms"""
    time: Literal["working", "wall"] = "working"
    pauses: tuple[str, ...] = ()
    """Ids of steps during which the clock stands still, sorted."""
