"""Lies in the records of canceled orders: their status, their times, and what ought to stay as it was."""

import copy
from decimal import Decimal

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
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
