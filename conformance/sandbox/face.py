"""The exchange's HTTP face: from requests to the exchange's methods, and from what they give to answers."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conformance.sandbox.credentials import Denied, Gatekeeper
from conformance.sandbox.exchange import STATUSES, Exchange, Filters, Ticket
from conformance.sandbox.queue import BUSY, STOPPED, EngineBusy, EngineQueue
from conformance.sandbox.records import Order, from_record

BASE_PATH = "/api/v1"

Handler = Callable[[Request, str, bytes], Response | Awaitable[Response]]

_CANCEL_ERRORS = (BUSY, *STOPPED)
_LIST_ERRORS = ("DB_ERROR",)


class BadRequest(Exception):
    """The request says something that the exchange has no reading for; the code tells what."""


class Face:
    """The ASGI application. A handler never waits between reading the exchange and changing it.

    What changes orders waits in the queue of the engine before.
    """

    def __init__(self, exchange: Exchange, gatekeeper: Gatekeeper, queue: EngineQueue | None = None) -> None:
        self.exchange = exchange
        self.gatekeeper = gatekeeper
        self.queue = queue or EngineQueue()
        self.armed: dict[str, list[str]] = {"GET": [], "DELETE": []}
        orders = f"{BASE_PATH}/spot/orders"
        self.app = Starlette(
            routes=[
                Route(orders, self._guarded(self.list_orders), methods=["GET"]),
                Route(orders, self._guarded(self.cancel_orders), methods=["DELETE"]),
                Route(orders, self._guarded(self.place_order), methods=["POST"]),
                Route(f"{orders}/{{id}}", self._guarded(self.cancel_order), methods=["DELETE"]),
                Route("/_test/orders", self.inject_orders, methods=["POST"]),
                Route("/_test/fault", self.arm_fault, methods=["POST"]),
                Route("/_test/engine", self.set_engine, methods=["POST"]),
            ]
        )

    # -- the documented operations -----------------------------------------------------------------------------------

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        """GET /spot/orders."""
        if error := self.strike("GET"):
            return self.error(500, error)
        given = self.parameters(request)
        filters = Filters(
            symbol=given.get("symbol"),
            status=self.status_parameter(given),
            start=self.whole_number(given, "start"),
            end=self.whole_number(given, "end"),
        )
        return self.list_answer(self.exchange.listed(account, filters, self.whole_number(given, "limit")))

    def list_answer(self, orders: list[Order]) -> Response:
        """The answer to a list."""
        return self.answer(200, self.exchange.list_body(orders))

    def cancel_orders(self, request: Request, account: str, _body: bytes) -> Response | Awaitable[Response]:
        """DELETE /spot/orders."""
        if error := self.strike("DELETE"):
            return self.busy(error)
        return self.cancel_all(account, self.parameters(request).get("symbol"))

    def cancel_all(self, account: str, symbol: str | None) -> Response | Awaitable[Response]:
        """Cancel, and answer. Where it is a coroutine function, other requests come in between."""
        return self.cancel_answer(self.exchange.cancel_all(account, symbol))

    def cancel_answer(self, orders: list[Order]) -> Response:
        """The answer to a cancel-all."""
        return self.answer(200, self.exchange.canceled_body(orders))

    def busy(self, error: str) -> Response:
        """The answer to a cancel-all that the engine does not take."""
        return self.error(503, error)

    def overflow(self, _request: Request, _account: str, _body: bytes, error: str) -> Response:
        """The answer to a request that the engine does not take."""
        return self.busy(error)

    # -- the sandbox's own -----------------------------------------------------------------------------------------

    def place_order(self, _request: Request, account: str, body: bytes) -> Response:
        """POST /spot/orders: takes an order, answers 201 with it."""
        order = self.exchange.place(account, _ticket(_object(body)))
        return self.answer(201, self.exchange.record(order))

    def cancel_order(self, request: Request, account: str, _body: bytes) -> Response:
        """DELETE /spot/orders/{id}."""
        order = self.exchange.cancel_one(account, request.path_params["id"])
        return self.error(404, "NO_SUCH_ORDER") if order is None else self.answer(200, self.exchange.record(order))

    async def inject_orders(self, request: Request) -> Response:
        """A test hook: puts whole orders into an account."""
        try:
            given = _object(await request.body())
            account = str(given["account"])
            if account not in self.gatekeeper.keys:
                return self.error(404, "NO_SUCH_ACCOUNT")
            orders = [from_record(account, record) for record in given["orders"]]
        except (BadRequest, KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            return self.error(400, "BAD_ORDERS")
        for order in orders:
            self.exchange.inject(order)
        return self.answer(200, {"injected": len(orders)})

    async def arm_fault(self, request: Request) -> Response:
        """A test hook: lets the next calls answer an error."""
        try:
            given = _object(await request.body())
            error, times = str(given["error"]), int(given["times"])
        except (BadRequest, KeyError, TypeError, ValueError):
            return self.error(400, "BAD_FAULT")
        method = "GET" if error in _LIST_ERRORS else "DELETE" if error in _CANCEL_ERRORS else None
        if method is None or not 0 <= times <= 1000:
            return self.error(400, "BAD_FAULT")
        self.armed[method] = [error] * times
        return self.answer(200, {"armed": times})

    async def set_engine(self, request: Request) -> Response:
        """A test hook: the size of the engine's queue, how long each request takes, and whether the engine is stopped;
        what is left out stays.
        """
        try:
            given = _object(await request.body())
            size, service_ms = int(given.get("size", self.queue.size)), given.get("service_ms")
            service_s = self.queue.service_s if service_ms is None else float(service_ms) / 1000
            stopped = given.get("stopped", self.queue.stopped)
        except (BadRequest, TypeError, ValueError):
            return self.error(400, "BAD_ENGINE")
        if size < 0 or not 0 <= service_s <= 60 or stopped not in (None, *STOPPED):
            return self.error(400, "BAD_ENGINE")
        self.queue.size, self.queue.service_s, self.queue.stopped = size, service_s, stopped
        told = {"size": size, "service_ms": service_s * 1000, "stopped": stopped, "waiting": self.queue.waiting}
        return self.answer(200, told)

    def strike(self, method: str) -> str | None:
        """The error that this call has to answer, if one is armed."""
        return self.armed[method].pop() if self.armed[method] else None

    # -- from text to values -----------------------------------------------------------------------------------------

    def parameters(self, request: Request) -> dict[str, str]:
        """The query's parameters, each at most once."""
        try:
            pairs = parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=100)
        except ValueError:
            raise BadRequest("BAD_QUERY") from None
        given = dict(pairs)
        if len(given) < len(pairs):
            raise BadRequest("REPEATED_PARAMETER")
        return given

    def status_parameter(self, given: dict[str, str]) -> str | None:
        """The status filter; an unknown one is refused."""
        status = given.get("status")
        if status is not None and status not in STATUSES:
            raise BadRequest("UNKNOWN_STATUS")
        return status

    def whole_number(self, given: dict[str, str], name: str) -> int | None:
        """A whole number; anything else is refused."""
        text = given.get(name)
        if text is None:
            return None
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 30):
            raise BadRequest(f"BAD_{name.upper()}")
        return int(text)

    # -- answers ---------------------------------------------------------------------------------------------------

    def answer(self, status: int, body: Any) -> Response:
        """A JSON answer."""
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return Response(content, status, media_type="application/json")

    def error(self, status: int, error: str) -> Response:
        """An error's answer."""
        return self.answer(status, {"error": error})

    def account_of(self, request: Request) -> str:
        """Whose request it is. Raises Denied."""
        return self.gatekeeper.account(request.headers, request.url.query)

    async def respond(self, request: Request, handle: Handler) -> Response:
        """Find out who asks, and answer. A handler may be a coroutine function, and so give way to other requests."""
        body = await request.body()
        try:
            account = self.account_of(request)
            if request.method != "GET":
                await self.queue.turn()
            self.exchange.asked_with = "token" if "authorization" in request.headers else "key"
            response = handle(request, account, body)
            return await response if isinstance(response, Awaitable) else response
        except Denied as denied:
            return self.error(denied.status, denied.error)
        except EngineBusy as busy:
            return self.overflow(request, account, body, str(busy))
        except BadRequest as bad:
            return self.error(400, str(bad))

    def _guarded(self, handle: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            return await self.respond(request, handle)

        return guarded


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("BAD_JSON") from None
    if not isinstance(document, dict):
        raise BadRequest("BAD_JSON")
    return document


def _ticket(given: dict[str, Any]) -> Ticket:
    side, type = given.get("side"), given.get("type", "limit")
    tif = given.get("tif") or "gtc"
    if side not in ("buy", "sell") or type not in ("limit", "market") or tif not in ("gtc", "ioc", "fok"):
        raise BadRequest("BAD_ORDER")
    price, quantity, quote = (_amount(given, name) for name in ("price", "quantity", "quote_quantity"))
    by_quote = type == "market" and side == "buy" and quote is not None
    if (type == "limit" and price is None) or ((quantity is None) != by_quote) or (quote is not None and not by_quote):
        raise BadRequest("BAD_ORDER")
    return Ticket(str(given.get("symbol", "")), side, type, tif, price, quantity, quote)


def _amount(given: dict[str, Any], name: str) -> Decimal | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        amount = Decimal(text) if isinstance(text, str) and len(text) < 40 else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount.adjusted() > 20:
        raise BadRequest(f"BAD_{name.upper()}")
    return amount
