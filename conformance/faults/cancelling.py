"""Lies about cancel-all."""

from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order


@fault(breaks="cancel.empty")
class NullForNothing(Exchange):
    """Answers null where there was nothing to cancel."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return super().canceled_body(orders) if orders else {"canceled": None}


@fault(breaks="cancel.idempotent")
class ReturnsCanceledAgain(Exchange):
    """Returns orders that it has canceled before, each time anew."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        before = [order for order in self.orders[account].values() if order.status == "canceled"]
        return super().cancel_all(account, symbol) + [order for order in before if self.in_scope(order, symbol)]


@fault(breaks="cancel.own-only")
class CancelsTheWholeMarket(Exchange):
    """Cancels everybody's orders, and returns the caller's."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        for other in self.orders:
            if other != account:
                super().cancel_all(other, symbol)
        return super().cancel_all(account, symbol)


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


@fault(breaks="cancel.terminal-untouched")
class CancelsTheFilled(Exchange):
    """Turns filled orders into canceled ones too."""

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in self.orders[account].values() if order.live or order.status == "filled"]


@fault(breaks="cancel.scope-symbol")
class ScopeByPrefix(Exchange):
    """Reaches every market whose name begins with the symbol."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return symbol is None or order.symbol.startswith(symbol)
