"""A burst: requests let go by a barrier, over as many connections as it takes."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent import futures

from conformance.overload.mix import Job

# An interrupted burst waits so long for what is under way: an order that is still to be answered may be placed.
_UNDER_WAY_S = 3


class Bursts:
    """Sends bursts. `given_up`: why nothing is sent any more, if so."""

    def __init__(self, at_most: int, given_up: Callable[[], str | None]) -> None:
        self._pool = futures.ThreadPoolExecutor(at_most, thread_name_prefix="overload")
        self._at_most = at_most
        self._given_up = given_up

    def send(self, jobs: Sequence[Job], at_once: int, until: float) -> None:
        """Send these requests over so many connections, each of which sends its own one after the other; none is begun
        later than `until`, by the monotonic clock.

        Whatever ends it early, a request that has begun is waited for.
        """
        at_once = min(at_once, len(jobs), self._at_most)
        barrier, stopped = threading.Barrier(at_once), threading.Event()

        def one(mine: Sequence[Job]) -> None:
            barrier.wait()
            for job in mine:
                if stopped.is_set() or time.monotonic() > until or self._given_up():
                    return
                job.do()

        running = []
        try:
            running += [self._pool.submit(one, jobs[number::at_once]) for number in range(at_once)]
            futures.wait(running)
        except BaseException:
            stopped.set()
            barrier.abort()  # who waits there would wait for ever
            futures.wait(running, timeout=_UNDER_WAY_S)
            raise
        for each in running:
            each.result()

    def close(self) -> None:
        """Send no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
