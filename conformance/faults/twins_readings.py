"""Conforming twins: other readings of what the documents leave open about queries and credentials."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import twin
from conformance.sandbox import Sandbox
from conformance.sandbox.credentials import Denied, Gatekeeper, Keys
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.face import BadRequest, Face
from conformance.sandbox.records import Order

# -- order and paging ----------------------------------------------------------------------------------------------


@twin(silence="array-order")
class CanceledOldestFirst(Exchange):
    """Returns what it has canceled oldest first, as in the example."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return sorted(super().cancel_all(account, symbol), key=lambda order: order.created_at)


@twin(silence="array-order")
class CanceledNewestFirst(Exchange):
    """Returns what it has canceled newest first, as in lists."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return sorted(super().cancel_all(account, symbol), key=lambda order: -order.created_at)


@twin(silence="ties")
class TiesOldestFirst(Exchange):
    """Shows orders of one second in the order in which they came."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return sorted(orders, key=lambda order: (-order.created_at, order.serial))


@twin(silence="ties")
class TiesNewestFirst(Exchange):
    """Shows orders of one second in the reverse of the order in which they came."""

    def in_order(self, orders: Sequence[Order]) -> list[Order]:
        return sorted(orders, key=lambda order: (-order.created_at, -order.serial))


@twin(silence="paging")
class OffersCursor(Face):
    """Names a cursor for the next page in a header."""

    def list_answer(self, orders: list[Order]) -> Response:
        answer = super().list_answer(orders)
        answer.headers["x-next-cursor"] = str(orders[-1].serial) if orders else ""
        return answer


@twin(silence="limit-lower-bound")
class LimitZeroIsMaximum(Exchange):
    """Takes a limit below 1 for the largest there is."""

    def page_size(self, limit: int | None) -> int:
        return 200 if limit is not None and limit < 1 else super().page_size(limit)


@twin(silence="limit-lower-bound")
class LimitZeroIsDefault(Exchange):
    """Takes a limit below 1 for none."""

    def page_size(self, limit: int | None) -> int:
        return super().page_size(None if limit is not None and limit < 1 else limit)


@twin(silence="limit-lower-bound")
class LimitZeroIsNothing(Exchange):
    """Clamps a limit below 1 to 0."""

    def page_size(self, limit: int | None) -> int:
        return 0 if limit is not None and limit < 1 else super().page_size(limit)


# -- odd values ----------------------------------------------------------------------------------------------------


@twin(silence="odd-values")
class FractionsAreFloored(Face):
    """Cuts the fraction of a number off."""

    def whole_number(self, given: dict[str, str], name: str) -> int | None:
        whole, point, fraction = given.get(name, "").partition(".")
        floored = {name: whole} if point and fraction.isdigit() else given
        return super().whole_number(floored, name)


@twin(silence="odd-values")
class OddValuesIgnored(Face):
    """Lists as if a number or a status without a meaning had not been sent."""

    def status_parameter(self, given: dict[str, str]) -> str | None:
        try:
            return super().status_parameter(given)
        except BadRequest:
            return None

    def whole_number(self, given: dict[str, str], name: str) -> int | None:
        try:
            return super().whole_number(given, name)
        except BadRequest:
            return None


@twin(silence="odd-values")
class OddValuesFindNothing(Face):
    """Answers an empty list to a number or a status without a meaning."""

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        try:
            return super().list_orders(request, account, _body)
        except BadRequest:
            return self.list_answer([])


@twin(silence="odd-values")
class EmptyMeansAbsent(Face):
    """Takes a parameter without a value for one that was not sent."""

    def parameters(self, request: Request) -> dict[str, str]:
        return {name: value for name, value in super().parameters(request).items() if value}


@twin(silence="odd-values")
class FirstOfRepeatedCounts(Face):
    """Reads the first of several parameters of one name."""

    def parameters(self, request: Request) -> dict[str, str]:
        return dict(reversed(parse_qsl(request.url.query, keep_blank_values=True)))


