"""What a JWT says of itself, unverified: its parts, read and written."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from conformance.verdict import NotObserved

# Claims that name a user, or one of a user's accounts, which may share the first.
_OWNER = ("sub", "user_id", "userId", "uid", "account", "account_id", "accountId")


class NotApplicable(NotObserved):
    """The credential offers no such thing: an opaque token has no payload to change."""


class Token(NamedTuple):
    """The three parts of a JWT, as they are spelled."""

    header: str
    payload: str
    signature: str

    def __str__(self) -> str:
        return ".".join(self)


def payload(token: str) -> dict[str, Any]:
    """What a JWT says, unverified. Raises NotApplicable where it is opaque."""
    return decoded(parts(token).payload)


def parts(token: str) -> Token:
    """The parts of a JWT. Raises NotApplicable where it is opaque."""
    split = token.split(".")
    if len(split) != 3 or not all(split):
        raise NotApplicable("the token is opaque")
    decoded(split[0])
    decoded(split[1])
    return Token(*split)


def owner(claims: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Whose a token is: the claims that name its owner. Empty where none does."""
    named = ((name, claims.get(name)) for name in _OWNER)
    return tuple((name, str(value)) for name, value in named if isinstance(value, str | int) and value != "")


def is_opaque(token: str) -> bool:
    """Whether the token is no JWT."""
    try:
        parts(token)
    except NotApplicable:
        return True
    return False


def decoded(part: str) -> dict[str, Any]:
    """The JSON object in one part. Raises NotApplicable where there is none."""
    try:
        document = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise NotApplicable("the token is opaque")
    return document


def encoded(document: dict[str, Any]) -> str:
    """A JSON object as a part of a token."""
    return in_base64(json.dumps(document).encode())


def hs256(key: bytes, header: str, payload: str) -> str:
    """The signature of these two parts by the algorithm HS256."""
    return in_base64(hmac.new(key, f"{header}.{payload}".encode(), hashlib.sha256).digest())


def in_base64(raw: bytes) -> str:
    """Bytes as a JWT spells them."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
