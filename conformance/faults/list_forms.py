"""Lies about lists: what they are written as, and what they are called."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.records import Order


@fault(breaks="list.array")
class EnvelopeAroundTheList(Exchange):
    """Wraps the array in an object."""

    def list_body(self, orders: list[Order]) -> Any:
        return {"orders": super().list_body(orders)}


@fault(breaks="list.array")
class ListInsideString(Exchange):
    """Encodes the array twice, so that a JSON string comes out."""

    def list_body(self, orders: list[Order]) -> Any:
        return json.dumps(super().list_body(orders))


@fault(breaks="list.array")
class OnlyOrderStandsBare(Exchange):
    """Shows a single order without the array around it."""

    def list_body(self, orders: list[Order]) -> Any:
        records = super().list_body(orders)
        return records[0] if len(records) == 1 else records


@fault(breaks="list.array")
class NullForNoOrders(Exchange):
    """Answers null where no order matches."""

    def list_body(self, orders: list[Order]) -> Any:
        return super().list_body(orders) or None


@fault(breaks="list.array")
class ObjectForNoOrders(Exchange):
    """Answers {} where no order matches, as languages do that know one kind of array."""

    def list_body(self, orders: list[Order]) -> Any:
        return super().list_body(orders) or {}


@fault(breaks="list.array")
class NoContentForNoOrders(Face):
    """Answers 204 where no order matches."""

    def list_answer(self, orders: list[Order]) -> Response:
        return super().list_answer(orders) if orders else Response(status_code=204)


@fault(breaks="list.array")
class NotFoundForNoOrders(Face):
    """Answers 404 where no order matches."""

    def list_answer(self, orders: list[Order]) -> Response:
        return super().list_answer(orders) if orders else self.error(404, "NO_ORDERS")


@fault(breaks="list.array")
class PartialContentForFiftyOrders(Face):
    """Answers 206 once a page holds 50 orders, since there may be more."""

    def list_answer(self, orders: list[Order]) -> Response:
        return self.answer(200 if len(orders) < 50 else 206, self.exchange.list_body(orders))


@fault(breaks="list.array-json")
class ListServedAsText(Face):
    """Calls its JSON plain text."""

    def list_answer(self, orders: list[Order]) -> Response:
        return Response(super().list_answer(orders).body, media_type="text/plain")


# fission/fission#144
@fault(breaks="list.array-json")
class ListsByKeyServedAsText(Face):
    """Calls its JSON plain text in lists by key that have a filter."""

    def list_answer(self, orders: list[Order]) -> Response:
        answer = super().list_answer(orders)
        as_text = self.exchange.asked_with == "key" and self.filtered
        return Response(answer.body, media_type="text/plain") if as_text else answer

    def parameters(self, request: Request) -> dict[str, str]:
        given = super().parameters(request)
        self.filtered = "status" in given
        return given


@fault(breaks="list.array-json")
class OneOrderPerLine(Face):
    """Writes one JSON object a line instead of an array."""

    def list_answer(self, orders: list[Order]) -> Response:
        lines = [json.dumps(record) for record in self.exchange.list_body(orders)]
        return Response("\n".join(lines), media_type="application/json")


@fault(breaks="list.array-json")
class ByteOrderMark(Face):
    """Puts a byte order mark in front of the JSON."""

    def list_answer(self, orders: list[Order]) -> Response:
        return Response(b"\xef\xbb\xbf" + bytes(super().list_answer(orders).body), media_type="application/json")


@fault(breaks="list.array-json")
class PageUnlessJsonIsAskedFor(Face):
    """Shows orders as a page of HTML to whoever does not ask for JSON by an Accept header, as the samples do not."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        if request.method != "GET" or answer.status_code != 200 or "json" in request.headers.get("accept", ""):
            return answer
        page = f"<html><body><pre>{bytes(answer.body).decode()}</pre></body></html>"
        return Response(page, media_type="text/html")


@fault(breaks="list.array")
class NotAcceptableUnlessJsonIsAskedFor(Face):
    """Answers 406 to lists that do not ask for JSON by an Accept header, as the samples do not."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        if request.method == "GET" and "json" not in request.headers.get("accept", ""):
            return self.error(406, "NOT_ACCEPTABLE")
        return await super().respond(request, handle)
