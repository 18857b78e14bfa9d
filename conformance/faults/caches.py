"""Lies that a cache in front of the exchange tells: to whom, and for how long, it gives what it has kept. And twins.

Each class cites public reports of the kind, by repository and number, where there are some.
"""

import time
from collections.abc import Hashable
from typing import Any
from urllib.parse import parse_qsl

import jwt
from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault, twin
from conformance.sandbox import Sandbox
from conformance.sandbox.credentials import Denied
from conformance.sandbox.face import Face, Handler

_OVER = ("filled", "canceled", "rejected", "expired")


def _parameters(request: Request) -> dict[str, str]:
    """What a list is asked for, without what signs it."""
    given = dict(parse_qsl(request.url.query, keep_blank_values=True))
    return {name: value for name, value in given.items() if name not in ("timestamp", "signature")}


def _asked(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple(_parameters(request).items())


class _Cache(Face):
    """Keeps answers to lists for some seconds, each under its key."""

    seconds = 10.0

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.kept: dict[Hashable, tuple[float, Response]] = {}
        self.changing = 0  # requests under way that may change something

    async def respond(self, request: Request, handle: Handler) -> Response:
        if request.method != "GET":
            self.changing += 1
            try:
                return await super().respond(request, handle)
            finally:
                self.changing -= 1
                self.changed(request)
        at, kept = self.kept.get(self.key(request), (float("-inf"), None))
        if kept is not None and time.monotonic() - at < self.seconds and self.is_given(request):
            return kept
        answer = await super().respond(request, handle)
        if self.is_kept(request, answer):
            self.kept[self.key(request)] = time.monotonic(), answer
        return answer

    async def inject_orders(self, request: Request) -> Response:
        """A test hook goes past the cache, and it is emptied by hand."""
        self.kept.clear()
        return await super().inject_orders(request)

    def key(self, request: Request) -> Hashable:
        """What an answer is kept under."""
        return str(request.url)

    def is_kept(self, request: Request, answer: Response) -> bool:
        """Whether this answer is kept."""
        return answer.status_code == 200

    def is_given(self, request: Request) -> bool:
        """Whether this request is answered with what is kept."""
        return True

    def changed(self, request: Request) -> None:
        """Something was placed, traded or canceled."""
        self.kept.clear()

    def who(self, request: Request) -> str | None:
        """Who asks; None where nobody does who may."""
        try:
            return self.account_of(request)
        except Denied:
            return None


# -- given to somebody else --------------------------------------------------------------------------------------------


# HarperFast/harper#1565
@fault(breaks="auth.required")
class KeptForWhoeverHasNoCredentials(_Cache):
    """Gives to requests without credentials what anybody was shown under the same URL in the last ten seconds."""

    def is_given(self, request: Request) -> bool:
        return "authorization" not in request.headers and "x-mbx-apikey" not in request.headers


# pocket-id/pocket-id#1124
@fault(breaks="auth.required")
class KeyIsNoCredentialToTheCache(_Cache):
    """Keeps what came without an Authorization header, signed URLs too, for whoever sends the same URL."""

    def is_kept(self, request: Request, answer: Response) -> bool:
        return super().is_kept(request, answer) and "authorization" not in request.headers

    def is_given(self, request: Request) -> bool:
        return "authorization" not in request.headers


# ptrlrd/spire-codex#399
@fault(breaks="list.own-only")
class PlainListIsShared(_Cache):
    """Gives the plain list that one account was shown to any other for ten seconds."""

    def key(self, request: Request) -> Hashable:
        return _asked(request)

    def is_kept(self, request: Request, answer: Response) -> bool:
        return super().is_kept(request, answer) and not _asked(request)

    def is_given(self, request: Request) -> bool:
        return self.who(request) is not None


@fault(breaks="list.end")
class KeptWithoutTheEnd(_Cache):
    """Keeps lists by symbol, status and start for half a second, until something changes, whatever their end."""

    seconds = 0.5

    def key(self, request: Request) -> Hashable:
        given = {name: value for name, value in _parameters(request).items() if name != "end"}
        return self.who(request), tuple(sorted(given.items()))

    def is_kept(self, request: Request, answer: Response) -> bool:
        return super().is_kept(request, answer) and {"symbol", "status", "start"} <= _parameters(request).keys()

    def is_given(self, request: Request) -> bool:
        return self.who(request) is not None


# mozilla-ai/any-llm#973
@fault(breaks="list.own-only")
class WhatIsOverIsShared(PlainListIsShared):
    """Gives lists of orders that are over to any account for ten seconds, since those change no more."""

    def is_kept(self, request: Request, answer: Response) -> bool:
        return answer.status_code == 200 and _parameters(request).get("status") in _OVER


# ptrlrd/spire-codex#399
@fault(breaks="list.own-only")
class SignedListsAreShared(PlainListIsShared):
    """Keeps what signed keys were shown by its parameters, and gives it to any other signed key."""

    def key(self, request: Request) -> Hashable:
        return "x-mbx-apikey" in request.headers, _asked(request)

    def is_kept(self, request: Request, answer: Response) -> bool:
        return answer.status_code == 200 and "x-mbx-apikey" in request.headers


# pocket-id/pocket-id#1124
@fault(breaks="auth.jwt-forged")
class KeptByTheTokensSubject(_Cache):
    """Keeps lists by the subject that a token names, and verifies a token only where nothing is kept for it."""

    def key(self, request: Request) -> Hashable:
        token = request.headers.get("authorization", "").partition(" ")[2]
        try:
            return str(request.url), jwt.decode(token, options={"verify_signature": False})["sub"]
        except (jwt.InvalidTokenError, KeyError):
            return None

    def is_given(self, request: Request) -> bool:
        return self.key(request) is not None


@fault(breaks="auth.signature")
class KeptByTheApiKey(_Cache):
    """Keeps signed lists by API key and parameters, and verifies a signature only where nothing is kept for them."""

    def key(self, request: Request) -> Hashable:
        return request.headers.get("x-mbx-apikey"), _asked(request)

    def is_kept(self, request: Request, answer: Response) -> bool:
        return super().is_kept(request, answer) and "x-mbx-apikey" in request.headers


@fault(breaks="auth.jwt")
class RefusalsAreKept(_Cache):
    """Keeps the refusal of a URL for a second, and gives it to whoever asks for the same with a good token."""

    seconds = 1.0

    def is_kept(self, request: Request, answer: Response) -> bool:
        return answer.status_code == 401


# -- kept too long -----------------------------------------------------------------------------------------------------


class _KeptForTheAccount(_Cache):
    """Keeps lists for the account that was shown them."""

    seconds = 2.0

    def key(self, request: Request) -> Hashable:
        return self.who(request), "authorization" in request.headers, _asked(request)

    def is_given(self, request: Request) -> bool:
        return self.who(request) is not None


# Kucoin/kucoin-api-docs#187
@fault(breaks="cancel.visible")
class OpenListsOutliveACancelAll(_KeptForTheAccount):
    """Keeps lists of open orders for two seconds, and forgets them when one is placed, but not at a cancel-all."""

    def is_kept(self, request: Request, answer: Response) -> bool:
        return super().is_kept(request, answer) and _parameters(request).get("status") == "open"

    def changed(self, request: Request) -> None:
        if request.method == "POST":
            super().changed(request)


@fault(breaks="cancel.visible")
class NothingCanceledOutlivesACancelAll(OpenListsOutliveACancelAll):
    """Keeps lists by symbol of canceled orders that show none for twenty seconds, over a cancel-all too."""

    seconds = 20.0

    def is_kept(self, request: Request, answer: Response) -> bool:
        given = _parameters(request)
        return bytes(answer.body) == b"[]" and given.get("status") == "canceled" and "symbol" in given


# ccxt/ccxt#2112
@fault(breaks="cancel.visible")
class SignedListsOutliveACancelAll(OpenListsOutliveACancelAll):
    """Forgets at a cancel-all what tokens were shown of it, and keeps what signed keys were for two seconds."""

    def is_kept(self, request: Request, answer: Response) -> bool:
        return answer.status_code == 200 and "x-mbx-apikey" in request.headers


@fault(breaks="order.filled-qty")
class FillsEmptyTheTakersCacheAlone(_KeptForTheAccount):
    """Keeps lists for six seconds for each account, until it places or cancels something itself."""

    seconds = 6.0

    def changed(self, request: Request) -> None:
        who = self.who(request)
        self.kept = {key: kept for key, kept in self.kept.items() if isinstance(key, tuple) and key[0] != who}


# Kucoin/kucoin-api-docs#187
@fault(breaks="list.status")
class FillsLeaveOpenListsInTheCache(FillsEmptyTheTakersCacheAlone):
    """Keeps lists of open orders for four seconds for each account, until it places or cancels something itself."""

    seconds = 4.0

    def is_kept(self, request: Request, answer: Response) -> bool:
        return super().is_kept(request, answer) and _parameters(request).get("status") == "open"


# -- as they should be -------------------------------------------------------------------------------------------------


class _PassesWhatChanges(_KeptForTheAccount):
    """Neither keeps an answer nor gives one that it has kept while something may be changing."""

    def is_kept(self, request: Request, answer: Response) -> bool:
        return not self.changing and super().is_kept(request, answer)

    def is_given(self, request: Request) -> bool:
        return not self.changing and super().is_given(request)


@twin(shows_late=True)  # it would keep what another one shows late
class CacheThatKnowsWhoAsks(_PassesWhatChanges):
    """Keeps lists for ten seconds by account, credential and parameters, until anything is placed or canceled."""

    seconds = 10.0


class _UntilATradeOrACancel(_PassesWhatChanges):
    seconds = 1.0

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.trades = 0

    def changed(self, request: Request) -> None:
        trades = sum(len(order.trades) for orders in self.exchange.orders.values() for order in orders.values())
        if request.method == "DELETE" or trades != self.trades:
            super().changed(request)
        self.trades = trades


@twin(shows_late=True)
class PlacedOrdersWaitForTheCache(Sandbox):
    """Keeps lists for a second for each account, until something is traded or canceled, and says so in its profile."""

    face_class = _UntilATradeOrACancel
    settle_ms = 2000


@twin()
class SaysWhoMayKeepIt(Face):
    """Lets a browser keep a list for a second, and tells caches which headers the answer depends on."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        answer.headers["vary"] = "Authorization, X-MBX-APIKEY"
        answer.headers["cache-control"] = "private, max-age=1"
        answer.headers["etag"] = f'"{hash(bytes(answer.body)):x}"'
        return answer


@twin(silence="credentials")
class EachSignedURLOnce(Face):
    """Answers 403 to a signed URL that it has answered before."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.seen: set[tuple[str, str]] = set()

    def account_of(self, request: Request) -> str:
        account = super().account_of(request)
        if "signature=" in request.url.query:
            if (request.method, str(request.url)) in self.seen:
                raise Denied(403, "SIGNATURE_USED")
            self.seen.add((request.method, str(request.url)))
        return account
