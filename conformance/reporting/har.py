"""The exchanges of the findings as an HTTP archive, HAR 1.2, for the tools that read it."""

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harfile import Content, Creator, HarFile, PostData, Record, Request, Response, Timings

from conformance.results import Results

_VERSION = "HTTP/1.1"


def har(results: Results) -> str:
    """Each exchange once, in the order of time; its comment names the requirement and the account."""
    file = io.StringIO()
    with HarFile(file, creator=Creator("p99-conformance", results.suite_version)) as archive:
        for exchange, comment in sorted(_exchanges(results), key=lambda each: float(each[0]["sent_at"])):
            add(archive, exchange, comment)
    return file.getvalue() + "\n"


def add(archive: HarFile, exchange: Mapping[str, Any], comment: str) -> None:
    """Add an exchange as an entry; `comment` names the account."""
    archive.add_entry(
        startedDateTime=datetime.fromtimestamp(exchange["sent_at"], UTC).isoformat(timespec="microseconds"),
        time=exchange["elapsed_ms"],
        request=_request(exchange),
        response=_response(exchange),
        timings=Timings(send=0, wait=exchange["elapsed_ms"], receive=0),
        comment=comment,
    )


def _exchanges(results: Results) -> Iterator[tuple[Mapping[str, Any], str]]:
    seen: set[tuple[Any, ...]] = set()
    for result in results.requirements:
        for finding in result.findings:
            for exchange in finding.exchanges:
                key = exchange["sent_at"], exchange["account"], exchange["url"]
                if key not in seen:
                    seen.add(key)
                    yield exchange, f"{result.id}, {exchange['account']}"


def _request(exchange: Mapping[str, Any]) -> Request:
    body = exchange["request_body"]
    return Request(
        method=exchange["method"],
        url=exchange["url"],
        httpVersion=_VERSION,
        headers=_records(exchange["request_headers"]),
        queryString=[Record(*pair) for pair in parse_qsl(urlsplit(exchange["url"]).query, keep_blank_values=True)],
        postData=PostData("application/json", text=body, params=[]) if body else None,
        bodySize=len(body.encode(errors="replace")),
    )


def _response(exchange: Mapping[str, Any]) -> Response:
    status, body = exchange["status"] or 0, exchange["response_body"]
    headers = {name.lower(): value for name, value in exchange["response_headers"].items()}
    return Response(
        status=status,
        statusText=_phrase(status),
        httpVersion=_VERSION,
        headers=_records(exchange["response_headers"]),
        content=Content(len(body.encode(errors="replace")), mimeType=headers.get("content-type", ""), text=body),
        redirectURL=headers.get("location", ""),
        comment=exchange["problem"],
    )


def _records(headers: Mapping[str, str]) -> list[Record]:
    return [Record(name, value) for name, value in headers.items()]


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else ""
