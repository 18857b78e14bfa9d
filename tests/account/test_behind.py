"""How far lists may be behind, once one was found to be."""

import pytest

from conformance.account.behind import Behind


def test_it_is_as_the_profile_says_at_first() -> None:
    behind = Behind(0.2)
    assert (behind.lag_s, behind.further_s) == (0.2, 0.0)


@pytest.mark.parametrize(("after_s", "lag_s"), [(0.03, 0.5), (0.6, 1.2), (9.0, 1.5)])
def test_it_is_more_than_was_found_within_bounds(after_s: float, lag_s: float) -> None:
    behind = Behind(0.2)
    behind.found(after_s)
    assert (behind.allowed_s, behind.lag_s) == (0.2, lag_s)
    assert behind.further_s == pytest.approx(lag_s - 0.2)


def test_what_is_found_later_takes_nothing_back() -> None:
    behind = Behind(2.0)
    behind.found(0.1)
    assert behind.lag_s == 2.0
