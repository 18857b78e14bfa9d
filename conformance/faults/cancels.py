"""Lies about what cancel-all does: which orders it reaches, and which of them it returns."""

from collections.abc import Iterable
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order

# -- every live order ----------------------------------------------------------------------------------------------


@fault(breaks="cancel.complete")
class CancelsFifty(Exchange):
    """Cancels one page of orders: the 50 newest."""

    def cancelable(self, account: str) -> list[Order]:
        return self.in_order(super().cancelable(account))[:50]


@fault(breaks="cancel.complete")
class CancelsTwoHundred(Exchange):
    """Cancels the first 200 orders that it finds."""

    def cancelable(self, account: str) -> list[Order]:
        return super().cancelable(account)[:200]


@fault(breaks="cancel.complete")
class ForgetsPartlyFilled(Exchange):
    """Cancels open orders alone."""

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in super().cancelable(account) if order.status == "open"]


@fault(breaks="cancel.complete")
class CancelsSellsAlone(Exchange):
    """Leaves the buys in the book."""

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in super().cancelable(account) if order.side == "sell"]


@fault(breaks="cancel.scope-all")
class MarketsOfTheNewestSixty(Exchange):
    """Goes through the markets of the newest sixty live orders, where none is named, and cancels what is live there."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        markets = {order.symbol for order in self.in_order(live)[:60]}
        return [order for order in live if order.symbol in markets]


@fault(breaks="cancel.complete")
class LeavesTheLastOne(Exchange):
    """Counts one order too few, and leaves the last of several."""

    def cancelable(self, account: str) -> list[Order]:
        live = super().cancelable(account)
        return live[: max(1, len(live) - 1)]


@fault(breaks="cancel.complete")
class LeavesTheNewcomers(Exchange):
    """Leaves orders that were created in the very second of the cancel."""

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in super().cancelable(account) if order.created_at < self.clock.now()]


@fault(breaks="cancel.complete")
class OneAtEachPrice(Exchange):
    """Cancels one order at each price, as a book does that keeps them by price."""

    def cancelable(self, account: str) -> list[Order]:
        return list({(order.symbol, order.side, order.price): order for order in super().cancelable(account)}.values())


# -- exactly what was canceled -------------------------------------------------------------------------------------


class _Returns(Exchange):
    """Cancels all that is live in scope, and returns something else."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        partly = {id for id, order in self.orders[account].items() if order.status == "partially_filled"}
        return self.returned(super().cancel_all(account, symbol), partly)

    def returned(self, canceled: list[Order], partly: set[str]) -> list[Order]:
        """What the answer shows; `partly` holds the ids of those that were partly filled."""
        return canceled


@fault(breaks="cancel.exact")
class ASinglePartlyFilledOrderIsNotTold(Exchange):
    """Returns nothing where it was asked for a market and canceled one partly filled order alone."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        return [] if symbol and len(canceled) == 1 and canceled[0].filled else canceled


@fault(breaks="cancel.exact")
class ReturnsFifty(_Returns):
    """Cancels all, and returns one page of them: 50."""

    def returned(self, canceled: list[Order], partly: set[str]) -> list[Order]:
        return canceled[:50]


@fault(breaks="cancel.exact")
class TwinsAreToldOnce(_Returns):
    """Returns one of several orders that are alike in market, side, price, quantity and second."""

    def returned(self, canceled: list[Order], partly: set[str]) -> list[Order]:
        return [
            *{(each.symbol, each.side, each.price, each.quantity, each.created_at): each for each in canceled}.values()
        ]


@fault(breaks="cancel.exact")
class ReturnsTwoHundred(_Returns):
    """Cancels all, and returns 200 of them at most."""

    def returned(self, canceled: list[Order], partly: set[str]) -> list[Order]:
        return canceled[:200]


@fault(breaks="cancel.exact")
class ReturnsTheOpenAlone(_Returns):
    """Cancels the partly filled orders too, and does not return them."""

    def returned(self, canceled: list[Order], partly: set[str]) -> list[Order]:
        return [order for order in canceled if order.id not in partly]


@fault(breaks="cancel.exact")
class ReturnsPartlyFilledTwice(_Returns):
    """Returns a partly filled order twice: among the open ones, and among the filled."""

    def returned(self, canceled: list[Order], partly: set[str]) -> list[Order]:
        return canceled + [order for order in canceled if order.id in partly]


@fault(breaks="cancel.exact")
class ReturnsWhatWasCanceledInItsSecond(Exchange):
    """Returns what it canceled, and what was canceled by itself in the same second."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.by_itself: list[Order] = []

    def cancel_one(self, account: str, id: str) -> Order | None:
        order = super().cancel_one(account, id)
        self.by_itself += [] if order is None else [order]
        return order

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled, now = super().cancel_all(account, symbol), self.clock.now()
        return canceled + [each for each in self.by_itself if each.account == account and each.updated_at == now]


# -- what is over already ------------------------------------------------------------------------------------------


class _Reaches(Exchange):
    """Cancels what is live, and orders in one status more."""

    status: str

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in self.orders[account].values() if order.live or order.status == self.status]


@fault(breaks="cancel.terminal-untouched")
class CancelsTheFilled(_Reaches):
    """Turns filled orders into canceled ones too."""

    status = "filled"


@fault(breaks="cancel.terminal-untouched")
class CancelsTheRejected(_Reaches):
    """Turns rejected orders into canceled ones too."""

    status = "rejected"


@fault(breaks="cancel.expired-untouched")
class CancelsTheExpired(_Reaches):
    """Turns expired orders into canceled ones too."""

    status = "expired"


@fault(breaks="cancel.expired-untouched")
class ManyTakeTheExpiredAlong(Exchange):
    """Turns expired orders of a week ago into canceled ones, where it cancels more than a hundred of one market."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        if symbol is not None and len(canceled) > 100:
            for order in self.orders[account].values():
                if order.status == "expired" and order.created_at < self.clock.now() - 7 * 86_400:
                    order.status, order.updated_at = "canceled", self.clock.now()
        return canceled


class _Stamps(Exchange):
    """Stamps orders of some statuses with the time of the cancel, though it does not cancel them."""

    statuses: Iterable[str]

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        for order in self.orders[account].values():
            if order.status in self.statuses and self.in_scope(order, symbol):
                order.updated_at = self.clock.now()
        return super().cancel_all(account, symbol)


@fault(breaks="cancel.terminal-untouched")
class StampsTheCanceled(_Stamps):
    """Sets updated_at of orders that were canceled long before."""

    statuses = ("canceled",)


@fault(breaks="cancel.terminal-untouched")
class StampsTheFilled(_Stamps):
    """Sets updated_at of filled orders, and leaves the rest of them alone."""

    statuses = ("filled",)


@fault(breaks="cancel.expired-untouched")
class StampsTheExpired(_Stamps):
    """Sets updated_at of expired orders, and leaves the rest of them alone."""

    statuses = ("expired",)


@fault(breaks="cancel.terminal-untouched")
class ReturnsTheFilled(Exchange):
    """Returns the filled orders in scope, just as they are."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        filled = [order for order in self.orders[account].values() if order.status == "filled"]
        return super().cancel_all(account, symbol) + [order for order in filled if self.in_scope(order, symbol)]


@fault(breaks="cancel.terminal-untouched")
class RewritesRejectReasons(Exchange):
    """Gives every rejected order the reason CANCELED_BY_USER."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        for order in self.orders[account].values():
            if order.status == "rejected":
                order.reject_reason = "CANCELED_BY_USER"
        return super().cancel_all(account, symbol)
