"""What people do with logs: bring one in, say what its columns mean, let it be read, make a process of it."""

from pathlib import Path

from msgspec import structs
from sqlalchemy import Connection, Engine

from process_models.graph.design import Design
from process_models.graph.graph import StepGraph
from process_models.logs.conformance import Conformance, replay
from process_models.logs.delimited import Parse
from process_models.logs.discovery import Source
from process_models.logs.errors import LogError
from process_models.logs.recipe import Fix
from process_models.values.document import slug
from process_models.values.sentences import Sentence
from workbench import documents, jobs, record
from workbench.config import settings_from
from workbench.data import store
from workbench.data.model import Header, Log, Paths, Profile, Result, Terms
from workbench.data.readings import Tell, guessed, made_of, stored_paths
from workbench.database import now, reading, transaction
from workbench.errors import Invalid, NotPossible
from workbench.permissions import Actor, Permission, require
from workbench.processes import operations as processes
from workbench.processes import store as process_rows
from workbench.processes.model import Process, Revision
from workbench.services import store as services

READ_LOG = "read log"


def bring(
    engine: Engine, actor: Actor, uploads: Path, service: str, name: str, content: bytes, example: bool = False
) -> Log:
    """Store a file as a log of a service, with what its columns seem to be.

    Raises LogError, with place and remedy, where it cannot be read as a table; then nothing is stored.
    """
    if not content and not name:
        raise Invalid("no_file_sent")
    with reading(engine) as db:
        require(actor, Permission.DATA_BRING, services.find(db, service).place)
    found = guessed(content)
    digest = store.keep_file(uploads, content)
    with transaction(engine) as db:
        require(actor, Permission.DATA_BRING, services.find(db, service).place)
        taken = frozenset(one.id for one in store.logs(db))
        new = Log(
            id=slug(Path(name).name.split(".")[0] or "log", taken),
            service=service,
            name=Path(name).name[:200] or "log",
            file=digest,
            size=len(content),
            header=documents.keep(db, Header(found.names)),
            guess=documents.keep(db, found),
            terms="",
            example=example,
            author=actor.person,
            at=now(),
        )
        store.add(db, new)
        record.enter(db, actor.person, "bring in log", new.subject, {"file": digest, "size": len(content)})
    return new


def take_apart(engine: Engine, actor: Actor, uploads: Path, id: str, parse: Parse) -> None:
    """Read the file of a log another way, and guess its columns anew.

    Raises LogError where it cannot be read so; then nothing changes.
    """
    with reading(engine) as db:
        one = store.find(db, id)
        require(actor, Permission.DATA_BRING, one.place)
    found = guessed(store.file(uploads, one.file), parse)
    with transaction(engine) as db:
        require(actor, Permission.DATA_BRING, store.find(db, id).place)
        store.set_guess(db, id, documents.keep(db, Header(found.names)), documents.keep(db, found))
        record.enter(db, actor.person, "take log apart", one.subject, {"file": one.file})


def correct(engine: Engine, actor: Actor, id: str, fixes: tuple[Fix, ...]) -> str:
    """Keep corrections of rows in the terms of a log, and let it be read again; return the job."""
    with reading(engine) as db:
        one = store.find(db, id)
        require(actor, Permission.DATA_BRING, one.place)
        terms = store.terms(db, one)
    if terms is None:
        raise NotPossible("not_confirmed")
    return confirm(engine, actor, id, structs.replace(terms, fixes=fixes))


def confirm(engine: Engine, actor: Actor, id: str, terms: Terms, read: bool = True) -> str:
    """Say on what terms a log is read, ask for it to be read, and return the job; without reading, nothing."""
    with transaction(engine) as db:
        one = store.find(db, id)
        require(actor, Permission.DATA_BRING, one.place)
        digest = documents.keep(db, terms)
        store.set_terms(db, id, digest)
        record.enter(db, actor.person, "confirm columns", one.subject, {"terms": digest})
        return jobs.ask(db, READ_LOG, {"log": id, "terms": digest}, actor.person, one.subject) if read else ""


