"""Lies about errors: how a busy engine is told and what it leaves, how errors are written, a failing database."""

import time
from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.face import Face

# -- a busy engine -------------------------------------------------------------------------------------------------


@fault(breaks="cancel.busy")
class BusyIsServerFault(Face):
    """Answers 500 while the engine is busy."""

    def busy(self, error: str) -> Response:
        return self.error(500, error)


@fault(breaks="cancel.busy")
class BusyIsTooManyRequests(Face):
    """Answers 429 while the engine is busy."""

    def busy(self, error: str) -> Response:
        return self.error(429, error)


@fault(breaks="cancel.busy")
class BusyIsFine(Face):
    """Answers 200 while the engine is busy, with nothing canceled and the error beside it."""

    def busy(self, error: str) -> Response:
        return self.answer(200, {"canceled": [], "error": error})


@fault(breaks="cancel.busy")
class BusyByAnotherName(Face):
    """Calls every state of the engine SERVICE_UNAVAILABLE."""

    def busy(self, error: str) -> Response:
        return self.error(503, "SERVICE_UNAVAILABLE")


@fault(breaks="cancel.busy")
class DisabledInCapitals(Face):
    """Writes the code of disabled trading like the other two, which are in capitals."""

    def busy(self, error: str) -> Response:
        return self.error(503, error.upper().replace(" ", "_"))


@fault(breaks="cancel.busy-code")
class OverloadedNowAndThen(Face):
    """Answers every tenth cancel-all with a 503 whose code is in no document."""

    calls = 0

    def cancel_orders(self, request: Request, account: str, _body: bytes) -> Response | Awaitable[Response]:
        self.calls += 1
        return self.busy("OVERLOADED") if self.calls % 10 == 0 else super().cancel_orders(request, account, _body)


@fault(breaks="cancel.busy-transient")
class BusyForGood(Face):
    """Stays busy, once it was."""

    def strike(self, method: str) -> str | None:
        if method == "DELETE" and self.armed[method]:
            return self.armed[method][-1]
        return super().strike(method)


@fault(breaks="cancel.busy-transient")
class KeysWaitWhileTradingIsDisabled(Face):
    """Says for 20 s to cancel-alls with a key that spot trading is disabled, once it was."""

    until = 0.0

    def busy(self, error: str) -> Response:
        if error == "spot trading disabled" and not self.waits():
            self.until = time.monotonic() + 20
        return super().busy(error)

    def waits(self) -> bool:
        """Whether it still says so."""
        return time.monotonic() < self.until

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        if self.waits() and "x-mbx-apikey" in request.headers:
            return self.busy("spot trading disabled")
        return super().cancel_orders(request, account, body)


@fault(breaks="cancel.busy-transient")
class AbsentMindedAfterBusy(Face):
    """Cancels nothing when there is something to cancel for the first time after a 503, and says so."""

    was_busy = False

    def busy(self, error: str) -> Response:
        self.was_busy = True
        return super().busy(error)

    def cancel_all(self, account: str, symbol: str | None) -> Response | Awaitable[Response]:
        absent = self.was_busy and any(self.exchange.in_scope(o, symbol) for o in self.exchange.cancelable(account))
        self.was_busy = self.was_busy and not absent
        return self.cancel_answer([]) if absent else super().cancel_all(account, symbol)


@fault(breaks="cancel.busy-no-loss")
class BusyCancelsAll(Face):
    """Says that the engine is busy, and cancels all the same."""

    def cancel_orders(self, request: Request, account: str, _body: bytes) -> Response | Awaitable[Response]:
        if self.armed["DELETE"]:
            self.exchange.cancel_all(account, None)
        return super().cancel_orders(request, account, _body)


