"""A process and its revisions: who changed what, when, and which document it gave."""

from datetime import datetime

from msgspec import Struct

from workbench.permissions import Place


class Process(Struct, frozen=True):
    """How one service is delivered."""

    id: str
    service: str
    name: str
    author: str

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.service, author=self.author)


class Revision(Struct, frozen=True):
    """One state of a process. Restoring an old one makes a new one with the same digests."""

    process: str
    n: int
    """From 1; the highest is the head."""
    parent: int | None
    graph: str
    """Digest of the step graph."""
    staffing: str
    """Digest of the staffing."""
    author: str
    at: datetime
    verb: str
    """What was done, in words."""
    name: str = ""
    """A name given to this revision, a tag."""
    baseline: bool = False
    """The state that options change."""

    @property
    def title(self) -> str:
        """Its name, or its number."""
        return self.name or f"version {self.n}"
