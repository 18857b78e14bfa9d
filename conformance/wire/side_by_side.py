"""Calls that do not depend on each other, made at once, each over a connection of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from conformance.options import JOBS
from conformance.turns import takes_part, waiting

Result = TypeVar("Result")

# A run that is interrupted waits so long for what is under way: an order that is still to be answered may be placed.
_UNDER_WAY_S = 3


class SideBySide:
    """So many connections. With one, calls are made one after the other.

    None: JOBS of them while the target `is_far` away, else one, since near by threads only wait for each other.
    """

    def __init__(self, connections: int | None, is_far: Callable[[], bool] = lambda: True) -> None:
        self._connections = connections
        self._is_far = is_far
        self._local = threading.local()
        self._pool = futures.ThreadPoolExecutor(connections or JOBS, initializer=self._begin)

    @property
    def at_once(self) -> int:
        """How many calls are made at once. A call that makes calls of its own makes them one after the other."""
        if getattr(self._local, "is_one_of_many", False):
            return 1
        return self._connections or (JOBS if self._is_far() else 1)

    def results(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """What the calls return, in their order. What the first of them raises is raised once all that are under way
        have ended; none is begun after one has failed, or after an interruption.
        """
        if self.at_once == 1 or len(calls) < 2:
            return [call() for call in calls]
        with self.under_way(calls) as running:
            pass
        errors = (each.exception() for each in running)
        if first := next((each for each in errors if each and not isinstance(each, futures.CancelledError)), None):
            raise first  # one before it may have given up since this one had failed
        return [each.result() for each in running]

    def go_on(self) -> None:
        """Raise CancelledError where the call that this thread makes is not wanted any more: another one has failed, or
        the run was interrupted.
        """
        stopped: threading.Event | None = getattr(self._local, "stopped", None)
        if stopped is not None and stopped.is_set():
            raise futures.CancelledError

    @contextmanager
    def under_way(self, calls: Sequence[Callable[[], Result]]) -> Iterator[list[Future[Result]]]:
        """Inside, these calls are being made; behind, all of them have ended.

        None is begun after one has failed, or after what is done inside has.
        """
        stopped = threading.Event()

        def one(call: Callable[[], Result]) -> Result:
            self._local.stopped = stopped
            self.go_on()
            try:
                return call()
            except BaseException:
                stopped.set()
                raise

        running = [self._pool.submit(one, call) for call in calls]
        try:
            yield running
            with waiting():
                futures.wait(running)
        finally:
            stopped.set()
            futures.wait(running, timeout=_UNDER_WAY_S)

    def in_turn(self, call: Callable[[], Result]) -> Result:
        """What the call returns. A thread that takes turns has it made by another one, over a connection that is free,
        and lets others have the turn meanwhile.
        """
        if not takes_part():
            return call()
        with self.under_way([call]) as [running]:
            pass
        return running.result()

    def _begin(self) -> None:
        self._local.is_one_of_many = True
