"""Conforming twins: engines that are overloaded in ways that the documents allow."""

import asyncio
import random
import time

from starlette.requests import Request
from starlette.responses import Response

from conformance.faults import twin
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.queue import BUSY, STOPPED, EngineQueue


@twin(tested_by="overload")
class SlowEngine(EngineQueue):
    """Takes 30 ms for each request."""

    def __init__(self, size: int, _service_s: float) -> None:
        super().__init__(size, 0.03)


@twin(tested_by="overload")
class TinyQueue(EngineQueue):
    """Lets one request wait at most."""

    def __init__(self, _size: int, service_s: float) -> None:
        super().__init__(1, service_s)


@twin(tested_by="overload")
class SporadicallyBusy(EngineQueue):
    """Refuses one request of twelve for no reason that shows, and never fills."""

    def __init__(self, _size: int, service_s: float) -> None:
        super().__init__(10_000, service_s)
        self.rng = random.Random(0)  # noqa: S311 - which ones is left to chance

    def refuses(self) -> str | None:
        return BUSY if self.rng.random() < 1 / 12 else None


class _Pauses(EngineQueue):
    """Takes nothing for a while once it was full, and not again for a while after that."""

    code = ""
    pause_s = 0.0
    until = float("-inf")

    def refuses(self) -> str | None:
        now = time.monotonic()
        code = super().refuses()
        if code and now > self.until + 2 * self.pause_s:
            self.until = now + self.pause_s
        return self.code if now < self.until else code


@twin(tested_by="overload")
class RestartsAfterOverload(_Pauses):
    """Restarts the engine for two seconds once its queue was full."""

    code, pause_s = STOPPED[0], 2.0


@twin(tested_by="overload")
class DisablesTradingInOverload(_Pauses):
    """Disables spot trading for half a second once its queue was full."""

    code, pause_s = STOPPED[1], 0.5


@twin(tested_by="overload")
class SaysWhenToRetry(Face):
    """Sends Retry-After with a refusal, and tells more of it beside the code."""

    def busy(self, error: str) -> Response:
        answer = self.answer(503, {"error": error, "message": "try again", "queue": self.queue.waiting})
        answer.headers["retry-after"] = "1"
        return answer


@twin(tested_by="overload")
class RefusesSlowly(Face):
    """Takes a tenth of a second to refuse a request, and as long for a list while requests wait."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        answer = await super().respond(request, handle)
        if answer.status_code == 503 or (request.method == "GET" and self.queue.waiting):
            await asyncio.sleep(0.1)
        return answer


@twin(tested_by="overload")
class RefusesOrdersOtherwise(Face):
    """Refuses an order with 400 TOO_MANY_OPEN_ORDERS while it is busy, since no document says how."""

    def overflow(self, request: Request, account: str, body: bytes, error: str) -> Response:
        return self.error(400, "TOO_MANY_OPEN_ORDERS") if request.method == "POST" else self.busy(error)
