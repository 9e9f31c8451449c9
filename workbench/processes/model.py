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

    @property
    def state(self) -> tuple[str, str]:
        """What it holds, apart from how it came about."""
        return (self.graph, self.staffing)


class BroughtFile(Struct, frozen=True):
    """A file that somebody brought in. It waits, seen by them alone, until they make a version of it."""

    id: str
    service: str
    process: str | None
    """The process that it is a version of; None as long as it is to begin one."""
    revision: int | None
    """The version that was made of it; None as long as it waits."""
    name: str
    size: int
    chosen: str
    """The one process of the file that was taken, empty for all of it."""
    author: str
    at: datetime

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.service, author=self.author)

    @property
    def waits(self) -> bool:
        """Whether no version was made of it yet."""
        return self.revision is None


class Turns(Struct, frozen=True):
    """The state before the newest change and the one that was last undone; None where there is none."""

    undo: Revision | None
    redo: Revision | None
    done: Revision | None = None
    """The change that would be undone."""


def turns(revisions: list[Revision]) -> Turns:
    """Return where undo and redo lead, from all revisions of a process.

    Undo makes a new revision with the state before, so the history tells what was undone: a revision that holds the
    state before the one it follows. A change of another kind after it ends what could be done again.
    """
    done: list[Revision] = []
    undone: list[Revision] = []
    for revision in sorted(revisions, key=lambda one: one.n):
        if done and revision.state == done[-1].state:
            continue
        if len(done) > 1 and revision.state == done[-2].state:
            undone.append(done.pop())
        elif undone and revision.state == undone[-1].state:
            done.append(undone.pop())
        else:
            done.append(revision)
            undone.clear()
    return Turns(done[-2] if len(done) > 1 else None, undone[-1] if undone else None, done[-1] if done else None)
