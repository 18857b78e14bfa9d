"""Moments at which servers that reckon in days or in local time tend to go wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

DAY_S, HOUR_S = 86_400, 3_600

# Where clocks go back, an hour of local time comes twice: the month, which Sunday of it, and the hour UTC that is the
# second of the two. Europe on the last Sunday of October, the east of America on the first of November.
_CLOCKS_GO_BACK = ((10, -1, 1), (11, 0, 6))
_INTO_THE_HOUR_S = (900, 1_800, 2_700)
_NO_SECOND = 2**33  # of today's: a target may show milliseconds


def telling_moments(oldest: int, newest: int) -> list[int]:
    """From one UNIX second to the other: seconds in both of the hours that local time has twice, and midnights (UTC).

    A server that takes a midnight for a whole day shows a day too much; one that reads a second of the second hour as
    one of the first is an hour off.
    """
    midnights = range(oldest + -oldest % DAY_S, newest + 1, DAY_S)
    twice = (second for second in _in_hours_that_come_twice(oldest, newest) if oldest <= second <= newest)
    return [*twice, *reversed(midnights)]


def is_telling(second: int) -> bool:
    """Whether it is a midnight, or in the second of two hours that are one in local time."""
    if second % DAY_S == 0:
        return True
    if not 0 <= second < _NO_SECOND:
        return False
    return any(0 <= second - begins < HOUR_S for begins in _second_hours(datetime.fromtimestamp(second, UTC).year))


def _in_hours_that_come_twice(oldest: int, newest: int) -> Iterator[int]:
    for year in range(datetime.fromtimestamp(newest, UTC).year, datetime.fromtimestamp(oldest, UTC).year - 1, -1):
        for into, begins in product(_INTO_THE_HOUR_S, _second_hours(year)):  # in turn: few orders are of such a second
            later = begins + into
            yield from (later, later - HOUR_S + 1)  # less than an hour apart, so that an hour's error tells


@cache
def _second_hours(year: int) -> list[int]:
    """When the hours of this year begin that local time has a second time."""
    begin = []
    for month, which, hour in _CLOCKS_GO_BACK:
        first = datetime(year, month, 1, hour, tzinfo=UTC)
        sundays = [day for number in range(31) if (day := first + timedelta(number)).month == month]
        begin.append(int([day for day in sundays if day.isoweekday() == 7][which].timestamp()))
    return begin
