"""Who is asking: tokens and signed API keys, truly verified."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import jwt

_TOKEN_LIFE_S = 7 * 86400
_SIGNED_WITHIN_MS = 60_000


class Denied(Exception):
    """The request is refused with this status and code."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass(frozen=True, slots=True)
class Keys:
    """The credentials of one account."""

    account: str
    jwt: str
    api_key: str
    api_secret: str


class Gatekeeper:
    """Issues credentials, and tells from a request whose it is."""

    def __init__(self, accounts: Iterable[str], seed: int | None = None) -> None:
        self._seed = seed
        self._secret = self._random("jwt")
        self.keys = {account: self._issue(account) for account in accounts}
        self._by_key = {keys.api_key: keys for keys in self.keys.values()}

    def account(self, headers: Mapping[str, str], query: str) -> str:
        """The account that asks; `query` is the query string as it was sent. Raises Denied."""
        if "authorization" in headers:
            return self.account_of_token(headers["authorization"])
        if "x-mbx-apikey" in headers:
            return self.account_of_signature(headers["x-mbx-apikey"], query)
        raise Denied(401, "UNAUTHORIZED")

    def account_of_token(self, authorization: str) -> str:
        """Whose token it is."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Denied(401, "UNAUTHORIZED")
        try:
            claims = jwt.decode(token, self._secret, algorithms=["HS256"], options={"require": ["exp", "sub"]})
        except jwt.InvalidTokenError:
            raise Denied(401, "BAD_TOKEN") from None
        if claims["sub"] not in self.keys:
            raise Denied(401, "BAD_TOKEN")
        return str(claims["sub"])

    def account_of_signature(self, api_key: str, query: str) -> str:
        """Whose key it is, if the signature stands last and covers all that is before it."""
        keys = self._by_key.get(api_key)
        if keys is None:
            raise Denied(401, "UNKNOWN_KEY")
        signed, found, signature = query.rpartition("signature=")
        if not found or not signed.endswith("&"):
            raise Denied(403, "SIGNATURE_MISSING")
        signed = signed[:-1]
        expected = hmac.new(keys.api_secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise Denied(403, "BAD_SIGNATURE")
        self.check_timestamp(signed)
        return keys.account

    def check_timestamp(self, signed: str) -> None:
        """The signed time is that of now, give or take a minute."""
        stamps = [pair.removeprefix("timestamp=") for pair in signed.split("&") if pair.startswith("timestamp=")]
        if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit() and len(stamps[0]) < 20):
            raise Denied(403, "BAD_TIMESTAMP")
        if abs(time.time() * 1000 - int(stamps[0])) > _SIGNED_WITHIN_MS:
            raise Denied(403, "STALE_TIMESTAMP")

    def _issue(self, account: str) -> Keys:
        claims = {"sub": account, "exp": int(time.time()) + _TOKEN_LIFE_S}
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        return Keys(account, token, self._random(f"{account} key"), self._random(f"{account} secret"))

    def _random(self, purpose: str) -> str:
        if self._seed is None:
            return secrets.token_hex(32)
        return hashlib.sha256(f"{self._seed} {purpose}".encode()).hexdigest()
