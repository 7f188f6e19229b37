"""Threads that start together, each with a connection of its own."""

import threading
from collections import Counter
from collections.abc import Callable


def at_once(count: int, work: Callable[[int], str]) -> Counter[str]:
    """Give how often each result came when all start together."""
    barrier, results = threading.Barrier(count), []

    def run(number: int) -> None:
        barrier.wait(30)
        results.append(work(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return Counter(results)
