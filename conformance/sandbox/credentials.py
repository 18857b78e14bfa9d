"""Who is asking: tokens and signed API keys, truly verified."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

_TOKEN_LIFE_S = 7 * 86400


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

    signed_within_ms = 60_000

    def __init__(self, accounts: Iterable[str], seed: int | None = None) -> None:
        self._seed = seed
        self.secret = self._random("jwt")
        self.keys = {account: self._issue(account) for account in accounts}
        self.by_key = {keys.api_key: keys for keys in self.keys.values()}

    def token_for(self, account: str) -> str:
        """A token of this account."""
        return jwt.encode({"sub": account, "exp": int(time.time()) + _TOKEN_LIFE_S}, self.secret, algorithm="HS256")

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
        subject = self.claims(token).get("sub")
        if subject not in self.keys:
            raise Denied(401, "BAD_TOKEN")
        return str(subject)

    def claims(self, token: str) -> dict[str, Any]:
        """What the token says, once it is known to be ours."""
        try:
            return jwt.decode(token, self.secret, algorithms=["HS256"], options={"require": ["exp", "sub"]})
        except jwt.InvalidTokenError:
            raise Denied(401, "BAD_TOKEN") from None

    def account_of_signature(self, api_key: str, query: str) -> str:
        """Whose key it is, if the query is signed with its secret."""
        keys = self.keys_of(api_key)
        signed, signature = self.split(query)
        if not self.is_signature(keys, signed, signature):
            raise Denied(403, "BAD_SIGNATURE")
        self.check_timestamp(signed)
        return keys.account

    def keys_of(self, api_key: str) -> Keys:
        """The credentials that the key belongs to."""
        if api_key not in self.by_key:
            raise Denied(401, "UNKNOWN_KEY")
        return self.by_key[api_key]

    def split(self, query: str) -> tuple[str, str]:
        """What is signed, and the signature, which stands last."""
        signed, found, signature = query.rpartition("signature=")
        if not found or not signed.endswith("&"):
            raise Denied(403, "SIGNATURE_MISSING")
        return signed[:-1], signature

    def is_signature(self, keys: Keys, signed: str, signature: str) -> bool:
        """Whether this is the signature of what is signed."""
        return hmac.compare_digest(self.signature(keys, signed).encode(), signature.encode())

    def signature(self, keys: Keys, signed: str) -> str:
        """The signature of this text: HMAC-SHA256 in hex."""
        return hmac.new(keys.api_secret.encode(), signed.encode(), hashlib.sha256).hexdigest()

    def check_timestamp(self, signed: str) -> None:
        """The signed time is that of now, give or take what is allowed."""
        stamps = [pair.removeprefix("timestamp=") for pair in signed.split("&") if pair.startswith("timestamp=")]
        if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit() and len(stamps[0]) < 20):
            raise Denied(403, "BAD_TIMESTAMP")
        if abs(time.time() * 1000 - int(stamps[0])) > self.signed_within_ms:
            raise Denied(403, "STALE_TIMESTAMP")

    def take_over(self, other: "Gatekeeper") -> None:
        """Go on with the credentials that another has issued."""
        self.secret, self.keys, self.by_key = other.secret, other.keys, other.by_key

    def _issue(self, account: str) -> Keys:
        return Keys(account, self.token_for(account), self._key(f"{account} key"), self._random(f"{account} secret"))

    def _key(self, purpose: str) -> str:
        """A key has letters of both cases."""
        digest = hashlib.sha256(self._random(purpose).encode()).digest()
        return base64.b64encode(digest, altchars=b"xX").decode().rstrip("=")

    def _random(self, purpose: str) -> str:
        if self._seed is None:
            return secrets.token_hex(32)
        return hashlib.sha256(f"{self._seed} {purpose}".encode()).hexdigest()
