"""A log of the requests to the API: a JSON object for each, an entry as HTTP archives (HAR 1.2) have it."""

import base64
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request

from conformance.sandbox.credentials import Denied, Gatekeeper

_SIGNATURE = re.compile(r"((?:^|[?&])signature=)[^&]+")
_SIGNED = re.compile(r"(^|&)(timestamp|signature)=.*")
_CREDENTIALS = ("authorization", "x-mbx-apikey")
_MASK = "***"


@dataclass(slots=True)
class Answered:
    """What went back. `status` 0: nothing did."""

    status: int = 0
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytearray = field(default_factory=bytearray)

    def take(self, message: Mapping[str, Any]) -> None:
        """Take in a part of the answer, as ASGI sends it."""
        self.status = message.get("status", self.status)
        self.headers = message.get("headers", self.headers)
        self.body.extend(message.get("body", b""))


class RequestLog:
    """Appends to a file, a line for each request. Credentials and signatures are replaced; beside the entry stand
    `variants`, which were served, and `curl`, a line for the shell that asks the same again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(
        self, request: Request, body: bytes, answered: Answered, spent: tuple[float, float], made: tuple[Any, list[str]]
    ) -> None:
        """Add a request. `spent`: when it came, and when its answer had gone. `made`: the gatekeeper, and the names of
        what is served.
        """
        began, ended = spent
        gatekeeper, names = made
        text = body.decode(errors="replace")
        account = _account(gatekeeper, request)
        entry = {
            "startedDateTime": datetime.fromtimestamp(began, UTC).isoformat(timespec="microseconds"),
            "time": round((ended - began) * 1000, 3),
            "comment": f"account {account}" if account else "",
            "request": {
                "method": request.method,
                "url": _SIGNATURE.sub(rf"\1{_MASK}", str(request.url)),
                "headers": [_record(name, _MASK) for name in _CREDENTIALS if name in request.headers],
                "postData": {"mimeType": request.headers.get("content-type", ""), "text": text},
            },
            "response": {
                "status": answered.status,
                "headers": [
                    _record(name.decode("latin-1"), value.decode("latin-1")) for name, value in answered.headers
                ],
                "content": _content(bytes(answered.body)),
            },
            "variants": names,
            "curl": _curl(request, text),
        }
        line = _without_secrets(json.dumps(entry, ensure_ascii=False), gatekeeper)
        with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{line}\n")


def _account(gatekeeper: Gatekeeper, request: Request) -> str | None:
    """Whose request it is by the reference's own reading of credentials, whatever a fault makes of them."""
    reference = Gatekeeper(())
    reference.take_over(gatekeeper)
    try:
        return reference.account(request.headers, request.url.query)
    except Denied:
        return None


def _record(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def _content(body: bytes) -> dict[str, Any]:
    try:
        return {"size": len(body), "text": body.decode()}
    except UnicodeDecodeError:
        return {"size": len(body), "text": base64.b64encode(body).decode(), "encoding": "base64"}


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
            text = text.replace(secret, _MASK)
    return text
