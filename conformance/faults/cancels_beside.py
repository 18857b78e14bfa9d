"""Lies of cancel-all that show in one kind of order, or of one account, alone."""

import copy
from collections import defaultdict

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order


@fault(breaks="cancel.complete")
class TwiceFilledOrdersOfKeysLeftLive(Exchange):
    """Leaves orders live that a key has placed and that two orders have taken from."""

    def cancelable(self, account: str) -> list[Order]:
        live = super().cancelable(account)
        return [order for order in live if not (order.placed_with == "key" and len(order.trades) == 2)]


@fault(breaks="cancel.complete")
class TwiceFilledBuysLeftLive(Exchange):
    """Leaves buys live that two orders have taken from, where they are canceled by key."""

    def cancelable(self, account: str) -> list[Order]:
        live, by_key = super().cancelable(account), self.asked_with == "key"
        return [order for order in live if not (by_key and order.side == "buy" and len(order.trades) == 2)]


@fault(breaks="cancel.status")
class OldStatusForTheSecondAccount(Exchange):
    """Returns open orders as they were, in cancel-alls by key, with a symbol, of every account but the first."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        before = {order.id: copy.copy(order) for order in self.cancelable(account) if order.status == "open"}
        canceled = super().cancel_all(account, symbol)
        lies = self.asked_with == "key" and symbol is not None and account != min(self.orders)
        return [before.get(order.id, order) for order in canceled] if lies else canceled


@fault(breaks="cancel.complete")
class OrdersOfKeysAmongManyLeftLive(Exchange):
    """Leaves orders live that a key has placed, where more than two hundred are to be canceled."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        return [order for order in live if not (len(live) > 200 and order.placed_with == "key")]


@fault(breaks="cancel.complete")
class TwoHundredOfTheSecondAccountByKey(Exchange):
    """Cancels two hundred orders and no more, in cancel-alls by key of every account but the first."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        return live[:200] if self.asked_with == "key" and account != min(self.orders) else live


@fault(breaks="list.limit-default")
class BuysOfKeysNeverListed(Exchange):
    """Shows no buys that a key has placed, in any list."""

    def visible_to(self, account: str) -> list[Order]:
        orders = super().visible_to(account)
        return [order for order in orders if not (order.side == "buy" and order.placed_with == "key")]


@fault(breaks="cancel.complete")
class TwoHundredOfEachMarketByKey(Exchange):
    """Cancels the 200 oldest orders of each market, where a key cancels all without naming one."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        concerned = super().concerned(account, symbol)
        if symbol is not None or self.asked_with != "key":
            return concerned
        by_market: defaultdict[str, list[Order]] = defaultdict(list)
        for order in sorted(concerned, key=lambda each: (each.created_at, each.serial)):
            by_market[order.symbol].append(order)
        return [order for orders in by_market.values() for order in orders[:200]]
