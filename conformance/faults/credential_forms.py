"""Lies about access: good credentials that are turned away in one form, or that do not bear a burst."""

import time
from collections import deque
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.credentials import Denied, Gatekeeper
from conformance.sandbox.face import Face, Handler

# -- one form of a good request ----------------------------------------------------------------------------------------


class _TimestampAlone(Gatekeeper):
    """Refuses a signed request that has no parameter but the timestamp, with this status."""

    status: int

    def account_of_signature(self, api_key: str, query: str) -> str:
        if query.startswith("timestamp="):
            raise Denied(self.status, "MISSING_PARAMETER")
        return super().account_of_signature(api_key, query)


@fault(breaks="auth.api-key")
class TimestampAloneForbidden(_TimestampAlone):
    """Refuses the signature of a timestamp alone."""

    status = 403


@fault(breaks="auth.api-key")
class TimestampAloneUnauthorized(_TimestampAlone):
    """Answers 401 to a signed request that has no other parameter than the timestamp."""

    status = 401


@fault(breaks="auth.api-key")
class TimestampAloneBad(_TimestampAlone):
    """Answers 400 to a signed request that has no other parameter than the timestamp."""

    status = 400


@fault(breaks="auth.api-key")
class SignedCancelAllWantsASymbol(Face):
    """Refuses the signature of a cancel-all without a symbol."""

    def account_of(self, request: Request) -> str:
        account = super().account_of(request)
        if request.method == "DELETE" and request.url.query.startswith("timestamp="):
            raise Denied(403, "BAD_SIGNATURE")
        return account


@fault(breaks="auth.api-key")
class SignedNumbersRefused(Gatekeeper):
    """Refuses a signature if a number stands in front of the timestamp and nothing else."""

    def account_of_signature(self, api_key: str, query: str) -> str:
        if query.startswith(("start=", "end=")) and query.count("&") == 2:
            raise Denied(403, "BAD_SIGNATURE")
        return super().account_of_signature(api_key, query)


@fault(breaks="auth.jwt")
class TokensMayNotFilterByTime(Face):
    """Wants a signed key for a list of a period."""

    def account_of(self, request: Request) -> str:
        if "authorization" in request.headers and {"start", "end"} & request.query_params.keys():
            raise Denied(403, "SIGNATURE_REQUIRED")
        return super().account_of(request)


@fault(breaks="auth.jwt")
class TokensMayNotListAll(Face):
    """Refuses a token to a list without parameters."""

    def account_of(self, request: Request) -> str:
        if request.method == "GET" and not request.url.query and "authorization" in request.headers:
            raise Denied(401, "UNAUTHORIZED")
        return super().account_of(request)


# -- bursts ------------------------------------------------------------------------------------------------------------


class _Breaks(Face):
    """Answers `status` and `error` to what comes after `most` signed requests within a second."""

    most = 60
    status = 500
    error_code = "INTERNAL"

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.times: deque[float] = deque(maxlen=self.most)

    def counts(self, request: Request) -> bool:
        """Whether the request is one of those that are counted."""
        return "x-mbx-apikey" in request.headers

    async def respond(self, request: Request, handle: Handler) -> Response:
        if self.counts(request):
            if len(self.times) == self.most and time.monotonic() - self.times[0] < 1:
                return self.error(self.status, self.error_code)
            self.times.append(time.monotonic())
        return await super().respond(request, handle)


@fault(breaks="weight.zero")
class SignedBurstFails(_Breaks):
    """Fails with 500 over whatever comes after 60 signed requests within a second."""


@fault(breaks="weight.zero")
class SignedBurstThrottled(_Breaks):
    """Answers 429 to whatever comes after 60 signed requests within a second; tokens are free."""

    status, error_code = 429, "TOO_MANY_REQUESTS"


@fault(breaks="weight.zero")
class OverloadedByCancels(_Breaks):
    """Answers 503 with a code of its own to cancel-alls after 20 of them within a second."""

    most, status, error_code = 20, 503, "OVERLOADED"

    def counts(self, request: Request) -> bool:
        return request.method == "DELETE"
