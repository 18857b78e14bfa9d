"""What stands before a served sandbox: latency, a log of the requests, and variants that are switched while it runs."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from conformance.sandbox.log import Answered, RequestLog

SWITCH = "/_test/variants"


class Front:
    """The application that is served. `make`: a sandbox of the variants with these names; it raises ValueError, with
    the reason, where there is none. Orders and credentials stay as they are when variants are switched; what a variant
    remembers by itself begins anew. `log`: a file that gets a line for each request to the API.
    """

    def __init__(
        self,
        make: Callable[[Sequence[str]], Any],
        names: Sequence[str],
        latency_s: float = 0.0,
        log: Path | None = None,
    ) -> None:
        self._make = make
        self.names = list(names)
        self.sandbox = make(names)
        self.latency_s = latency_s
        self._log = RequestLog(log) if log is not None else None

    def switch(self, names: Sequence[str]) -> None:
        """From now on serve the variants of these names; none: the reference. Raises ValueError and changes nothing."""
        made = self._make(names)
        made.exchange.take_over(self.sandbox.exchange)
        made.gatekeeper.take_over(self.sandbox.gatekeeper)
        self.sandbox, self.names = made, list(names)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["path"] == SWITCH:
            await (await self._switched(Request(scope, receive)))(scope, receive, send)
            return
        if scope["path"].startswith("/_test/"):
            await self.sandbox.app(scope, receive, send)
            return
        began, asked, answered = time.time(), bytearray(), Answered()

        async def hear() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def tell(message: Any) -> None:
            answered.take(message)
            await send(message)

        await asyncio.sleep(self.latency_s)
        try:
            await self.sandbox.app(scope, hear, tell)
        finally:
            if self._log is not None:
                served = self.sandbox.gatekeeper, self.names
                self._log.add(Request(scope), bytes(asked), answered, (began, time.time()), served)

    async def _switched(self, request: Request) -> JSONResponse:
        """GET tells the names; PUT {"names": […]} switches to them."""
        try:
            if request.method == "PUT":
                names = json.loads(await request.body())["names"]
                self.switch([str(name) for name in names])
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": str(error) or "BAD_NAMES"}, 400)
        return JSONResponse({"names": self.names})
