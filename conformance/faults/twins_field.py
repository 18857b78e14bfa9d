"""Conforming twins from the field: answers that are sent or spelled in another way.

Each class cites its report by repository and number; neighbour of X: the documents allow this, and not the fault X.
"""

import json
import secrets
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, ROUND_UP, Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import twin
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.records import Order

# -- headers -------------------------------------------------------------------------------------------------------


class _SaysMore(Face):
    """Sends headers with every answer that a client has no use for."""

    def more(self) -> Iterable[tuple[str, str]]:
        """The headers."""
        raise NotImplementedError

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        for name, value in self.more():
            answer.headers.append(name, value)
        return answer


# ccxt/ccxt#3893
@twin()
class BalancersCookies(_SaysMore):
    """Sets cookies of a load balancer with each answer, another value every time."""

    def more(self) -> Iterable[tuple[str, str]]:
        yield "set-cookie", f"AWSALB={secrets.token_urlsafe(16)}; Expires=Wed, 01 Jan 2092 00:00:00 GMT; Path=/"
        yield "set-cookie", f"__cf_bm={secrets.token_urlsafe(16)}; path=/; HttpOnly; Secure; SameSite=None"


# ccxt/ccxt#912
@twin()
class HeadersForBrowsers(_SaysMore):
    """Sends the headers that browsers want to see: CORS, Vary, no caching."""

    def more(self) -> Iterable[tuple[str, str]]:
        yield "access-control-allow-origin", "*"
        yield "access-control-allow-headers", "Authorization, X-MBX-APIKEY"
        yield "vary", "Origin, Accept-Encoding"
        yield "cache-control", "no-store, max-age=0"


# Tinkoff/invest-openapi#359: neighbour of SixtySignedListsEachSecond
@twin()
class WeightIsCountedForNothing(_SaysMore):
    """Tells how much weight was used and when to come again, and throttles nobody."""

    def more(self) -> Iterable[tuple[str, str]]:
        yield "x-mbx-used-weight-1m", "1199"
        yield "x-ratelimit-remaining", "0"
        yield "retry-after", "1"


# ietf-wg-httpapi/idempotency#44: neighbour of LastAnswerIsReplayed
@twin()
class EveryRequestHasItsId(_SaysMore):
    """Gives every request an id of its own, and an ETag to its answer."""

    def more(self) -> Iterable[tuple[str, str]]:
        yield "x-request-id", secrets.token_hex(16)
        yield "etag", f'W/"{secrets.token_hex(8)}"'


# ccxt/ccxt#3893
@twin()
class CharsetInCapitals(Face):
    """Calls its answers application/json;charset=UTF-8."""

    def answer(self, status: int, body: Any) -> Response:
        answer = super().answer(status, body)
        answer.headers["content-type"] = "application/json;charset=UTF-8"
        return answer


# ccxt/ccxt#912
@twin()
class HangsUpAfterCanceling(Face):
    """Closes the connection after each cancel-all, and keeps it after a list."""

    def cancel_answer(self, orders: list[Order]) -> Response:
        answer = super().cancel_answer(orders)
        answer.headers["connection"] = "close"
        return answer


# -- JSON ----------------------------------------------------------------------------------------------------------


# ccxt/ccxt#23031: neighbour of PartlyFilledInBrief; a JSON object has no order
@twin()
class FieldsInAnyOrder(Exchange):
    """Writes the fields of each order in another order, another one each time."""

    def record(self, order: Order) -> dict[str, Any]:
        record = super().record(order)
        return {name: record[name] for name in self.rng.sample(list(record), len(record))}


# ccxt/ccxt#912: the same JSON, written in another way
@twin()
class EscapedAnswers(Face):
    """Writes some characters of its strings as escapes, and each member on a line of its own."""

    def answer(self, status: int, body: Any) -> Response:
        plain = json.dumps(body, indent="\t")
        escaped = plain.replace("canceled", "\\u0063anceled").replace("open", "o\\u0070en").replace("-", "\\u002d")
        return Response(escaped, status, media_type="application/json")


# -- amounts -------------------------------------------------------------------------------------------------------

_AMOUNTS = ("price", "quantity", "quote_quantity", "filled_qty", "avg_fill_price")


def _spelled(record: dict[str, Any], places: str) -> dict[str, Any]:
    """The record with its amounts to so many places or more, all but null and the average of no fills."""
    amounts = {name: Decimal(record[name]) for name in _AMOUNTS if record[name] not in (None, "0")}
    return record | {name: f"{_at_least(amount, Decimal(places)):f}" for name, amount in amounts.items()}


def _at_least(amount: Decimal, places: Decimal) -> Decimal:
    exponent = amount.as_tuple().exponent
    return amount if int(exponent) < int(places.as_tuple().exponent) else amount.quantize(places)


# forkdelta/backend-replacement#35: neighbour of FillsAreDoubles
@twin()
class EighteenDecimals(Exchange):
    """Writes every amount with eighteen decimals, and averages to the eighteenth."""

    def average_price(self, order: Order) -> str:
        if not order.trades:
            return super().average_price(order)
        return f"{(order.value / order.filled).quantize(Decimal(1).scaleb(-18)):f}"

    def record(self, order: Order) -> dict[str, Any]:
        return _spelled(super().record(order), "0.000000000000000000")


# lineofflight/frankfurter#14: zeros at the end are free
@twin()
class ZerosInListsAlone(Exchange):
    """Writes amounts with eight decimals in lists, and without zeros at their end after a cancel-all."""

    def list_body(self, orders: list[Order]) -> Any:
        return [_spelled(record, "0.00000000") for record in super().list_body(orders)]

    def canceled_body(self, orders: list[Order]) -> Any:
        records = [self.record(order) for order in orders]
        bare = [{name: f"{Decimal(each[name]).normalize():f}" for name in _AMOUNTS if each[name]} for each in records]
        return {"canceled": [record | amounts for record, amounts in zip(records, bare, strict=True)]}


class _Rounds(Exchange):
    """Rounds averages in another way."""

    def rounded(self, average: Decimal, order: Order) -> Decimal:
        """The average as it is shown."""
        raise NotImplementedError

    def average_price(self, order: Order) -> str:
        if not order.filled or order.average is not None:
            return super().average_price(order)
        return f"{self.rounded(order.value / order.filled, order):f}"


# mkipnis/DistributedATS#27
@twin()
class AverageToTheTick(_Rounds):
    """Rounds averages to the market's tick."""

    def rounded(self, average: Decimal, order: Order) -> Decimal:
        return average.quantize(self.markets[order.symbol].tick, ROUND_HALF_EVEN)


# mkipnis/DistributedATS#27
@twin()
class AverageRoundedUp(_Rounds):
    """Rounds averages up at the eighth decimal."""

    def rounded(self, average: Decimal, order: Order) -> Decimal:
        return average.quantize(Decimal("0.00000001"), ROUND_UP)
