"""Lies about limits: how many orders a page holds, and which."""

from collections.abc import Sequence
from itertools import takewhile

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.face import BadRequest, Face
from conformance.sandbox.records import Order

# -- no limit ------------------------------------------------------------------------------------------------------


@fault(breaks="list.limit-default")
class DefaultLimitOneHundred(Exchange):
    """Shows 100 orders unless told."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(100 if limit is None else limit)


@fault(breaks="list.limit-default")
class DefaultLimitOneShort(Exchange):
    """Shows 49 orders unless told."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(49 if limit is None else limit)


@fault(breaks="list.limit-default")
class DefaultLimitOneOver(Exchange):
    """Shows 51 orders unless told: the last one was fetched to see whether there are more."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(51 if limit is None else limit)


@fault(breaks="list.limit-default")
class NoDefaultLimit(Exchange):
    """Shows all orders unless told."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return orders if limit is None else super().page(orders, limit)


@fault(breaks="list.limit-default")
class FiltersLiftTheDefault(Exchange):
    """Shows up to 200 orders where there is a filter and no limit."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        return super().listed(account, filters, 200 if limit is None and filters != Filters() else limit)


# -- 1 to 200 ------------------------------------------------------------------------------------------------------


@fault(breaks="list.limit-exact")
class LimitOneShort(Exchange):
    """Shows one order less than it was asked for."""

    def page_size(self, limit: int | None) -> int:
        size = super().page_size(limit)
        return size if limit is None else max(1, size - 1)


@fault(breaks="list.limit-exact")
class LimitOneOver(Exchange):
    """Shows one order more than it was asked for, below 200."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(limit if limit is None or limit < 1 else limit + 1)


@fault(breaks="list.limit-exact")
class LimitOfOneIsNone(Exchange):
    """Takes a limit of 1 for a mere yes, and shows 50."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(None if limit == 1 else limit)


@fault(breaks="list.limit-exact")
class LimitIsMinimum(Exchange):
    """Shows 50 orders to any limit below 50."""

    def page_size(self, limit: int | None) -> int:
        return max(super().page_size(limit), 50)


@fault(breaks="list.limit-exact")
class LimitStopsAtOneHundred(Exchange):
    """Shows 100 orders at most."""

    def page_size(self, limit: int | None) -> int:
        return min(super().page_size(limit), 100)


@fault(breaks="list.limit-exact")
class LimitMaximumIsExclusive(Exchange):
    """Shows 199 orders to a limit of 200, and to none other."""

    def page_size(self, limit: int | None) -> int:
        return 199 if limit == 200 else super().page_size(limit)


@fault(breaks="list.limit-exact")
class LimitComparedAsText(Exchange):
    """Compares a limit with 200 letter by letter, so that 30 is more."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(200 if limit and str(limit) > "200" else limit)


@fault(breaks="list.limit-exact")
class LimitOfEachMarket(Exchange):
    """Shows as many orders of each market as the limit says of all."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        markets = [[order for order in orders if order.symbol == symbol] for symbol in self.markets]
        return self.in_order([order for market in markets for order in market[: self.page_size(limit)]])


@fault(breaks="list.limit-exact")
class LimitFinishesTheSecond(Exchange):
    """Goes on past the limit until the second of the last order is told in full."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        page = super().page(orders, limit)
        return page + list(takewhile(lambda order: order.created_at == page[-1].created_at, orders[len(page) :]))


