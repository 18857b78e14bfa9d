"""What becomes of signals that tell a run to stop."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from conformance.judging.signals import ToldToStop, ignored, stopping

BOTH = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def as_in_the_foreground() -> Iterator[None]:
    """A shell starts what it runs in the background with Ctrl-C ignored, and these tests may be run there."""
    before = [signal.signal(signal.SIGINT, signal.default_int_handler), signal.signal(signal.SIGTERM, signal.SIG_DFL)]
    yield
    for number, handler in zip(BOTH, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("number", BOTH)
def test_both_end_what_is_under_way_and_are_noted(number: signal.Signals) -> None:
    before = [signal.getsignal(each) for each in BOTH]
    noted = []
    with pytest.raises(ToldToStop), stopping(lambda: noted.append(True)):
        signal.raise_signal(number)
    assert noted == [True]
    with pytest.raises(ToldToStop), stopping():
        signal.raise_signal(number)
    assert [signal.getsignal(each) for each in BOTH] == before


@pytest.mark.parametrize("number", BOTH)
def test_inside_neither_is_heard(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with ignored():
        signal.raise_signal(number)
    assert signal.getsignal(number) == before


def test_what_the_shell_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with stopping():
        signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN


@pytest.mark.parametrize("inside", [stopping, ignored])
def test_in_another_thread_nothing_is_changed(inside: Callable[[], AbstractContextManager[None]]) -> None:
    before, seen = [signal.getsignal(each) for each in BOTH], []

    def look() -> None:
        with inside():
            seen.append([signal.getsignal(each) for each in BOTH])

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [before]
