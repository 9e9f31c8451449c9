"""Blocks are played on all cores and on a cluster: a worker may die, the numbers stay the same."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from functools import partial

import pytest

from process_models.values.calendars import HOUR
from process_models.values.errors import ModelError
from simulations import executors
from simulations.experiments import run, run_block
from tests.conftest import ROOT
from tests.simulations.test_experiments import wanted


@pytest.fixture(scope="module")
def alone():
    return {task.key: block.digest for task, block in zip(tasks(), run(tasks()), strict=True)}


def tasks():
    return wanted(replications=12, block=1)


def slow(task, folder):
    """Play a block, and say in which process; slowly enough to be killed on the way."""
    (folder / f"{os.getpid()}").touch()
    time.sleep(0.3)
    return run_block(task)


def test_all_cores_give_the_numbers_of_one(alone):
    with executors.opened(most=2) as executor:
        found = {task.key: block.digest for task, block in executors.completed(executor, run_block, tasks())}
        ordered = [block.digest for block in run(tasks(), executor=executor.map)]

    assert found == alone
    assert ordered == list(alone.values())


def test_a_beat_that_raises_stops_and_cancels_what_has_not_begun():
    class Never(executors.Executor):
        def __init__(self):
            self.futures = []

        def submit(self, *_):
            self.futures.append(Future())
            return self.futures[-1]

    never = Never()

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(executors.completed(never, run_block, tasks()[:2], stop))
    assert all(future.cancelled() for future in never.futures)


@pytest.fixture
def cluster(tmp_path):
    """The address of a scheduler with two workers, and the workers' processes."""
    pytest.importorskip("distributed")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    file = tmp_path / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    scheduler = subprocess.Popen([*command, "--scheduler-file", str(file)], env=environment, stderr=subprocess.DEVNULL)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--no-nanny"]
    worker += ["--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path)]
    workers = [subprocess.Popen(worker, env=environment, stderr=subprocess.DEVNULL) for _ in range(2)]
    until = time.monotonic() + 60
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    import json

    yield json.loads(file.read_text("utf-8"))["address"], workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def test_a_worker_of_a_cluster_dies_on_the_way_and_the_numbers_are_those_of_one_core(cluster, alone, tmp_path):
    address, workers = cluster
    killed, found = False, {}

    with executors.opened(address) as executor:
        for task, block in executors.completed(executor, partial(slow, folder=tmp_path), tasks()):
            assert task.key not in found, "counted once"
            found[task.key] = block.digest
            both = {worker.pid for worker in workers} <= {int(p.name) for p in tmp_path.iterdir() if p.name.isdigit()}
            if both and not killed:
                workers[0].send_signal(signal.SIGKILL)
                killed = True

    assert killed
    assert found == alone


def test_a_cluster_that_does_not_answer_is_said_with_its_address(monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(distributed, "Client", partial(_refusing))

    with pytest.raises(ModelError, match=r"tcp://127.0.0.1:1 does not answer"), executors.opened("tcp://127.0.0.1:1"):
        pass


def _refusing(address, **_):
    raise OSError(f"{address} refused")


def test_a_cluster_without_dask_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(ModelError, match=r"pip install 'service-workbench\[cluster\]'"), executors.opened("tcp://x:1"):
        pass


def test_the_cases_of_blocks_are_counted_before_they_are_played():
    one = tasks()[0]

    assert executors.cases([one, one]) == 2 * one.plan.expected == 2 * 12 * 6
    assert one.scenario.period == 12 * HOUR
