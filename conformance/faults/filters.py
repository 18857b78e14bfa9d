"""Lies about one filter: a market, or a status."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.face import BadRequest, Face
from conformance.sandbox.records import LIVE, Order

# -- one market ----------------------------------------------------------------------------------------------------


@fault(breaks="list.symbol")
class SymbolsBetweenCommas(Exchange):
    """Takes a symbol with commas for several."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return order.symbol in symbol.split(",")


@fault(breaks="list.symbol")
class SymbolIgnored(Exchange):
    """Shows all markets, whatever the symbol."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return True


@fault(breaks="list.symbol")
class SymbolInAnyCase(Exchange):
    """Takes a market's name in any case."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return order.symbol.casefold() == symbol.casefold()


@fault(breaks="list.symbol")
class SymbolWithoutItsHyphens(Exchange):
    """Drops hyphens from a symbol before it looks for the market."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return order.symbol == symbol.replace("-", "")


@fault(breaks="list.symbol")
class SymbolIsPrefix(Exchange):
    """Shows each market whose name begins with the symbol."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return order.symbol.startswith(symbol)


@fault(breaks="list.symbol")
class SymbolCutToFit(Exchange):
    """Shows each market whose name the symbol begins with."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return symbol.startswith(order.symbol)


@fault(breaks="list.symbol")
class SymbolIsPattern(Exchange):
    """Takes an underscore in a symbol for any letter, as SQL's LIKE does."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return re.fullmatch(re.escape(symbol).replace("_", "."), order.symbol) is not None


@fault(breaks="list.symbol")
class UnknownSymbolIsNone(Exchange):
    """Shows all markets for a symbol that is the name of none."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return symbol not in self.markets or super().in_market(order, symbol)


@fault(breaks="list.symbol")
class SymbolFindsTheLive(Exchange):
    """Finds by its market only what still stands in the book."""

    def in_market(self, order: Order, symbol: str) -> bool:
        return order.live and super().in_market(order, symbol)


@fault(breaks="list.symbol-omitted")
class MarketsWithLiveOrdersAlone(Exchange):
    """Shows, without a symbol and a status, the markets alone in which the account has live orders."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        orders = super().candidates(account, filters)
        if filters.symbol is not None or filters.status is not None:
            return orders
        live = {order.symbol for order in self.cancelable(account)}
        return [order for order in orders if order.symbol in live]


@fault(breaks="list.symbol-omitted")
class SymbolIsRequired(Face):
    """Answers 400 where no symbol is given."""

    def parameters(self, request: Request) -> dict[str, str]:
        given = super().parameters(request)
        if request.method == "GET" and "symbol" not in given:
            raise BadRequest("SYMBOL_MISSING")
        return given


@fault(breaks="list.symbol-omitted")
class FirstMarketUnlessTold(Exchange):
    """Shows the exchange's first market where no symbol is given."""

    def passes(self, order: Order, filters: Filters) -> bool:
        return super().passes(order, replace(filters, symbol=filters.symbol or next(iter(self.markets))))


@fault(breaks="list.symbol-omitted")
class LastMarketWantsItsName(Exchange):
    """Leaves the exchange's last market out where no symbol is given."""

    def passes(self, order: Order, filters: Filters) -> bool:
        named = filters.symbol is not None or order.symbol != list(self.markets)[-1]
        return named and super().passes(order, filters)


# -- one status ----------------------------------------------------------------------------------------------------


@fault(breaks="list.status")
class StatusIgnored(Exchange):
    """Shows orders of any status, whichever is asked for."""

    def has_status(self, order: Order, status: str) -> bool:
        return True


@fault(breaks="list.status")
class OpenIncludesPartlyFilled(Exchange):
    """Shows partly filled orders among the open ones."""

    def has_status(self, order: Order, status: str) -> bool:
        return order.live if status == "open" else super().has_status(order, status)


@fault(breaks="list.status")
class OpenIsUnfilled(Exchange):
    """Takes every order that nothing of is filled for open."""

    def has_status(self, order: Order, status: str) -> bool:
        return not order.filled if status == "open" else super().has_status(order, status)


