"""Lies that only cancel-alls that are not alone tell: which of them is refused, and what each tells."""

import asyncio
import copy
import time
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault, twin
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order

# As long as a call to another service takes: enough for requests that were sent together to arrive.
_PAUSE_S = 0.03

_STEP_S = 0.008  # between two statements of one transaction

# What came so shortly before is not everywhere yet.
_LATE_S = 0.1


class _Raced(Face):
    """Looks which orders are live, pauses, and cancels those that still are.

    `at_work`: the cancel-alls of each account that have found something, and are under way.
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.at_work: Counter[str] = Counter()

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        found = self.found(account, symbol)
        if not found:
            return self.cancel_answer([])
        self.at_work[account] += 1
        try:
            return await self.race(account, symbol, found, self.at_work[account])
        finally:
            self.at_work[account] -= 1

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        """Answer the cancel-all that came as the account's `number`-th of those under way."""
        await asyncio.sleep(_PAUSE_S)
        return self.cancel_answer(self.canceled(found))

    def found(self, account: str, symbol: str | None) -> list[Order]:
        """The live orders in scope."""
        return self.exchange.concerned(account, symbol)

    def canceled(self, found: list[Order]) -> list[Order]:
        """Those of them that are live still: canceled."""
        live = [order for order in found if order.live]
        for order in live:
            self.exchange.cancel(order)
        return live


# -- which is refused --------------------------------------------------------------------------------------------------


@twin()
class BusyWhileAnotherRuns(_Raced):
    """Answers 503 ENGINE_BUSY to a cancel-all, and does nothing then, while another one of the account runs."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        return self.busy("ENGINE_BUSY") if number > 1 else await super().race(account, symbol, found, number)


@fault(breaks="cancel.concurrent-once")
class DeadlockOfTwo(_Raced):
    """Fails with 500 in the later of two cancel-alls that lock the same orders: the database ends their deadlock."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        answer = await super().race(account, symbol, found if number == 1 else [], number)
        return self.error(500, "DEADLOCK_DETECTED") if number > 1 else answer


@fault(breaks="cancel.concurrent-once")
class ConflictOfTwo(_Raced):
    """Answers 409 to a cancel-all while another one of the account runs."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        return self.error(409, "IN_PROGRESS") if number > 1 else await super().race(account, symbol, found, number)


@fault(breaks="cancel.concurrent-once")
class LockedForTheThird(_Raced):
    """Lets one cancel-all wait for another one of the account, and answers 423 to a third."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        return self.error(423, "LOCKED") if number > 2 else await super().race(account, symbol, found, number)


@fault(breaks="cancel.concurrent-once")
class FourWorkers(_Raced):
    """Fails with 500 in the fifth cancel-all of an account at the same moment: there is no worker left for it."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        return self.error(500, "NO_WORKER") if number > 4 else await super().race(account, symbol, found, number)


@fault(breaks="cancel.empty")
class NullForTheLater(_Raced):
    """Answers null in place of an empty array where another cancel-all was faster."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        await asyncio.sleep(_PAUSE_S)
        canceled = self.canceled(found)
        return self.cancel_answer(canceled) if canceled else self.answer(200, {"canceled": None})


@fault(breaks="cancel.concurrent-place")
class CannotSerialize(_Raced):
    """Fails with 500 where an order was placed in the account while it canceled: the transaction is taken back."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        before = len(self.exchange.orders[account])
        await asyncio.sleep(_PAUSE_S)
        if len(self.exchange.orders[account]) > before:
            return self.error(500, "SERIALIZATION_FAILURE")
        return self.cancel_answer(self.canceled(found))


@fault(breaks="cancel.complete")
class StatusByStatus(_Raced):
    """Cancels what is partly filled, and a moment later what is open: what was filled in part in between is left."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        partly = self.canceled([order for order in found if order.status == "partially_filled"])
        await asyncio.sleep(_STEP_S)
        still_open = [order for order in self.found(account, symbol) if order.status == "open"]
        return self.cancel_answer([*partly, *self.canceled(still_open)])


