"""What stands before a served sandbox: latency, a log of the requests, and variants that are switched while it runs."""

import asyncio
import json
import re
import shlex
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from conformance.sandbox.credentials import Gatekeeper

SWITCH = "/_test/variants"

_SIGNED = re.compile(r"(^|&)(timestamp|signature)=.*")


class Front:
    """The application that is served. `make`: a sandbox of the variants with these names; it raises ValueError, with
    the reason, where there is none. Orders and credentials stay as they are when variants are switched; what a variant
    remembers by itself begins anew. `log`: a file of JSON lines, a line for each request to the API.
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
        self._log = log

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
        began, asked, answered = time.time(), bytearray(), bytearray()
        status = 0

        async def hear() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def tell(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            answered.extend(message.get("body", b""))
            await send(message)

        await asyncio.sleep(self.latency_s)
        try:
            await self.sandbox.app(scope, hear, tell)
        finally:
            if self._log is not None:
                self._write(Request(scope), began, bytes(asked), status, bytes(answered))

    async def _switched(self, request: Request) -> JSONResponse:
        """GET tells the names; PUT {"names": […]} switches to them."""
        try:
            if request.method == "PUT":
                names = json.loads(await request.body())["names"]
                self.switch([str(name) for name in names])
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": str(error) or "BAD_NAMES"}, 400)
        return JSONResponse({"names": self.names})

    def _write(self, request: Request, began: float, asked: bytes, status: int, answered: bytes) -> None:
        body = asked.decode(errors="replace")
        line = {
            "at": began,
            "method": request.method,
            "path": request.url.path,
            "query": _SIGNED.sub(r"\1signed", request.url.query),
            "body": body,
            "status": status,
            "answer": answered.decode(errors="replace"),
            "ms": round((time.time() - began) * 1000, 1),
            "variants": self.names,
            "curl": _curl(request, body),
        }
        text = _without_secrets(json.dumps(line, ensure_ascii=False), self.sandbox.gatekeeper)
        assert self._log is not None
        with self._log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{text}\n")


def _curl(request: Request, body: str) -> str:
    """The request as a line for the shell, with credentials from the environment."""
    address, query = str(request.url.replace(query="")), _SIGNED.sub("", request.url.query)
    words = ["curl", "-i", "-X", request.method]
    if body:
        words += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(body)]
    if "x-mbx-apikey" in request.headers:
        signed = f'"$(p99-conformance sign {shlex.quote(query)})"'
        return " ".join([*words, "-H", '"X-MBX-APIKEY: $P99_API_KEY"', f"{shlex.quote(address + '?')}{signed}"])
    if "authorization" in request.headers:
        words += ["-H", '"Authorization: Bearer $P99_JWT"']
    return " ".join([*words, shlex.quote(f"{address}?{query}" if query else address)])


def _without_secrets(text: str, gatekeeper: Gatekeeper) -> str:
    for keys in gatekeeper.keys.values():
        for secret in (keys.jwt, keys.api_key, keys.api_secret):
            text = text.replace(secret, "***")
    return text
