"""An account's credentials at work: what has to be added to a request so that it is the account's."""

import hashlib
import hmac
import time
from typing import Literal

from conformance.profile import AccountProfile

Credential = Literal["jwt", "api-key"]


class Signer:
    """Authorizes requests with either credential of one account. What a profile does not give must not be asked for."""

    def __init__(self, profile: AccountProfile) -> None:
        self._profile = profile

    @property
    def kinds(self) -> tuple[Credential, ...]:
        """The kinds of credential that the profile gives; the first is used unless told otherwise."""
        kinds: list[Credential] = []
        if self._profile.jwt:
            kinds.append("jwt")
        if self._profile.api_key:
            kinds.append("api-key")
        return tuple(kinds)

    def authorize(self, query: str, credential: Credential | None = None) -> tuple[str, dict[str, str]]:
        """Query string and headers of a request with this query, one credential among them."""
        if (credential or self.kinds[0]) == "jwt":
            return query, bearer(self.token)
        timestamp_ms = int(time.time() * 1000)
        return signed_query(query, self.api_secret, timestamp_ms), key(self.api_key)

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
        """What queries are signed with."""
        assert self._profile.api_secret is not None
        return self._profile.api_secret.reveal()

    def refresh_token(self) -> bool:
        """Ask for a new token where the profile says how. Whether there is one now; raises CredentialError."""
        return self._profile.jwt is not None and self._profile.jwt.refresh()


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def key(api_key: str) -> dict[str, str]:
    """The header that carries the name of a signing key."""
    return {"X-MBX-APIKEY": api_key}


def sign(secret: str, query: str) -> str:
    """The hex HMAC-SHA256 of the query string, byte for byte as it will be sent."""
    return hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()


def signed_query(query: str, secret: str, timestamp_ms: int) -> str:
    """The whole query string: what is asked for, as it will be sent, the timestamp behind it, the signature last."""
    stamped = f"{query}&timestamp={timestamp_ms}" if query else f"timestamp={timestamp_ms}"
    return f"{stamped}&signature={sign(secret, stamped)}"
