"""A worker of a sweep: one process with one connection, on this machine or another."""

import atexit
import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from landdb.errors import ConfigurationError
from landdb.store.connection import checked_url

#: Sorts and hashes of a worker's questions go to disk beyond this, and no question takes a second process: all workers
#: ask at the same time. What the URL says itself comes last and holds.
_SESSION = "-c work_mem=12MB -c hash_mem_multiplier=1 -c max_parallel_workers_per_gather=0"
#: How often a Dask cluster does a task again whose worker died.
_RETRIES = 5


def connection(url: str) -> psycopg.Connection:
    """Give this process's connection, a new one when the last was lost."""
    conn = _connected(url, os.getpid())
    if conn.closed or conn.broken:
        _connected.cache_clear()
        conn = _connected(url, os.getpid())
    return conn


@lru_cache(maxsize=4)
def _connected(url: str, _process: int) -> psycopg.Connection:
    options = f"{_SESSION} {conninfo_to_dict(checked_url(url)).get('options', '')}"
    conn = psycopg.connect(url, application_name="landdb worker", options=options, autocommit=True)
    atexit.register(conn.close)
    return conn


@contextmanager
def local_workers(count: int) -> Iterator[Executor]:
    """Give an executor of so many processes of this machine; an interrupt ends what waits, and lets run what runs."""
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=settle_in)
    try:
        _start(executor, count)
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _start(executor: Executor, count: int) -> None:
    """Start the processes with interrupts blocked, as they then stay there: Ctrl-C is for the caller to hear."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        for _ in range(count):
            executor.submit(os.getpid)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def cluster_workers(scheduler: str) -> Iterator[Executor]:
    """Give an executor on a Dask cluster, whose workers have landdb installed and reach the database.

    Raises ConfigurationError when Dask is not installed or nobody answers at the address.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ConfigurationError(
            "checking on a cluster needs Dask", remedy=".venv/bin/pip install -e '.[cluster]' in landdb's folder"
        ) from error
    try:
        client: Any = Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"no Dask scheduler answers at {scheduler}", remedy="give --scheduler tcp://host:8786"
        ) from error
    with client:
        client.run(settle_in)
        yield client.get_executor(pure=False, retries=_RETRIES)


def settle_in() -> None:
    """Prepare a worker process: its many small objects die young and never in circles."""
    gc.disable()
