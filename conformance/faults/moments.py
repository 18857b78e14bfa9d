"""Lies that are told while something else is being done: by lists during a cancel-all, and by cancel-alls.

Where a report of the kind is public, the class cites it by repository and number.
"""

import asyncio
import copy
import time
from collections import Counter
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault, twin
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.records import Order

# As long as a transaction over many rows takes.
_STEP_S = 0.006


class _InSteps(Face):
    """Takes a while over each cancel-all, one after the other; `canceling`: the orders that it is at work with.

    Lists show each of those as `meanwhile` says, `step` being the first or the second half of that while; lists by
    status those that have it then, each page as full as ever.
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.canceling: set[str] = set()
        self.at_work: Counter[str] = Counter()  # by account
        self.step = 0
        self.lock = asyncio.Lock()
        stored = self.exchange.candidates

        def as_they_seem(account: str, filters: Filters) -> list[Order]:
            orders = stored(account, filters)
            shown = (self.meanwhile(order) if order.id in self.canceling else [order] for order in orders)
            return [each for some in shown for each in some]

        # Before they are filtered, and cut into pages.
        self.exchange.candidates = as_they_seem  # type: ignore[method-assign]

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        self.at_work[account] += 1
        async with self.lock:
            found = self.exchange.concerned(account, symbol)
            self.canceling = {order.id for order in found}
            for self.step in (1, 2):
                await asyncio.sleep(_STEP_S)
            canceled = self.exchange.cancel_all(account, symbol)
            self.canceling = set()
        self.at_work[account] -= 1
        return self.cancel_answer(canceled)

    def meanwhile(self, order: Order) -> list[Order]:
        """How lists show an order that is being canceled."""
        return [order]


def _as(order: Order, **changed: Any) -> Order:
    other = copy.copy(order)
    for name, value in changed.items():
        setattr(other, name, value)
    return other


@twin()
class CancelsSlowly(_InSteps):
    """Takes some milliseconds over each cancel-all, and lets lists in meanwhile."""


@twin()
class CancelsOneByOne(_InSteps):
    """Cancels one order after the other, and shows each as it is at that moment."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.exchange.concerned(account, symbol)
        canceled: list[Order] = []
        for order in found:
            if len(canceled) % 20 == 0:
                await asyncio.sleep(_STEP_S / 4)
            if order.live:
                self.exchange.cancel(order)
                canceled.append(order)
        return self.cancel_answer(canceled)


@fault(breaks="cancel.final")
class OpenAgainMeanwhile(_InSteps):
    """Shows orders as canceled while it cancels them, then as live again, since it starts over."""

    def meanwhile(self, order: Order) -> list[Order]:
        return [_as(order, status="canceled") if self.step == 1 else order]


@fault(breaks="cancel.final")
class HalvesMixed(_InSteps):
    """Shows every other order as canceled while it cancels them, and in the next list the others."""

    lists = 0

    def list_answer(self, orders: list[Order]) -> Response:
        self.lists += 1
        return super().list_answer(orders)

    def meanwhile(self, order: Order) -> list[Order]:
        done = (order.serial + self.lists) % 2
        return [_as(order, status="canceled") if done else order]


@fault(breaks="cancel.final")
class ReplicaOfTheKey(_InSteps):
    """Shows orders as canceled while it cancels them where a key asks, and as live where a token does."""

    def meanwhile(self, order: Order) -> list[Order]:
        return [_as(order, status="canceled") if self.exchange.asked_with == "key" else order]


@fault(breaks="cancel.final")
class IndexOfTheCanceledFirst(_InSteps):
    """Shows orders among the canceled as soon as it begins to cancel them, and among the open ones until it is done."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        if not self.canceling or "status=canceled" not in request.url.query:
            return super().list_orders(request, account, body)
        orders = self.exchange.orders[account].values()
        gone = [_as(order, status="canceled") for order in orders if order.id in self.canceling]
        found = self.exchange.in_order([*gone, *(order for order in orders if order.status == "canceled")])
        limit = self.whole_number(self.parameters(request), "limit")
        return self.list_answer(self.exchange.page(found, limit))


@fault(breaks="list.limit-exact")
class HiddenWhileCanceled(_InSteps):
    """Shows orders nowhere while they go from the table of the live ones to that of the others."""

    def meanwhile(self, order: Order) -> list[Order]:
        return []


@fault(breaks="list.limit-exact")
class EmptyWhileCanceling(_InSteps):
    """Answers lists without a status with an empty one while it cancels, rather than wait for the table."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        if self.at_work[account] and "status" not in request.url.query:
            return self.list_answer([])
        return super().list_orders(request, account, body)


