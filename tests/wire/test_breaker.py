"""When a target is given up, and when it is not."""

import pytest

from conformance.wire import breaker as breaker_module
from conformance.wire.breaker import AWAY_S, BUSY_IN_A_ROW, Breaker


class Clock:
    """Stands where it is put."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(breaker_module, "time", clock)
    return clock


def ask(breaker: Breaker, clock: Clock, seconds: float, *, answered: bool = True) -> None:
    sent_at = clock.now
    clock.now += seconds
    breaker.ended(sent_at, "200" if answered else "no answer", answered=answered)


def test_three_slow_requests_in_a_row_are_enough(clock: Clock) -> None:
    breaker = Breaker()
    for seconds in (6, 15):
        ask(breaker, clock, seconds)
        assert breaker.given_up() is None
    ask(breaker, clock, 5, answered=False)
    assert breaker.given_up() == "stopped after 3 requests in a row that took 5 s or more; the last: no answer"


def test_an_answer_in_time_makes_up_for_all(clock: Clock) -> None:
    breaker = Breaker()
    for seconds in (6, 6, 0.1, 6, 6):
        ask(breaker, clock, seconds)
    assert breaker.given_up() is None


def test_what_breaks_off_at_once_costs_no_time_and_is_not_counted(clock: Clock) -> None:
    breaker = Breaker()
    for seconds in (6, 0.1, 6, 0.1, 0.1, 0.1):
        ask(breaker, clock, seconds, answered=False)
    assert breaker.given_up() is None
    ask(breaker, clock, 6, answered=False)
    assert breaker.given_up() is not None


def test_requests_that_waited_together_count_as_one(clock: Clock) -> None:
    breaker = Breaker()
    clock.now += 15
    for _ in range(10):
        breaker.ended(clock.now - 15, "no answer", answered=False)
    assert breaker.given_up() is None


def test_after_one_that_never_came_the_next_is_waited_for_less(clock: Clock) -> None:
    breaker = Breaker()
    assert breaker.patience_s(15) == 15
    ask(breaker, clock, 6)
    assert breaker.patience_s(15) == 15
    ask(breaker, clock, 15, answered=False)
    assert breaker.patience_s(15) == 5
    ask(breaker, clock, 0.1)
    assert breaker.patience_s(15) == 15


def test_cleaning_up_is_worth_any_wait(clock: Clock) -> None:
    breaker = Breaker()
    for _ in range(3):
        ask(breaker, clock, 6)
    breaker.keep_on()
    assert breaker.given_up() is None


def test_one_who_is_busy_for_long_is_asked_once_until_it_answers() -> None:
    breaker = Breaker()
    for _ in range(BUSY_IN_A_ROW):
        assert breaker.retries(6) == 6
        breaker.busy(to_the_last=True)
    assert breaker.retries(6) == 1
    breaker.busy(to_the_last=False)
    assert breaker.retries(6) == 6


def test_an_outage_is_waited_for_until_it_is_over_or_once_in_vain(clock: Clock) -> None:
    breaker, slept = Breaker(), list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds

    clock.sleep = sleep  # type: ignore[attr-defined]
    back = iter([False, False, True])
    assert breaker.outlast(lambda: next(back))
    assert slept == [0.05, 0.1, 0.2]
    assert not breaker.outlast(lambda: False)
    assert AWAY_S < sum(slept) < AWAY_S + 2
    looks = len(slept)
    assert not breaker.outlast(lambda: False)
    assert len(slept) == looks + 1
    assert breaker.outlast(lambda: True)
    slept.clear()
    assert not breaker.outlast(lambda: False)
    assert sum(slept) > AWAY_S
