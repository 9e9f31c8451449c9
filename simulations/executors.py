"""Where blocks are played: in this process, on all cores, or on a Dask cluster; the numbers are the same.

One interface, that of :class:`concurrent.futures.Executor`: a pool of processes here, Dask's own there. A worker of a
cluster that dies has its blocks played elsewhere; a block is kept under its key, so none counts twice.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from process_models.values.errors import ModelError
from simulations.experiments import BlockResult, Task

SECONDS = 1.0
"""Between two beats while blocks are played elsewhere."""
WORTH_IT = 50_000
"""Cases from which more processes are worth their start."""

Beat = Callable[[], None]
Play = Callable[[Task], BlockResult]


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cases(tasks: Iterable[Task]) -> int:
    """Return how many cases come in some blocks on average."""
    return sum(task.plan.expected * task.count for task in tasks)


@contextmanager
def opened(cluster: str = "", most: int | None = None) -> Iterator[Executor]:
    """Open a pool of processes on all cores (or as many as said), or a Dask cluster by its address.

    Raises ModelError where the cluster does not answer, or Dask is not installed.
    """
    if cluster:
        with _dask(cluster) as executor:
            yield executor
        return
    with ProcessPoolExecutor(most or cores(), get_context("spawn")) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # an extra: only where a cluster is named
    except ImportError:
        raise ModelError("cluster_extra") from None
    try:
        connect: Any = Client
        client = connect(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as problem:
        raise ModelError("cluster_silent", address=address, problem=str(problem)) from None
    with client:
        yield client.get_executor(pure=False, retries=3)


def completed(
    executor: Executor, play: Play, tasks: Iterable[Task], beat: Beat | None = None
) -> Iterator[tuple[Task, BlockResult]]:
    """Yield blocks with their results as they are done; ``beat`` is called every second and may raise to stop.

    What has not begun is cancelled when nobody wants more.
    """
    asked: dict[Future[BlockResult], Task] = {executor.submit(play, task): task for task in tasks}
    try:
        while asked:
            done, _ = wait(asked, timeout=SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                yield asked.pop(future), future.result()
            if beat:
                beat()
    finally:
        for future in asked:
            future.cancel()
