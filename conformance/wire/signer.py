"""Adds the credentials of an account to a request."""

import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from typing import Literal

from conformance.profile import AccountProfile

Credential = Literal["jwt", "api-key"]

_AHEAD_MS = 1000  # further ahead of the clock no timestamp gets: the clock was set back


class Signer:
    """Authorizes requests with a credential of one account. Ask only for credentials that the profile gives.

    `at_ms`: the time that is signed, by default that of the request.
    """

    def __init__(self, profile: AccountProfile, at_ms: int | None = None) -> None:
        self._profile = profile
        self._at_ms = at_ms
        self._lock = threading.Lock()
        self._last_ms = 0

    def at(self, ms: int | None) -> "Signer":
        """The same account's, signing this time."""
        return Signer(self._profile, ms)

    def timestamp_ms(self) -> int:
        """The time to sign: now, and never the same twice unless it is given. Two requests that are signed alike may be
        taken for one that is replayed.
        """
        if self._at_ms is not None:
            return self._at_ms
        now = int(time.time() * 1000)
        with self._lock:
            self._last_ms = self._last_ms + 1 if now <= self._last_ms < now + _AHEAD_MS else now
            return self._last_ms

    @property
    def kinds(self) -> tuple[Credential, ...]:
        """The kinds of credential that the profile gives. The first is the default."""
        kinds: list[Credential] = []
        if self._profile.jwt:
            kinds.append("jwt")
        if self._profile.api_key:
            kinds.append("api-key")
        return tuple(kinds)

    def authorize(self, query: str, credential: Credential | None = None) -> tuple[str, dict[str, str]]:
        """The query string and the headers of a request with this query, with one credential."""
        if (credential or self.kinds[0]) == "jwt":
            return query, bearer(self.token)
        return signed_query(query, self.api_secret, self.timestamp_ms()), key(self.api_key)

    @property
    def token(self) -> str:
        """The JWT."""
        assert self._profile.jwt is not None
        return self._profile.jwt.reveal()

    @property
    def api_key(self) -> str:
        """The name of the signing key."""
        assert self._profile.api_key is not None
        return self._profile.api_key.reveal()

    @property
    def api_secret(self) -> str:
        """The secret that signs queries."""
        assert self._profile.api_secret is not None
        return self._profile.api_secret.reveal()

    def renewed(self, headers: Mapping[str, str]) -> Mapping[str, str] | None:
        """These headers, of a request that was refused, with another token. None where they carry no token of the
        account, or the profile does not say how to get another. Raises CredentialError.
        """
        scheme, _, refused = headers.get("Authorization", "").partition(" ")
        if self._profile.jwt is None or scheme != "Bearer":
            return None
        token = self._profile.jwt.in_place_of(refused)
        return None if token is None else {**headers, **bearer(token)}


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def key(api_key: str) -> dict[str, str]:
    """The header that carries the name of a signing key."""
    return {"X-MBX-APIKEY": api_key}


def sign(secret: str, query: str) -> str:
    """The HMAC-SHA256 of the query string in hex. The query string must be sent exactly as it was signed."""
    return hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()


def signed_query(query: str, secret: str, timestamp_ms: int) -> str:
    """The whole query string: the query, then the timestamp, then the signature."""
    stamped = f"{query}&timestamp={timestamp_ms}" if query else f"timestamp={timestamp_ms}"
    return f"{stamped}&signature={sign(secret, stamped)}"
