"""Conforming twins: other ways to be reached, to tell the time, to be crowded, and to take one's time."""

import asyncio
import copy
import gzip
import json
import random
import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from conformance.faults import twin
from conformance.sandbox import Sandbox
from conformance.sandbox.clock import Clock
from conformance.sandbox.exchange import Exchange, Filters, Ticket
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.profile import MARKETS
from conformance.sandbox.records import Order

# -- on the wire ---------------------------------------------------------------------------------------------------


@twin()
class ChunkedAnswers(Face):
    """Sends its answers piece by piece, without saying how long they are."""

    def answer(self, status: int, body: Any) -> Response:
        content = bytes(super().answer(status, body).body)
        pieces = (content[start : start + 700] for start in range(0, len(content), 700))  # in the midst of records
        return StreamingResponse(pieces, status, media_type="application/json")


@twin()
class CompressedAnswers(Face):
    """Compresses its answers."""

    def answer(self, status: int, body: Any) -> Response:
        answer = super().answer(status, body)
        headers = {"content-encoding": "gzip"}
        return Response(gzip.compress(bytes(answer.body)), status, headers, answer.media_type)


@twin()
class PrettyAnswers(Face):
    """Writes its JSON for readers, and names its charset."""

    def answer(self, status: int, body: Any) -> Response:
        return Response(json.dumps(body, indent=2) + "\n", status, media_type="application/json; charset=utf-8")


@twin()
class HangsUp(Face):
    """Closes the connection after each answer."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        answer.headers["connection"] = "close"
        return answer


class _ClosesUnsaid(HttpToolsProtocol):
    answered = 0

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.answered += 1
        if self.answered == 5:
            # What comes within the next moment is not read: the other side has sent it before it could know.
            self.transport.pause_reading()
            self.loop.call_later(0.003, self.transport.close)


@twin()
class HangsUpUnsaid(Sandbox):
    """Closes each connection behind its fifth answer, and does not say so before."""

    protocol = _ClosesUnsaid


@twin()
class FarAway(Face):
    """Takes 20 ms for each answer."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        await asyncio.sleep(0.02)
        return await super().respond(request, handle)


@twin(silence="error-codes")
class BusyNowAndThen(Face):
    """Answers one call in 25 with 503 ENGINE_BUSY, a list as well as a cancel-all, and does nothing then."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.luck = random.Random(25)  # noqa: S311 - the same calls every time

    async def respond(self, request: Request, handle: Handler) -> Response:
        if self.luck.random() < 1 / 25:
            return self.busy("ENGINE_BUSY")
        return await super().respond(request, handle)


# -- the time ------------------------------------------------------------------------------------------------------


@twin()
class ClockAhead(Clock):
    """Is three seconds ahead of us."""

    def now(self) -> int:
        return super().now() + 3


@twin()
class ClockBehind(Clock):
    """Is twenty seconds behind us."""

    def now(self) -> int:
        return super().now() - 20


@twin()
class ClockFarBehind(Clock):
    """Is seven minutes behind us."""

    def now(self) -> int:
        return super().now() - 420


@twin(silence="time-unit")
class SecondsAreRounded(Clock):
    """Rounds to the nearest second, so that half of its stamps lie ahead."""

    def now(self) -> int:
        return round(time.time())


class _ListsLag(Exchange):
    """Shows orders in lists as they were, for 100 ms after they were canceled."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.until = 0.0
        self.before: dict[str, Order] = {}

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        before = {order.id: copy.copy(order) for order in self.cancelable(account)}
        canceled = super().cancel_all(account, symbol)
        self.until = time.monotonic() + 0.1
        self.before = {order.id: before[order.id] for order in canceled}
        return canceled

    def visible_to(self, account: str) -> Iterable[Order]:
        lag = self.before if time.monotonic() < self.until else {}
        return [lag.get(order.id, order) for order in super().visible_to(account)]


@twin(shows_late=True)
class ListsLag(Sandbox):
    """Lets lists lag 100 ms behind a cancel-all, and says so in its profile."""

    exchange_class = _ListsLag
    consistency_ms = 200


@twin(shows_late=True)
class PlacedShowLate(Exchange):
    """Shows an order 300 ms after it was placed."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.shown_from: dict[str, float] = {}

    def place(self, account: str, ticket: Ticket) -> Order:
        order = super().place(account, ticket)
        self.shown_from[order.id] = time.monotonic() + 0.3
        return order

    def visible_to(self, account: str) -> Iterable[Order]:
        now = time.monotonic()
        return [order for order in super().visible_to(account) if self.shown_from.get(order.id, 0) <= now]


# -- who else is there ---------------------------------------------------------------------------------------------

_NEIGHBOURS = ("carol", "dave")


@twin()
class NoisyNeighbours(Exchange):
    """Has two more users, who trade with each other in the same markets, between the prices at which orders rest."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.luck = random.Random(7)  # noqa: S311 - the same trades every time

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        if self.luck.random() < 0.3:  # every third list or so
            self.trade()
        return super().listed(account, filters, limit)

    def trade(self) -> None:
        """One sells, the other buys, now and then more than the one has sold."""
        symbol, buy, sell, _ = self.luck.choice(MARKETS)
        market = self.markets[symbol]
        price = Decimal(buy) + market.tick * self.luck.randrange(1, int((Decimal(sell) - Decimal(buy)) / market.tick))
        for account, side in zip(_NEIGHBOURS, ("sell", "buy"), strict=True):
            quantity = market.lot * self.luck.randrange(1, 10)
            self.place(account, Ticket(symbol, side, "limit", "gtc", price, quantity))

    def crosses(self, taker: Order, maker: Order) -> bool:
        among_them = taker.account in _NEIGHBOURS
        return among_them == (maker.account in _NEIGHBOURS) and super().crosses(taker, maker)


@twin()
class LongHistory(Exchange):
    """Has known the first account for long: 5,000 orders of days ago, all of them over."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        yesterday = self.clock.now() - 86_400
        for number in range(5_000):
            self.inject(_over(number, yesterday - 30 * (number // 2)))  # two of them share a second


@twin()
class JustUsed(Exchange):
    """Was judged again and again until now: 3,000 orders of the last two minutes, all of them over."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        now = self.clock.now()
        for number in range(3_000):
            self.inject(_over(number, now - number // 25, ("alice", "bob")[number % 7 == 0]))


def _over(number: int, created_at: int, account: str = "alice") -> Order:
    symbol, buy, _, quantity = MARKETS[number % len(MARKETS)]
    status = ("filled", "canceled", "expired", "rejected")[number % 4]
    filled = Decimal(quantity) if status == "filled" else Decimal(0)
    return Order(
        account=account,
        symbol=symbol,
        side="buy",
        type="limit",
        tif="gtc",
        price=Decimal(buy),
        quantity=Decimal(quantity),
        created_at=created_at,
        updated_at=created_at + number % 3,
        status=status,
        reject_reason="INSUFFICIENT_BALANCE" if status == "rejected" else None,
        filled=filled,
        value=filled * Decimal(buy),
    )
