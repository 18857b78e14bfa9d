"""Conforming twins from the field: orders, histories and credentials of another kind, and answers that take their time.

Each class cites its report by repository and number; neighbour of X: the documents allow this, and not the fault X.
"""

import asyncio
import base64
import hashlib
import itertools
import secrets
import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import twin
from conformance.sandbox import Sandbox
from conformance.sandbox.credentials import Gatekeeper
from conformance.sandbox.exchange import Exchange, Ticket
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order

_DAY_S = 86_400

# -- orders --------------------------------------------------------------------------------------------------------


# knowm/XChange#1430, binance/binance-connector-js#536: neighbour of CanceledIdsAreRounded
@twin()
class IdsPastDoubles(Exchange):
    """Numbers its orders from 2^53 + 1, and writes the whole number as a string everywhere."""

    def __init__(self, *parts: Any) -> None:
        self.ids = itertools.count(2**53 + 1)  # before: another twin may have orders from the beginning
        super().__init__(*parts)

    def enter(self, order: Order) -> None:
        order.id = str(next(self.ids))
        super().enter(order)


# ccxt/ccxt#9429: neighbour of CanceledIdInCapitals
@twin()
class IdsInCapitals(Exchange):
    """Writes the letters of its ids in capitals everywhere."""

    def enter(self, order: Order) -> None:
        order.id = order.id.upper()
        super().enter(order)


# knowm/XChange#2660: of a market order, price is null; a tif is a word or null
@twin()
class MarketOrdersAreImmediate(Exchange):
    """Gives market orders that are placed the tif ioc."""

    def enter(self, order: Order) -> None:
        order.tif = "ioc" if order.type == "market" and order.placed_with else order.tif
        super().enter(order)


# thrasher-corp/gocryptotrader#2375, #2386: quantity may be null on such an order, and need not be
@twin()
class BoughtQuantityIsShown(Exchange):
    """Shows the quantity that was bought on a market buy that was asked for by amount, once it is over."""

    def record(self, order: Order) -> dict[str, Any]:
        shows = order.quote_quantity is not None and order.quantity is None and not order.live
        record = super().record(order)
        return record | ({"quantity": record["filled_qty"]} if shows else {})


# ccxt/ccxt#2112: neighbour of ReadsBackByTheSecond; the order of the array is free
@twin(silence="array-order")
class CanceledByMarket(Exchange):
    """Returns what it has canceled market by market, buys before sells."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return sorted(super().cancel_all(account, symbol), key=lambda order: (order.symbol, order.side))


# hitbtc-com/hitbtc-api#130: neighbour of PageBorderDropsItsSecond
@twin(silence="ties")
class LiveFirstAmongTies(Exchange):
    """Shows of the orders of one second the live ones first, the largest above."""

    def in_order(self, orders: Iterable[Order]) -> list[Order]:
        return sorted(
            orders, key=lambda each: (-each.created_at, not each.live, -(each.quantity or Decimal(0)), each.id)
        )


# ccxt/ccxt#16524: neighbour of FilledAtMarketForReason
@twin()
class ReasonsWithDots(Exchange):
    """Writes the reasons of rejected orders in small letters, with dots."""

    def record(self, order: Order) -> dict[str, Any]:
        reason = order.reject_reason and f"order.{order.reject_reason.lower().replace('_', '.')}"
        return super().record(order) | {"reject_reason": reason}


# -- later ---------------------------------------------------------------------------------------------------------


class _OrdersShowLate(Exchange):
    """Shows an order 700 ms after it was placed."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.shown_from: dict[str, float] = {}

    def place(self, account: str, ticket: Ticket) -> Order:
        order = super().place(account, ticket)
        self.shown_from[order.id] = time.monotonic() + 0.7
        return order

    def visible_to(self, account: str) -> Iterable[Order]:
        now = time.monotonic()
        return [order for order in super().visible_to(account) if self.shown_from.get(order.id, 0) <= now]


