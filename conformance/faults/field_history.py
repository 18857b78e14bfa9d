"""Lies from the field about time: lists that look back a little way alone, and bounds in another zone or unit.

Each class cites public reports of the kind, by repository and number.
"""

import copy
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S

# -- how far lists look back ---------------------------------------------------------------------------------------


class _LooksBack(Exchange):
    """Looks for orders in a recent window alone, in some lists."""

    days: int

    def is_short(self, filters: Filters) -> bool:
        """Whether a list with these filters looks back a little way alone."""
        raise NotImplementedError

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        since = self.clock.now() - self.days * _DAY_S if self.is_short(filters) else 0
        return [order for order in super().candidates(account, filters) if order.created_at >= since]


# ccxt/ccxt#14378
@fault(breaks="list.limit-exact")
class WeekUnlessWindowed(_LooksBack):
    """Looks back seven days where neither start nor end is given; with one of them it shows everything."""

    days = 7

    def is_short(self, filters: Filters) -> bool:
        return filters.start is None and filters.end is None


# ccxt/ccxt#269
@fault(breaks="list.start")
class DayWithoutStart(_LooksBack):
    """Looks back a single day in lists without a start, unless an end is given that lies before it."""

    days = 1

    def is_short(self, filters: Filters) -> bool:
        return filters.start is None and (filters.end is None or filters.end > self.clock.now() - _DAY_S)


# ccxt/ccxt#14378
@fault(breaks="list.end")
class EndWithoutStartOfThisMonth(_LooksBack):
    """Looks back thirty days in lists with an end and no start, however early the end is."""

    days = 30

    def is_short(self, filters: Filters) -> bool:
        return filters.end is not None and filters.start is None


# ccxt/ccxt#269
@fault(breaks="list.status")
class StatusOfThisMonth(_LooksBack):
    """Looks back thirty days in lists by status without start and end."""

    days = 30

    def is_short(self, filters: Filters) -> bool:
        return filters.status is not None and filters.start is None and filters.end is None


# ccxt/ccxt#10089
@fault(breaks="list.status")
class StatusOfThisWeek(_LooksBack):
    """Leaves orders older than a week out of every list by status, even between a start and an end."""

    days = 7

    def is_short(self, filters: Filters) -> bool:
        return filters.status is not None


# ccxt/ccxt#14378
@fault(breaks="list.symbol")
class MarketOfToday(_LooksBack):
    """Looks back a single day in lists of one market without start and end."""

    days = 1

    def is_short(self, filters: Filters) -> bool:
        return filters.symbol is not None and filters.start is None and filters.end is None


# danpaquin/coinbasepro-python#84
@fault(breaks="list.limit-default")
class LiveAloneUnlessTold(Exchange):
    """Lists live orders alone where neither a status nor a window is given."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        told = (filters.status, filters.start, filters.end) != (None, None, None)
        return [order for order in super().candidates(account, filters) if order.live or told]


# alpacahq/Alpaca-API#29
@fault(breaks="list.limit-default")
class UnfilledCancelsOfYesterdayAreLeftOut(Exchange):
    """Leaves out, without a status, what was canceled without a fill and is older than a day."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        yesterday = self.clock.now() - _DAY_S

        def is_left_out(order: Order) -> bool:
            return order.status == "canceled" and not order.filled and order.created_at < yesterday

        every = super().candidates(account, filters)
        return [order for order in every if filters.status is not None or not is_left_out(order)]


# bennycode/coinbase-pro-node#432
@fault(breaks="list.start")
class LiveAloneSinceTheStart(Exchange):
    """Lists live orders alone where a start is given and no status."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        told = filters.status is not None or filters.start is None
        return [order for order in super().candidates(account, filters) if order.live or told]


# alpacahq/Alpaca-API#29
@fault(breaks="list.limit-default")
class RejectedWantTheirStatus(Exchange):
    """Shows rejected orders to those alone who ask for status=rejected."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        asked = filters.status == "rejected"
        return [order for order in super().candidates(account, filters) if asked or order.status != "rejected"]


# -- bounds that some orders are not held against ------------------------------------------------------------------


# ccxt/ccxt#23843
@fault(breaks="list.start")
class FinishedIgnoreTheStart(Exchange):
    """Holds live orders against the start, and lets all others through."""

    def not_before(self, order: Order, start: int) -> bool:
        return not order.live or super().not_before(order, start)


# ccxt/ccxt#23843
@fault(breaks="list.end")
class FinishedIgnoreTheEnd(Exchange):
    """Holds live orders against the end, and lets filled ones through."""

    def not_after(self, order: Order, end: int) -> bool:
        return order.status == "filled" or super().not_after(order, end)


# -- the clock change, and midnight --------------------------------------------------------------------------------