@fault(breaks="cancel.concurrent-fill")
class ConflictWithAFill(_Raced):
    """Answers 409 where an order was filled while it canceled, since the row has another version now."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        before = [order.filled for order in found]
        await asyncio.sleep(_PAUSE_S)
        if [order.filled for order in found] != before:
            return self.error(409, "VERSION_CONFLICT")
        return self.cancel_answer(self.canceled(found))


# -- which tells an order ----------------------------------------------------------------------------------------------


@twin()
class CancelAllsShare(_Raced):
    """Lets the cancel-alls of an account take one live order after the other, each whichever it comes by."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        told: list[Order] = []
        for order in found:
            await asyncio.sleep(_PAUSE_S / len(found))
            told += self.canceled([order])
        return self.cancel_answer(told)


@twin()
class WaitsForTheFirst(_Raced):
    """Answers an empty array to a cancel-all that came while another one of the account ran, once that is over."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        await asyncio.sleep(_PAUSE_S * number)
        return self.cancel_answer(self.canceled(self.found(account, symbol)))


@fault(breaks="cancel.concurrent-once")
class OneAnswerForAll(_Raced):
    """Gives the answer of a cancel-all that runs already to those that ask the same meanwhile."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.running: dict[tuple[str, str | None], asyncio.Task[Response]] = {}

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        key = account, symbol
        if key not in self.running:
            self.running[key] = asyncio.create_task(super().race(account, symbol, found, number))
            self.running[key].add_done_callback(lambda _: self.running.pop(key))
        answer = await self.running[key]
        return Response(answer.body, answer.status_code, media_type="application/json")


@fault(breaks="cancel.concurrent-once")
class ThirdTellsAgain(_Raced):
    """Lets a second cancel-all wait for the first; a third and later ones return whatever they have found."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        await asyncio.sleep(_PAUSE_S)
        canceled = self.canceled(found)
        return self.cancel_answer(found if number > 2 else canceled)


@fault(breaks="cancel.concurrent-once")
class LastOneTwice(_Raced):
    """Gives its lock back before its last order is canceled: the next cancel-all returns that one too."""

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        await asyncio.sleep(_PAUSE_S)
        canceled = self.canceled(found)
        return self.cancel_answer(canceled or [order for order in found if order.status == "canceled"][-1:])


@fault(breaks="cancel.concurrent-once")
class LocksEachCredential(_Raced):
    """Lets cancel-alls with the same credential run one after the other, and one with a key beside one with a token."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.locks: dict[Any, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        async with self.locks[account, self.exchange.asked_with]:
            found = self.found(account, symbol)
            await asyncio.sleep(_PAUSE_S)
            self.canceled(found)
        return self.cancel_answer([order for order in found if order.status == "canceled"])


# -- fills that came just before ---------------------------------------------------------------------------------------


@fault(breaks="cancel.concurrent-fill")
class SecondReadsAReplica(_Raced):
    """Returns fills as they were 100 ms before, where more than one cancel-all of the account is under way."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.fills: list[tuple[float, str, Decimal, Decimal]] = []  # when, of which order, and what was filled before

    def place_order(self, request: Request, account: str, body: bytes) -> Response:
        orders = [order for mine in self.exchange.orders.values() for order in mine.values() if order.live]
        before = [(order, order.filled, order.value) for order in orders]
        answer = super().place_order(request, account, body)
        changed = [(order.id, filled, value) for order, filled, value in before if order.filled != filled]
        self.fills += [(time.monotonic(), *each) for each in changed]
        return answer

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        late = [each for each in self.fills if time.monotonic() - each[0] < _LATE_S]
        await asyncio.sleep(_PAUSE_S)
        told = {order.id: copy.copy(order) for order in self.canceled(found)}
        for _, id, filled, value in reversed(late if self.at_work[account] > 1 else []):
            if id in told:
                told[id].filled, told[id].value, told[id].average = filled, value, None
        return self.cancel_answer(list(told.values()))


@fault(breaks="cancel.concurrent-fill")
class AnswersFromALateList(_Raced):
    """Returns orders as the last list showed them, if that is no older than 100 ms: fills since then are not told."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.listed: dict[str, tuple[float, Order]] = {}

    def list_answer(self, orders: list[Order]) -> Response:
        self.listed |= {order.id: (time.monotonic(), copy.copy(order)) for order in orders}
        return super().list_answer(orders)

    async def race(self, account: str, symbol: str | None, found: list[Order], number: int) -> Response:
        told = [copy.copy(order) for order in self.canceled(found)]
        for order in told:
            at, shown = self.listed.get(order.id, (0.0, order))
            if time.monotonic() - at < _LATE_S:
                order.filled, order.value, order.average = shown.filled, shown.value, shown.average
        return self.cancel_answer(told)
