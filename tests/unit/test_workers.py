"""Processes that judge: an interrupt is heard by their caller alone, and ends what waits."""

import os
import signal
import time
from concurrent.futures import Future

import pytest

from landdb.validators.worker import local_workers


def interrupted(tasks: list[Future[None]]) -> None:
    """Hand out tasks to one worker, and be interrupted while the first runs."""
    with local_workers(1) as executor:
        tasks += [executor.submit(time.sleep, 1.0) for _ in range(9)]
        while not tasks[0].running():
            time.sleep(0.01)
        raise KeyboardInterrupt


def test_an_interrupt_cancels_what_waits_and_lets_run_what_runs() -> None:
    tasks: list[Future[None]] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(tasks)
    assert tasks[0].result() is None
    assert tasks[-1].cancelled()


def test_a_worker_does_not_hear_the_terminal() -> None:
    with local_workers(1) as executor:
        worker = executor.submit(os.getpid).result()
        executor.submit(os.kill, worker, signal.SIGINT).result()
        assert executor.submit(os.getpid).result() == worker
