"""Lies about how cancel-all is answered: the envelope, and an answer where nothing is there to cancel."""

import json
from collections.abc import Awaitable
from typing import Any

from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import BadRequest, Face
from conformance.sandbox.records import Order

# -- the envelope --------------------------------------------------------------------------------------------------


@fault(breaks="cancel.envelope")
class CanceledWithoutEnvelope(Exchange):
    """Answers the bare array."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return [self.record(order) for order in orders]


@fault(breaks="cancel.envelope")
class EnvelopeInEnvelope(Exchange):
    """Puts the whole answer under data, as gateways do."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"code": 0, "data": super().canceled_body(orders)}


@fault(breaks="cancel.envelope")
class CanceledByCount(Exchange):
    """Tells how many orders it has canceled, not which."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"canceled": len(orders)} if orders else super().canceled_body(orders)


@fault(breaks="cancel.envelope")
class CanceledById(Exchange):
    """Returns ids where whole orders belong."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"canceled": [order.id for order in orders]}


@fault(breaks="cancel.envelope")
class CanceledKeyedById(Exchange):
    """Returns an object with the orders under their ids."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"canceled": {order.id: self.record(order) for order in orders} or []}


@fault(breaks="cancel.envelope")
class OneCanceledStandsBare(Exchange):
    """Returns a single order without the array around it."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"canceled": self.record(orders[0])} if len(orders) == 1 else super().canceled_body(orders)


@fault(breaks="cancel.envelope")
class CancelAccepted(Face):
    """Answers 202 once there is something to cancel."""

    def cancel_answer(self, orders: list[Order]) -> Response:
        return self.answer(202 if orders else 200, self.exchange.canceled_body(orders))


@fault(breaks="cancel.envelope")
class CanceledAsText(Face):
    """Encodes its answer twice, so that a JSON string comes out."""

    def cancel_answer(self, orders: list[Order]) -> Response:
        body = self.exchange.canceled_body(orders)
        return self.answer(200, json.dumps(body) if orders else body)


@fault(breaks="cancel.envelope")
class CancelNeedsSymbol(Face):
    """Refuses a cancel-all that names no market."""

    def cancel_all(self, account: str, symbol: str | None) -> Response:
        if symbol is None:
            raise BadRequest("SYMBOL_REQUIRED")
        return self.cancel_answer(self.exchange.cancel_all(account, symbol))


# -- nothing to cancel, and the same said again --------------------------------------------------------------------


@fault(breaks="cancel.empty")
class NullForNothing(Exchange):
    """Answers null where there was nothing to cancel."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return super().canceled_body(orders) if orders else {"canceled": None}


@fault(breaks="cancel.empty")
class EmptyObjectForNothing(Exchange):
    """Leaves canceled out where there was nothing to cancel."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return super().canceled_body(orders) if orders else {}


@fault(breaks="cancel.empty")
class NoContentForNothing(Face):
    """Answers 204 where there was nothing to cancel."""

    def cancel_answer(self, orders: list[Order]) -> Response:
        return super().cancel_answer(orders) if orders else Response(status_code=204)


@fault(breaks="cancel.empty")
class NotFoundForNothing(Face):
    """Answers 404 where there was nothing to cancel."""

    def cancel_answer(self, orders: list[Order]) -> Response:
        return super().cancel_answer(orders) if orders else self.error(404, "NO_ORDERS")


@fault(breaks="cancel.empty")
class NotFoundInAQuietMarketByKey(Face):
    """Answers 404 to keys for a market in which the caller has nothing live, where he has in another one."""

    def cancel_all(self, account: str, symbol: str | None) -> Response | Awaitable[Response]:
        exchange = self.exchange
        quiet = exchange.cancelable(account) and not exchange.concerned(account, symbol)
        if quiet and exchange.asked_with == "key" and symbol in exchange.markets:
            return self.error(404, "NO_OPEN_ORDERS")
        return super().cancel_all(account, symbol)


@fault(breaks="cancel.empty")
class QuietMarketRefused(Face):
    """Refuses a market in which the caller has nothing live, though not an account that is as quiet."""

    def cancel_all(self, account: str, symbol: str | None) -> Response:
        canceled = self.exchange.cancel_all(account, symbol)
        return self.cancel_answer(canceled) if canceled or symbol is None else self.error(400, "NOTHING_TO_CANCEL")


@fault(breaks="cancel.idempotent")
class ReturnsCanceledAgain(Exchange):
    """Returns orders that it has canceled before, each time anew."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        before = [order for order in self.orders[account].values() if order.status == "canceled"]
        return super().cancel_all(account, symbol) + [order for order in before if self.in_scope(order, symbol)]


@fault(breaks="cancel.idempotent")
class RepeatsItsAnswer(Exchange):
    """Answers a call that finds nothing with what it answered the last time."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.answered: dict[tuple[str, str | None], list[Order]] = {}

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        last = self.answered.get((account, symbol), [])
        self.answered[account, symbol] = super().cancel_all(account, symbol) or last
        return self.answered[account, symbol]


@fault(breaks="cancel.terminal-untouched")
class SecondCallStampsAnew(Exchange):
    """Stamps what is canceled in scope anew when there is nothing left to cancel."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        for order in self.orders[account].values() if not canceled else ():
            order.updated_at += order.status == "canceled" and self.in_scope(order, symbol)
        return canceled
