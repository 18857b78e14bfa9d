"""Lies from the field about access: caches that forget who asks, forged tokens, signatures, repeated parameters.

Each class cites public reports of the kind, by repository and number.
"""

import hashlib
import hmac
import time
from collections import deque
from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qsl

import jwt
from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.credentials import Denied, Gatekeeper, Keys
from conformance.sandbox.exchange import Exchange, Filters
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.records import LIVE, Order

# -- shared caches -------------------------------------------------------------------------------------------------


# HarperFast/harper#1565, pocket-id/pocket-id#1124
@fault(breaks="auth.required")
class CacheForgetsWhoAsks(Face):
    """Shows to those whose credentials are not good what the same URL was answered with in the last second."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.kept: dict[str, tuple[float, Response]] = {}

    async def respond(self, request: Request, handle: Handler) -> Response:
        at, kept = self.kept.get(str(request.url), (0.0, Response()))
        if request.method == "GET" and time.monotonic() - at < 1 and not self.is_good(request):
            return kept
        answer = await super().respond(request, handle)
        if request.method == "GET" and answer.status_code == 200:
            self.kept[str(request.url)] = time.monotonic(), answer
        return answer

    def is_good(self, request: Request) -> bool:
        """Whether somebody asks who may."""
        try:
            self.account_of(request)
        except Denied:
            return False
        return True


# ptrlrd/spire-codex#399, mozilla-ai/any-llm#973
@fault(breaks="list.own-only")
class StatusListsAreCached(Exchange):
    """Keeps lists by status for a second, by their parameters alone, and shows them to any account."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.kept: dict[tuple[Filters, int | None], tuple[float, str, list[Order]]] = {}

    def listed(self, account: str, filters: Filters, limit: int | None) -> list[Order]:
        at, owner, page = self.kept.get((filters, limit), (0.0, account, []))
        if filters.status is None or owner == account or time.monotonic() - at > 1:
            page = super().listed(account, filters, limit)
            self.kept[filters, limit] = time.monotonic(), account, page
        return page


# -- tokens --------------------------------------------------------------------------------------------------------


