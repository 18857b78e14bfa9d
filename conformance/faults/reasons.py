"""Lies about why an order was rejected."""

from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order


@fault(breaks="order.reject-reason")
class RejectedWithoutReason(Exchange):
    """Rejects, and does not say why."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"reject_reason": None}


@fault(breaks="order.reject-reason")
class ReasonIsEmpty(Exchange):
    """Shows an empty reason on a rejected order."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"reject_reason": ""} if order.status == "rejected" else {})


@fault(breaks="order.reject-reason")
class ReasonIsNumber(Exchange):
    """Shows a JSON number for the reason of a rejected order."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"reject_reason": -2010} if order.status == "rejected" else {})


@fault(breaks="order.reject-reason-absent")
class NoReasonIsEmpty(Exchange):
    """Shows an empty reason on orders that were not rejected."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"reject_reason": order.reject_reason or ""}


@fault(breaks="order.reject-reason-absent")
class CanceledForReason(Exchange):
    """Says of a canceled order in reject_reason who canceled it."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"reject_reason": "BY_USER"} if order.status == "canceled" else {})


@fault(breaks="cancel.terminal-untouched")
class ScopedCancelsClearReasons(Exchange):
    """Takes the reason from rejected orders of a market in which all is canceled."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        for order in self.orders[account].values():
            if order.symbol == symbol:
                order.reject_reason = None
        return super().cancel_all(account, symbol)


@fault(breaks="list.safe")
class ReasonsAreShownOnce(Exchange):
    """Shows the reason of a rejected order in the first list that has it, and in no other."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.shown: set[str] = set()

    def list_body(self, orders: list[Order]) -> Any:
        body = [self.record(order) | ({"reject_reason": None} if order.id in self.shown else {}) for order in orders]
        self.shown |= {order.id for order in orders}
        return body
