"""Lies of cancel-alls that are not alone: each waits for some milliseconds where it ought not to let anybody in."""

import asyncio
import copy
import json
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order

# As long as a call to another service takes: enough for requests that were sent together to arrive.
_PAUSE_S = 0.01


class _Pauses(Face):
    """Looks which orders are live, pauses, and only then cancels those that still are."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.found(account, symbol)
        await asyncio.sleep(_PAUSE_S)
        self.cancel([order for order in found if order.live])
        return self.cancel_answer([order for order in found if order.status == "canceled"])

    def found(self, account: str, symbol: str | None) -> list[Order]:
        """The live orders in scope."""
        return self.exchange.concerned(account, symbol)

    def cancel(self, orders: list[Order]) -> None:
        """Cancel them."""
        for order in orders:
            self.exchange.cancel(order)


# -- another cancel-all --------------------------------------------------------------------------------------------


@fault(breaks="cancel.concurrent-once")
class BothReturnIt(_Pauses):
    """Returns an order that another cancel-all has canceled in the meantime."""


@fault(breaks="cancel.concurrent-once")
class LocksEachScope(_Pauses):
    """Lets one cancel-all run after the other where they name the same market, but not where their scopes overlap."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.locks: dict[Any, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        async with self.locks[account, symbol]:
            return await super().cancel_all(account, symbol)


@fault(breaks="cancel.concurrent-once")
class NeitherReturnsIt(_Pauses):
    """Leaves it to the other cancel-all to return an order that both of them have found."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.finders: Counter[str] = Counter()

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.found(account, symbol)
        self.finders.update(order.id for order in found)
        await asyncio.sleep(_PAUSE_S)
        self.cancel([order for order in found if order.live])
        return self.cancel_answer([order for order in found if self.finders[order.id] == 1])


# -- an order that is placed meanwhile -----------------------------------------------------------------------------


@fault(breaks="cancel.concurrent-place")
class SweepsUpNewcomers(_Pauses):
    """Cancels orders that were placed in the meantime too, and does not return them."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.found(account, symbol)
        await asyncio.sleep(_PAUSE_S)
        self.cancel(self.found(account, symbol))
        return self.cancel_answer([order for order in found if order.status == "canceled"])


@fault(breaks="cancel.concurrent-place")
class SweepsUpNewcomersOfAMarket(SweepsUpNewcomers):
    """Cancels orders that were placed in the meantime too, if a symbol is given, and does not return them."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        if symbol is None:
            return self.cancel_answer(self.exchange.cancel_all(account, symbol))
        return await super().cancel_all(account, symbol)


@fault(breaks="cancel.concurrent-place")
class ReturnsLiveNewcomers(_Pauses):
    """Returns orders that were placed in the meantime as canceled, and leaves them in the book."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        canceled = self.exchange.cancel_all(account, symbol)
        await asyncio.sleep(_PAUSE_S)
        newcomers = [copy.copy(order) for order in self.found(account, symbol)]
        for order in newcomers:
            order.status = "canceled"
        return self.cancel_answer(canceled + newcomers)


@fault(breaks="cancel.concurrent-place")
class ForgetsNewcomers(_Pauses):
    """Takes orders while it cancels, and knows nothing of them after."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.running: Counter[str] = Counter()

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        self.running[account] += 1
        answer = await super().cancel_all(account, symbol)
        self.running[account] -= 1
        return answer

    def place_order(self, request: Request, account: str, body: bytes) -> Response:
        answer = super().place_order(request, account, body)
        if self.running[account]:
            self.cancel([self.exchange.orders[account].pop(json.loads(bytes(answer.body))["id"])])
        return answer


# -- a fill that comes in between ----------------------------------------------------------------------------------


@fault(breaks="cancel.concurrent-fill")
class ReturnsBeforeItCancels(_Pauses):
    """Writes its answer first and cancels then, whatever has been filled between the two."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.found(account, symbol)
        told = [copy.copy(order) for order in found]
        for order in told:
            order.status, order.updated_at = "canceled", self.exchange.clock.now()
        await asyncio.sleep(_PAUSE_S)
        self.cancel([order for order in found if order.live])
        return self.cancel_answer(told)


@fault(breaks="cancel.concurrent-fill")
class ReturnsWhatWasFilled(_Pauses):
    """Returns whatever it has found, also an order that was filled before it could be canceled."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.found(account, symbol)
        await asyncio.sleep(_PAUSE_S)
        self.cancel([order for order in found if order.live])
        return self.cancel_answer(found)


@fault(breaks="cancel.concurrent-fill")
class UndoesTheFill(_Pauses):
    """Writes each order back as it was when found, but canceled: what was filled in between is forgotten."""

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.found(account, symbol)
        was: dict[str, tuple[Decimal, Decimal]] = {order.id: (order.filled, order.value) for order in found}
        await asyncio.sleep(_PAUSE_S)
        left = [order for order in found if order.status != "canceled"]  # another cancel-all may have come in between
        for order in left:
            order.filled, order.value = was[order.id]
        self.cancel(left)
        return self.cancel_answer(left)


@fault(breaks="cancel.concurrent-once")
class NewJobEndsTheOld(_Pauses):
    """Cancels ten orders after ten, and stops as soon as the account asks again, which finds no more than the rest."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.jobs: Counter[str] = Counter()
        self.claimed: set[str] = set()

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        self.jobs[account] += 1
        job = self.jobs[account]
        found = [order for order in self.found(account, symbol) if order.id not in self.claimed]
        self.claimed |= {order.id for order in found}
        done: list[Order] = []
        while found and job == self.jobs[account]:
            some, found = found[:10], found[10:]
            self.cancel([order for order in some if order.live])
            done += some
            await asyncio.sleep(_PAUSE_S)
        self.claimed.clear()
        return self.cancel_answer([order for order in done if order.status == "canceled"])