# freqtrade/freqtrade#3649
@twin(shows_late=True)
class OrdersShowLate(Sandbox):
    """Shows an order 700 ms after it was placed, and says in its profile that this may take three seconds."""

    exchange_class = _OrdersShowLate
    settle_ms = 3000


# ccxt/ccxt#2112: neighbour of CancelsAfterTheAnswer
@twin()
class CancelsBeforeTheAnswer(Face):
    """Waits for its engine for 100 ms, cancels what is live by then, and answers."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        await asyncio.sleep(0.1)
        return self.cancel_answer(self.exchange.cancel_all(account, symbol))


# jmfernandes/robin_stocks#1629: neighbour of CancelsTheNewestTwenty
@twin()
class CancelsInBatches(Face):
    """Cancels fifty orders at a time, lets others in between, and answers once it has been through."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.exchange.concerned(account, symbol)
        canceled: list[Order] = []
        for first in range(0, len(found), 50):
            batch = [order for order in found[first : first + 50] if order.live]
            for order in batch:
                self.exchange.cancel(order)
            canceled += batch
            await asyncio.sleep(0.002)
        return self.cancel_answer(canceled)


# -- history -------------------------------------------------------------------------------------------------------


# ccxt/ccxt#269: neighbour of WeekUnlessWindowed; how long history is kept is said nowhere
@twin(silence="placing")
class HistoryOfTwoYears(Exchange):
    """Shows finished orders for two years after their last update, and in no list after that."""

    def visible_to(self, account: str) -> Iterable[Order]:
        since = self.clock.now() - 2 * 365 * _DAY_S
        return [order for order in super().visible_to(account) if order.live or order.updated_at >= since]


# ccxt/ccxt#14378: neighbour of StatusOfThisMonth
@twin(silence="placing")
class HookTakesNoOldOrders(Face):
    """Has a hook to inject orders, which refuses those that are older than ninety days."""

    async def inject_orders(self, request: Request) -> Response:
        given = await request.json()
        since = self.exchange.clock.now() - 90 * _DAY_S
        if any(order["created_at"] < since for order in given["orders"]):
            return self.error(400, "TOO_OLD")
        return await super().inject_orders(request)


# ccxt/ccxt#16524: neighbour of WhatWasForAMomentHasAReason
@twin(silence="placing")
class HookKnowsGtcAlone(Face):
    """Has a hook to inject orders, which refuses limit orders of any tif but gtc."""

    async def inject_orders(self, request: Request) -> Response:
        given = await request.json()
        if any(order["tif"] not in (None, "gtc") for order in given["orders"]):
            return self.error(400, "UNKNOWN_TIF")
        return await super().inject_orders(request)


@twin(silence="placing")
class WhatWasForAMomentIsNotInjected(Exchange):
    """Injects no orders of any tif but gtc, and does not say so."""

    def inject(self, order: Order) -> None:
        if order.tif in (None, "gtc"):
            super().inject(order)


# -- credentials ---------------------------------------------------------------------------------------------------


# phemex/phemex-api-docs#78
@twin()
class SecretsInBase64(Gatekeeper):
    """Issues keys and secrets in base64, with signs in them that a URL would have to encode."""

    def _random(self, purpose: str) -> str:
        return base64.b64encode(b"\xfb\xff" + hashlib.sha256(super()._random(purpose).encode()).digest()).decode()

    def _key(self, purpose: str) -> str:
        return self._random(purpose)


# Secure-D/wastc#2: neighbour of EmptySecretSignsTokens
@twin()
class TokensSayMore(Gatekeeper):
    """Issues tokens with further claims: whom they are for, since when, an id, roles."""

    def token_for(self, account: str) -> str:
        claims = super().claims(super().token_for(account))
        more = {"iss": "p99", "iat": int(time.time()), "jti": secrets.token_hex(8), "roles": ["trade", "read"]}
        return jwt.encode(claims | more, self.secret, algorithm="HS256", headers={"kid": "2"})
