"""Lies from the field about what cancel-all answers: errors for nothing, answers from before, and what never happened.

Each class cites public reports of the kind, by repository and number.
"""

import copy
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange, Filters, Ticket
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order

# -- nothing to cancel ---------------------------------------------------------------------------------------------


# binance/binance-connector-python#185, sammchardy/python-binance#533
@fault(breaks="cancel.empty")
class LastMarketQuietIsRefused(Face):
    """Answers 400 where nothing is live in the exchange's last market, and an empty array for any other."""

    def cancel_all(self, account: str, symbol: str | None) -> Response:
        canceled = self.exchange.cancel_all(account, symbol)
        refused = not canceled and symbol == list(self.exchange.markets)[-1]
        return self.error(400, "UNKNOWN_ORDER") if refused else self.cancel_answer(canceled)


# JKorf/Binance.Net#359
@fault(breaks="cancel.empty")
class NothingIsAnErrorForKeys(Face):
    """Answers 400 to a signed cancel-all of one market that finds nothing."""

    def cancel_all(self, account: str, symbol: str | None) -> Response:
        canceled = self.exchange.cancel_all(account, symbol)
        refused = not canceled and symbol is not None and self.exchange.asked_with == "key"
        return self.error(400, "NO_ORDERS") if refused else self.cancel_answer(canceled)


# -- what has been answered before, or never happened ---------------------------------------------------------------


class _Replays(Exchange):
    """Answers some cancel-alls, said again within some seconds, as it has answered before, and does nothing."""

    seconds = 2

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.answered: dict[tuple[str, str | None], tuple[int, list[Order]]] = {}

    def replays(self, orders: Sequence[Order]) -> bool:
        """Whether an answer with these orders is kept."""
        raise NotImplementedError

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        at, orders = self.answered.get((account, symbol), (0, []))
        if at < self.clock.now() - self.seconds or not self.replays(orders):
            orders = super().cancel_all(account, symbol)
            self.answered[account, symbol] = self.clock.now(), orders
        return orders


# ietf-wg-httpapi/idempotency#44, aep-dev/aeps#77
@fault(breaks="cancel.complete")
class LastAnswerIsReplayed(_Replays):
    """Answers a cancel-all that is repeated within two seconds with the orders that the first one canceled."""

    def replays(self, orders: Sequence[Order]) -> bool:
        return bool(orders)


# ietf-wg-httpapi/idempotency#44
@fault(breaks="cancel.complete")
class NothingIsReplayed(_Replays):
    """Answers again that nothing was there, for two seconds, whatever was placed since."""

    def replays(self, orders: Sequence[Order]) -> bool:
        return not orders


# JKorf/Bybit.Net#162
@fault(breaks="cancel.visible")
class SaysSoAndCancelsNothing(Exchange):
    """Returns more than 150 orders as canceled, and cancels none of them."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        live = [order for order in self.cancelable(account) if self.in_scope(order, symbol)]
        return super().cancel_all(account, symbol) if len(live) <= 150 else [_as_canceled(self, each) for each in live]


# coinbase/coinbase-pro-node#334
@fault(breaks="cancel.terminal-untouched")
class ConfirmsWhatWasJustFilled(Exchange):
    """Returns as canceled what was filled within the last two seconds; lists know better."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        filled = [order for order in self.orders[account].values() if order.status == "filled" and order.trades]
        just = [order for order in filled if self.clock.now() - order.updated_at <= 2 and self.in_scope(order, symbol)]
        return super().cancel_all(account, symbol) + [_as_canceled(self, order) for order in just]


def _as_canceled(exchange: Exchange, order: Order) -> Order:
    told = copy.copy(order)
    told.status, told.updated_at = "canceled", exchange.clock.now()
    return told


# hitbtc-com/hitbtc-api#130
@fault(breaks="cancel.idempotent")
class ReadsBackByTheSecond(Exchange):
    """Returns whatever was canceled in the second of the cancel-all, by itself or by another."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        super().cancel_all(account, symbol)
        canceled = [order for order in self.orders[account].values() if order.status == "canceled"]
        return [each for each in canceled if each.updated_at == self.clock.now() and self.in_scope(each, symbol)]


# ccxt/ccxt#2112
@fault(breaks="cancel.visible")
class CancelsAfterTheAnswer(Exchange):
    """Returns what is live as canceled, and cancels it at the second request after that."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.queued: list[Order] = []
        self.waited = 0

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        self.work_off()
        live = [order for order in self.cancelable(account) if self.in_scope(order, symbol)]
        self.queued, self.waited = live, 0
        return [_as_canceled(self, order) for order in live]

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        self.waited += 1
        if self.waited > 1:
            self.work_off()
        return super().listed(account, filters, limit)

    def place(self, account: str, ticket: Ticket) -> Order:
        self.work_off()
        return super().place(account, ticket)

    def work_off(self) -> None:
        """Cancel what is queued and still live."""
        for order in self.queued:
            if order.live:
                self.cancel(order)
        self.queued = []
