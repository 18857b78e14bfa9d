"""Lies about documented errors that some requests meet: those with a filter, of one market, or of a signed key."""

from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.face import Face

_KEY = "X-MBX-APIKEY"


# BTCMarkets/API#12
@fault(breaks="list.db-error")
class DbErrorByStatusIsNoOrders(Face):
    """Answers an empty list where the database fails over a list by status."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        answer = super().list_orders(request, account, body)
        swallowed = answer.status_code == 500 and "status" in request.query_params
        return self.answer(200, []) if swallowed else answer


# BTCMarkets/API#12
@fault(breaks="list.db-error")
class DbErrorOfKeysIsUnavailable(Face):
    """Answers 503 to a signed request where the database fails."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        answer = super().list_orders(request, account, body)
        return self.error(503, "DB_ERROR") if answer.status_code == 500 and _KEY in request.headers else answer


class _Busy(Face):
    """Lies about a busy engine to some."""

    def concerns(self, request: Request) -> bool:
        """Whether this request is lied to."""
        raise NotImplementedError

    def lie(self, error: str) -> Response:
        """What it is answered."""
        raise NotImplementedError

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        if self.concerns(request) and (error := self.strike("DELETE")):
            return self.lie(error)
        return super().cancel_orders(request, account, body)


# JKorf/Bybit.Net#162
@fault(breaks="cancel.busy")
class BusyInAMarketIsFine(_Busy):
    """Answers 200 to a cancel-all of one market while the engine is busy, with nothing canceled."""

    def concerns(self, request: Request) -> bool:
        return "symbol" in request.query_params

    def lie(self, error: str) -> Response:
        return self.answer(200, {"canceled": []})


# JKorf/Bybit.Net#162
@fault(breaks="cancel.busy")
class BusyForKeysIsServerFault(_Busy):
    """Answers 500 to a signed cancel-all while the engine is busy."""

    def concerns(self, request: Request) -> bool:
        return _KEY in request.headers

    def lie(self, error: str) -> Response:
        return self.error(500, error)
