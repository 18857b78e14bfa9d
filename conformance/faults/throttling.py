"""Lies about weight and time: throttling where a request weighs nothing, and slowness."""

import asyncio
import time
from collections import deque
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import fault
from conformance.sandbox.face import Face, Handler

# -- weight --------------------------------------------------------------------------------------------------------


class _Throttles(Face):
    """Refuses what comes after `most` requests of one method within a second; None: of any method."""

    most = 50
    method: str | None = None
    status = 429

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.times: deque[float] = deque(maxlen=self.most)

    async def respond(self, request: Request, handle: Handler) -> Response:
        if self.method in (None, request.method):
            if len(self.times) == self.most and time.monotonic() - self.times[0] < 1:
                return self.error(self.status, "TOO_MANY_REQUESTS")
            self.times.append(time.monotonic())
        return await super().respond(request, handle)


@fault(breaks="weight.zero")
class FiftyEachSecond(_Throttles):
    """Answers 429 to whatever comes after 50 requests within a second."""


@fault(breaks="weight.zero")
class TeapotAfterSeventy(_Throttles):
    """Answers 418, as to an address that is banned, to whatever comes after 70 requests within a second."""

    most, status = 70, 418


@fault(breaks="weight.zero")
class TwentyCancelsEachSecond(_Throttles):
    """Answers 429 to cancel-alls after 20 of them within a second; lists are free."""

    most, method = 20, "DELETE"


# -- latency -------------------------------------------------------------------------------------------------------


class _SlowOnce(Face):
    """Takes long for the first request of a rare kind, and for no other."""

    pause_s: float
    done = False

    async def respond(self, request: Request, handle: Handler) -> Response:
        if not self.done and self.is_rare(request):
            self.done = True
            await asyncio.sleep(self.pause_s)
        return await super().respond(request, handle)

    def is_rare(self, request: Request) -> bool:
        """Whether this is one of that kind."""
        raise NotImplementedError


@fault(breaks="latency")
class SlowList(_SlowOnce):
    """Takes five seconds and a half for the first full page by status: no index helps it."""

    pause_s = 5.5

    def is_rare(self, request: Request) -> bool:
        return request.method == "GET" and {"limit", "status"} <= request.query_params.keys()


@fault(breaks="latency")
class SlowCancel(_SlowOnce):
    """Takes ten seconds and a half for the first cancel-all of one market."""

    pause_s = 10.5

    def is_rare(self, request: Request) -> bool:
        return request.method == "DELETE" and "symbol" in request.query_params
