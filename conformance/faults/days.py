"""Lies at midnights, in the hour that local time has twice, and about orders that are years old.

Each class cites public reports of the kind, by repository and number.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order

_HOUR_S, _DAY_S = 3_600, 86_400


# shopware/shopware#739, finnhubio/Finnhub-API#151
@fault(breaks="list.end")
class MidnightIsAWholeDay(Exchange):
    """Takes an end at midnight UTC for a date, and shows the whole of that day."""

    def not_after(self, order: Order, end: int) -> bool:
        return super().not_after(order, end if end % _DAY_S else end + _DAY_S - 1)


def _read_once(second: int) -> int:
    """What is left of a second in local time in Europe, without the word which of two equal hours is meant."""
    if not 0 <= second < 2**33:
        return second
    last = datetime(datetime.fromtimestamp(second, UTC).year, 10, 31, 1, tzinfo=UTC)
    again = int((last - timedelta(last.isoweekday() % 7)).timestamp())  # the last Sunday of October
    return second - _HOUR_S if again <= second < again + _HOUR_S else second


# ccxt/ccxt#1064
@fault(breaks="list.start")
class StartInTheHourThatComesTwice(Exchange):
    """Turns a start into local time and back, and takes the second of two equal hours for the first."""

    def not_before(self, order: Order, start: int) -> bool:
        return super().not_before(order, _read_once(start))


# ccxt/ccxt#1064
@fault(breaks="list.end")
class EndInTheHourThatComesTwice(Exchange):
    """Turns an end into local time and back, and takes the second of two equal hours for the first."""

    def not_after(self, order: Order, end: int) -> bool:
        return super().not_after(order, _read_once(end))


# Uniswap/UniswapX#208
@fault(breaks="order.timestamps")
class RowsOfLastYearInMilliseconds(Exchange):
    """Shows milliseconds for the last update of orders that are older than a year."""

    def record(self, order: Order) -> dict[str, Any]:
        old = order.created_at < self.clock.now() - 366 * _DAY_S
        return super().record(order) | ({"updated_at": order.updated_at * 1000} if old else {})


# ccxt/ccxt#14378
@fault(breaks="list.status")
class StatusOfThisYear(Exchange):
    """Looks back a year in lists by status without a start."""

    def passes(self, order: Order, filters: Filters) -> bool:
        short = filters.status is not None and filters.start is None
        since = self.clock.now() - 366 * _DAY_S if short else 0
        return super().passes(order, filters) and order.created_at >= since
