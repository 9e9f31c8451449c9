"""What the columns of a log are for: the mapping that a person confirms."""

import re
from enum import StrEnum

from process_models.graph.steps import Lane
from process_models.logs.amounts import Mark
from process_models.logs.dates import Order
from process_models.logs.errors import LogError
from process_models.logs.table import Table
from process_models.values.document import Document


class Meaning(StrEnum):
    """What one row of the log says."""

    STATES = "states"
    """From this time on the case was in this state."""
    ENDS = "ends"
    """At this time the step was finished."""
    SPANS = "spans"
    """The step was worked on from its start to its end."""


class Waiting(Document, frozen=True, kw_only=True):
    """A step that is a wait for somebody outside, and whose lane it stands in."""

    step: str
    lane: Lane


class Columns(Document, frozen=True, kw_only=True):
    """What each column is for, as confirmed by a person. Empty means that the log has no such column."""

    case: str
    step: str
    time: str
    """The end of the step, or the moment of the change."""
    meaning: Meaning = Meaning.ENDS
    start: str = ""
    order: str = ""
    """Numbers the rows of a case where times are too coarse to."""
    group: str = ""
    group_from_resource: bool = False
    """The resource without its number is the group: “Clerk 7” is one of the clerks."""
    resource: str = ""
    opened: str = ""
    """When the customer came."""
    promise: str = ""
    kept: tuple[str, ...] = ()
    """Values of the promise column that mean that it is kept."""
    channel: str = ""
    case_type: str = ""
    cost: str = ""
    """Money of the row or of the case."""
    clock: str = ""
    """Names the zone of the row's times: an IANA name or an offset from UTC."""
    decimal: Mark = "."
    """Before the decimals of amounts."""
    dates: Order = "ymd"
    zone: str = "UTC"
    """IANA name of the clock on which times without an offset are written."""
    whole_ids: bool = False
    """Numbers of cases that a program has turned into decimals are read without them: 1234.0 is 1234."""
    reuse_days: int = 0
    """After so many days without a row the same number is another case; 0: never."""
    missing: tuple[str, ...] = ()
    """Texts beside the empty one that mean that nothing is known."""
    waiting: tuple[Waiting, ...] = ()
    last: str = ""
    """The customer's end: what follows the last of these in a case is neither work nor waiting. Empty: the last row."""

    @property
    def used(self) -> tuple[str, ...]:
        """Names of the columns in use."""
        names = (getattr(self, use) for use in USES)
        return tuple(name for name in names if name)


USES = (
    "case",
    "step",
    "time",
    "start",
    "order",
    "group",
    "resource",
    "opened",
    "promise",
    "channel",
    "case_type",
    "cost",
    "clock",
)
NEEDED = ("case", "step", "time")
JOINED = "+"
"""Joins the names of columns that only together tell a step or a case."""


def require(table: Table, columns: Columns) -> Table:
    """Refuse a mapping that names columns the log does not have; several columns may be joined to one by ``+``."""
    for name in columns.used:
        parts = tuple(part.strip() for part in name.split(JOINED))
        if name not in table.names and len(parts) > 1 and set(parts) <= set(table.names):
            table = table.joined(name, parts)
    if lost := [name for name in columns.used if name not in table.names]:
        raise LogError("log_missing_column", columns=", ".join(lost), present=", ".join(table.names))
    return table


def words_of(name: str) -> frozenset[str]:
    """Return the words of a column's name.

    >>> sorted(words_of("sys_updatedAt")), sorted(words_of("ServiceID"))
    (['at', 'sys', 'updated'], ['id', 'service'])
    """
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", name)
    return frozenset(re.split(r"[^a-z0-9]+", spaced.lower())) - {""}


def role_of(resource: str) -> str:
    """Return a numbered resource without its number, so that no single person is told apart.

    >>> role_of("Call Centre Operator_12")
    'Call Centre Operator'
    """
    return re.sub(r"[-_ #]*\d+$", "", resource)
