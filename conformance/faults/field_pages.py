"""Lies from the field about pages: joins, limits that bite in the wrong place, and lists that differ by who asks.

Each class cites public reports of the kind, by repository and number.
"""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import LIVE, Order

# -- a join with trades --------------------------------------------------------------------------------------------


def _rows(order: Order) -> int:
    """How many rows an order has once it is joined with its trades."""
    return max(1, len(order.trades))


class _CountsRows(Exchange):
    """Cuts a join of orders and trades, and shows each order on it once."""

    def cut(self, orders: Sequence[Order], size: int) -> list[Order]:
        """The orders of the first `size` rows."""
        rows = [order for order in orders for _ in range(_rows(order))][:size]
        return list({order.id: order for order in rows}.values())


# Coinigy/api#28
@fault(breaks="list.limit-exact")
class LimitCountsTrades(_CountsRows):
    """Counts an order against a limit as often as it was filled."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return super().page(orders, limit) if limit is None else self.cut(orders, self.page_size(limit))


# Coinigy/api#28
@fault(breaks="list.limit-default")
class DefaultLimitCountsTrades(_CountsRows):
    """Counts an order as often as it was filled where no limit is given."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return self.cut(orders, self.page_size(None)) if limit is None else super().page(orders, limit)


# Coinigy/api#28, alpacahq/alpaca-trade-api-python#622
@fault(breaks="list.limit-after-filters")
class FilledLimitCountsTrades(_CountsRows):
    """Counts a filled order against a limit as often as it was filled, in lists of filled orders alone."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        return page if filters.status != "filled" or limit is None else self.cut(page, self.page_size(limit))


# Coinigy/api#28
@fault(breaks="order.id")
class TwoTradesTwoRows(Exchange):
    """Shows an order once for each of its trades."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        return super().page([order for order in orders for _ in range(_rows(order))], limit)


# Coinigy/api#28
@fault(breaks="order.id")
class PartlyFilledTradesAreRows(Exchange):
    """Shows an order once for each of its trades in lists of partly filled orders."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        rows = [order for order in page for _ in range(_rows(order))]
        return self.page(rows, limit) if filters.status == "partially_filled" else page


# ccxt/ccxt#27930
@fault(breaks="order.id")
class CanceledStandsTwice(Exchange):
    """Shows what a cancel-all has canceled twice in lists without a status: as it was, and canceled."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.was: dict[str, list[Order]] = {}

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        before = {order.id: copy.copy(order) for order in self.cancelable(account)}
        canceled = super().cancel_all(account, symbol)
        self.was.setdefault(account, []).extend(before[order.id] for order in canceled)
        return canceled

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        twice = self.was.get(account, []) if filters.status is None else []
        return [*super().candidates(account, filters), *twice]


@fault(breaks="order.id")
class ArchivedBeforeItIsDeleted(Exchange):
    """Shows what ended seven to eight days ago twice in lists of all markets: it is in the archive, and here still."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        orders = [*super().candidates(account, filters)]
        days = [(order, (self.clock.now() - order.created_at) / 86_400) for order in orders if not order.live]
        return orders + [order for order, age in days if filters.symbol is None and 7 < age < 8]


class _JoinsBothSides(Exchange):
    """Finds the orders of a trade by the trade, and so those of both sides, in some lists."""

    def is_joined(self, filters: Filters) -> bool:
        """Whether a list with these filters is made from trades."""
        raise NotImplementedError

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        own = list(super().candidates(account, filters))
        if not self.is_joined(filters):
            return own
        opposite = {trade.opposite for order in own for trade in order.trades}
        everybodys = [order for orders in list(self.orders.values()) for order in orders.values()]
        return own + [order for order in everybodys if order.account != account and order.id in opposite]


# Coinigy/api#28, dotnet/eShop#996
@fault(breaks="list.own-only")
class FilledShowsBothSides(_JoinsBothSides):
    """Shows with the filled orders those of others that they traded with."""

    def is_joined(self, filters: Filters) -> bool:
        return filters.status == "filled"


# dotnet/eShop#996
@fault(breaks="list.own-only")
class PartlyFilledMarketShowsBothSides(_JoinsBothSides):
    """Shows with the partly filled orders of one market those of others that they traded with."""

    def is_joined(self, filters: Filters) -> bool:
        return filters.status == "partially_filled" and filters.symbol is not None


# alpacahq/alpaca-trade-api-python#622
@fault(breaks="list.own-only")
class PartlyFilledOfAll(Exchange):
    """Asks for own and open or partly filled without parentheses: status=partially_filled shows everybody's."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        if filters.status != "partially_filled":
            return super().candidates(account, filters)
        return [order for orders in list(self.orders.values()) for order in orders.values()]


# -- where the limit bites -----------------------------------------------------------------------------------------


