"""The bounded queue before the matching engine, and the states in which the engine takes nothing."""

import asyncio

# So many that a run never fills it, though it sends hundreds of requests at the same moment.
SIZE = 4096

BUSY = "ENGINE_BUSY"
STOPPED = ("ENGINE_RESTARTING", "spot trading disabled")


class EngineBusy(Exception):
    """The engine does not take the request; the code says why."""


class EngineQueue:
    """Requests wait here for the engine, which takes one after the other.

    `size`: how many may wait. `service_s`: how long the engine takes for each; with 0 nobody ever waits. `stopped`: the
    code that the engine answers while it takes nothing; None while it works.
    """

    def __init__(self, size: int = SIZE, service_s: float = 0.0) -> None:
        self.size = size
        self.service_s = service_s
        self.stopped: str | None = None
        self.waiting = 0
        self._free_at = 0.0  # when the engine is done with all that wait, by the clock of the event loop

    async def turn(self) -> None:
        """Wait until the engine takes this request. Raises EngineBusy, at once, if it does not."""
        if code := self.refuses():
            raise EngineBusy(code)
        if not self.service_s:
            return
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + self.service_s
        self.waiting += 1
        try:
            await asyncio.sleep(self._free_at - now)
        finally:
            self.waiting -= 1

    def refuses(self) -> str | None:
        """The code that a request is refused with now; None if it may wait."""
        if self.stopped is not None:
            return self.stopped
        return BUSY if self.waiting >= self.size else None