@fault(breaks="cancel.busy-no-loss")
class BusyHalfway(Face):
    """Finds the engine busy when half of the orders are canceled."""

    def cancel_orders(self, request: Request, account: str, _body: bytes) -> Response | Awaitable[Response]:
        live = self.exchange.cancelable(account) if self.armed["DELETE"] else []
        for order in live[: (len(live) + 1) // 2]:
            self.exchange.cancel(order)
        return super().cancel_orders(request, account, _body)


# -- how an error is written ---------------------------------------------------------------------------------------


@fault(breaks="error.envelope")
class BusyInPlainText(Face):
    """Answers a 503 with the code as plain text."""

    def busy(self, error: str) -> Response:
        return Response(error, 503, media_type="text/plain")


@fault(breaks="error.envelope")
class BusyWithoutWords(Face):
    """Answers a 503 without a body."""

    def busy(self, error: str) -> Response:
        return Response(status_code=503)


@fault(breaks="error.envelope")
class BusyUnderCode(Face):
    """Puts the code of a 503 under code, with a message beside it."""

    def busy(self, error: str) -> Response:
        return self.answer(503, {"code": error, "message": "try again later"})


@fault(breaks="error.envelope")
class BusyInAnObject(Face):
    """Puts an object under error, with the code in it."""

    def busy(self, error: str) -> Response:
        return self.answer(503, {"error": {"code": error}})


@fault(breaks="error.envelope")
class BusyByNumber(Face):
    """Puts a number under error."""

    def busy(self, error: str) -> Response:
        return self.answer(503, {"error": -1001, "message": error})


@fault(breaks="error.envelope-4xx")
class RefusalsInPlainText(Face):
    """Answers a 4xx with its code as plain text."""

    def error(self, status: int, error: str) -> Response:
        return Response(error, status) if 400 <= status < 500 else super().error(status, error)


@fault(breaks="error.envelope-4xx")
class RefusalsUnderDetail(Face):
    """Puts the code of a 4xx under detail, as its framework does."""

    def error(self, status: int, error: str) -> Response:
        return self.answer(status, {"detail": error}) if 400 <= status < 500 else super().error(status, error)


# -- a fault of the server -----------------------------------------------------------------------------------------


@fault(breaks="list.db-error")
class DbErrorIsUnavailable(Face):
    """Answers 503 to a fault of the database."""

    def error(self, status: int, error: str) -> Response:
        return super().error(503 if status == 500 else status, error)


@fault(breaks="list.db-error")
class DbErrorGoesUnnamed(Face):
    """Calls a fault of the database an internal one."""

    def error(self, status: int, error: str) -> Response:
        return super().error(status, "INTERNAL_ERROR" if status == 500 else error)


@fault(breaks="list.db-error")
class DbErrorInWords(Face):
    """Tells of a fault of the database in plain text, as frameworks do."""

    def error(self, status: int, error: str) -> Response:
        return Response("Internal Server Error", 500) if status == 500 else super().error(status, error)


@fault(breaks="list.db-error")
class DbErrorInsideAnObject(Face):
    """Wraps the code of a fault in an object of its own."""

    def error(self, status: int, error: str) -> Response:
        return self.answer(500, {"error": {"code": error}}) if status == 500 else super().error(status, error)


@fault(breaks="list.db-error")
class DbErrorIsNoOrders(Face):
    """Answers an empty list where the database fails."""

    def error(self, status: int, error: str) -> Response:
        return self.answer(200, []) if status == 500 else super().error(status, error)


@fault(breaks="list.db-error")
class DbErrorIsFine(Face):
    """Answers 200 to a fault of the database, with its code inside."""

    def error(self, status: int, error: str) -> Response:
        return super().error(200 if status == 500 else status, error)


# -- one list that fails -------------------------------------------------------------------------------------------


class _Fails(Face):
    """Answers some lists with 500 DB_ERROR each time."""

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        if self.fails(self.parameters(request)):
            return self.error(500, "DB_ERROR")
        return super().list_orders(request, account, _body)

    def fails(self, given: dict[str, str]) -> bool:
        """Whether a list with these parameters fails."""
        raise NotImplementedError


@fault(breaks="list.status")
class ListsOfCanceledFail(_Fails):
    """Answers each list of canceled orders with 500 DB_ERROR: the index is broken."""

    def fails(self, given: dict[str, str]) -> bool:
        return given.get("status") == "canceled"


@fault(breaks="list.symbol-omitted")
class ListsOfAllMarketsFail(_Fails):
    """Answers each list without a symbol with 500 DB_ERROR: it joins too much."""

    def fails(self, given: dict[str, str]) -> bool:
        return "symbol" not in given