@twin(silence="odd-values")
class LastOfRepeatedCounts(Face):
    """Reads the last of several parameters of one name."""

    def parameters(self, request: Request) -> dict[str, str]:
        return dict(parse_qsl(request.url.query, keep_blank_values=True))


@twin(silence="odd-values")
class HugeNumbersRefused(Face):
    """Refuses numbers that 64 bits do not hold."""

    def whole_number(self, given: dict[str, str], name: str) -> int | None:
        number = super().whole_number(given, name)
        if number is not None and not -(2**63) <= number < 2**63:
            raise BadRequest("OUT_OF_RANGE")
        return number


@twin(silence="symbol-of-no-market")
class UnknownSymbolNotFound(Face):
    """Answers 404 to a symbol that is no market's."""

    def parameters(self, request: Request) -> dict[str, str]:
        given = super().parameters(request)
        if given.get("symbol") not in (None, *self.exchange.markets):
            raise Denied(404, "NO_SUCH_MARKET")
        return given


@twin()
class BackwardsWindowRefused(Face):
    """Refuses a window that starts after its end."""

    def list_orders(self, request: Request, account: str, _body: bytes) -> Response:
        given = self.parameters(request)
        start, end = self.whole_number(given, "start"), self.whole_number(given, "end")
        if start is not None and end is not None and start > end:
            raise BadRequest("BACKWARDS_WINDOW")
        return super().list_orders(request, account, _body)


# -- access --------------------------------------------------------------------------------------------------------


class _RefusesWith(Gatekeeper):
    """Refuses with one status, whatever is wrong."""

    status: int

    def account(self, headers: Mapping[str, str], query: str) -> str:
        try:
            return super().account(headers, query)
        except Denied as denied:
            raise Denied(self.status, denied.error) from None


@twin()
class RefusesAsForbidden(_RefusesWith):
    """Refuses any credentials with 403."""

    status = 403


@twin()
class RefusesAsBadRequest(_RefusesWith):
    """Refuses any credentials with 400."""

    status = 400


class _ReadsToTheSignature(Gatekeeper):
    """Verifies what stands before the signature, whatever stands behind it."""

    def split(self, query: str) -> tuple[str, str]:
        signed, _, behind = query.partition("&signature=")
        return super().split(f"{signed}&signature={behind.partition('&')[0]}" if behind else query)


class _ActsToTheSignature(Face):
    """Reads no parameter behind the signature."""

    def parameters(self, request: Request) -> dict[str, str]:
        signed = request.url.query.partition("&signature=")[0]
        return super().parameters(Request({**request.scope, "query_string": signed.encode()}))


@twin(silence="credentials")
class BehindTheSignatureIgnored(Sandbox):
    """Answers as if what stands behind the signature were absent."""

    gatekeeper_class = _ReadsToTheSignature
    face_class = _ActsToTheSignature


@twin(silence="credentials")
class BothCredentialsRefused(Gatekeeper):
    """Refuses a request that carries a token and a key."""

    def account(self, headers: Mapping[str, str], query: str) -> str:
        if "authorization" in headers and "x-mbx-apikey" in headers:
            raise Denied(400, "ONE_CREDENTIAL_PLEASE")
        return super().account(headers, query)


@twin(silence="credentials")
class SignaturesInAnyCase(Gatekeeper):
    """Reads the digits of a signature in upper case as well."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return super().is_signature(keys, signed, signature.lower())


@twin(silence="signing-time")
class SignedWithinFiveSeconds(Gatekeeper):
    """Takes a signed request for five seconds."""

    signed_within_ms = 5_000


@twin(silence="signing-time")
class SignedWithinAnHour(Gatekeeper):
    """Takes a signed request for an hour."""

    signed_within_ms = 3_600_000


@twin(silence="credentials")
class OpaqueTokens(Gatekeeper):
    """Issues tokens that say nothing by themselves."""

    def token_for(self, account: str) -> str:
        return self._random(f"{account} token")

    def claims(self, token: str) -> dict[str, Any]:
        for account, keys in self.keys.items():
            if secrets.compare_digest(keys.jwt.encode(), token.encode()):
                return {"sub": account}
        raise Denied(401, "BAD_TOKEN")
