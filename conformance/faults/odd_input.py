"""Lies about odd values: what makes the server fail, show too much, or cancel too much."""

from collections.abc import Awaitable, Iterable
from fnmatch import fnmatchcase
from math import isinf
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.credentials import Denied
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.face import BadRequest, Face
from conformance.sandbox.records import Order

# -- the server fails ----------------------------------------------------------------------------------------------


class _FailsOver(Face):
    """Fails with 500 over some queries."""

    def parameters(self, request: Request) -> dict[str, str]:
        query = request.url.query
        if any(self.is_too_much(name, value) for name, value in parse_qsl(query, keep_blank_values=True)):
            raise Denied(500, "INTERNAL")
        return super().parameters(request)

    def is_too_much(self, name: str, value: str) -> bool:
        """Whether it fails over this parameter."""
        raise NotImplementedError


@fault(breaks="error.bad-input")
class FailsOverTextForLimit(_FailsOver):
    """Fails over a limit that is no number."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name == "limit" and value.isalpha()


@fault(breaks="error.bad-input")
class FailsOverNumbersBeyondFloats(_FailsOver):
    """Reads a limit as a float, and fails where that is infinite."""

    def is_too_much(self, name: str, value: str) -> bool:
        try:
            return name == "limit" and isinf(float(value))
        except ValueError:
            return False


@fault(breaks="error.bad-input")
class FailsOverFractions(_FailsOver):
    """Fails over a number with a decimal point."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name in ("limit", "start", "end") and "." in value


@fault(breaks="error.bad-input")
class FailsOverEmptyTime(_FailsOver):
    """Fails over a start or an end without a value."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name in ("start", "end") and not value


@fault(breaks="error.bad-input")
class CancelsFailOverAnEmptySymbol(Face):
    """Fails over a symbol without a value in a cancel-all, and in no list."""

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        if self.parameters(request).get("symbol") == "":
            raise Denied(500, "INTERNAL")
        return super().cancel_orders(request, account, body)


@fault(breaks="error.bad-input")
class CancelsFailOverOddNames(Face):
    """Fails over a cancel-all with a parameter that does not exist, or with a symbol that is not plain ASCII."""

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        given = self.parameters(request)
        if given.keys() - {"symbol", "timestamp", "signature"} or not given.get("symbol", "").isascii():
            raise Denied(500, "INTERNAL")
        return super().cancel_orders(request, account, body)


@fault(breaks="error.bad-input")
class FailsOverEmptySymbol(_FailsOver):
    """Fails over a symbol without a value."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name == "symbol" and not value


@fault(breaks="error.bad-input")
class FailsOverNegativeTime(_FailsOver):
    """Fails over a time before 1970."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name in ("start", "end") and value.startswith("-")


@fault(breaks="error.bad-input")
class FailsOverHugeNumbers(_FailsOver):
    """Fails over a number that 64 bits do not hold."""

    def is_too_much(self, name: str, value: str) -> bool:
        return value.isdecimal() and int(value) >= 2**63


@fault(breaks="error.bad-input")
class FailsOverWhatNoFloatHolds(_FailsOver):
    """Fails over a time that a binary float does not hold either."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name in ("start", "end") and value.isdecimal() and isinf(float(value))


@fault(breaks="error.bad-input")
class FailsOverUnknownStatus(_FailsOver):
    """Fails over a status that its database does not know."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name == "status" and value == "unknown"


@fault(breaks="error.bad-input")
class FailsOverNul(_FailsOver):
    """Fails over a NUL, which its database does not take in a text."""

    def is_too_much(self, name: str, value: str) -> bool:
        return "\0" in value


@fault(breaks="error.bad-input")
class FailsOverNonAscii(_FailsOver):
    """Fails over a symbol that is not ASCII."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name == "symbol" and not value.isascii()


