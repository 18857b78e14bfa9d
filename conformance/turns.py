"""Threads that take turns, so that what they share is touched by one of them at a time."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(KeyboardInterrupt):
    """The work of this thread is not wanted any more.

    Nothing may take it for a failure: of a KeyboardInterrupt alone Hypothesis keeps no example, and tries none again.
    """


class Turns:
    """One of the threads that take part has the turn. It gives the turn up while it waits, and only then.

    So each of them finds what they share as it left it, but for where it waited.
    """

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let each thread that takes part end where it waits now: Stopped is raised there."""
        self._stopped.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Inside, this thread takes part."""
        with self.turn:
            _here.turns = self
            try:
                self.go_on()
                yield
            finally:
                _here.turns = None

    def go_on(self) -> None:
        """Raise Stopped where nothing more is wanted."""
        if self._stopped.is_set():
            raise Stopped


class _Here(threading.local):
    turns: Turns | None = None


_here = _Here()


def takes_part() -> bool:
    """Whether this thread takes turns with others, and has the turn."""
    return _here.turns is not None


@contextmanager
def waiting() -> Iterator[None]:
    """Inside, this thread waits for something, and others have the turn. For a thread that takes part in none this is
    nothing.
    """
    turns = _here.turns
    if turns is None:
        yield
        return
    _here.turns = None
    turns.turn.release()
    try:
        yield
    finally:
        turns.turn.acquire()
        _here.turns = turns
        turns.go_on()


def sleep(seconds: float) -> None:
    """Wait for so long, while others have the turn."""
    if seconds > 0:
        with waiting():
            time.sleep(seconds)
