"""Lies about overload: what is refused, lost, told twice or comes late while the engine's queue is full."""

import asyncio
import json
import time
from collections.abc import Awaitable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.faults.errors import BusyByAnotherName, BusyIsServerFault, BusyIsTooManyRequests
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.queue import EngineBusy, EngineQueue
from conformance.sandbox.records import Order


def _is_cancel_all(request: Request) -> bool:
    return request.method == "DELETE" and request.url.path.endswith("/orders")


class _Busy(Face):
    """Knows whether many requests wait."""

    @property
    def crowded(self) -> bool:
        """Whether the queue is half full."""
        return 2 * self.queue.waiting >= self.queue.size


# -- how it is refused ---------------------------------------------------------------------------------------------


@fault(breaks="overload.documented")
class OverflowIsAnInternalError(BusyIsServerFault):
    """Answers 500 while the engine's queue is full."""


@fault(breaks="overload.documented")
class OverflowIsThrottling(BusyIsTooManyRequests):
    """Answers 429 while the engine's queue is full."""


@fault(breaks="overload.documented")
class OverflowHasACodeOfItsOwn(BusyByAnotherName):
    """Answers 503 with the code SERVICE_UNAVAILABLE while the engine's queue is full."""


@fault(breaks="overload.documented")
class OverflowHasNoBody(Face):
    """Answers 503 with no body while the engine's queue is full."""

    def busy(self, error: str) -> Response:
        return Response(b"", 503)


@fault(breaks="overload.documented")
class OverflowIsOk(Face):
    """Answers 200 with the error in the body while the engine's queue is full."""

    def busy(self, error: str) -> Response:
        return self.error(200, error)


# -- lists ---------------------------------------------------------------------------------------------------------


@fault(breaks="overload.lists-stay")
class ListsAreRefusedToo(Face):
    """Refuses lists, too, while the engine's queue is full."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        code = self.queue.refuses()
        return self.busy(code) if code else super().list_orders(request, account, body)


@fault(breaks="overload.lists-stay")
class ListsGoThroughTheEngine(Face):
    """Lets lists wait for the engine, too, and refuses those that find its queue full."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        try:
            if request.method == "GET":
                await self.queue.turn()
        except EngineBusy as busy:
            return self.busy(str(busy))
        return await super().respond(request, handle)


# -- what is lost --------------------------------------------------------------------------------------------------


@fault(breaks="overload.no-loss")
class FullQueueDropsCancels(Face):
    """Answers a cancel-all that finds the queue full as if nothing had been live, and does nothing."""

    def overflow(self, request: Request, account: str, body: bytes, error: str) -> Response:
        return self.cancel_answer([]) if _is_cancel_all(request) else self.busy(error)


@fault(breaks="overload.no-loss")
class RefusedCancelsHappen(Face):
    """Cancels all orders, though the queue is full and the request is refused."""

    def overflow(self, request: Request, account: str, body: bytes, error: str) -> Response:
        if _is_cancel_all(request):
            self.exchange.cancel_all(account, request.query_params.get("symbol"))
        return self.busy(error)


@fault(breaks="overload.no-loss")
class RefusedCancelsComeLate(Face):
    """Comes back two seconds later to a cancel-all that it has refused, and cancels all orders then."""

    def overflow(self, request: Request, account: str, body: bytes, error: str) -> Response:
        if _is_cancel_all(request):
            symbol = request.query_params.get("symbol")
            asyncio.get_running_loop().call_later(2, self.exchange.cancel_all, account, symbol)
        return self.busy(error)


@fault(breaks="overload.no-loss")
class CrowdLosesOrders(_Busy):
    """Loses every third order that is accepted while the queue is half full."""

    accepted = 0

    def place_order(self, request: Request, account: str, body: bytes) -> Response:
        crowded = self.crowded
        answer = super().place_order(request, account, body)
        self.accepted += crowded
        if crowded and self.accepted % 3 == 0:
            order = self.exchange.orders[account][json.loads(bytes(answer.body))["id"]]
            self.exchange.cancel(order)
            del self.exchange.orders[account][order.id]
        return answer


# -- what is told --------------------------------------------------------------------------------------------------