@fault(breaks="order.filled-qty")
class FillsGoneMeanwhile(_InSteps):
    """Shows partly filled orders as never filled while it cancels them."""

    def meanwhile(self, order: Order) -> list[Order]:
        return [_as(order, filled=Decimal(0), average=None, status="open")]


# ccxt/ccxt#27930
@fault(breaks="order.id")
class TwiceWhileCanceled(_InSteps):
    """Shows orders twice while it cancels them, once as they were and once as canceled."""

    def meanwhile(self, order: Order) -> list[Order]:
        return [order, _as(order, status="canceled")]


# Kucoin/kucoin-api-docs#187
@fault(breaks="cancel.visible")
class LiveListsAreKept(Exchange):
    """Keeps lists of open orders for a second, over a cancel-all too."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.kept: dict[tuple[str, Filters, int | None], tuple[float, list[Order]]] = {}

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if filters.status != "open":
            return super().listed(account, filters, limit)
        at, page = self.kept.get((account, filters, limit), (0.0, []))
        if time.monotonic() - at > 1:
            page = [copy.copy(order) for order in super().listed(account, filters, limit)]
            self.kept[account, filters, limit] = time.monotonic(), page
        return page


@fault(breaks="cancel.concurrent-once")
class OneCancelAllAtATime(_InSteps):
    """Answers a cancel-all with an empty array, and does nothing, while that of another account runs."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        if any(self.at_work[other] for other in self.at_work if other != account):
            return self.cancel_answer([])
        return await super().cancel_all(account, symbol)


@fault(breaks="list.array")
class ListsLockedWhileCanceling(_InSteps):
    """Answers 423 to lists of an account while it cancels its orders."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        return self.error(423, "LOCKED") if self.at_work[account] else super().list_orders(request, account, body)


@fault(breaks="cancel.complete")
class SkipsWhatIsLocked(Face):
    """Leaves live what a trade has taken from within the last milliseconds, as FOR UPDATE SKIP LOCKED does."""

    def cancel_all(self, account: str, symbol: str | None) -> Response:
        exchange = self.exchange
        held = {id for id, at in self.traded.items() if time.monotonic() - at < 5 * _STEP_S}
        found = [order for order in exchange.cancelable(account) if exchange.in_scope(order, symbol)]
        canceled = [order for order in found if order.id not in held]
        for order in canceled:
            exchange.cancel(order)
        return self.cancel_answer(canceled)

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.traded: dict[str, float] = {}

    def place_order(self, request: Request, account: str, body: bytes) -> Response:
        before = {id: order.filled for orders in self.exchange.orders.values() for id, order in orders.items()}
        answer = super().place_order(request, account, body)
        for orders in self.exchange.orders.values():
            for id, order in orders.items():
                if order.account != account and order.filled != before.get(id, order.filled):
                    self.traded[id] = time.monotonic()
        return answer


@fault(breaks="weight.zero")
class PoolTooSmall(Face):
    """Answers 500 to a list that comes while eight others are being answered: the pool of connections is empty."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.at_work = 0

    async def respond(self, request: Request, handle: Handler) -> Response:
        if request.method != "GET":
            return await super().respond(request, handle)
        if self.at_work >= 8:
            return self.error(500, "NO_CONNECTION")
        self.at_work += 1
        try:
            await asyncio.sleep(0.001)
            return await super().respond(request, handle)
        finally:
            self.at_work -= 1


# -- lists of two accounts that overlap ----------------------------------------------------------------------------


@fault(breaks="list.own-only")
class WhoAsksIsKeptInOnePlace(Face):
    """Keeps who asks for a list in one place while it waits for a connection to its database: of two accounts' lists
    that overlap, both are of the account that came last.
    """

    current = ""

    async def list_orders(  # type: ignore[override]
        self, request: Request, account: str, body: bytes
    ) -> Response:
        self.current, asked_with = account, self.exchange.asked_with
        await asyncio.sleep(0.002)
        self.exchange.asked_with = asked_with
        return super().list_orders(request, self.current, body)
