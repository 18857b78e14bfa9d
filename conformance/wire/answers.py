"""What the status and the form of an answer mean, before its orders are read."""

from typing import Any

from conformance import contract
from conformance.wire.client import THROTTLED, Answer

# What a gateway answers in place of the exchange.
GATEWAY = (502, 504)

# Statuses that are about credentials, load or a gateway, not about orders.
NOT_JUDGED = {
    401: "the credentials are refused",
    403: "the credentials are refused",
    407: "a proxy requires credentials",
    408: "the request took too long",
    418: "too many requests",
    429: "too many requests",
    502: "the gateway cannot reach the exchange",
    503: "the exchange stayed unavailable through all retries",
    504: "the gateway gave up on the exchange",
}


def decoded(body: bytes | str) -> Any:
    """The JSON value of a body. None if the body is not JSON."""
    try:
        return contract.decode(body if isinstance(body, bytes) else body.encode())
    except contract.NotJson:
        return None


def turns_away(answer: Answer) -> bool:
    """Whether the answer is a 4xx that is not about load. An odd request may be answered with any of them."""
    return 400 <= answer.status < 500 and answer.status not in (408, *THROTTLED)


def rejects(answer: Answer) -> bool:
    """Whether the answer is a 4xx that is about the request, not about its credentials."""
    return 400 <= answer.status < 500 and answer.status not in NOT_JUDGED


def start(answer: Answer) -> str:
    """The first words of the body of an answer."""
    text = answer.exchange.response_body[:200]
    return repr(text) if text else "with an empty body"


def code(answer: Answer) -> str:
    """The error code that the body of an answer names; else its first words."""
    document = decoded(answer.body)
    named = document.get("error") if isinstance(document, dict) else None
    return named[:80] if isinstance(named, str) and named else start(answer)


def cut(query: str) -> str:
    """A query, shortened to a line."""
    return query if len(query) <= 60 else f"{query[:60]}…"
