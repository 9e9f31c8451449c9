"""One calendar arithmetic for logs, promises, simulation and charts."""

from process_models.values.document import Document

DAY = 86_400_000
HOUR = 3_600_000
MINUTE = 60_000
WEEK = 7 * DAY


class Span(Document, frozen=True):
    """Open hours on one weekday: Monday is 0, times in ms after local midnight, end at most 24 h."""

    day: int
    start: int
    end: int


class Calendar(Document, frozen=True):
    """A week of open spans in local time, and dates (ISO) on which nothing is open."""

    spans: tuple[Span, ...]
    closed: tuple[str, ...] = ()
