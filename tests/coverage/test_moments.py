from datetime import UTC, datetime

import pytest

from conformance.coverage.moments import is_telling, telling_moments


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("moment", "tells"),
    [
        ("2026-03-01 00:00:00", True),
        ("2026-03-01 00:00:01", False),
        ("2026-10-25 00:59:59", False),  # two o'clock in Berlin, the first time
        ("2026-10-25 01:00:00", True),
        ("2026-10-25 01:59:59", True),
        ("2026-10-25 02:00:00", False),
        ("2026-11-01 06:30:00", True),  # half past one in New York, the second time
        ("2026-03-29 01:30:00", False),  # an hour is left out; none comes twice
    ],
)
def test_midnights_and_the_second_of_two_equal_hours_tell(moment: str, tells: bool) -> None:
    assert is_telling(second(moment)) == tells


def test_a_time_in_milliseconds_is_no_moment() -> None:
    assert not is_telling(1_778_400_000_123)
    assert not is_telling(-1)


def test_moments_lie_between_the_seconds_that_were_given() -> None:
    oldest, newest = second("2026-10-24 00:00:00"), second("2026-10-26 12:00:00")
    moments = telling_moments(oldest, newest)
    assert all(oldest <= each <= newest for each in moments)
    assert moments[-3:] == [second(f"2026-10-{day} 00:00:00") for day in (26, 25, 24)]


def test_in_both_equal_hours_there_are_moments_less_than_an_hour_apart() -> None:
    moments = telling_moments(second("2026-10-24 00:00:01"), second("2026-10-25 03:00:00"))
    later = [each for each in moments if each % 86_400 and is_telling(each)]
    assert later
    assert all(each - 3_599 in moments for each in later)