def read_log(job: jobs.Job, progress: jobs.Progress) -> None:
    """Read a log as a job, and store what it tells together with the end of the job."""
    kept = Read(progress.engine, settings_from().uploads, job.input["log"], job.input["terms"])
    try:
        read = kept.outcome(progress)
    except LogError as problem:
        raise Invalid("log_unreadable", why=problem) from problem
    with transaction(progress.engine) as db:
        digest = _store(db, kept.log, kept.digest, *read)
        progress.finish(db, {"log": kept.log.id, "result": digest})


class Read:
    """A log with its file and terms, ready to be read."""

    def __init__(self, engine: Engine, uploads: Path, id: str, terms: str) -> None:
        with reading(engine) as db:
            self.log = store.find(db, id)
            self.terms = documents.fetch(db, terms, Terms)
        self.digest = terms
        self.content = store.file(uploads, self.log.file)

    def outcome(self, tell: Tell) -> tuple[StepGraph, Profile, Paths, Result]:
        """Return what the log tells."""
        source = Source(id=self.log.id, name=self.log.name, log=_named(self.log), date=self.log.at.date().isoformat())
        return made_of(self.content, self.terms, source, tell)


def _named(log: Log) -> str:
    return f"{log.name} (example data, generated)" if log.example else log.name


def _store(
    db: Connection, log: Log, terms: str, graph: StepGraph, profile: Profile, paths: Paths, result: Result
) -> str:
    kept = {
        "graph": documents.keep(db, graph),
        "demand": documents.keep(db, profile),
        "paths": documents.keep(db, paths),
    }
    whole = structs.replace(result, terms=terms, **kept)
    digest = documents.keep(db, whole)
    store.add_result(db, log.id, digest)
    record.enter(db, "", "read log", log.subject, {"result": digest, "cases": result.cases})
    return digest


def read_now(engine: Engine, uploads: Path, id: str) -> None:
    """Read a log at once, on its confirmed terms; for commands and the example."""
    with reading(engine) as db:
        terms = store.find(db, id).terms
    if not terms:
        raise NotPossible("not_confirmed")
    kept = Read(engine, uploads, id, terms)
    read = kept.outcome(_quiet)
    with transaction(engine) as db:
        _store(db, kept.log, terms, *read)


def _quiet(_done: int, _total: int, _sentence: Sentence) -> None:
    """Tell nobody how far it is."""


def discovered(db: Connection, id: str) -> tuple[Result, StepGraph]:
    """Return what was read out of a log, with its graph."""
    found = store.newest_result(db, id)
    if found is None:
        raise NotPossible("not_read")
    return found, documents.fetch(db, found.graph, StepGraph)


def against(db: Connection, id: str, graph: StepGraph) -> Conformance:
    """Hold what was read out of a log against a graph."""
    found = store.newest_result(db, id)
    if found is None or not found.paths:
        raise NotPossible("not_read")
    return replay(graph, stored_paths(documents.fetch(db, found.paths, Paths)))


def as_design(graph: StepGraph) -> Design:
    """Return a graph that nobody is staffed for yet."""
    return Design(graph=graph)


def graph_for(db: Connection, one: Log, name: str, id: str) -> StepGraph:
    """Return the discovered graph under a process's name, with the hours in which waiting was counted."""
    found, graph = discovered(db, one.id)
    terms = documents.fetch(db, found.terms, Terms)
    return structs.replace(graph, id=id, name=name, hours=terms.hours)


def make_process(engine: Engine, actor: Actor, id: str, name: str) -> Process:
    """Begin a process with the graph of a log."""
    with reading(engine) as db:
        one = store.find(db, id)
        require(actor, Permission.DATA_BRING, one.place)
        graph = graph_for(db, one, name.strip(), slug(name))
    return processes.add(engine, actor, one.service, name, graph)


def make_version(engine: Engine, actor: Actor, id: str, process: str, base: int) -> Revision:
    """Put the graph of a log in place of the newest version of a process; all older versions stay."""
    with reading(engine) as db:
        one = store.find(db, id)
        require(actor, Permission.DATA_BRING, one.place)
        found = process_rows.find(db, process)
        if found.service != one.service:
            raise Invalid("no_process")
        graph = graph_for(db, one, found.name, slug(found.name))
    return processes.replace_graph(engine, actor, process, base, graph, f"discovered from {one.name}")


jobs.HANDLERS[READ_LOG] = read_log
