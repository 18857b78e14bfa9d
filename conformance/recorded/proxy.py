"""A proxy that passes requests on as they are, and writes what it sees as an HTTP archive without secrets."""

import base64
import codecs
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harfile import Content, Creator, HarFile, Record, Timings
from harfile import Request as HarRequest
from harfile import Response as HarResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import conformance
from conformance.operations import ORDERS_PATH
from conformance.recorded.who import Names
from conformance.wire.redaction import Redactor

# Between two hops alone (RFC 9110, 7.6.1); the library that asks writes its own.
_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host"}
_PATIENCE_S = 60.0
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class Archive:
    """The file that is written. Each entry is on the disk before the next: what kills the proxy costs none of them."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._archive = HarFile(self._file, creator=Creator("p99-conformance record", conformance.__version__))
        self._lock = threading.Lock()
        self._names = Names()
        self.entries = 0

    def add(
        self,
        method: str,
        url: str,
        asked: dict[str, str],
        status: int,
        answered: dict[str, str],
        body: bytes,
        sent_at: float,
        elapsed_ms: float,
    ) -> None:
        """Add a request with its answer. Of other paths than the documented one no body, query or header is kept."""
        parts = urlsplit(url)
        credentials = self._names.of({name.lower(): value for name, value in asked.items()}, parts.query)
        redactor = Redactor()
        for secret in credentials.secrets:
            redactor.add(secret)
        is_api = parts.path.rstrip("/").endswith(ORDERS_PATH)
        shown = redactor.redact(url) if is_api else f"{parts.scheme}://{parts.netloc}{parts.path}"
        told = f"account {credentials.name}" if credentials.name else ""
        if told and credentials.flaw:
            told += f" with {credentials.flaw.says}"
        with self._lock:
            self._archive.add_entry(
                startedDateTime=datetime.fromtimestamp(sent_at, UTC).isoformat(timespec="microseconds"),
                time=round(elapsed_ms, 3),
                request=HarRequest(
                    method=method,
                    url=shown,
                    httpVersion="HTTP/1.1",
                    headers=_records(redactor.redact_headers(asked) if is_api else {}),
                    queryString=[Record(*pair) for pair in parse_qsl(urlsplit(shown).query, keep_blank_values=True)],
                ),
                response=HarResponse(
                    status=status,
                    statusText=HTTPStatus(status).phrase if status in list(HTTPStatus) else "",
                    httpVersion="HTTP/1.1",
                    headers=_records(redactor.redact_headers(answered) if is_api else {}),
                    content=_content(redactor, body if is_api else b"", answered.get("content-type", "")),
                ),
                timings=Timings(send=0, wait=round(elapsed_ms, 3), receive=0),
                comment=told or None,
            )
            self._file.flush()
            self.entries += 1

    def close(self) -> None:
        """End the archive."""
        with self._lock:
            self._archive.close()
            self._file.close()


def _records(headers: dict[str, str]) -> list[Record]:
    return [Record(name, value) for name, value in headers.items()]


def _content(redactor: Redactor, body: bytes, kind: str) -> Content:
    try:
        text = redactor.redact(codecs.decode(body, "utf-8"))
    except UnicodeDecodeError:
        return Content(len(body), mimeType=kind, text=base64.b64encode(body).decode(), encoding="base64")
    return Content(len(text.encode()), mimeType=kind, text=text)


def proxy(target: str, archive: Archive, tell: Callable[[str], None]) -> Starlette:
    """The proxy for this target as an ASGI application."""
    import httpx  # here, since who only reads recordings has no need of it

    root = target.rstrip("/")
    client = httpx.AsyncClient(timeout=_PATIENCE_S, follow_redirects=False, trust_env=False, limits=httpx.Limits())

    async def passed_on(request: Request) -> Response:
        query = request.scope["query_string"]
        path = request.scope.get("raw_path", request.url.path.encode()).partition(b"?")[0]
        url = root + path.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
        headers = [(name, value) for name, value in request.headers.raw if name.decode("latin-1").lower() not in _HOP]
        body, asked = await request.body(), dict(request.headers)
        sent_at, started = time.time(), time.monotonic()
        try:
            answer = await client.send(client.build_request(request.method, url, headers=headers, content=body))
        except httpx.HTTPError as error:
            elapsed_ms = (time.monotonic() - started) * 1000
            archive.add(request.method, url, asked, 0, {}, b"", sent_at, elapsed_ms)
            tell(f"{request.method} {request.url.path}: {type(error).__name__}")
            return Response(f"p99-conformance record: the target gave no answer: {type(error).__name__}", 502)
        elapsed_ms = (time.monotonic() - started) * 1000
        answered = dict(answer.headers)
        archive.add(request.method, url, asked, answer.status_code, answered, answer.content, sent_at, elapsed_ms)
        # The library has unpacked the body.
        dropped = _HOP | {"content-encoding", "content-length"}
        back = Response(answer.content, answer.status_code)
        kept = [(name.lower(), value) for name, value in answer.headers.raw if name.decode().lower() not in dropped]
        back.raw_headers = [*kept, (b"content-length", str(len(answer.content)).encode())]
        return back

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        await client.aclose()

    return Starlette(routes=[Route("/{path:path}", passed_on, methods=_METHODS)], lifespan=lifespan)
