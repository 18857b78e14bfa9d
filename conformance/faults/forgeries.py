"""Lies about access: forged tokens and wrong signatures that are taken for good ones, or are refused too late."""

from collections.abc import Mapping
from typing import Any

import jwt
from jwt.utils import base64url_encode
from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.credentials import Denied, Gatekeeper, Keys
from conformance.sandbox.exchange import Filters
from conformance.sandbox.face import Face, Handler

# -- tokens --------------------------------------------------------------------------------------------------------


def _read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token as they stand there, verified by nobody. Raises Denied."""
    try:
        read = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise Denied(401, "BAD_TOKEN") from None
    return read["header"], read["payload"]


def _claimed(headers: Mapping[str, str]) -> str | None:
    """The account that a token names, if there is one."""
    try:
        return str(_read(headers.get("authorization", "").partition(" ")[2])[1].get("sub"))
    except Denied:
        return None


@fault(breaks="auth.jwt-forged")
class TokensUnverified(Gatekeeper):
    """Reads a token without a look at its signature."""

    def claims(self, token: str) -> dict[str, Any]:
        return _read(token)[1]


@fault(breaks="auth.jwt-forged")
class AlgorithmNoneTaken(Gatekeeper):
    """Believes a token that says it needs no signature."""

    def claims(self, token: str) -> dict[str, Any]:
        header, claims = _read(token)
        return claims if header["alg"] == "none" else super().claims(token)


@fault(breaks="auth.jwt-forged")
class EmptyTokenSignatureTaken(Gatekeeper):
    """Believes a token whose signature is empty, though its algorithm wants one."""

    def claims(self, token: str) -> dict[str, Any]:
        header, claims = _read(token)
        return claims if header["alg"] == "HS256" and token.endswith(".") else super().claims(token)


@fault(breaks="auth.jwt-forged")
class AnyPayloadWillDo(Gatekeeper):
    """Knows the signatures that it has made, and does not look what stands above them."""

    def claims(self, token: str) -> dict[str, Any]:
        made = {keys.jwt.rpartition(".")[2] for keys in self.keys.values()}
        return _read(token)[1] if token.rpartition(".")[2] in made else super().claims(token)


@fault(breaks="auth.jwt-forged")
class TokensByTheirBeginning(Gatekeeper):
    """Compares the first eight characters of a token's signature."""

    def claims(self, token: str) -> dict[str, Any]:
        signed, _, signature = token.rpartition(".")
        digest = jwt.get_algorithm_by_name("HS256").sign(signed.encode(), self.secret.encode())
        right = base64url_encode(digest).decode()
        return _read(token)[1] if signature[:8] == right[:8] else super().claims(token)


@fault(breaks="auth.jwt-forged")
class ForgedTokensMayCancel(Face):
    """Verifies tokens for lists, and for cancel-all no more."""

    def account_of(self, request: Request) -> str:
        claimed = _claimed(request.headers) if request.method == "DELETE" else None
        return claimed or super().account_of(request)


@fault(breaks="auth.jwt-forged")
class ForgedTokensMayCancelAMarket(Face):
    """Verifies tokens for lists and for cancel-alls, but not for those of one market."""

    def account_of(self, request: Request) -> str:
        of_market = request.method == "DELETE" and "symbol" in request.query_params
        return (_claimed(request.headers) if of_market else None) or super().account_of(request)


@fault(breaks="auth.jwt-forged")
class ForgedTokensCancelFirst(Face):
    """Cancels for whomever a token names, verifies it then, and refuses."""

    def account_of(self, request: Request) -> str:
        if request.method == "DELETE" and (claimed := _claimed(request.headers)):
            try:
                return super().account_of(request)
            except Denied:
                self.exchange.cancel_all(claimed, request.query_params.get("symbol"))
                raise
        return super().account_of(request)


@fault(breaks="auth.jwt-forged")
class RefusalShowsOrders(Face):
    """Refuses a forged token, and shows the orders of the account that it names all the same."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        claimed = _claimed(request.headers)
        if answer.status_code != 401 or claimed is None:
            return answer
        orders = self.exchange.listed(claimed, Filters(), 5)
        return self.answer(401, {"error": "BAD_TOKEN", "debug": self.exchange.list_body(orders)})


# -- signatures ----------------------------------------------------------------------------------------------------


@fault(breaks="auth.signature")
class SignatureMayBeMissing(Gatekeeper):
    """Takes a key without a signature at its word."""

    def account_of_signature(self, api_key: str, query: str) -> str:
        return super().account_of_signature(api_key, query) if "signature=" in query else self.keys_of(api_key).account


@fault(breaks="auth.signature")
class SignatureMayBeEmpty(Gatekeeper):
    """Takes an empty signature for a good one."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return not signature or super().is_signature(keys, signed, signature)


