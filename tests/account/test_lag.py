"""How long lists take to show what a cancel-all has told."""

import time

import pytest

from conformance.account.behind import Behind
from conformance.account.lag import Lag
from conformance.oracle.snapshot import Snapshot
from tests.orders import order

LIVE, CANCELED = Snapshot.of([order("a")]), Snapshot.of([order("a", status="canceled")])


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    return 100.0


def told(allowed_s: float) -> Lag:
    lag = Lag(Behind(allowed_s))
    lag.told([order("a", status="canceled")])
    return lag


def test_what_is_shown_at_once_is_no_lag(now: float) -> None:
    lag = told(0)
    lag.look(CANCELED, now + 0.001)
    assert not lag.pending
    assert lag.breaches() == []


def test_a_lag_is_measured_and_told_once_with_the_remedy(now: float) -> None:
    lag = told(0)
    for after_s in (0.01, 0.2):
        lag.look(LIVE, now + after_s)
        assert lag.pending == {"a"}
        assert lag.breaches() == []
    lag.look(CANCELED, now + 0.312)
    [breach] = lag.breaches()
    assert breach.requirement == "cancel.visible"
    assert "shown canceled 312 ms later" in breach.got
    assert "consistency_ms" in breach.got
    assert lag.breaches() == []


def test_within_what_the_profile_allows_it_is_awaited_and_right(now: float) -> None:
    lag = told(0.5)
    lag.look(LIVE, now + 0.3)
    assert lag.pending == {"a"}
    lag.look(CANCELED, now + 0.4)
    assert not lag.pending
    lag.look(LIVE, now + 0.45)  # from another database
    assert lag.pending == {"a"}
    lag.look(CANCELED, now + 0.6)
    assert lag.breaches() == []


def test_what_is_never_shown_is_no_lag_and_is_not_waited_for_as_long_again(now: float) -> None:
    lag = told(0)
    lag.look(LIVE, now + 2.9)
    assert lag.pending
    lag.look(LIVE, now + 3.1)
    assert not lag.pending
    assert lag.breaches() == []
    lag.told([order("a", status="canceled")])
    lag.look(LIVE, now + 0.3)
    assert not lag.pending


def test_another_cancel_all_does_not_end_the_wait_for_what_the_first_told(now: float) -> None:
    lag = told(0.5)
    lag.told([])
    lag.look(LIVE, now + 0.3)
    assert lag.pending == {"a"}
    lag.look(CANCELED, now + 0.6)
    assert not lag.pending
    assert lag.breaches() == []
