"""Requests as they go out, and what came back for them."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import NamedTuple

from conformance.evidence import Exchange
from conformance.verdict import Unreachable
from conformance.wire.client import Answer
from conformance.wire.signer import Credential


class Good(NamedTuple):
    """A list that good credentials were shown. `query`: without what signs it; `at`: by the monotonic clock."""

    account: str
    query: str
    credential: Credential
    signed_at_ms: int
    exchange: Exchange
    at: float


class Came(NamedTuple):
    """What came back for a request, when by the monotonic clock, and what it had signed."""

    answer: Answer | Unreachable
    signed_at_ms: int
    at: float


class Coming(NamedTuple):
    """A list that is asked for ahead, since this moment of the monotonic clock at the earliest."""

    asked_since: float
    came: Future[Came]


class Signed(NamedTuple):
    """A request as it goes over the wire; `forged`: what its credentials are, where they are not good."""

    query: str
    headers: Mapping[str, str]
    forged: str | None = None
