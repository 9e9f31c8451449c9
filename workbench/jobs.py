"""What takes longer than a page may: rows that a worker takes, keeps alive, and ends with a result or a reason.

A job is asked for in the transaction of the act that needs it. A worker leases it, runs its handler in a child process
and renews the lease while the child lives; a lease that ran out is taken by another worker. Every write of a run names
the try it belongs to, so that a late worker cannot write over its successor. A handler may therefore run more than
once: it stores what it makes under digests, or in one transaction with :meth:`Progress.finish`.
"""

import json
import logging
import multiprocessing
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
    update,
)

from process_models.values.canonical import canonical
from process_models.values.sentences import Sentence
from workbench.database import Instant, engine, metadata, now, reading, transaction
from workbench.errors import NotFound, Refusal

log = logging.getLogger(__name__)


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.WAITING, State.RUNNING)

job = Table(
    "job",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("input", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("sentence", Text),
    Column("cancel", Boolean, nullable=False),
    Column("result", Text),
    Column("asked_by", String(32), ForeignKey("person.id")),
    Column("asked_at", Instant, nullable=False),
    Column("began_at", Instant),
    Column("ended_at", Instant),
    Index("ix_job_state_asked_at", "state", "asked_at"),
)


class Job(Struct, frozen=True):
    """Something asked for, and how far it is; ``sentence`` says what is being done, or why it failed."""

    id: str
    kind: str
    subject: str
    input: Any
    state: State
    tries: int
    done: int
    total: int
    sentence: Sentence | None
    cancel: bool
    result: Any
    asked_by: str | None
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None

    @property
    def open(self) -> bool:
        """Say whether it still waits or runs."""
        return self.state in OPEN

    @property
    def minutes_left(self) -> int | None:
        """Return the minutes to go by the pace so far, once a twentieth is done and if that can be told."""
        if self.state is not State.RUNNING or not self.began_at or self.done * 20 < self.total or not self.done:
            return None
        spent = (now() - self.began_at).total_seconds()
        return max(1, round(spent / self.done * (self.total - self.done) / 60))


class Terms(Struct, frozen=True):
    """How a worker deals: all in seconds but the tries."""

    lease: float = 30.0
    heartbeat: float = 5.0
    pause: float = 0.5
    tries: int = 3


class Cancelled(Exception):
    """Somebody asked to stop this job."""


class Fenced(Exception):
    """This run lost its lease; whatever it still does is not wanted."""


class Progress:
    """What a handler is given to say how far it is, and to store its result in one go."""

    def __init__(self, engine: Engine, id: str, tries: int) -> None:
        self.engine = engine
        self._id = id
        self._tries = tries
        self._parent = os.getppid()
        self._finished = False

    def __call__(self, done: int, total: int, sentence: Sentence | None = None) -> None:
        """Say how much is done; raises Cancelled or Fenced when the run is no longer wanted."""
        if os.getppid() != self._parent:
            raise Fenced
        said = msgspec.json.encode(sentence).decode() if sentence else None
        with transaction(self.engine) as db:
            row = db.execute(
                self._mine().values(done=done, total=total, sentence=said).returning(job.c.cancel)
            ).one_or_none()
        if row is None:
            raise Fenced
        if row.cancel:
            raise Cancelled

    def finish(self, db: Connection, result: Any = None) -> None:
        """End the job within a transaction of the handler, so that what it stores and the end are one."""
        self._finished = True
        done = {"state": State.DONE, "result": canonical(result).decode(), "ended_at": now(), "lease_until": None}
        if db.execute(self._mine().values(done)).rowcount != 1:
            raise Fenced

    def close(self, result: Any) -> None:
        """End the job with what the handler returned, unless the handler ended it itself."""
        if not self._finished:
            with transaction(self.engine) as db:
                self.finish(db, result)

    def _mine(self) -> Any:
        return update(job).where(job.c.id == self._id, job.c.tries == self._tries, job.c.state == State.RUNNING)


Handler = Callable[[Job, Progress], Any]
HANDLERS: dict[str, Handler] = {}
"""What runs a kind of job, filled by the use cases at import; a handler returns plain values or None."""


def ask(db: Connection, kind: str, input: Any, asked_by: str | None, subject: str = "") -> str:
    """Ask for a job in the transaction of the act that needs it, and return its id."""
    id = secrets.token_hex(8)
    db.execute(
        job.insert().values(
            id=id,
            kind=kind,
            subject=subject,
            input=canonical(input).decode(),
            state=State.WAITING,
            tries=0,
            done=0,
            total=0,
            cancel=False,
            asked_by=asked_by,
            asked_at=now(),
        )
    )
    return id


def find(db: Connection, id: str) -> Job:
    """Return a job by its id."""
    row = db.execute(select(job).where(job.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("no_job")
    return _job(row)


def about(db: Connection, subject: str, kind: str | None = None) -> list[Job]:
    """Return the jobs about a subject, newest first."""
    wanted = select(job).where(job.c.subject == subject).order_by(job.c.asked_at.desc(), job.c.id)
    return [_job(row) for row in db.execute(wanted.where(job.c.kind == kind) if kind else wanted)]


def open_jobs(db: Connection, person: str) -> list[Job]:
    """Return what a person asked for and still waits for, oldest first."""
    wanted = select(job).where(job.c.asked_by == person, job.c.state.in_(OPEN)).order_by(job.c.asked_at)
    return [_job(row) for row in db.execute(wanted)]


def cancel(db: Connection, id: str) -> None:
    """Ask to stop a job; one that has not begun stops at once, one that ended stays as it is."""
    waiting = and_(job.c.id == id, job.c.state == State.WAITING)
    db.execute(update(job).where(waiting).values(state=State.CANCELLED, ended_at=now()))
    db.execute(update(job).where(job.c.id == id, job.c.state == State.RUNNING).values(cancel=True))


def _job(row: Row[Any]) -> Job:
    values = row._asdict()
    del values["lease_until"]
    said = msgspec.json.decode(row.sentence, type=Sentence) if row.sentence else None
    result = json.loads(row.result) if row.result else None
    return Job(
        **{**values, "state": State(row.state), "input": json.loads(row.input), "sentence": said, "result": result}
    )


def take(db: Connection, terms: Terms) -> Job | None:
    """Lease the oldest job that waits or was left behind, or return None."""
    ready = or_(
        job.c.state == State.WAITING,
        and_(job.c.state == State.RUNNING, job.c.lease_until < now(), job.c.tries < terms.tries),
    )
    oldest = select(job.c.id).where(ready).order_by(job.c.asked_at, job.c.id).limit(1)
    row = db.execute(
        update(job)
        .where(job.c.id == oldest.with_for_update(skip_locked=True).scalar_subquery())
        .values(state=State.RUNNING, tries=job.c.tries + 1, began_at=now(), lease_until=_lease(terms))
        .returning(job)
    ).one_or_none()
    return _job(row) if row else None


def give_up(db: Connection, terms: Terms) -> int:
    """Fail the jobs that were left behind as often as may be, and return how many."""
    lost = and_(job.c.state == State.RUNNING, job.c.lease_until < now(), job.c.tries >= terms.tries)
    return db.execute(update(job).where(lost).values(_failed(Sentence.of("job_died", tries=terms.tries)))).rowcount


def _lease(terms: Terms) -> datetime:
    return now() + timedelta(seconds=terms.lease)


def _failed(reason: Sentence) -> dict[str, Any]:
    said = msgspec.json.encode(reason).decode()
    return {"state": State.FAILED, "sentence": said, "ended_at": now(), "lease_until": None}


class Worker:
    """Takes jobs one after another, each in a child process of its own, until told to stop."""

    def __init__(self, url: str, terms: Terms | None = None, handlers: Mapping[str, Handler] | None = None) -> None:
        self.url = url
        self.terms = terms or Terms()
        self.handlers = HANDLERS if handlers is None else handlers
        self.stopping = False
        self.engine = engine(url)

    def run(self, each_round: Callable[[], None] = lambda: None) -> None:
        """Work until SIGTERM or SIGINT; ``each_round`` is called between jobs."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "stopping", True))
        while not self.stopping:
            each_round()
            if not self.step():
                time.sleep(self.terms.pause)
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def step(self) -> bool:
        """Run one job if there is one; return whether there was."""
        with transaction(self.engine) as db:
            give_up(db, self.terms)
            taken = take(db, self.terms)
        if taken is None:
            return False
        self._attend(taken)
        return True

    def _attend(self, taken: Job) -> None:
        self.engine.dispose()
        child = multiprocessing.get_context("fork").Process(target=self._child, args=(taken,))
        child.start()
        due = time.monotonic() + self.terms.heartbeat
        while child.is_alive():
            child.join(min(self.terms.pause, self.terms.heartbeat))
            wanted = not self._cancelled(taken)
            if wanted and time.monotonic() >= due:
                wanted = self._beat(taken)
                due = time.monotonic() + self.terms.heartbeat
            if self.stopping or not wanted:
                child.kill()
                child.join()
        self._after(taken, child.exitcode)

    def _child(self, taken: Job) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        fresh = engine(self.url)
        progress = Progress(fresh, taken.id, taken.tries)
        with _ended(fresh, taken, self.terms):
            if taken.kind not in self.handlers:
                raise Refusal("job_unknown", kind=taken.kind)
            progress.close(self.handlers[taken.kind](taken, progress))

    def _beat(self, taken: Job) -> bool:
        """Renew the lease; return False if it went to another worker."""
        mine = and_(job.c.id == taken.id, job.c.tries == taken.tries, job.c.state == State.RUNNING)
        with transaction(self.engine) as db:
            return db.execute(update(job).where(mine).values(lease_until=_lease(self.terms))).rowcount == 1

    def _cancelled(self, taken: Job) -> bool:
        with reading(self.engine) as db:
            return bool(db.scalar(select(job.c.cancel).where(job.c.id == taken.id)))

    def _after(self, taken: Job, exitcode: int | None) -> None:
        """Settle a run whose child did not: cancelled, given back, or out of tries."""
        mine = and_(job.c.id == taken.id, job.c.tries == taken.tries, job.c.state == State.RUNNING)
        with transaction(self.engine) as db:
            stopped = update(job).where(mine, job.c.cancel.is_(True))
            db.execute(stopped.values(state=State.CANCELLED, ended_at=now(), lease_until=None))
            if self.stopping:
                back = {"state": State.WAITING, "tries": job.c.tries - 1, "lease_until": None}
                db.execute(update(job).where(mine).values(back))
            elif taken.tries >= self.terms.tries:
                reason = Sentence.of("job_died", tries=taken.tries)
                db.execute(update(job).where(mine).values(_failed(reason)))
            else:
                again = {"state": State.WAITING, "lease_until": None}
                db.execute(update(job).where(mine).values(again))
        if exitcode:
            log.warning("job %s (%s) ended with %s on try %s", taken.id, taken.kind, exitcode, taken.tries)


@contextmanager
def _ended(engine: Engine, taken: Job, terms: Terms) -> Iterator[None]:
    """Write down how a run ended: a refusal fails at once, anything else is tried again."""
    mine = and_(job.c.id == taken.id, job.c.tries == taken.tries, job.c.state == State.RUNNING)
    reason: Sentence | None = None
    try:
        yield
    except (Cancelled, Fenced):
        return
    except Exception as problem:
        reason = getattr(problem, "sentence", None)
        if reason is None:
            log.exception("job %s (%s) stopped", taken.id, taken.kind)
            if taken.tries < terms.tries:
                raise SystemExit(1) from problem
            reason = Sentence.of("job_stopped", problem=type(problem).__name__, tries=taken.tries)
    if reason:
        with transaction(engine) as db:
            db.execute(update(job).where(mine).values(_failed(reason)))


def in_line(db: Connection) -> int:
    """Return how many jobs wait or run."""
    return int(db.scalar(select(func.count()).select_from(job).where(job.c.state.in_(OPEN))) or 0)
