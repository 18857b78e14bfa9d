"""Lies from the field about cancel-all: what it leaves, and what it reaches beyond its scope.

Each class cites public reports of the kind, by repository and number.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Ticket
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order

_DAY_S = 86_400

# -- whose hand placed it ------------------------------------------------------------------------------------------


# hummingbot/hummingbot#2896
@fault(breaks="cancel.complete")
class KeysCancelTheirOwn(Exchange):
    """Cancels for a key what was placed with a key alone."""

    def cancelable(self, account: str) -> list[Order]:
        live = super().cancelable(account)
        return [order for order in live if order.placed_with == "key"] if self.asked_with == "key" else live


# ctubio/Krypto-trading-bot#500
@fault(breaks="cancel.complete")
class TokensSpareWhatKeysPlaced(Exchange):
    """Leaves for a token what was placed with a key, and cancels the rest."""

    def cancelable(self, account: str) -> list[Order]:
        spared = "key" if self.asked_with == "token" else None
        return [order for order in super().cancelable(account) if spared is None or order.placed_with != spared]


# krishnavelu/alice_blue#94
@fault(breaks="cancel.complete")
class SpareEachOther(Exchange):
    """Leaves in a market that is named what was placed with the other credential."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        own = symbol is None or order.placed_with in (None, self.asked_with)
        return own and super().in_scope(order, symbol)


# -- a class of orders that is not reached -------------------------------------------------------------------------


# coinbase/coinbase-pro-node#25
@fault(breaks="cancel.complete")
class LeavesSeveralFills(Exchange):
    """Leaves orders in the book that were filled more than once."""

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in super().cancelable(account) if len(order.trades) < 2]


# coinbase/coinbase-pro-node#25
@fault(breaks="cancel.complete")
class LeavesWhatHasTaken(Exchange):
    """Leaves the rest of an order in the book that was filled as it came in."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.takers: set[str] = set()

    def place(self, account: str, ticket: Ticket) -> Order:
        order = super().place(account, ticket)
        self.takers |= {order.id} if order.trades else set()
        return order

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in super().cancelable(account) if order.id not in self.takers]


# krishnavelu/alice_blue#94
@fault(breaks="cancel.complete")
class ReachesBackADay(Exchange):
    """Leaves orders in the book that are older than a day."""

    def cancelable(self, account: str) -> list[Order]:
        since = self.clock.now() - _DAY_S
        return [order for order in super().cancelable(account) if order.created_at >= since]


# sora-xor/sora2-network#603
@fault(breaks="cancel.complete")
class OldOrderEndsTheLoop(Exchange):
    """Stops at the first order that is older than an hour, though younger ones may come after it in its table."""

    def cancelable(self, account: str) -> list[Order]:
        live = super().cancelable(account)
        old = (number for number, order in enumerate(live) if order.created_at < self.clock.now() - 3600)
        return live[: next(old, len(live))]


# BuildOnViction/bug-reports#33
@fault(breaks="cancel.complete")
class LiveOnTheFirstPage(Exchange):
    """Cancels the live orders among the newest 50 of any status."""

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in self.in_order(list(self.orders[account].values()))[:50] if order.live]


# -- at most so many -----------------------------------------------------------------------------------------------


class _AtMost(Exchange):
    """Cancels at most so many orders, the newest first; those of one market alone where `named` is set."""

    most: int
    oldest = False
    named = False

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        live = self.in_order([order for order in self.cancelable(account) if self.in_scope(order, symbol)])
        reached = live[-self.most :] if self.oldest else live[: self.most]
        for order in live if self.named and symbol is None else reached:
            self.cancel(order)
        return [order for order in live if not order.live]


# jmfernandes/robin_stocks#1629, global-docs.upbit.com batch-cancel-order
@fault(breaks="cancel.complete")
class CancelsTheNewestTwenty(_AtMost):
    """Cancels the newest 20 orders."""

    most = 20


# enarjord/passivbot#1699
@fault(breaks="cancel.complete")
class CancelsTheOldestFifty(_AtMost):
    """Cancels the oldest 50 orders."""

    most, oldest = 50, True


# enarjord/passivbot#1699
@fault(breaks="cancel.complete")
class CancelsTheNewestHundred(_AtMost):
    """Cancels the newest 100 orders."""

    most = 100


# enarjord/passivbot#1699
@fault(breaks="cancel.complete")
class CancelsTheOldestHundredAndFifty(_AtMost):
    """Cancels the oldest 150 orders."""

    most, oldest = 150, True


# hashkeyglobal-apidoc.readme.io cancel-all-open-spot-orders
@fault(breaks="cancel.complete")
class CancelsTheNewestTwoHundred(_AtMost):
    """Cancels the newest 200 orders of a market that is named; without a symbol it cancels all."""

    most, named = 200, True


# hashkeyglobal-apidoc.readme.io cancel-all-open-spot-orders
@fault(breaks="cancel.complete")
class CancelsTheOldestThreeHundred(_AtMost):
    """Cancels the oldest 300 orders."""

    most, oldest = 300, True


# hashkeyglobal-apidoc.readme.io cancel-all-open-spot-orders
@fault(breaks="cancel.complete")
class CancelsTheNewestFiveHundred(_AtMost):
    """Cancels the newest 500 orders."""

    most = 500


# jmfernandes/robin_stocks#1629
@fault(breaks="cancel.complete")
class CancelsTwentyOfAMarket(_AtMost):
    """Cancels the newest 20 orders of a market that is named; without a symbol it cancels all."""

    most, named = 20, True


# -- whom and what else it reaches ---------------------------------------------------------------------------------


class _WithoutParentheses(Exchange):
    """Asks for open or partly filled without parentheses, so that another condition holds for open ones alone."""

    def meant(self, account: str, symbol: str | None) -> Callable[[Order], bool]:
        """Which partly filled orders are canceled besides."""
        raise NotImplementedError

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        meant = self.meant(account, symbol)
        canceled = super().cancel_all(account, symbol)
        for orders in list(self.orders.values()):
            for order in orders.values():
                if order.status == "partially_filled" and meant(order):
                    self.cancel(order)
        return canceled


# krishnavelu/alice_blue#94, dotnet/eShop#996
@fault(breaks="cancel.own-only")
class PartlyFilledOfEverybody(_WithoutParentheses):
    """Cancels everybody's partly filled orders where no market is named."""

    def meant(self, account: str, symbol: str | None) -> Callable[[Order], bool]:
        return lambda _: symbol is None