@fault(breaks="auth.signature")
class SignaturesUnverified(Gatekeeper):
    """Wants a signature of 64 characters, whichever they are."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return len(signature) == 64


@fault(breaks="auth.signature")
class SignaturesByTheirBeginning(Gatekeeper):
    """Compares the first eight digits of a signature."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return signature[:8] == self.signature(keys, signed)[:8]


@fault(breaks="auth.signature")
class SignedByAnybody(Gatekeeper):
    """Takes a signature that was made with the secret of any user."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return signature in {self.signature(each, signed) for each in self.keys.values()}


@fault(breaks="auth.signature")
class SignatureOfTheTimestamp(Gatekeeper):
    """Is content with a signature of the timestamp alone, whatever else is asked."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        timestamp = signed.rpartition("&")[2]
        return signature in (self.signature(keys, signed), self.signature(keys, timestamp))


@fault(breaks="auth.signature")
class SignaturesRemembered(Gatekeeper):
    """Takes a signature that was good once for any query after."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.good: set[str] = set()

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        if super().is_signature(keys, signed, signature):
            self.good.add(signature)
        return signature in self.good


@fault(breaks="auth.signature")
class SignaturesRememberedWithTheirTime(Gatekeeper):
    """Takes a signature that was good once for any query after by the same key and with the same timestamp."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.good: set[tuple[str, ...]] = set()

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        once = keys.api_key, signature, signed.rpartition("timestamp=")[2]
        if super().is_signature(keys, signed, signature):
            self.good.add(once)
        return once in self.good


class _LeavesOut(Gatekeeper):
    """Is content with a signature that leaves one parameter out."""

    name: str

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        rest = "&".join(pair for pair in signed.split("&") if not pair.startswith(f"{self.name}="))
        return signature in (self.signature(keys, signed), self.signature(keys, rest))


@fault(breaks="auth.signature")
class SymbolUnsigned(_LeavesOut):
    """Lets a symbol be put into a query that was signed without."""

    name = "symbol"


@fault(breaks="auth.signature")
class LimitUnsigned(_LeavesOut):
    """Lets a limit be put into a query that was signed without."""

    name = "limit"


@fault(breaks="auth.signature")
class BehindTheSignatureCounts(Gatekeeper):
    """Verifies what stands before the signature, and acts on what stands behind it too."""

    def split(self, query: str) -> tuple[str, str]:
        signed, found, behind = query.partition("&signature=")
        return super().split(f"{signed}{found}{behind.partition('&')[0]}")


@fault(breaks="auth.signature")
class UnsignedKeysMayCancel(Face):
    """Verifies signatures for lists, and for cancel-all no more."""

    def account_of(self, request: Request) -> str:
        if request.method == "DELETE" and (key := request.headers.get("x-mbx-apikey")):
            return self.gatekeeper.keys_of(key).account
        return super().account_of(request)


@fault(breaks="auth.signature")
class WrongSignatureCancelsFirst(Face):
    """Cancels for whomever a key belongs to, verifies the signature then, and refuses."""

    def account_of(self, request: Request) -> str:
        try:
            return super().account_of(request)
        except Denied:
            keys = self.gatekeeper.by_key.get(request.headers.get("x-mbx-apikey", ""))
            if request.method == "DELETE" and keys is not None:
                self.exchange.cancel_all(keys.account, request.query_params.get("symbol"))
            raise


@fault(breaks="auth.signature")
class RefusalExplainsTheOrders(Face):
    """Refuses a wrong signature, and shows the orders of the account whose key it is all the same."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        keys = self.gatekeeper.by_key.get(request.headers.get("x-mbx-apikey", ""))
        if answer.status_code != 403 or keys is None:
            return answer
        orders = self.exchange.listed(keys.account, Filters(), 5)
        return self.answer(403, {"error": "BAD_SIGNATURE", "debug": self.exchange.list_body(orders)})