@fault(breaks="list.limit-default")
class LimitThenOrder(Exchange):
    """Takes as many orders as the limit says, by their ids, and sorts those."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return sorted(orders, key=lambda order: order.id)

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return super().in_order(super().page(orders, limit))


@fault(breaks="list.limit-exact")
class StatusDropsTheLimit(Face):
    """Forgets a limit that stands beside a status."""

    def parameters(self, request: Request) -> dict[str, str]:
        given = super().parameters(request)
        return {name: given[name] for name in given if name != "limit" or "status" not in given}


@fault(breaks="list.limit-exact")
class SigningDropsTheLimit(Face):
    """Forgets the limit of a signed request."""

    def parameters(self, request: Request) -> dict[str, str]:
        given = super().parameters(request)
        return {name: given[name] for name in given if name != "limit" or "signature" not in given}


# -- above 200 -----------------------------------------------------------------------------------------------------


@fault(breaks="list.limit-max")
class LimitUnbounded(Exchange):
    """Honours any limit."""

    def page_size(self, limit: int | None) -> int:
        return 50 if limit is None else max(1, limit)


@fault(breaks="list.limit-max")
class LimitUnboundedWithinWindow(Exchange):
    """Honours any limit beside a start or an end."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if filters.start is filters.end is None or limit is None or limit <= 200:
            return super().listed(account, filters, limit)
        return self.in_order([order for order in self.visible_to(account) if self.passes(order, filters)])[:limit]


@fault(breaks="list.limit-max")
class LimitAboveMaximumIsOneOver(Exchange):
    """Clamps to 201."""

    def page_size(self, limit: int | None) -> int:
        return 201 if limit is not None and limit > 200 else super().page_size(limit)


@fault(breaks="list.limit-max")
class LimitAboveMaximumIsDefault(Exchange):
    """Takes a limit above 200 for none at all."""

    def page_size(self, limit: int | None) -> int:
        return 50 if limit is None or limit > 200 else max(1, limit)


@fault(breaks="list.limit-max")
class LimitAboveMaximumIsRefused(Face):
    """Answers 400 to a limit above 200."""

    def whole_number(self, given: dict[str, str], name: str) -> int | None:
        number = super().whole_number(given, name)
        if name == "limit" and number is not None and number > 200:
            raise BadRequest("LIMIT_TOO_LARGE")
        return number


@fault(breaks="list.limit-max")
class LimitAboveMaximumShowsNothing(Exchange):
    """Answers an empty list to a limit above 200."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return [] if limit is not None and limit > 200 else super().page(orders, limit)


@fault(breaks="list.limit-max")
class LimitOfTwoBytes(Exchange):
    """Keeps a limit in 16 bits with a sign, so that 40000 is below range."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(None if limit is None else (limit + 2**15) % 2**16 - 2**15)


@fault(breaks="list.limit-max")
class LargestLimitOverflows(Face):
    """Fails on 2147483647, since it asks the database for one order more than the limit."""

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        overflows = self.whole_number(self.parameters(request), "limit") == 2**31 - 1
        return self.error(500, "DB_ERROR") if overflows else super().list_orders(request, account, _body)


# -- below 1 -------------------------------------------------------------------------------------------------------


@fault(breaks="list.limit-below")
class LimitZeroIsUnbounded(Exchange):
    """Shows all orders to a limit of 0."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return orders if limit == 0 else super().page(orders, limit)


@fault(breaks="list.limit-below")
class LimitZeroIsRefused(Face):
    """Answers 400 to a limit of 0."""

    def whole_number(self, given: dict[str, str], name: str) -> int | None:
        number = super().whole_number(given, name)
        if name == "limit" and number == 0:
            raise BadRequest("BAD_LIMIT")
        return number


@fault(breaks="list.limit-below")
class NegativeLimitFails(Face):
    """Hands a negative limit to the database, which does not take it."""

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        limit = self.whole_number(self.parameters(request), "limit")
        fails = limit is not None and limit < 0
        return self.error(500, "DB_ERROR") if fails else super().list_orders(request, account, _body)


@fault(breaks="list.limit-below")
class NegativeLimitIsUnbounded(Exchange):
    """Shows all orders to a limit below 0."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return orders if limit is not None and limit < 0 else super().page(orders, limit)


@fault(breaks="list.limit-below")
class NegativeLimitIsTheOldest(Exchange):
    """Counts a negative limit from the end, and shows the oldest orders."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return orders[limit:][:200] if limit is not None and limit < 0 else super().page(orders, limit)
