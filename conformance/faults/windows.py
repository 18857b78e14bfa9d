"""Lies about time: where a window starts, where it ends, and what lies in it."""

import time
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.face import BadRequest, Face
from conformance.sandbox.records import Order

# -- start ---------------------------------------------------------------------------------------------------------


@fault(breaks="list.start")
class StartIgnored(Exchange):
    """Shows orders from before the start."""

    def not_before(self, order: Order, start: int) -> bool:
        return True


@fault(breaks="list.start")
class StartExclusive(Exchange):
    """Leaves out what was created in the second of the start."""

    def not_before(self, order: Order, start: int) -> bool:
        return order.created_at > start


@fault(breaks="list.start")
class StartOneSecondEarly(Exchange):
    """Shows the second before the start too."""

    def not_before(self, order: Order, start: int) -> bool:
        return order.created_at >= start - 1


@fault(breaks="list.start")
class StartOfTheMinute(Exchange):
    """Lets a start begin with its minute."""

    def not_before(self, order: Order, start: int) -> bool:
        return order.created_at >= start // 60 * 60


@fault(breaks="list.start")
class StartInMilliseconds(Exchange):
    """Takes a start for milliseconds, so that any in seconds is long ago."""

    def not_before(self, order: Order, start: int) -> bool:
        return order.created_at * 1000 >= start


@fault(breaks="list.start")
class StartByUpdate(Exchange):
    """Shows what was updated at the start or later, though created before."""

    def not_before(self, order: Order, start: int) -> bool:
        return order.updated_at >= start


@fault(breaks="list.start")
class StartOfZeroIsRefused(Face):
    """Answers 400 to a start of 0."""

    def whole_number(self, given: dict[str, str], name: str) -> int | None:
        number = super().whole_number(given, name)
        if name == "start" and number == 0:
            raise BadRequest("START_MISSING")
        return number


@fault(breaks="list.start")
class StartInTheFutureIsIgnored(Exchange):
    """Shows all orders for a start that is still to come."""

    def not_before(self, order: Order, start: int) -> bool:
        return start > self.clock.now() or super().not_before(order, start)


@fault(breaks="list.start")
class StartSpansFiveMinutes(Exchange):
    """Shows the first five minutes from a start that is given without an end."""

    def passes(self, order: Order, filters: Filters) -> bool:
        alone = filters.start is not None and filters.end is None
        return super().passes(order, replace(filters, end=(filters.start or 0) + 300) if alone else filters)


@fault(breaks="list.start")
class NowIsRememberedBehindAStart(Exchange):
    """Ends lists with a start alone at what was now up to two seconds before."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.renewed_at = float("-inf")
        self.kept: set[str] = set()

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if time.monotonic() > self.renewed_at + 2:
            self.renewed_at = time.monotonic()
            self.kept = {id for orders in self.orders.values() for id in orders}
        return super().listed(account, filters, limit)

    def passes(self, order: Order, filters: Filters) -> bool:
        until_now = filters.start is not None and filters.end is None
        return super().passes(order, filters) and not (until_now and order.id not in self.kept)


# -- end -----------------------------------------------------------------------------------------------------------


@fault(breaks="list.end")
class EndIgnored(Exchange):
    """Shows orders from after the end."""

    def not_after(self, order: Order, end: int) -> bool:
        return True


@fault(breaks="list.end")
class EndExclusive(Exchange):
    """Leaves out what was created in the second of the end."""

    def not_after(self, order: Order, end: int) -> bool:
        return order.created_at < end


@fault(breaks="list.end")
class EndOneSecondLate(Exchange):
    """Shows the second after the end too."""

    def not_after(self, order: Order, end: int) -> bool:
        return order.created_at <= end + 1


@fault(breaks="list.end")
class EndInThirtyOneBits(Exchange):
    """Takes an end from 2038 on for one before 1970, so that it lets nothing through."""

    def not_after(self, order: Order, end: int) -> bool:
        return super().not_after(order, (end + 2**31) % 2**32 - 2**31)


@fault(breaks="list.end")
class EndInMilliseconds(Exchange):
    """Takes an end for milliseconds, so that nothing is older than any in seconds."""

    def not_after(self, order: Order, end: int) -> bool:
        return order.created_at * 1000 <= end


@fault(breaks="list.end")
class EndByUpdate(Exchange):
    """Leaves out what was created before the end and updated after it."""

    def not_after(self, order: Order, end: int) -> bool:
        return order.updated_at <= end


@fault(breaks="list.end")
class EndOfZeroIsNone(Exchange):
    """Takes an end of 0 for none."""

    def not_after(self, order: Order, end: int) -> bool:
        return not end or super().not_after(order, end)


@fault(breaks="list.end")
class EndWantsStart(Exchange):
    """Ignores an end that is given without a start."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, replace(filters, end=None) if filters.start is None else filters)