# dotnet/eShop#996, macrozheng/mall#994
@fault(breaks="cancel.own-only")
class PartlyFilledOfAMarket(_WithoutParentheses):
    """Cancels everybody's partly filled orders in a market that is named; without a symbol, the caller's alone."""

    def meant(self, account: str, symbol: str | None) -> Callable[[Order], bool]:
        return lambda order: order.symbol == symbol


# dotnet/eShop#996
@fault(breaks="cancel.own-only")
class PartlyFilledSellsOfAMarket(_WithoutParentheses):
    """Cancels everybody's partly filled sells in a market that is named, and leaves buys alone."""

    def meant(self, account: str, symbol: str | None) -> Callable[[Order], bool]:
        return lambda order: order.symbol == symbol and (order.side == "sell" or order.account == account)


# sammchardy/python-kucoin#57
@fault(breaks="cancel.scope-symbol")
class PartlyFilledInEveryMarket(_WithoutParentheses):
    """Cancels the caller's partly filled orders in every market, whichever is named."""

    def meant(self, account: str, symbol: str | None) -> Callable[[Order], bool]:
        return lambda order: order.account == account


# sammchardy/python-kucoin#57, ccxt/ccxt#8656
@fault(breaks="cancel.scope-symbol")
class SymbolReadFromTheBody(Face):
    """Reads the symbol of a cancel-all from its body, finds none there, and cancels everywhere."""

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        return super().cancel_orders(request, account, body) if body else self.cancel_all(account, None)


# ccxt/ccxt#8656
@fault(breaks="cancel.scope-symbol")
class SignedSymbolIsLost(Exchange):
    """Loses the symbol of a signed cancel-all that finds partly filled orders, and cancels everywhere."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        partly = any(order.status == "partially_filled" for order in self.cancelable(account))
        return super().cancel_all(account, None if self.asked_with == "key" and partly else symbol)