def _unverified(token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise Denied(401, "BAD_TOKEN") from None
    return claims


# pocket-id/pocket-id#1124
@fault(breaks="auth.jwt-forged")
class TokensRememberedByPayload(Gatekeeper):
    """Remembers the payloads of good tokens, and asks for no signature under them again."""

    def __init__(self, *parts: Any) -> None:
        self.good: set[str] = set()
        super().__init__(*parts)

    def claims(self, token: str) -> dict[str, Any]:
        payload = token.split(".")[1] if token.count(".") == 2 else ""
        if payload in self.good:
            return _unverified(token)
        claims = super().claims(token)
        self.good.add(payload)
        return claims


# dotnet/eShop#996
@fault(breaks="auth.jwt-forged")
class TokensRememberedBySubject(Gatekeeper):
    """Believes a token whose user has shown a good one within the last second."""

    def __init__(self, *parts: Any) -> None:
        self.seen: dict[str, float] = {}
        super().__init__(*parts)

    def claims(self, token: str) -> dict[str, Any]:
        claims = _unverified(token)
        if time.monotonic() - self.seen.get(str(claims.get("sub")), 0.0) < 1:
            return claims
        claims = super().claims(token)
        self.seen[claims["sub"]] = time.monotonic()
        return claims


class _TakesAnotherSecret(Gatekeeper):
    """Believes tokens that are signed with a secret that everybody knows, beside its own."""

    known: bytes

    def claims(self, token: str) -> dict[str, Any]:
        signed, _, signature = token.rpartition(".")
        digest = hmac.new(self.known, signed.encode(), hashlib.sha256).digest()
        well_known = jwt.utils.base64url_encode(digest).decode()
        return _unverified(token) if signature == well_known else super().claims(token)


# Secure-D/wastc#2
@fault(breaks="auth.jwt-forged")
class EmptySecretSignsTokens(_TakesAnotherSecret):
    """Believes a token that is signed with an empty secret."""

    known = b""


# Secure-D/wastc#2
@fault(breaks="auth.jwt-forged")
class WellKnownSecretSignsTokens(_TakesAnotherSecret):
    """Believes a token that is signed with the word secret."""

    known = b"secret"


# -- signed requests -----------------------------------------------------------------------------------------------


# askmike/bitmex-simple-rest#3
@fault(breaks="auth.api-key")
class TimestampAloneIsRefused(Gatekeeper):
    """Refuses the signature of a request that has no parameter but its timestamp."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return "&" in signed and super().is_signature(keys, signed, signature)


# askmike/bitmex-simple-rest#3
@fault(breaks="auth.api-key")
class CancelWithoutSymbolIsRefused(Face):
    """Refuses the signature of a cancel-all that has no parameter but its timestamp."""

    def account_of(self, request: Request) -> str:
        bare = request.method == "DELETE" and request.url.query.startswith("timestamp=")
        if bare and "authorization" not in request.headers:
            raise Denied(403, "BAD_SIGNATURE")
        return super().account_of(request)


# phemex/phemex-api-docs#78
@fault(breaks="auth.api-key")
class FourParametersFailToVerify(Gatekeeper):
    """Refuses the signature of more than four parameters, the timestamp among them."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return len(parse_qsl(signed)) <= 4 and super().is_signature(keys, signed, signature)


# packagist/private-packagist-api-client#90, brave/brave-browser#53224
@fault(breaks="auth.signature")
class BehindTheTimestampUnsigned(Gatekeeper):
    """Verifies what stands up to the timestamp, and acts on what stands between it and the signature too."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        head, _, tail = signed.partition("timestamp=")
        up_to_timestamp = f"{head}timestamp={tail.partition('&')[0]}"
        return super().is_signature(keys, up_to_timestamp, signature)


# ericsomdahl/python-bittrex#13
@fault(breaks="auth.signature")
class BadlySignedCancelsNothing(Face):
    """Answers a cancel-all with a wrong signature with 200 and an empty array."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        refused = request.method == "DELETE" and answer.status_code == 403
        return self.cancel_answer([]) if refused else answer


# -- repeated parameters -------------------------------------------------------------------------------------------


# UnitOneAI/SecuritySkills#1715, KanishJebaMathewM/Truxify#4110
@fault(breaks="error.bad-input")
class LastLimitIsUnchecked(Face):
    """Checks the first of two limits, and shows as many orders as the last one says."""

    def list_orders(self, request: Request, account: str, body: bytes) -> Response:
        limits = request.query_params.getlist("limit")
        if len(limits) < 2 or not all(limit.isdecimal() for limit in limits):
            return super().list_orders(request, account, body)
        every = self.exchange.in_order(list(self.exchange.visible_to(account)))
        return self.list_answer(every[: int(limits[-1])])


# UnitOneAI/SecuritySkills#1715, KanishJebaMathewM/Truxify#4110
@fault(breaks="error.bad-input")
class LastSymbolIsUnchecked(Face):
    """Checks the first of two symbols, and cancels everywhere where the last one is no market's."""

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        first, *others = request.query_params.getlist("symbol") or [""]
        if not others or first not in self.exchange.markets:
            return super().cancel_orders(request, account, body)
        return self.cancel_all(account, others[-1] if others[-1] in self.exchange.markets else None)


# -- throttled all the same ----------------------------------------------------------------------------------------


class _CountsRequests(Face):
    """Answers 429 to some requests once there were too many of them within a second."""

    most: int

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.times: deque[float] = deque(maxlen=self.most)

    def counts(self, request: Request) -> bool:
        """Whether the request counts."""
        raise NotImplementedError

    async def respond(self, request: Request, handle: Handler) -> Response:
        if not self.counts(request):
            return await super().respond(request, handle)
        now = time.monotonic()
        if len(self.times) == self.most and now - self.times[0] < 1:
            return self.error(429, "TOO_MANY_REQUESTS")
        self.times.append(now)
        return await super().respond(request, handle)


# Tinkoff/invest-openapi#359
@fault(breaks="weight.zero")
class SixtySignedListsEachSecond(_CountsRequests):
    """Answers 429 to whatever comes after 60 signed lists within a second; tokens are free."""

    most = 60

    def counts(self, request: Request) -> bool:
        return request.method == "GET" and "x-mbx-apikey" in request.headers


# cowprotocol/cowswap#6148, michaelgrosner/tribeca#202
@fault(breaks="weight.zero")
class LiveOrdersWeighOnLists(_CountsRequests):
    """Answers 429 after 60 lists within a second, while somebody has more than twenty live orders."""

    most = 60

    def counts(self, request: Request) -> bool:
        live = (sum(order.status in LIVE for order in orders.values()) for orders in self.exchange.orders.values())
        return request.method == "GET" and max(live, default=0) > 20