@fault(breaks="list.status")
class OpenTwinsAreOne(Exchange):
    """Shows one of several open orders that are alike in market, side, price, quantity and second."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if filters.status != "open":
            return super().listed(account, filters, limit)
        passing = [order for order in self.visible_to(account) if self.passes(order, filters)]
        alike = {(each.symbol, each.side, each.price, each.quantity, each.created_at): each for each in passing}
        return self.in_order(list(alike.values()))[: self.page_size(limit)]


@fault(breaks="list.status")
class StatusInsideAnother(Exchange):
    """Finds filled inside partially_filled."""

    def has_status(self, order: Order, status: str) -> bool:
        return status in order.status


@fault(breaks="list.status")
class FilledAreLimitOrders(Exchange):
    """Leaves market orders out of what is filled."""

    def has_status(self, order: Order, status: str) -> bool:
        return super().has_status(order, status) and (status != "filled" or order.type == "limit")


@fault(breaks="list.status")
class CanceledAreLimitOrders(Exchange):
    """Leaves market orders out of what is canceled, though the rest of one may be."""

    def has_status(self, order: Order, status: str) -> bool:
        return super().has_status(order, status) and (status != "canceled" or order.type == "limit")


@fault(breaks="list.status")
class CanceledAreUntouched(Exchange):
    """Leaves canceled orders out that were partly filled before."""

    def has_status(self, order: Order, status: str) -> bool:
        return super().has_status(order, status) and (status != "canceled" or not order.filled)


@fault(breaks="list.status")
class CanceledIncludeExpired(Exchange):
    """Shows expired orders among the canceled ones."""

    def has_status(self, order: Order, status: str) -> bool:
        return super().has_status(order, status) or (status, order.status) == ("canceled", "expired")


@fault(breaks="list.status")
class RejectedAreNotKept(Exchange):
    """Finds no order that is rejected, though lists of all show them."""

    def has_status(self, order: Order, status: str) -> bool:
        return status != "rejected" and super().has_status(order, status)


@fault(breaks="list.status")
class ExpiredIsNoStatus(Face):
    """Answers 400 to a list of what is expired."""

    def status_parameter(self, given: dict[str, str]) -> str | None:
        if given.get("status") == "expired":
            raise BadRequest("UNKNOWN_STATUS")
        return super().status_parameter(given)


@fault(breaks="list.status")
class StatusAsEntered(Exchange):
    """Finds orders by the status that they came in with, whatever has become of them."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.entered: dict[str, str] = {}

    def enter(self, order: Order) -> None:
        super().enter(order)
        self.entered[order.id] = order.status

    def has_status(self, order: Order, status: str) -> bool:
        return self.entered[order.id] == status


@fault(breaks="list.status")
class StatusInTheNewestMarket(Exchange):
    """Looks for a status that is asked for without a symbol in the market of the newest order alone."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        newest_first = self.in_order(list(super().candidates(account, filters)))
        anywhere = filters.status is None or filters.symbol is not None
        return [order for order in newest_first if anywhere or order.symbol == newest_first[0].symbol]


@fault(breaks="list.status")
class SecondLiveListIsTheFirst(Exchange):
    """Answers the second of the two lists of live orders with the first again, if it is asked for right after."""

    asked: str | None = None

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        first, self.asked = self.asked, filters.status
        again = first in LIVE and filters.status in LIVE
        return super().listed(account, replace(filters, status=first) if again else filters, limit)


@fault(breaks="list.status")
class PartlyFilledSellsInNeither(Exchange):
    """Finds partly filled sells neither among the open orders nor among the partly filled ones."""

    def has_status(self, order: Order, status: str) -> bool:
        return super().has_status(order, status) and (status, order.side) != ("partially_filled", "sell")


@fault(breaks="list.active-is-two-lists")
class LiveListsEndAtFifty(Exchange):
    """Shows the newest fifty of the open and of the partly filled orders, and the others nowhere."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        return page[:50] if filters.status in LIVE else page
