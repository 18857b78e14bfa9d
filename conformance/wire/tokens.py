"""What a JWT says of itself, unverified: its parts, read and written."""

import base64
import json
from typing import Any

from conformance.verdict import NotObserved


class NotApplicable(NotObserved):
    """The credential offers no such thing: an opaque token has no payload to change."""


def payload(token: str) -> dict[str, Any]:
    """What a JWT says, unverified. Raises NotApplicable where it is opaque."""
    return decoded(parts(token)[1])


def parts(token: str) -> tuple[str, str, str]:
    """Header, payload and signature of a JWT, as they are spelled. Raises NotApplicable where it is opaque."""
    split = token.split(".")
    if len(split) != 3 or not all(split):
        raise NotApplicable("the token is opaque")
    decoded(split[0])
    decoded(split[1])
    return split[0], split[1], split[2]


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
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()