# BuildOnViction/bug-reports#33
@fault(breaks="list.limit-exact")
class LimitIsSharedOut(Exchange):
    """Gives each market its share of a limit above 50, and leaves what a market does not need unused."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        if limit is None or limit <= 50:
            return super().page(orders, limit)
        symbols = {order.symbol for order in orders}
        share = self.page_size(limit) // max(1, len(symbols))
        of_each = [[order for order in orders if order.symbol == symbol][:share] for symbol in symbols]
        return self.in_order([order for market in of_each for order in market])


# BuildOnViction/bug-reports#33
@fault(breaks="list.limit-exact")
class LimitOfEachStatus(Exchange):
    """Reads live and finished orders by themselves, as many as the limit says of each, and merges them."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        if limit is None:
            return super().page(orders, limit)
        live = super().page([order for order in orders if order.live], limit)
        return self.in_order(live + super().page([order for order in orders if not order.live], limit))


# BuildOnViction/bug-reports#33
@fault(breaks="list.status")
class LiveAmongTheNewestHundred(Exchange):
    """Looks for live orders by status among the newest hundred orders of any status."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        orders = list(super().candidates(account, filters))
        return self.in_order(orders)[:100] if filters.status in LIVE else orders


# enarjord/passivbot#1699
@fault(breaks="list.status")
class OpenEndsAtHundred(Exchange):
    """Shows a hundred open orders at most."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        page = super().listed(account, filters, limit)
        return page[:100] if filters.status == "open" else page


# alpacahq/user-docs#16, ccxt/ccxt#5019
@fault(breaks="list.limit-exact")
class StartKeepsTheOldest(Exchange):
    """Keeps the oldest orders from a start where the limit bites, and shows them newest first."""

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        passing = [order for order in self.candidates(account, filters) if self.passes(order, filters)]
        size = self.page_size(limit)
        return super().listed(account, filters, limit) if filters.start is None else self.in_order(passing)[-size:]


# alpacahq/pylivetrader#45
@fault(breaks="list.limit-exact")
class PageBorderDropsItsSecond(Exchange):
    """Leaves the last second out of a page on which it does not fit whole."""

    def page(self, orders: list[Order], limit: int | None) -> list[Order]:
        page = super().page(orders, limit)
        behind = orders[len(page) :]
        if limit is None or not behind or behind[0].created_at != page[-1].created_at:
            return page
        return [order for order in page if order.created_at > page[-1].created_at] or page


# alpacahq/alpaca-trade-api-python#622
@fault(breaks="list.conjunctive")
class StatusOrTheRest(Exchange):
    """Joins the status of canceled orders to the other filters with OR."""

    def passes(self, order: Order, filters: Filters) -> bool:
        others = replace(filters, status=None)
        if filters.status != "canceled" or others == Filters():
            return super().passes(order, filters)
        return order.status == "canceled" or super().passes(order, others)


# -- one question, several answers ---------------------------------------------------------------------------------


# BitMEX/api-connectors#419
@fault(breaks="list.status")
class EveryThirtiethStatusListIsEmpty(Exchange):
    """Answers every thirtieth list by status with no orders."""

    asked = 0

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        self.asked += filters.status is not None
        lost = filters.status is not None and self.asked % 30 == 0
        return [] if lost else super().listed(account, filters, limit)


# binance/binance-api-postman#102
@fault(breaks="cancel.visible")
class OneReplicaIsBehind(Exchange):
    """Answers every third list from a replica that learns of a cancel three seconds late."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.was: dict[str, tuple[Order, int]] = {}
        self.asked = 0

    def cancel(self, order: Order) -> None:
        self.was[order.id] = copy.copy(order), self.clock.now()
        super().cancel(order)

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        self.asked += 1
        orders = super().candidates(account, filters)
        if self.asked % 3:
            return orders
        late = {id: order for id, (order, at) in self.was.items() if at > self.clock.now() - 3}
        return [late.get(order.id, order) for order in orders]


# -- one account, two credentials ----------------------------------------------------------------------------------


# hummingbot/hummingbot#2896
@fault(breaks="auth.same-account")
class KeysSeeNothingOfTokens(Exchange):
    """Leaves orders that were placed with a token out of lists that a key asks for."""

    def visible_to(self, account: str) -> Iterable[Order]:
        hidden = "token" if self.asked_with == "key" else None
        return [order for order in super().visible_to(account) if hidden is None or order.placed_with != hidden]


# ctubio/Krypto-trading-bot#500
@fault(breaks="auth.same-account")
class TokensSeeNoOpenOrdersOfKeys(Exchange):
    """Leaves orders that were placed with a key out of the open ones that a token asks for."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        hides = self.asked_with == "token" and filters.status == "open"
        return [each for each in super().candidates(account, filters) if not (hides and each.placed_with == "key")]
