"""A burst: requests let go by a barrier, over as many connections as it takes."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent import futures
from functools import partial
from typing import Protocol

from conformance.overload.actor import Actor
from conformance.overload.job import Job

# An interrupted burst waits so long for what is under way: an order that is still to be answered may be placed.
_UNDER_WAY_S = 3


class Crew(Protocol):
    """Who sends the bursts. `sent_elsewhere`: how many requests other processes have sent."""

    @property
    def sent_elsewhere(self) -> int: ...  # noqa: D102

    def gather(self) -> None:
        """Wait until all of it is there. Raises Inconclusive where that takes too long."""

    def end(self) -> None:
        """Let it go."""

    def doubts(self) -> Iterable[tuple[str, str]]:
        """What is in doubt, since some of it was lost: the requirement, and why."""

    def send(self, jobs: Sequence[Job], at_once: int, until: float) -> None:
        """Send these requests, as `send` does with calls; the recorder has what came of them."""

    def sends_for(self, account: str) -> bool:
        """Whether it still sends requests of this account."""

    def given_up(self) -> str | None:
        """Why it sends no more, if so."""


class Here:
    """A crew in this process: it sends for all accounts."""

    sent_elsewhere = 0

    def __init__(self, actors: Sequence[Actor], given_up: Callable[[], str | None]) -> None:
        self._actors = {actor.name: actor for actor in actors}
        self.given_up = given_up

    def gather(self) -> None:
        """It is there."""

    def end(self) -> None:
        """Nothing is to be done."""

    def doubts(self) -> Iterable[tuple[str, str]]:
        """None of it can be lost."""
        return ()

    def send(self, jobs: Sequence[Job], at_once: int, until: float) -> None:
        """As `Crew` says."""
        send([partial(self._actors[job.account].do, job) for job in jobs], at_once, until, self.given_up)

    def sends_for(self, account: str) -> bool:
        """It does so to the end."""
        return account in self._actors


def send(calls: Sequence[Callable[[], object]], at_once: int, until: float, given_up: Callable[[], str | None]) -> None:
    """Make these calls, each of which sends a request, over so many connections, each with its own one after the other;
    none is begun later than `until`, by the monotonic clock, or once the target is `given_up`.

    Each burst has new connections: a target may have closed those that were idle, and a request that meets that has
    no answer. Whatever ends the burst early, a request that has begun is waited for.
    """
    at_once = min(at_once, len(calls))
    if not at_once:
        return
    barrier, stopped = threading.Barrier(at_once), threading.Event()

    def one(mine: Sequence[Callable[[], object]]) -> None:
        barrier.wait()
        for call in mine:
            if stopped.is_set() or time.monotonic() > until or given_up():
                return
            call()

    pool = futures.ThreadPoolExecutor(at_once, thread_name_prefix="overload")
    running = []
    try:
        running += [pool.submit(one, calls[number::at_once]) for number in range(at_once)]
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
