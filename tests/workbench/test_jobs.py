"""Jobs: run to an end or failed with a reason, whoever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from process_models.values.errors import ModelError
from workbench import database, jobs
from workbench.jobs import Job, Progress, State, Terms, Worker

QUICK = Terms(lease=1.0, heartbeat=0.2, pause=0.05)
Seen = Callable[[str], Job]


@pytest.fixture
def seen(db: Engine) -> Seen:
    """Return a function that reads a job as it stands."""

    def seen(id: str) -> Job:
        with database.reading(db) as reading:
            return jobs.find(reading, id)

    return seen


def ask(db: Engine, kind: str, value: object = None) -> str:
    with database.transaction(db) as writing:
        return jobs.ask(writing, kind, value, None, "review/r1")


Workers = Callable[[jobs.Handler], Worker]


@pytest.fixture
def worker(database_url: str) -> Iterator[Workers]:
    """Return a function that makes a worker for jobs of the kind "try"."""
    made: list[Worker] = []

    def worker(handler: jobs.Handler) -> Worker:
        made.append(Worker(database_url, QUICK, {"try": handler}))
        return made[-1]

    yield worker
    for one in made:
        one.close()


def test_a_job_is_run_with_its_input_and_keeps_result_and_progress(worker: Workers, db: Engine, seen: Seen) -> None:
    def doubled(job: Job, progress: Progress) -> object:
        progress(1, 2)
        return {"doubled": job.input["n"] * 2}

    id = ask(db, "try", {"n": 21})

    assert worker(doubled).step()

    found = seen(id)
    assert (found.state, found.result, found.done, found.total, found.tries) == (State.DONE, {"doubled": 42}, 1, 2, 1)
    assert not worker(doubled).step()


def test_a_job_asked_for_in_an_act_that_is_undone_is_not_run(worker: Workers, db: Engine) -> None:
    with pytest.raises(RuntimeError), database.transaction(db) as writing:
        jobs.ask(writing, "try", {}, None)
        raise RuntimeError

    assert not worker(lambda *_: None).step()


def test_a_refusal_fails_at_once_with_its_sentence(worker: Workers, db: Engine, seen: Seen) -> None:
    def refuse(_job: Job, _progress: Progress) -> None:
        raise ModelError("not_a_number", value="x")

    id = ask(db, "try")

    worker(refuse).step()

    found = seen(id)
    assert (found.state, found.tries) == (State.FAILED, 1)
    assert found.sentence
    assert found.sentence.id == "not_a_number"


@pytest.mark.parametrize("death", ["raise", "exit", "kill"])
def test_a_job_that_dies_is_tried_three_times_and_others_go_on(
    worker: Workers, db: Engine, seen: Seen, death: str
) -> None:
    def die(job: Job, _progress: Progress) -> object:
        if job.input == "well":
            return "ran"
        if death == "raise":
            raise ZeroDivisionError
        if death == "exit":
            os._exit(7)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    poison, other = ask(db, "try", "ill"), ask(db, "try", "well")
    one = worker(die)

    rounds = sum(one.step() for _ in range(8))

    assert rounds == 4
    assert (seen(poison).state, seen(poison).tries) == (State.FAILED, 3)
    assert seen(poison).sentence is not None
    assert (seen(other).state, seen(other).result) == (State.DONE, "ran")


def test_an_unknown_kind_fails_with_a_reason(worker: Workers, db: Engine, seen: Seen) -> None:
    id = ask(db, "of a newer version")

    worker(lambda *_: None).step()

    found = seen(id)
    assert found.sentence
    assert (found.state, found.sentence.id) == (State.FAILED, "job_unknown")


def test_an_endless_job_is_cancelled_within_two_seconds(
    database_url: str, worker: Workers, db: Engine, seen: Seen
) -> None:
    def endless(_job: Job, _progress: Progress) -> None:
        own = database.engine(database_url)
        with database.transaction(own) as writing:
            jobs.cancel(writing, id)
        while True:
            time.sleep(1)

    id = ask(db, "try")

    worker(endless).step()

    assert seen(id).state is State.CANCELLED


def test_a_job_that_has_not_begun_is_cancelled_at_once(worker: Workers, db: Engine, seen: Seen) -> None:
    id = ask(db, "try")

    with database.transaction(db) as writing:
        jobs.cancel(writing, id)

    assert seen(id).state is State.CANCELLED
    assert not worker(lambda *_: None).step()


def test_a_late_worker_cannot_write_over_its_successor(db: Engine, seen: Seen) -> None:
    id = ask(db, "try")
    with database.transaction(db) as writing:
        first = jobs.take(writing, QUICK)
    assert first
    late = Progress(db, first.id, first.tries)
    with database.transaction(db) as writing:
        writing.execute(update(jobs.job).values(lease_until=database.now() - timedelta(seconds=1)))
        second = jobs.take(writing, QUICK)
    assert second
    assert second.tries == 2

    with pytest.raises(jobs.Fenced):
        late(1, 2)
    with pytest.raises(jobs.Fenced):
        late.close("late")
    Progress(db, second.id, second.tries).close("in time")

    assert (seen(id).state, seen(id).result) == (State.DONE, "in time")


def test_two_workers_never_take_the_same_job(db: Engine) -> None:
    wanted = {ask(db, "try", n) for n in range(6)}
    taken = []

    while True:
        with database.transaction(db) as writing:
            job = jobs.take(writing, QUICK)
        if job is None:
            break
        taken.append(job.id)

    assert len(taken) == 6
    assert set(taken) == wanted


SLOW = """
import os, sys, time
from pathlib import Path
from workbench.jobs import Terms, Worker

def slow(job, progress):
    Path(sys.argv[2], f"{job.tries}").touch()
    for n in range(job.input):
        progress(n, job.input)
        time.sleep(0.1)
    return {"summed": sum(range(job.input))}

Worker(sys.argv[1], Terms(lease=1.0, heartbeat=0.2, pause=0.05), {"try": slow}).run()
"""


def test_a_killed_workers_job_is_taken_up_again_and_ends(
    database_url: str, db: Engine, seen: Seen, tmp_path: Path
) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW)
    id = ask(db, "try", 12)

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, str(script), database_url, str(tmp_path)])

    first = start()
    _until(lambda: seen(id).done >= 2)
    first.kill()
    first.wait()
    second = start()
    _until(lambda: not seen(id).open)
    second.terminate()

    assert second.wait(10) == 0
    assert (seen(id).state, seen(id).tries, seen(id).result) == (State.DONE, 2, {"summed": 66})
    assert (tmp_path / "2").exists()


def test_a_worker_that_is_told_to_stop_gives_its_job_back(
    database_url: str, db: Engine, seen: Seen, tmp_path: Path
) -> None:
    script = tmp_path / "slow.py"
    script.write_text(SLOW)
    id = ask(db, "try", 100)

    running = subprocess.Popen([sys.executable, str(script), database_url, str(tmp_path)])
    _until(lambda: seen(id).done >= 1)
    running.terminate()

    assert running.wait(10) == 0
    assert (seen(id).state, seen(id).tries) == (State.WAITING, 0)


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
