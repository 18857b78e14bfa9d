"""What a run does when it is told to stop."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator


class ToldToStop(KeyboardInterrupt):
    """A signal tells the run to stop.

    It is not a plain KeyboardInterrupt: once that has passed through any exec(), CPython dies of it at its end, though
    it was handled.
    """


@contextlib.contextmanager
def stopping(note: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Inside, SIGTERM ends the run as Ctrl-C does: ToldToStop is raised, after it was noted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        note()
        raise ToldToStop

    stopping = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) != signal.SIG_IGN]
    with _handled(stopping, stop):
        yield


@contextlib.contextmanager
def ignored() -> Iterator[None]:
    """Inside, signals to stop are ignored: writing takes a moment only, and half a report is of no use."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _handled((signal.SIGINT, signal.SIGTERM), signal.SIG_IGN):
        yield


@contextlib.contextmanager
def _handled(signals: Iterable[signal.Signals], handler: Callable[..., None] | signal.Handlers) -> Iterator[None]:
    before = {each: signal.signal(each, handler) for each in signals}
    try:
        yield
    finally:
        for each, previous in before.items():
            signal.signal(each, previous)