@fault(breaks="overload.once")
class CrowdTellsAgain(_Busy):
    """Tells the orders of the last cancel-all once more while the queue is half full."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.last: list[Order] = []
        self.whose = ""

    def cancel_all(self, account: str, symbol: str | None) -> Response | Awaitable[Response]:
        orders = self.exchange.cancel_all(account, symbol)
        again = self.last if self.crowded and self.whose == account else []
        self.last, self.whose = orders, account
        return self.cancel_answer([*orders, *(order for order in again if self.exchange.in_scope(order, symbol))])


@fault(breaks="overload.once")
class AnswersFromBeforeTheWait(Face):
    """Tells what was live when the request came, before it waited for the engine."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        if not _is_cancel_all(request):
            return await super().respond(request, handle)
        account = self.account_of(request)
        symbol = request.query_params.get("symbol")
        live = self.exchange.concerned(account, symbol)

        def told(*_: Any) -> Response:
            self.exchange.cancel_all(account, symbol)
            return self.cancel_answer(live)

        return await super().respond(request, told)


@fault(breaks="overload.once")
class CrowdLeavesOrdersUntold(_Busy):
    """Tells only the first of the orders that it cancels while the queue is half full."""

    def cancel_all(self, account: str, symbol: str | None) -> Response | Awaitable[Response]:
        orders = self.exchange.cancel_all(account, symbol)
        return self.cancel_answer(orders[:1] if self.crowded else orders)


@fault(breaks="overload.once")
class CrowdTellsWhatItLeavesLive(_Busy):
    """Tells orders as canceled, and does not cancel the last of them, while the queue is half full."""

    def cancel_all(self, account: str, symbol: str | None) -> Response | Awaitable[Response]:
        if not self.crowded:
            return super().cancel_all(account, symbol)
        orders = self.exchange.concerned(account, symbol)
        for order in orders[:-1]:
            self.exchange.cancel(order)
        records = [self.exchange.record(order) | {"status": "canceled"} for order in orders]
        return self.answer(200, {"canceled": records})


# -- afterwards ----------------------------------------------------------------------------------------------------


@fault(breaks="overload.recovers")
class RefusedTakeTheirPlace(EngineQueue):
    """Never gives back the place in the queue that a refused request had taken."""

    async def turn(self) -> None:
        try:
            await super().turn()
        except EngineBusy:
            self.size = max(0, self.size - 1)
            raise


@fault(breaks="overload.recovers")
class CancelsHangAfterwards(Face):
    """Never again answers a cancel-all of the account that it has refused one."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.hung: set[str] = set()

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        if _is_cancel_all(request) and answer.status_code == 503:
            self.hung.add(self.account_of(request))
        return answer

    def cancel_all(self, account: str, symbol: str | None) -> Response | Awaitable[Response]:
        return self._hanging() if account in self.hung else super().cancel_all(account, symbol)

    async def _hanging(self) -> Response:
        await asyncio.sleep(60)
        return self.cancel_answer([])


@fault(breaks="overload.recovers")
class CircuitStaysOpen(EngineQueue):
    """Refuses everything for ten seconds after the last request that it has refused."""

    refused_at = float("-inf")

    def refuses(self) -> str | None:
        code = super().refuses() or ("ENGINE_BUSY" if time.monotonic() < self.refused_at + 10 else None)
        if code:
            self.refused_at = time.monotonic()
        return code


# -- placing -------------------------------------------------------------------------------------------------------


@fault(breaks="overload.once")
class RefusedOrdersComeAbout(Face):
    """Takes an order, though the queue is full and the request is refused."""

    def overflow(self, request: Request, account: str, body: bytes, error: str) -> Response:
        if request.method == "POST":
            self.place_order(request, account, body)
        return self.busy(error)


@fault(breaks="overload.once")
class CrowdPlacesTwice(_Busy):
    """Takes an order twice while the queue is half full, and tells one of them."""

    def place_order(self, request: Request, account: str, body: bytes) -> Response:
        if self.crowded:
            super().place_order(request, account, body)
        return super().place_order(request, account, body)


@fault(breaks="overload.placing")
class OrdersAreThrottled(Face):
    """Answers 429 to an order while the engine's queue is full."""

    def overflow(self, request: Request, account: str, body: bytes, error: str) -> Response:
        return self.error(429, "TOO_MANY_ORDERS") if request.method == "POST" else self.busy(error)