@fault(breaks="error.bad-input")
class FailsOverLongSymbols(_FailsOver):
    """Fails over a symbol that its column does not hold: one of more than 255 characters."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name == "symbol" and len(value) > 255


@fault(breaks="error.bad-input")
class FailsOverBrackets(_FailsOver):
    """Fails over a name with brackets behind it, which it reads as a list."""

    def is_too_much(self, name: str, value: str) -> bool:
        return name.endswith("[]")


@fault(breaks="error.bad-input")
class FailsOverRepeated(Face):
    """Fails over a parameter that comes twice."""

    def parameters(self, request: Request) -> dict[str, str]:
        try:
            return super().parameters(request)
        except BadRequest:
            raise Denied(500, "INTERNAL") from None


@fault(breaks="error.bad-input")
class FailsOverBrokenText(Face):
    """Fails over bytes that are no UTF-8."""

    def parameters(self, request: Request) -> dict[str, str]:
        try:
            unquote_to_bytes(request.url.query).decode()
        except UnicodeDecodeError:
            raise Denied(500, "INTERNAL") from None
        return super().parameters(request)


class _CancelsFailOver(Face):
    """Fails over some cancel-alls; lists with the same parameters are answered."""

    def is_too_much(self, query: bytes) -> bool:
        """Whether it fails over these parameters, as bytes."""
        raise NotImplementedError

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        if self.is_too_much(unquote_to_bytes(request.url.query)):
            raise Denied(500, "INTERNAL")
        return super().cancel_orders(request, account, body)


@fault(breaks="error.bad-input")
class CancelsFailOverAQuote(_CancelsFailOver):
    """Pastes the symbol of a cancel-all into its SQL, which a quote breaks."""

    def is_too_much(self, query: bytes) -> bool:
        return b"'" in query


@fault(breaks="error.bad-input")
class CancelsFailOverBrokenText(_CancelsFailOver):
    """Fails over bytes that are no UTF-8 in the symbol of a cancel-all."""

    def is_too_much(self, query: bytes) -> bool:
        return b"\xff" in query


# -- a list shows too much -----------------------------------------------------------------------------------------


@fault(breaks="error.bad-input")
class OddLimitIsNone(Face):
    """Shows all orders there are where the limit is no number."""

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        try:
            return super().list_orders(request, account, _body)
        except BadRequest as bad:
            if str(bad) != "BAD_LIMIT":
                raise
            return self.list_answer(self.exchange.in_order(list(self.exchange.visible_to(account))))


@fault(breaks="error.bad-input")
class SymbolPastedIntoSql(Exchange):
    """Pastes the symbol into its SQL, where a quote lets it ask for everybody's orders."""

    def candidates(self, account: str, filters: Filters) -> Iterable[Order]:
        if "'" in (filters.symbol or ""):
            return [order for orders in self.orders.values() for order in orders.values()]
        return super().candidates(account, filters)

    def in_market(self, order: Order, symbol: str) -> bool:
        return "'" in symbol or super().in_market(order, symbol)


# -- a cancel reaches too far --------------------------------------------------------------------------------------


@fault(breaks="error.bad-input")
class CancelsByPattern(Exchange):
    """Reads % and * in the symbol of a cancel-all as a pattern."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return symbol is None or fnmatchcase(order.symbol, symbol.replace("%", "*"))


@fault(breaks="error.bad-input")
class CancelsWhatIsLeftOfTheName(Exchange):
    """Strips odd characters from the symbol of a cancel-all, and cancels everywhere when nothing is left of it."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        cleaned = "".join(each for each in symbol or "" if each.isascii() and each.isalnum())
        return super().cancel_all(account, cleaned or None)


@fault(breaks="error.bad-input")
class LongSymbolIsNone(Exchange):
    """Takes a symbol of more than 64 characters for none, and cancels everywhere."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return super().cancel_all(account, symbol if symbol and len(symbol) <= 64 else None)


@fault(breaks="error.bad-input")
class RepeatedSymbolIsNone(Face):
    """Takes a symbol that is named twice for none, and cancels everywhere."""

    def cancel_orders(self, request: Request, account: str, _body: bytes) -> Response | Awaitable[Response]:
        repeated = len(request.query_params.getlist("symbol")) > 1
        return self.cancel_all(account, None) if repeated else super().cancel_orders(request, account, _body)


# -- what is refused stays ---------------------------------------------------------------------------------------------


@fault(breaks="list.symbol-omitted")
class RefusedListLeavesItsMarket(Face):
    """Filters the next list by the market of one that it has refused, whoever asks."""

    left: str | None = None

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        try:
            answer = super().list_orders(request, account, _body)
        except BadRequest:
            self.left = request.query_params.get("symbol")
            raise
        self.left = None
        return answer

    def parameters(self, request: Request) -> dict[str, str]:
        given = super().parameters(request)
        known = self.left in self.exchange.markets and request.method == "GET"
        return {"symbol": self.left, **given} if known and self.left else given
