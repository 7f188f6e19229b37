"""Reading ahead: the next batches are read and made ready while the caller is busy with what it has."""

import queue
import threading
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

_Item = TypeVar("_Item")

#: Batches kept waiting; more would only cost memory, since one side or the other is the slower one.
DEPTH: Final = 2


class _End(Exception):
    """No error: it stands behind the last batch."""


class _Ahead(Generic[_Item]):
    """A thread that takes batches from an iterator and keeps a few of them ready."""

    def __init__(self, batches: Iterator[_Item]) -> None:
        self._batches = batches
        self._ready: queue.Queue[_Item | BaseException] = queue.Queue(DEPTH)
        self._stop = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            for batch in self._batches:
                if not self._offer(batch):
                    return
            self._offer(_End())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the batches are taken
            self._offer(error)

    def _offer(self, item: _Item | BaseException) -> bool:
        while not self._stop.is_set():
            try:
                self._ready.put(item, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def take(self) -> _Item:
        """Give the next batch; raises what reading raised, or that there are no more."""
        item = self._ready.get()
        if isinstance(item, BaseException):
            raise item
        return item

    def stop(self) -> None:
        """Let the thread end; what it holds is dropped."""
        self._stop.set()


def read_ahead(batches: Iterator[_Item]) -> Iterator[_Item]:
    """Give the same batches in the same order, made by another thread while the caller works."""
    ahead = _Ahead(batches)
    try:
        while True:
            yield ahead.take()
    except _End:
        return
    finally:
        ahead.stop()
