"""Conforming twins: what the documents leave open about credentials, and about requests that come all at once."""

import base64
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import twin
from conformance.sandbox.credentials import Denied, Gatekeeper, Keys
from conformance.sandbox.face import Face, Handler

_STATUS = {"SIGNATURE_MISSING": 400, "BAD_TIMESTAMP": 400, "STALE_TIMESTAMP": 400, "BAD_SIGNATURE": 401}


@twin()
class EachRefusedInItsOwnWay(Gatekeeper):
    """Answers 400 to what cannot be read, 401 to a wrong signature, 403 to an unknown key, and 422 to a bad token."""

    def account(self, headers: Mapping[str, str], query: str) -> str:
        try:
            return super().account(headers, query)
        except Denied as denied:
            codes = {**_STATUS, "UNKNOWN_KEY": 403, "BAD_TOKEN": 422}
            raise Denied(codes.get(denied.error, denied.status), denied.error) from None


@twin()
class HidesFromStrangers(Gatekeeper):
    """Answers 404 to whoever it does not know."""

    def account(self, headers: Mapping[str, str], query: str) -> str:
        try:
            return super().account(headers, query)
        except Denied:
            raise Denied(404, "NOT_FOUND") from None


@twin()
class GuardsAgainstGuessing(Gatekeeper):
    """Answers 429 to whoever gives bad credentials, after ten such requests within ten seconds, and to nobody else."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.guesses: deque[float] = deque(maxlen=10)

    def account(self, headers: Mapping[str, str], query: str) -> str:
        try:
            return super().account(headers, query)
        except Denied:
            now = time.monotonic()
            if len(self.guesses) == self.guesses.maxlen and now - self.guesses[0] < 10:
                raise Denied(429, "TOO_MANY_ATTEMPTS") from None
            self.guesses.append(now)
            raise


@twin()
class AccountsOfOneUser(Gatekeeper):
    """Names the same user in the tokens of both accounts, and beside it the account."""

    def token_for(self, account: str) -> str:
        claims = jwt.decode(super().token_for(account), self.secret, algorithms=["HS256"])
        return jwt.encode(claims | {"sub": "firm-7", "account": account}, self.secret, algorithm="HS256")

    def claims(self, token: str) -> dict[str, Any]:
        claims = super().claims(token)
        return claims | {"sub": claims.get("account")}


@twin(silence="credentials")
class SchemeAsWritten(Gatekeeper):
    """Reads the scheme Bearer in no other case."""

    def account_of_token(self, authorization: str) -> str:
        if not authorization.startswith("Bearer "):
            raise Denied(401, "UNAUTHORIZED")
        return super().account_of_token(authorization)


@twin(silence="credentials")
class SignaturesInBase64Too(Gatekeeper):
    """Takes a signature in base64 as well."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        right = self.signature(keys, signed)
        in_base64 = base64.urlsafe_b64encode(bytes.fromhex(right)).decode()
        return signature.rstrip("=") == in_base64.rstrip("=") or super().is_signature(keys, signed, signature)


@twin(silence="credentials")
class BlanksTrimmed(Gatekeeper):
    """Trims blanks from keys and signatures."""

    def keys_of(self, api_key: str) -> Keys:
        return super().keys_of(api_key.strip())

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        return super().is_signature(keys, signed, signature.replace("%20", " ").replace("+", " ").strip())


@twin(silence="signing-time")
class SigningSecondsToo(Gatekeeper):
    """Reads a timestamp of ten digits as seconds."""

    def check_timestamp(self, signed: str) -> None:
        stamp = signed.rpartition("timestamp=")[2]
        in_ms = f"{stamp}000" if len(stamp) == 10 and stamp.isdigit() else stamp
        super().check_timestamp(f"timestamp={in_ms}")


@twin(silence="credentials")
class LastOfTwoHeadersCounts(Face):
    """Reads the last of several headers of one name."""

    def account_of(self, request: Request) -> str:
        last = {name.lower(): value for name, value in request.headers.items()}
        return self.gatekeeper.account(last, request.url.query)


@twin(silence="credentials")
class TwoHeadersRefused(Face):
    """Answers 400 to a request with two headers for one credential."""

    def account_of(self, request: Request) -> str:
        if any(len(request.headers.getlist(name)) > 1 for name in ("authorization", "x-mbx-apikey")):
            raise Denied(400, "REPEATED_HEADER")
        return super().account_of(request)


@twin(silence="credentials")
class OrderOfParametersIgnored(Gatekeeper):
    """Takes the signature of the same parameters in the order of their names as well."""

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        in_order = "&".join(sorted(signed.split("&")))
        return super().is_signature(keys, signed, signature) or super().is_signature(keys, in_order, signature)


@twin()
class BusyInABurst(Face):
    """Answers 503 ENGINE_BUSY to cancel-alls after 20 of them within a second, and does nothing then."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.times: deque[float] = deque(maxlen=20)

    async def respond(self, request: Request, handle: Handler) -> Response:
        if request.method == "DELETE" and request.url.path.endswith("/orders"):
            if len(self.times) == 20 and time.monotonic() - self.times[0] < 1:
                return self.busy("ENGINE_BUSY")
            self.times.append(time.monotonic())
        return await super().respond(request, handle)