def _summer_s(second: int) -> int:
    """How far the clocks are put forward at this time of the year; the days of the change are left aside."""
    return _HOUR_S if datetime.fromtimestamp(second, UTC).month in range(4, 11) else 0


class _LocalTime(Exchange):
    """Compares in local time, and reads every time by the clock of today."""

    def local(self, second: int) -> int:
        """The second as it is compared: an hour off in the other half of the year."""
        return second + _summer_s(second) - _summer_s(self.clock.now())


# ccxt/ccxt#1064
@fault(breaks="list.start")
class ClockChangeMovesTheStart(_LocalTime):
    """Compares the start in local time, so that orders from the other half of the year are an hour off."""

    def not_before(self, order: Order, start: int) -> bool:
        return self.local(order.created_at) >= start


# ccxt/ccxt#1064
@fault(breaks="list.end")
class ClockChangeMovesTheEnd(_LocalTime):
    """Compares the end in local time, so that orders from the other half of the year are an hour off."""

    def not_after(self, order: Order, end: int) -> bool:
        return self.local(order.created_at) <= end


# shopware/shopware#739, finnhubio/Finnhub-API#151
@fault(breaks="list.start")
class MidnightBelongsToTheDayBefore(Exchange):
    """Files orders of the first hour after midnight UTC under the day before, where a start of that day misses them."""

    def not_before(self, order: Order, start: int) -> bool:
        return super().not_before(order, start) and (order.created_at - _HOUR_S) // _DAY_S >= start // _DAY_S


# shopware/shopware#739, finnhubio/Finnhub-API#151
@fault(breaks="list.end")
class EveningBelongsToTheDayAfter(Exchange):
    """Files orders of the last eight hours of a day, UTC, under the next one, and so behind an end of their own."""

    def not_after(self, order: Order, end: int) -> bool:
        return super().not_after(order, end) and (order.created_at + 8 * _HOUR_S) // _DAY_S <= end // _DAY_S


# alpacahq/pylivetrader#45; an order that was injected has no fraction of its second
@fault(breaks="list.end")
class PlacedOrdersHaveMilliseconds(Exchange):
    """Compares the end in milliseconds, so that an order that was placed within its second comes after it."""

    def not_after(self, order: Order, end: int) -> bool:
        return order.created_at < end + (order.placed_with is None)


# Uniswap/UniswapX#208: both units in one field, told apart by a guess
@fault(breaks="list.end")
class OldSecondsAreMilliseconds(Exchange):
    """Takes an end of more than thirty days ago for milliseconds, and so shows nothing."""

    def not_after(self, order: Order, end: int) -> bool:
        guessed = end // 1000 if end < self.clock.now() - 30 * _DAY_S else end
        return super().not_after(order, guessed)


# Uniswap/UniswapX#208
@fault(breaks="order.timestamps")
class OldRowsInMilliseconds(Exchange):
    """Shows milliseconds for orders older than a week, whose rows are from before the change to seconds."""

    def record(self, order: Order) -> dict[str, Any]:
        unit = 1000 if order.created_at < self.clock.now() - 7 * _DAY_S else 1
        times = {"created_at": order.created_at * unit, "updated_at": order.updated_at * unit}
        return super().record(order) | times


# -- old orders that were canceled, and looks that change orders ---------------------------------------------------


class _OpenForLonger(Exchange):
    """Keeps showing some orders as they were before their cancel, in lists with status=open."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.was_open: dict[str, Order] = {}

    def stays(self, order: Order) -> bool:
        """Whether the list of open orders does not learn of the cancel of this one."""
        raise NotImplementedError

    def cancel(self, order: Order) -> None:
        if order.status == "open" and self.stays(order):
            self.was_open[order.id] = copy.copy(order)
        super().cancel(order)

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        orders = super().candidates(account, filters)
        return [self.was_open.get(order.id, order) for order in orders] if filters.status == "open" else orders


# Kucoin/kucoin-api-docs#187
@fault(breaks="cancel.visible")
class OldOrdersStayOpen(_OpenForLonger):
    """Shows canceled orders that are older than a day among the open ones for good."""

    def stays(self, order: Order) -> bool:
        return order.created_at < self.clock.now() - _DAY_S


# ccxt/ccxt#2112
@fault(breaks="cancel.visible")
class OrdersOfKeysStayOpen(_OpenForLonger):
    """Shows canceled orders that were placed with a key among the open ones for good."""

    def stays(self, order: Order) -> bool:
        return order.placed_with == "key"


# ai-shifu/ai-shifu#214
@fault(breaks="list.safe")
class LooksUpdateWhatIsPartlyFilled(Exchange):
    """Sets updated_at of partly filled orders to the time at which somebody asks for them by status."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        for order in page if filters.status == "partially_filled" else ():
            order.updated_at = self.clock.now()
        return page
