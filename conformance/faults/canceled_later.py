"""Lies about canceled orders later on: when lists show them, and whether they are over."""

import copy
import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters, Ticket
from conformance.sandbox.records import Order

# -- what lists show after -----------------------------------------------------------------------------------------


class _Lags(Exchange):
    """Remembers how the caller's orders stood before a cancel-all, and shows that once more."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.stale: dict[str, list[Order]] = {}

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        before = [copy.copy(order) for order in self.orders[account].values()]
        canceled = super().cancel_all(account, symbol)
        if canceled:
            self.stale[account] = before
        return canceled

    def is_stale(self, filters: Filters) -> bool:
        """Whether a list with these filters is shown from before."""
        raise NotImplementedError

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        if account in self.stale and self.is_stale(filters):
            return self.stale.pop(account)
        return super().candidates(account, filters)


@fault(breaks="cancel.visible")
class NextListIsStale(_Lags):
    """Shows the first list after a cancel-all from a cache that knows nothing of it."""

    def is_stale(self, filters: Filters) -> bool:
        return True


@fault(breaks="cancel.visible")
class NextStatusListIsStale(_Lags):
    """Shows the first list by status after a cancel-all from an index that knows nothing of it."""

    def is_stale(self, filters: Filters) -> bool:
        return filters.status is not None


@fault(breaks="cancel.visible")
class NextMarketListIsStale(_Lags):
    """Shows the first list of live orders of one market from a book that knows nothing of the cancel-all."""

    def is_stale(self, filters: Filters) -> bool:
        return filters.symbol is not None and filters.status in ("open", "partially_filled")


@fault(breaks="cancel.visible")
class CanceledVanish(Exchange):
    """Shows canceled orders in no list."""

    def visible_to(self, account: str) -> Iterable[Order]:
        return [order for order in super().visible_to(account) if order.status != "canceled"]


@fault(breaks="list.limit-default")
class UnfilledVanish(Exchange):
    """Clears canceled orders away of which nothing was filled."""

    def visible_to(self, account: str) -> Iterable[Order]:
        return [order for order in super().visible_to(account) if order.status != "canceled" or order.filled]


# Kucoin/kucoin-api-docs#187
@fault(breaks="cancel.visible")
class AmongTheCanceledASecondLater(Exchange):
    """Finds what is canceled by its status a second later, when the index of the canceled is renewed."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.canceled_at: dict[str, float] = {}

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        self.canceled_at[order.id] = time.monotonic()

    def has_status(self, order: Order, status: str) -> bool:
        found = status != "canceled" or time.monotonic() - self.canceled_at.get(order.id, 0) > 1
        return found and super().has_status(order, status)


@fault(breaks="cancel.visible")
class NotAmongTheCanceled(Exchange):
    """Leaves what cancel-all has canceled out of the list of canceled orders."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.canceled: set[str] = set()

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        self.canceled.update(order.id for order in canceled)
        return canceled

    def has_status(self, order: Order, status: str) -> bool:
        return super().has_status(order, status) and (status != "canceled" or order.id not in self.canceled)


# -- for good ------------------------------------------------------------------------------------------------------


@fault(breaks="cancel.updated-at-stable")
class StampedByTheArchive(Exchange):
    """Stamps what was filled in part once more, two seconds after it was canceled."""

    def record(self, order: Order) -> dict[str, Any]:
        record = super().record(order)
        archived = order.status == "canceled" and order.trades and self.clock.now() - order.updated_at >= 2
        return record | ({"updated_at": order.updated_at + 2} if archived else {})


@fault(breaks="cancel.visible")
class NoAverageAmongTheCanceled(Exchange):
    """Shows "0" for the average of canceled orders in lists of those."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.lists_canceled = False

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        self.lists_canceled = filters.status == "canceled"
        return super().listed(account, filters, limit)

    def list_body(self, orders: list[Order]) -> Any:
        lost = {"avg_fill_price": "0"} if self.lists_canceled else {}
        return [self.record(order) | (lost if order.trades else {}) for order in orders]


@fault(breaks="cancel.final")
class ComesBackToLife(Exchange):
    """Opens what was canceled last again when the account places its next order."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.canceled: dict[str, list[Order]] = {}

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        self.canceled[account] = canceled or self.canceled.get(account, [])
        return canceled

    def place(self, account: str, ticket: Ticket) -> Order:
        for order in self.canceled.pop(account, [])[:1]:
            order.status = "partially_filled" if order.filled else "open"
        return super().place(account, ticket)


@fault(breaks="cancel.final")
class StillTrades(Exchange):
    """Leaves canceled orders in the book, where the next one that crosses fills them."""

    def cancel(self, order: Order) -> None:
        order.status = "canceled"
        order.updated_at = self.clock.now()


@fault(breaks="cancel.final")
class FillsWhileCanceled(StillTrades):
    """Leaves canceled orders in the book too; what fills them adds to filled_qty, and they stay canceled."""

    def crosses(self, taker: Order, maker: Order) -> bool:
        return maker.left > 0 and super().crosses(taker, maker)

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        was = order.status
        super().fill(order, price, quantity)
        order.status = was if was == "canceled" else order.status


@fault(breaks="cancel.final")
class TradesAtMarket(StillTrades):
    """Leaves canceled orders where market orders look for the best price; limit orders pass them by."""

    def crosses(self, taker: Order, maker: Order) -> bool:
        return (maker.live or taker.type == "market") and super().crosses(taker, maker)
