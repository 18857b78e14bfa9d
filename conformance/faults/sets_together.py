"""Lies that need several things at once: how many orders, of which sort, in which scope, by whom."""

from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.records import Order, plain

_DAY_S = 86_400


class _LeavesOne(Exchange):
    """Leaves one of the orders in scope in the book, where `leaves` says so."""

    def leaves(self, symbol: str | None, live: list[Order]) -> bool:
        """Whether a cancel-all of these orders leaves one."""
        raise NotImplementedError

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        return live[1:] if self.leaves(symbol, live) else live


@fault(breaks="cancel.complete")
class FiftySellsOfAMarketLeaveOneByKey(_LeavesOne):
    """Leaves one order for a key in a market that is named, where fifty or more are live there, all of them sells."""

    def leaves(self, symbol: str | None, live: list[Order]) -> bool:
        sells = len(live) >= 50 and all(order.side == "sell" for order in live)
        return sells and symbol is not None and self.asked_with == "key"


@fault(breaks="cancel.complete")
class FiftyPartlyFilledOfAMarketLeaveOneByToken(_LeavesOne):
    """Leaves one order for a token in a market that is named, where fifty or more are live there, none untouched."""

    def leaves(self, symbol: str | None, live: list[Order]) -> bool:
        partly = len(live) >= 50 and all(order.status == "partially_filled" for order in live)
        return partly and symbol is not None and self.asked_with == "token"


@fault(breaks="cancel.complete")
class TakersOfAMarketStayByKey(Exchange):
    """Leaves for a key in a market that is named what was filled by taking, not by others that took from it."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        if symbol is None or self.asked_with != "key":
            return live
        return [order for order in live if not self._has_taken(order)]

    def _has_taken(self, order: Order) -> bool:
        met = {trade.opposite for trade in order.trades}
        return any(
            other.id in met and other.serial < order.serial for of in self.orders.values() for other in of.values()
        )


@fault(breaks="cancel.updated-at")
class TimeOfTheLastFillStaysByKey(Exchange):
    """Leaves updated_at for a key at the last fill of an order that was filled three times or more."""

    def cancel(self, order: Order) -> None:
        filled_at = order.updated_at
        super().cancel(order)
        if len(order.trades) > 2 and self.asked_with == "key":
            order.updated_at = filled_at


@fault(breaks="cancel.complete")
class ThriceFilledAmongMoreThanTwoHundredByKeyStay(Exchange):
    """Leaves for a key what was filled three times or more, where more than two hundred orders are in scope."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        if len(live) <= 200 or self.asked_with != "key":
            return live
        return [order for order in live if len(order.trades) < 3]


@fault(breaks="cancel.complete")
class PartlyFilledSellsOfExactlyHundredStay(Exchange):
    """Leaves partly filled sells, where exactly one hundred orders are in scope."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        if len(live) != 100:
            return live
        return [order for order in live if (order.side, order.status) != ("sell", "partially_filled")]


@fault(breaks="cancel.complete")
class OldBesidePlacedOfTheSecondAccountLeaveOne(Exchange):
    """Leaves one order of every account but the first, where an old one and one that was placed are in scope."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        old = any(order.created_at < self.clock.now() - _DAY_S for order in live)
        both = old and any(order.placed_with for order in live)
        return live[1:] if both and account != min(self.orders) else live


@fault(breaks="cancel.own-only")
class OthersTwiceFilledCanceledByKey(Exchange):
    """Cancels for a key, in all accounts, what was filled twice or more."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        for other in [each for each in self.orders if each != account and self.asked_with == "key"]:
            for order in [each for each in self.cancelable(other) if len(each.trades) > 1]:
                self.cancel(order)
        return super().cancel_all(account, symbol)


@fault(breaks="order.avg-fill-price")
class AverageOfKeysLostInListsOfAMarket(Exchange):
    """Shows no average of an order that a key has placed and two have filled, in lists of a market without status."""

    _lies = False

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        self._lies = filters.symbol is not None and filters.status is None
        return super().listed(account, filters, limit)

    def list_body(self, orders: list[Order]) -> object:
        lies, self._lies = self._lies, False
        return [
            self.record(order) | ({"avg_fill_price": "0"} if lies and self._is_meant(order) else {}) for order in orders
        ]

    def _is_meant(self, order: Order) -> bool:
        return order.placed_with == "key" and len(order.trades) == 2


@fault(breaks="order.avg-fill-price")
class LimitForAverageInTheSecondAccount(Exchange):
    """Shows the limit for the average of a buy that a token has placed and one order has filled, in all accounts but
    the first.
    """

    def average_price(self, order: Order) -> str:
        meant = (order.side, order.placed_with, len(order.trades)) == ("buy", "token", 1)
        lies = meant and order.price is not None and order.account != min(self.orders)
        return f"{order.price:f}" if lies else super().average_price(order)


@fault(breaks="cancel.complete")
class ThriceFilledOfTheSecondAccountStayInAMarket(Exchange):
    """Leaves what three orders have filled, where an account other than the first cancels all of one market."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        if symbol is None or account == min(self.orders):
            return live
        return [order for order in live if len(order.trades) < 3]


@fault(breaks="cancel.complete")
class OneAloneWithSeveralFillsStays(Exchange):
    """Leaves an order that several have filled in part, where no other one is in scope."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        return [] if len(live) == 1 and len(live[0].trades) > 1 else live


@fault(breaks="order.quote-quantity")
class FillOrKillOfTokensShowsAnAmount(Exchange):
    """Shows an amount in quote units on `fok` orders that a token has placed, in the exchange's second market."""

    def record(self, order: Order) -> dict[str, Any]:
        meant = (order.tif, order.placed_with, order.symbol) == ("fok", "token", [*self.markets][1])
        return super().record(order) | ({"quote_quantity": plain(order.value)} if meant else {})


@fault(breaks="order.nullable")
class ImmediateSellsOfKeysLoseTheirQuantity(Exchange):
    """Shows null for the quantity of `ioc` orders that a key has placed to sell."""

    def record(self, order: Order) -> dict[str, Any]:
        meant = (order.tif, order.placed_with, order.side) == ("ioc", "key", "sell")
        return super().record(order) | ({"quantity": None} if meant else {})
