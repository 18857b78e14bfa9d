import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance import turns
from conformance.turns import Stopped, Turns


def in_threads(*works: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for each in [pool.submit(work) for work in works]:
            each.result()


def test_one_has_the_turn_until_it_waits() -> None:
    every, noted = Turns(), list[str]()

    def work(name: str) -> Callable[[], None]:
        def takes_part() -> None:
            with every.taken():
                for step in range(3):
                    noted.append(f"{name}{step} begins")
                    time.sleep(0.01)  # it keeps the turn
                    noted.append(f"{name}{step} ends")
                    turns.sleep(0.01)

        return takes_part

    in_threads(work("a"), work("b"))
    assert [each.replace("begins", "ends") for each in noted[::2]] == noted[1::2]
    assert {each[0] for each in noted[:4]} == {"a", "b"}


def test_who_takes_no_part_waits_for_no_turn() -> None:
    every = Turns()
    with every.turn:
        assert not turns.takes_part()
        turns.sleep(0.001)
        with turns.waiting():
            pass


def test_a_thread_that_is_stopped_ends_where_it_waits_and_has_the_turn_there() -> None:
    every, waits, may_go_on, ends = Turns(), threading.Event(), threading.Event(), list[bool]()

    def takes_part() -> None:
        with every.taken():
            try:
                with turns.waiting():
                    waits.set()
                    may_go_on.wait()
            finally:
                ends.append(turns.takes_part())

    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(takes_part)
        waits.wait()
        every.stop()
        may_go_on.set()
        with pytest.raises(Stopped):
            stopped.result()
        with pytest.raises(Stopped):  # and none begins
            pool.submit(takes_part).result()
    assert ends == [True]
    assert every.turn.acquire(timeout=1)