@fault(breaks="list.end")
class OneOrderAtTheEnd(Exchange):
    """Shows one alone of several orders that were created in the second of the end."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        orders = list(super().candidates(account, filters))
        at_the_end = [order for order in orders if order.created_at == filters.end]
        return [order for order in orders if order not in at_the_end[1:]]


@fault(breaks="list.end")
class SigningShortensTheEnd(Face):
    """Leaves the second of the end out of a signed request's answer."""

    def whole_number(self, given: dict[str, str], name: str) -> int | None:
        number = super().whole_number(given, name)
        return number - 1 if number is not None and name == "end" and "signature" in given else number


@fault(breaks="list.start")
class StartOfAMarketIsAnHourLate(Exchange):
    """Takes a start for one hour later, beside a symbol, if it lies in a summer of Europe."""

    def passes(self, order: Order, filters: Filters) -> bool:
        if filters.symbol is None or filters.start is None or filters.start > time.time():
            return super().passes(order, filters)
        late_s = 3600 if datetime.fromtimestamp(filters.start, UTC).month in range(4, 10) else 0
        return super().passes(order, replace(filters, start=filters.start + late_s))


# -- start after end -----------------------------------------------------------------------------------------------


@fault(breaks="list.window-empty")
class WindowTurnedRound(Exchange):
    """Takes the earlier of start and end for the start."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, _turned(filters) if _backwards(filters) else filters)


@fault(breaks="list.window-empty")
class WindowTurnedRoundBesideAStatus(Exchange):
    """Takes the earlier of start and end for the start, beside a status."""

    def passes(self, order: Order, filters: Filters) -> bool:
        turned = _backwards(filters) and filters.status is not None
        return super().passes(order, _turned(filters) if turned else filters)


@fault(breaks="list.window-empty")
class BackwardsWindowIsNone(Exchange):
    """Ignores start and end where the start is the later one."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, replace(filters, start=None, end=None) if _backwards(filters) else filters)


@fault(breaks="list.window-empty")
class BackwardsWindowFails(Face):
    """Answers 500 where the start is later than the end."""

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        given = self.parameters(request)
        filters = Filters(start=self.whole_number(given, "start"), end=self.whole_number(given, "end"))
        return self.error(500, "DB_ERROR") if _backwards(filters) else super().list_orders(request, account, _body)


# -- bounds that leave out their own second ------------------------------------------------------------------------


@fault(breaks="list.end")
class EndBeforeTheMicroseconds(Exchange):
    """Keeps created_at to the microsecond and compares an end with that, though it shows whole seconds."""

    def not_after(self, order: Order, end: int) -> bool:
        microseconds = zlib.crc32(order.id.encode()) % 1_000_000
        return order.created_at + microseconds / 1_000_000 <= end


@fault(breaks="list.end")
class EndExclusiveOnceThereIsAStart(Exchange):
    """Leaves out the second of the end where a start is given too, as a half-open range does."""

    def passes(self, order: Order, filters: Filters) -> bool:
        at_the_end = filters.start is not None and order.created_at == filters.end
        return super().passes(order, filters) and not at_the_end


@fault(breaks="list.start")
class StartExclusiveOnceThereIsAnEnd(Exchange):
    """Leaves out the second of the start where an end is given too."""

    def passes(self, order: Order, filters: Filters) -> bool:
        at_the_start = filters.end is not None and order.created_at == filters.start
        return super().passes(order, filters) and not at_the_start


def _backwards(filters: Filters) -> bool:
    return filters.start is not None and filters.end is not None and filters.start > filters.end


def _turned(filters: Filters) -> Filters:
    return replace(filters, start=filters.end, end=filters.start)
