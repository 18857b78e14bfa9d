"""Lies about the amount that a market buy was to spend."""

from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Ticket
from conformance.sandbox.records import Order, plain


@fault(breaks="order.quote-quantity")
class LimitOrdersHaveAnAmount(Exchange):
    """Shows price times quantity for the amount of a limit order."""

    def record(self, order: Order) -> dict[str, Any]:
        amount = order.price * order.quantity if order.price and order.quantity else order.quote_quantity
        return super().record(order) | {"quote_quantity": plain(amount)}


@fault(breaks="order.quote-quantity")
class MarketSellsHaveAnAmount(Exchange):
    """Shows what a market sell brought in for its amount."""

    def record(self, order: Order) -> dict[str, Any]:
        brought_in = order.type == "market" and order.side == "sell"
        return super().record(order) | ({"quote_quantity": plain(order.value)} if brought_in else {})


@fault(breaks="order.quote-quantity")
class NoAmountIsZero(Exchange):
    """Shows 0 for the amount where there is none."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | {"quote_quantity": plain(order.quote_quantity) or "0"}


@fault(breaks="order.quote-quantity")
class AmountIsWhatWasSpent(Exchange):
    """Shows on a market buy what it cost for the amount that it was asked for by."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"quote_quantity": plain(order.value)} if order.quote_quantity else {})


@fault(breaks="order.quote-quantity")
class AmountForgottenOnceFilled(Exchange):
    """Shows no amount on a market buy that is filled, and its quantity instead."""

    def record(self, order: Order) -> dict[str, Any]:
        instead = {"quote_quantity": None, "quantity": plain(order.filled)}
        return super().record(order) | (instead if order.quote_quantity and order.status == "filled" else {})


@fault(breaks="order.quote-quantity")
class AmountInWholeUnits(Exchange):
    """Keeps of the amount that a market buy was asked for by the whole units."""

    def place(self, account: str, ticket: Ticket) -> Order:
        order = super().place(account, ticket)
        order.quote_quantity = order.quote_quantity and order.quote_quantity // 1
        return order
