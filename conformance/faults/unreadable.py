"""Lies that one record or one list cannot be read by: the others can, and are as they should be."""

import gzip
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import Face
from conformance.sandbox.records import Order

# -- lists ---------------------------------------------------------------------------------------------------------


@fault(breaks="list.array")
class NullForRejected(Face):
    """Answers null to a list of rejected orders."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        if request.query_params.get("status") == "rejected":
            return self.answer(200, None)
        return super().list_orders(request, account, body)


@fault(breaks="list.array")
class CountForExpired(Face):
    """Answers a list of expired orders with how many there are."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        answer = super().list_orders(request, account, body)
        if request.query_params.get("status") != "expired" or answer.status_code != 200:
            return answer
        return self.answer(200, {"count": bytes(answer.body).count(b'"id"')})


@fault(breaks="list.array-json")
class LongListsDoNotSayThatTheyAreCompressed(Face):
    """Compresses long lists for those who accept that, without a header that says so."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        answer = super().list_orders(request, account, body)
        if len(answer.body) < 2**14 or "gzip" not in request.headers.get("accept-encoding", ""):
            return answer
        return Response(gzip.compress(bytes(answer.body), 1), answer.status_code, media_type=answer.media_type)


# -- records of lists ----------------------------------------------------------------------------------------------


@fault(breaks="list.array")
class NullBehindTheLast(Exchange):
    """Writes a null behind the last order of each list."""

    def list_body(self, orders: list[Order]) -> Any:
        return [*super().list_body(orders), None]


@fault(breaks="order.fields")
class TotalBehindTheLast(Exchange):
    """Writes how many orders a list shows behind the last of them, in an object of its own."""

    def list_body(self, orders: list[Order]) -> Any:
        return [*super().list_body(orders), {"total": len(orders)}]


@fault(breaks="order.fields")
class ExpiredHaveNoId(Exchange):
    """Leaves out the id of an expired order."""

    def record(self, order: Order) -> dict[str, Any]:
        record = super().record(order)
        return {name: record[name] for name in record if (order.status, name) != ("expired", "id")}


@fault(breaks="order.fields")
class LiveHaveNoStatus(Exchange):
    """Leaves out the status of an order that is partly filled and live."""

    def record(self, order: Order) -> dict[str, Any]:
        record = super().record(order)
        return {name: record[name] for name in record if (order.status, name) != ("partially_filled", "status")}


@fault(breaks="order.fields")
class StatusIsLeftOut(Exchange):
    """Leaves out the status of every order."""

    def record(self, order: Order) -> dict[str, Any]:
        record = super().record(order)
        return {name: record[name] for name in record if name != "status"}


@fault(breaks="order.fields")
class LiveHaveNoSymbol(Exchange):
    """Leaves out the market of an order that is live."""

    def record(self, order: Order) -> dict[str, Any]:
        record = super().record(order)
        return {name: record[name] for name in record if name != "symbol" or not order.live}


@fault(breaks="order.decimals")
class RejectedAreFilledByNobody(Exchange):
    """Writes a dash for the filled quantity of a rejected order."""

    def record(self, order: Order) -> dict[str, Any]:
        return super().record(order) | ({"filled_qty": "-"} if order.status == "rejected" else {})


# -- records of cancel-alls ----------------------------------------------------------------------------------------


@fault(breaks="cancel.envelope")
class NullAmongTheCanceled(Exchange):
    """Writes a null behind the orders that were canceled."""

    def canceled_body(self, orders: list[Order]) -> Any:
        return {"canceled": [*super().canceled_body(orders)["canceled"], *([None] if orders else [])]}


@fault(breaks="order.fields")
class CanceledInNoMarket(Exchange):
    """Leaves out the market of the orders that a cancel-all returns."""

    def canceled_body(self, orders: list[Order]) -> Any:
        records = super().canceled_body(orders)["canceled"]
        return {"canceled": [{name: each[name] for name in each if name != "symbol"} for each in records]}
