"""Lies about orders that took as they came in, and were taken from then, while they stood in the book."""

from dataclasses import replace
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Ticket
from conformance.sandbox.records import Order, plain


class _OfBothRoles(Exchange):
    """Tells of some orders that took first and were taken from then otherwise."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.taken: dict[str, int] = {}  # how many fills each order had as it came in

    def place(self, account: str, ticket: Ticket) -> Order:
        order = super().place(account, ticket)
        self.taken[order.id] = len(order.trades)
        return order

    def is_both(self, order: Order) -> bool:
        """Whether it took and was taken from."""
        return 0 < self.taken.get(order.id, 0) < len(order.trades)


@fault(breaks="order.filled-qty")
class TakenFromAfterTakingShowTheLastFill(_OfBothRoles):
    """Shows the last fill of such orders for the sum, in the exchange's first market."""

    def record(self, order: Order) -> dict[str, Any]:
        shows_last = self.is_both(order) and order.symbol == next(iter(self.markets))
        return super().record(order) | ({"filled_qty": plain(order.trades[-1].quantity)} if shows_last else {})


@fault(breaks="order.timestamps")
class TakenFromAfterTakingAreOlder(_OfBothRoles):
    """Says that such orders were updated a second before they were created, if they were placed with a key."""

    def record(self, order: Order) -> dict[str, Any]:
        earlier = {"updated_at": order.created_at - 1}
        return super().record(order) | (earlier if self.is_both(order) and order.placed_with == "key" else {})


@fault(breaks="cancel.keeps-rest")
class TakenFromAfterTakingAreCanceledAtAverage(_OfBothRoles):
    """Returns such orders, where they buy, from a cancel-all with their average for their price."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        return [self._averaged(order) if self.is_both(order) and order.side == "buy" else order for order in canceled]

    @staticmethod
    def _averaged(order: Order) -> Order:
        return replace(order, price=(order.value / order.filled).quantize(order.trades[0].price))
