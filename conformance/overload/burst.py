"""A burst: requests let go by a barrier, over as many connections as it takes."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent import futures

from conformance.overload.mix import Job

# An interrupted burst waits so long for what is under way: an order that is still to be answered may be placed.
_UNDER_WAY_S = 3


def send(jobs: Sequence[Job], at_once: int, until: float, given_up: Callable[[], str | None]) -> None:
    """Send these requests over so many connections, each of which sends its own one after the other; none is begun
    later than `until`, by the monotonic clock, or once the target is `given_up`.

    Each burst has new connections: a target may have closed those that were idle, and a request that meets that has
    no answer. Whatever ends the burst early, a request that has begun is waited for.
    """
    at_once = min(at_once, len(jobs))
    if not at_once:
        return
    barrier, stopped = threading.Barrier(at_once), threading.Event()

    def one(mine: Sequence[Job]) -> None:
        barrier.wait()
        for job in mine:
            if stopped.is_set() or time.monotonic() > until or given_up():
                return
            job.do()

    pool = futures.ThreadPoolExecutor(at_once, thread_name_prefix="overload")
    running = []
    try:
        running += [pool.submit(one, jobs[number::at_once]) for number in range(at_once)]
        futures.wait(running)
    except BaseException:
        stopped.set()
        barrier.abort()  # who waits there would wait for ever
        futures.wait(running, timeout=_UNDER_WAY_S)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    for each in running:
        each.result()
