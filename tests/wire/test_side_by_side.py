import threading
import time
from concurrent import futures
from functools import partial

import pytest

from conformance.wire.side_by_side import SideBySide


class Calls:
    """Calls that note when they begin, how many are under way at once, and by which threads."""

    def __init__(self, takes_s: float = 0.02) -> None:
        self.begun: list[int] = []
        self.most = 0
        self._under_way = 0
        self._takes_s = takes_s
        self._lock = threading.Lock()

    def call(self, number: int, failing: bool = False) -> int:
        with self._lock:
            self.begun.append(number)
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        time.sleep(self._takes_s)
        with self._lock:
            self._under_way -= 1
        if failing:
            raise ValueError(number)
        return number


def test_results_come_in_the_order_of_the_calls() -> None:
    waits = (0.05, 0.0, 0.03, 0.0)

    def call(number: int) -> int:
        time.sleep(waits[number])
        return number

    assert SideBySide(4).results([partial(call, each) for each in range(4)]) == [0, 1, 2, 3]


@pytest.mark.parametrize("connections", [1, 2, 4])
def test_so_many_are_under_way_at_once(connections: int) -> None:
    calls = Calls()
    SideBySide(connections).results([partial(calls.call, each) for each in range(8)])
    assert calls.most == connections


def test_with_one_connection_they_are_made_here_and_none_after_one_has_failed() -> None:
    calls = Calls(0)
    with pytest.raises(ValueError, match="1"):
        SideBySide(1).results([partial(calls.call, each, each == 1) for each in range(4)])
    assert calls.begun == [0, 1]


def test_what_the_first_of_them_raised_is_raised_and_what_waits_is_not_begun() -> None:
    calls = Calls()
    with pytest.raises(ValueError, match="0"):
        SideBySide(2).results([partial(calls.call, each, each < 2) for each in range(40)])
    assert len(calls.begun) < 6


def test_a_call_makes_its_own_calls_one_after_the_other() -> None:
    """Else all connections could wait for one that is free."""
    pool, calls = SideBySide(2), Calls()

    def outer(number: int) -> list[int]:
        return pool.results([partial(calls.call, number)] * 2)

    assert pool.results([partial(outer, 1), partial(outer, 2)]) == [[1, 1], [2, 2]]
    assert calls.most == 2


def test_an_interruption_waits_for_what_is_under_way_and_begins_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, wait = Calls(0.1), futures.wait
    waits: list[object] = []

    def interrupted(running: list[futures.Future[int]], timeout: float | None = None) -> object:
        waits.append(timeout)
        if len(waits) == 1:
            time.sleep(0.03)
            raise KeyboardInterrupt
        return wait(running, timeout)

    monkeypatch.setattr(futures, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        SideBySide(2).results([partial(calls.call, each) for each in range(20)])
    assert sorted(calls.begun) == [0, 1]
    assert calls._under_way == 0
