"""Reading ahead: the child goes on reading while the caller is busy with what it has."""

import queue
import threading
from collections.abc import Iterator
from typing import Final

import pyarrow as pa

#: Batches kept waiting; more would only cost memory, since one side or the other is the slower one.
DEPTH: Final = 2


class _Ahead:
    """A thread that takes batches from an iterator and keeps a few of them ready."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._ready: queue.Queue[pa.RecordBatch | BaseException | None] = queue.Queue(DEPTH)
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            for batch in self._batches:
                if not self._offer(batch):
                    return
            self._offer(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the batches are taken
            self._offer(error)

    def _offer(self, item: pa.RecordBatch | BaseException | None) -> bool:
        while not self._stop.is_set():
            try:
                self._ready.put(item, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def take(self) -> pa.RecordBatch | None:
        """Give the next batch, None at the end; raises what reading raised."""
        item = self._ready.get()
        if isinstance(item, BaseException):
            raise item
        return item

    def stop(self) -> None:
        """Let the thread end; what it holds is dropped."""
        self._stop.set()


def read_ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Give the same batches in the same order, read by another thread while the caller works."""
    ahead = _Ahead(batches)
    try:
        while (batch := ahead.take()) is not None:
            yield batch
    finally:
        ahead.stop()
