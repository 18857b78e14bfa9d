"""Lies about access: credentials that are not enough, and requests that have none."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.credentials import Denied, Gatekeeper, Keys
from conformance.sandbox.face import Face, Handler

# -- each alone is enough ------------------------------------------------------------------------------------------


@fault(breaks="auth.jwt")
class TokensMayNotCancel(Face):
    """Wants a signed key for a cancel-all."""

    def account_of(self, request: Request) -> str:
        if request.method == "DELETE" and "authorization" in request.headers:
            raise Denied(403, "KEY_REQUIRED")
        return super().account_of(request)


@fault(breaks="auth.jwt")
class TokensMayNotFilter(Face):
    """Wants a signed key as soon as a list has parameters."""

    def account_of(self, request: Request) -> str:
        if request.method == "GET" and request.url.query and "authorization" in request.headers:
            raise Denied(401, "SIGNATURE_REQUIRED")
        return super().account_of(request)


@fault(breaks="auth.api-key")
class KeysMayNotCancel(Face):
    """Takes a signed key for one that may read alone."""

    def account_of(self, request: Request) -> str:
        if request.method == "DELETE" and "x-mbx-apikey" in request.headers:
            raise Denied(403, "READ_ONLY_KEY")
        return super().account_of(request)


@fault(breaks="auth.api-key")
class SortsBeforeItVerifies(Gatekeeper):
    """Verifies the signature of the parameters in alphabetical order."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return super().is_signature(keys, urlencode(sorted(parse_qsl(signed))), signature)


@fault(breaks="auth.same-account")
class KeysHaveTheirOwnAccount(Gatekeeper):
    """Gives each key an account of its own, beside that of the token."""

    def account_of_signature(self, api_key: str, query: str) -> str:
        return f"{super().account_of_signature(api_key, query)}, by key"


@fault(breaks="auth.same-account")
class KeysAreMixedUp(Gatekeeper):
    """Leads each key to the next user's account."""

    def account_of_signature(self, api_key: str, query: str) -> str:
        names = list(self.keys)
        return names[names.index(super().account_of_signature(api_key, query)) - 1]


# -- no, unknown or malformed credentials --------------------------------------------------------------------------


@fault(breaks="auth.required")
class NobodyIsTheFirstUser(Gatekeeper):
    """Lets a request without credentials in as the first user."""

    def account(self, headers: Mapping[str, str], query: str) -> str:
        return next(iter(self.keys)) if _is_nobody(headers) else super().account(headers, query)


@fault(breaks="auth.required")
class NobodyIsWhoeverWasLast(Gatekeeper):
    """Takes a request without credentials for one of whoever has asked before, as on a connection that is shared."""

    last: str | None = None

    def account(self, headers: Mapping[str, str], query: str) -> str:
        if self.last and _is_nobody(headers):
            return self.last
        self.last = super().account(headers, query)
        return self.last


@fault(breaks="auth.required")
class UnreadableTokenIsTheFirstUser(Gatekeeper):
    """Takes a token that cannot be read for the first user's."""

    def account_of_token(self, authorization: str) -> str:
        token = authorization.partition(" ")[2]
        return super().account_of_token(authorization) if token.count(".") == 2 else next(iter(self.keys))


@fault(breaks="auth.required")
class UnknownKeyIsTheFirstUser(Gatekeeper):
    """Takes an unknown key for the first user's, and asks for the signature alone."""

    def keys_of(self, api_key: str) -> Keys:
        return self.by_key.get(api_key) or next(iter(self.by_key.values()))


@fault(breaks="auth.required")
class KeysByTheirBeginning(Gatekeeper):
    """Knows a key by its first eight characters."""

    def keys_of(self, api_key: str) -> Keys:
        alike = (keys for key, keys in self.by_key.items() if key[:8] == api_key[:8])
        return next(alike, None) or super().keys_of(api_key)


@fault(breaks="auth.required")
class RefusesWithTwoHundred(Face):
    """Refuses with status 200."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        return Response(answer.body, 200 if answer.status_code in (401, 403) else answer.status_code, answer.headers)


@fault(breaks="auth.required")
class NobodyHasNoOrders(Face):
    """Answers a request without credentials as that of a user who has no orders."""

    def account_of(self, request: Request) -> str:
        return "nobody" if _is_nobody(request.headers) else super().account_of(request)


@fault(breaks="auth.required")
class UnreadableTokenFails(Gatekeeper):
    """Fails with 500 over a token that cannot be read."""

    def claims(self, token: str) -> dict[str, Any]:
        if token.count(".") != 2:
            raise Denied(500, "INTERNAL")
        return super().claims(token)


@fault(breaks="auth.required")
class CancelsBeforeItAsks(Face):
    """Lets a cancel-all without credentials cancel everybody's orders, and refuses it only then."""

    def account_of(self, request: Request) -> str:
        if request.method == "DELETE" and _is_nobody(request.headers):
            for account in list(self.exchange.orders):
                self.exchange.cancel_all(account, None)
        return super().account_of(request)


@fault(breaks="auth.timestamp")
class OldRequestsTaken(Gatekeeper):
    """Takes a signed request however old it is."""

    def check_timestamp(self, signed: str) -> None:
        pass


def _is_nobody(headers: Mapping[str, str]) -> bool:
    return "authorization" not in headers and "x-mbx-apikey" not in headers
