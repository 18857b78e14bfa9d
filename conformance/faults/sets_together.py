"""Lies of cancel-alls that need several things at once: how many orders, of which sort, in which scope, by whom."""

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order


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
