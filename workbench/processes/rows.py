"""The rows in which steps of a map stay from version to version, so that a reader finds again what was not changed.

Positions are no part of a process. They are worked out from the last few versions, always in the same way, so that
everybody sees the same picture of a version.
"""

from sqlalchemy import Connection

from process_models.graph.layout import layout
from workbench.processes import store
from workbench.processes.model import Revision

VERSIONS = 3
"""How many versions back the rows of a map are followed."""


def kept_rows(db: Connection, revision: Revision) -> dict[str, int]:
    """Return the row that each step had in the version before, as far as the last versions tell."""
    before: list[Revision] = []
    parent = revision.parent
    while parent is not None and len(before) < VERSIONS:
        before.append(store.find_revision(db, revision.process, parent))
        parent = before[-1].parent
    rows: dict[str, int] = {}
    seen = ""
    for one in reversed(before):
        if one.graph != seen:
            rows = layout(store.graph(db, one), rows).rows
        seen = one.graph
    return rows
