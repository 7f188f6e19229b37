"""Reading ahead: the same batches in the same order, errors where they belong, no thread left behind."""

import threading
import time
from collections.abc import Iterator

import pyarrow as pa
import pytest

from landdb.errors import ImportRefused
from landdb.importers.ahead import DEPTH, read_ahead


def batch(number: int) -> pa.RecordBatch:
    return pa.record_batch({"n": [number]})


def numbers(batches: Iterator[pa.RecordBatch]) -> list[int]:
    return [taken["n"][0].as_py() for taken in batches]


def test_batches_come_in_order() -> None:
    assert numbers(read_ahead(batch(n) for n in range(20))) == list(range(20))


def test_an_error_of_the_reader_is_raised_after_the_batches_before_it() -> None:
    def reader() -> Iterator[pa.RecordBatch]:
        yield batch(1)
        raise ImportRefused("TRUNCATED", "the file breaks off")

    ahead = read_ahead(reader())
    assert next(ahead)["n"][0].as_py() == 1
    with pytest.raises(ImportRefused, match="TRUNCATED"):
        next(ahead)


def test_no_more_than_a_few_batches_wait() -> None:
    made: list[int] = []

    def reader() -> Iterator[pa.RecordBatch]:
        for number in range(50):
            made.append(number)
            yield batch(number)

    ahead = read_ahead(reader())
    next(ahead)
    time.sleep(0.3)
    assert len(made) <= DEPTH + 2
    ahead.close()


def test_a_caller_that_stops_early_leaves_no_thread() -> None:
    before = threading.active_count()
    ahead = read_ahead(batch(n) for n in range(1000))
    next(ahead)
    ahead.close()
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() <= before
