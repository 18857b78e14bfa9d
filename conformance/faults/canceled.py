"""Lies about canceled orders: what their records say, when lists show them, and whether they are over."""

import copy
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters, Ticket
from conformance.sandbox.records import Order

# -- status --------------------------------------------------------------------------------------------------------


class _Answers(Exchange):
    """Cancels rightly, and tells something else in its answer; lists are right."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        was = {order.id: copy.copy(order) for order in self.cancelable(account)}
        return [self.told(was[order.id], copy.copy(order)) for order in super().cancel_all(account, symbol)]

    def told(self, was: Order, order: Order) -> Order:
        """What the answer tells of an order that was this before."""
        return order


@fault(breaks="cancel.status")
class AnswersFromBefore(_Answers):
    """Returns the status that each order had before."""

    def told(self, was: Order, order: Order) -> Order:
        order.status = was.status
        return order


@fault(breaks="cancel.status")
class PartlyFilledStaySo(_Answers):
    """Returns what was partly filled as partially_filled, since some of it is."""

    def told(self, was: Order, order: Order) -> Order:
        order.status = was.status if was.filled else order.status
        return order


@fault(breaks="cancel.status")
class CanceledExpire(Exchange):
    """Lets what it cancels expire instead."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.status = "expired"


# -- what stays as it was ------------------------------------------------------------------------------------------


@fault(breaks="cancel.keeps-fills")
class FillsForgotten(Exchange):
    """Takes the fills of an order back when it is canceled."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.filled = order.value = Decimal(0)


@fault(breaks="cancel.keeps-fills")
class AnswersWithoutFills(_Answers):
    """Returns every order as if nothing had been filled; lists know better."""

    def told(self, was: Order, order: Order) -> Order:
        order.filled = Decimal(0)
        return order


@fault(breaks="cancel.keeps-fills")
class LeftoverForFilled(Exchange):
    """Tells under filled_qty what has been canceled of a partly filled order."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.filled = order.left if order.filled else order.filled


@fault(breaks="cancel.keeps-average")
class AverageForgotten(Exchange):
    """Says that a canceled order has no average."""

    def average_price(self, order: Order) -> str:
        return "0" if order.status == "canceled" else super().average_price(order)


@fault(breaks="cancel.keeps-average")
class AverageOverTheWhole(Exchange):
    """Divides by the whole quantity rather than by what was filled, once an order is canceled."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        if order.filled and order.quantity:
            order.average = f"{order.value / order.quantity:f}"


@fault(breaks="cancel.keeps-rest")
class QuantityShrinks(Exchange):
    """Cuts the quantity of a partly filled order down to what was filled."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.quantity = order.filled or order.quantity


@fault(breaks="cancel.keeps-rest")
class QuantityIsWhatWasLeft(_Answers):
    """Returns as quantity what was left to fill; lists know better."""

    def told(self, was: Order, order: Order) -> Order:
        order.quantity = order.left
        return order


@fault(breaks="cancel.keeps-rest")
class CreatedWhenCanceled(Exchange):
    """Sets created_at to the time of the cancel."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.created_at = order.updated_at


@fault(breaks="cancel.keeps-rest")
class SideOfTheCancel(_Answers):
    """Returns each order with the side of the request that takes it away: a sell for a buy."""

    def told(self, was: Order, order: Order) -> Order:
        order.side = "sell" if order.side == "buy" else "buy"
        return order


@fault(breaks="cancel.keeps-rest")
class PriceOfZero(Exchange):
    """Says that a canceled order has a price of 0."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.price = Decimal(0)


# -- updated_at ----------------------------------------------------------------------------------------------------


@fault(breaks="cancel.updated-at")
class UpdatedAtKept(Exchange):
    """Leaves updated_at as it was."""

    def cancel(self, order: Order) -> None:
        before = order.updated_at
        super().cancel(order)
        order.updated_at = before


@fault(breaks="cancel.updated-at")
class UpdatedAtOfTheLastFill(Exchange):
    """Leaves updated_at of partly filled orders as it was."""

    def cancel(self, order: Order) -> None:
        before = order.updated_at
        super().cancel(order)
        order.updated_at = before if order.filled else order.updated_at


@fault(breaks="order.timestamps")
class UpdatedInMilliseconds(Exchange):
    """Stamps a cancel in milliseconds."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.updated_at *= 1000


@fault(breaks="cancel.updated-at")
class UpdatedInLocalTime(Exchange):
    """Stamps a cancel with the time of a zone eight hours ahead."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.updated_at += 8 * 3600


@fault(breaks="cancel.updated-at")
class UpdatedFourSecondsLate(Exchange):
    """Stamps a cancel with a time that has not come yet, as a host does whose clock runs ahead."""

    def cancel(self, order: Order) -> None:
        super().cancel(order)
        order.updated_at += 4  # more than a stamp that is rounded, on a clock that is known to the second, can be off


@fault(breaks="cancel.updated-at-stable")
class ListsAreStampedLater(_Answers):
    """Stores a cancel a second after the time that it has answered."""

    def told(self, was: Order, order: Order) -> Order:
        order.updated_at -= 1
        return order


@fault(breaks="cancel.updated-at-stable")
class UpdatedAtInTheAnswerAlone(_Answers):
    """Answers with the time of the cancel, and stores the one from before."""

    def told(self, was: Order, order: Order) -> Order:
        self.orders[order.account][order.id].updated_at = was.updated_at
        return order


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


@fault(breaks="cancel.visible")
class UnfilledVanish(Exchange):
    """Clears canceled orders away of which nothing was filled."""

    def visible_to(self, account: str) -> Iterable[Order]:
        return [order for order in super().visible_to(account) if order.status != "canceled" or order.filled]


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
