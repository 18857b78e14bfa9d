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
