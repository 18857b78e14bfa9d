"""One entry of a recording: a request of the API with its answer, or why it is left out."""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, urlsplit

from conformance.evidence import Exchange
from conformance.operations import OPERATIONS, ORDERS_PATH, Operation
from conformance.orders import STATUSES, Query
from conformance.recorded.who import Credentials, Flaw, Names
from conformance.requirements import load
from conformance.wire.client import Answer
from conformance.wire.forgery import named
from conformance.wire.redaction import Redactor
from conformance.wire.signer import Credential

_LARGEST = 2**24  # bytes of a body
_ROUNDED_S = 0.001  # most recorders write milliseconds
_OWN_PARAMETERS = ("timestamp", "signature", "recvWindow")
_LARGEST_LIMIT = 2**31 - 1
_A_NAME = re.compile(r"[A-Za-z0-9._:/-]{1,64}")  # what may be the name of a market
WITH = " with "  # between the account and what its credentials are, in the comment of an entry


class LeftOut(Exception):
    """This entry is not judged; the message says why, in words that entries share."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A request and its answer. Times in UNIX seconds: it was asked for no later, and had come no sooner.

    `account`: the name of its owner, None if nobody can tell. `operation` None: something else was asked of the same
    server. `answer` None: none came. `query`: what is signed of it. `flaw`: what is wrong with its credentials.
    `is_vouched_for`: the recording says that nothing is, if there is no flaw.
    """

    account: str | None
    kind: Credential
    flaw: Flaw | None
    has_credentials: bool
    method: str
    base: str
    operation: Operation | None
    query: str
    asked_at: float
    came_at: float
    exchange: Exchange
    answer: Answer | None
    is_vouched_for: bool = False

    def list_query(self) -> Query | None:
        """The list that is asked for; None for a query that is odd: a good one has each parameter once, and its
        value is one that the documents name.
        """
        pairs = parse_qsl(self.query, keep_blank_values=True)
        given = {name: value for name, value in pairs if name not in _OWN_PARAMETERS}
        if len(dict(pairs)) < len(pairs) or given.keys() - {"symbol", "status", "start", "end", "limit"}:
            return None
        if given.get("status", "open") not in STATUSES or not _A_NAME.fullmatch(given.get("symbol", "X")):
            return None
        numbers = {name: given[name] for name in ("start", "end", "limit") if name in given}
        if not all(_is_number(text) for text in numbers.values()):
            return None
        start, end, limit = (int(numbers[name]) if name in numbers else None for name in ("start", "end", "limit"))
        return Query(given.get("symbol"), given.get("status"), start, end, limit)

    def symbols(self) -> frozenset[str]:
        """All that may be meant by the symbols that are given; nothing where one of them is empty, which may mean all.

        A target may leave out what surrounds a name, or take several between commas.
        """
        pairs = parse_qsl(self.query, keep_blank_values=True)
        given = [value for name, value in pairs if name == "symbol"]
        if not all(value.strip() for value in given):
            return frozenset()
        return frozenset(part for value in given for part in (value, *re.findall(r"[\w-]+", value)))


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return (
        digits.isascii() and digits.isdigit() and len(digits) <= 13 and int(digits) <= 10**12 and str(int(text)) == text
    )


def entry_of(raw: Mapping[str, Any], names: Names) -> Entry:
    """The entry, without secrets. Raises LeftOut."""
    request, response = raw.get("request"), raw.get("response")
    if not isinstance(request, Mapping) or not isinstance(request.get("url"), str):
        raise LeftOut("no request in it")
    method, url = str(request.get("method", "")).upper(), request["url"]
    parts = urlsplit(url)
    headers = _headers(request.get("headers"))
    path = parts.path.rstrip("/")
    is_api = path.endswith(ORDERS_PATH)
    operation = next((each for each in OPERATIONS if each.method == method and is_api), None)
    if operation is None and method in ("GET", "HEAD", "OPTIONS"):
        raise LeftOut("requests of other paths that only read")
    credentials = names.of(headers, parts.query)
    account, flaw = _told_by(raw.get("comment"), credentials)
    asked_at, elapsed_s, slack = _times(raw)
    redactor = Redactor()
    for secret in credentials.secrets:
        redactor.add(secret)
    status, body, answered = _answered(response, wanted=is_api)
    exchange = Exchange(
        account=account or "unknown",
        method=method,
        url=redactor.redact(url) if is_api else f"{parts.scheme}://{parts.netloc}{parts.path}",
        request_headers=redactor.redact_headers(headers) if is_api else {},
        request_body="",
        status=status,
        response_headers=redactor.redact_headers(answered) if is_api else {},
        response_body=redactor.redact(body.decode(errors="replace")) if is_api else "",
        sent_at=asked_at,
        elapsed_ms=elapsed_s * 1000,
        problem=None if status else "the recording has no answer",
        operation=operation.name if operation else None,
        forged=flaw.says if flaw else None,
    )
    return Entry(
        account=account,
        kind=credentials.kind or "jwt",
        flaw=flaw,
        has_credentials=credentials != Credentials(),
        method=method,
        base=f"{parts.scheme}://{parts.netloc}{path.removesuffix(ORDERS_PATH) if is_api else ''}",
        operation=operation,
        query=_signed(parts.query),
        asked_at=asked_at,
        came_at=asked_at + elapsed_s + slack,
        exchange=exchange,
        answer=Answer(status, exchange.response_headers, body, exchange) if status else None,
        is_vouched_for=_is_of_ours(raw.get("comment")),
    )


def _told_by(comment: Any, credentials: Credentials) -> tuple[str | None, Flaw | None]:
    """Account and flaw as the comment of our own archives tells them; else as the credentials do."""
    if not _is_of_ours(comment):
        return credentials.name, credentials.flaw
    told = comment.removeprefix("account ") if comment.startswith("account ") else comment.partition(", ")[2]
    account, forged, says = told.partition(WITH)
    if not forged:
        return account, credentials.flaw
    try:
        return account, Flaw(named(says).requirement, says)
    except KeyError:
        return account, Flaw("auth.required", says)


def _is_of_ours(comment: Any) -> TypeGuard[str]:
    """Whether an archive of the suite's own says this of an entry."""
    return isinstance(comment, str) and comment.startswith(("account ", *_BEGIN_OF_OURS))


_BEGIN_OF_OURS = tuple(f"{id}, " for id in load())


def _headers(records: Any) -> dict[str, str]:
    """By name in lower case; without the pseudo-headers of HTTP/2."""
    if not isinstance(records, list):
        return {}
    pairs = ((each.get("name"), each.get("value")) for each in records if isinstance(each, Mapping))
    return {str(name).lower(): str(value) for name, value in pairs if name and not str(name).startswith(":")}


def _times(raw: Mapping[str, Any]) -> tuple[float, float, float]:
    """When it was asked for, how long it took, and by how much both may be rounded."""
    started, took = raw.get("startedDateTime"), raw.get("time")
    try:
        moment = datetime.fromisoformat(str(started).replace("Z", "+00:00"))
        at, elapsed = moment.timestamp(), max(float(took or 0), 0.0) / 1000
    except (ValueError, OverflowError, OSError, TypeError):
        raise LeftOut("no startedDateTime, or none that can be read") from None
    return at, elapsed, 0.0 if moment.microsecond % 1000 else _ROUNDED_S


def _answered(response: Any, *, wanted: bool) -> tuple[int | None, bytes, dict[str, str]]:
    """Status, body and headers. Raises LeftOut where the body is `wanted` and is not whole."""
    if not isinstance(response, Mapping):
        return None, b"", {}
    status = response.get("status")
    headers = _headers(response.get("headers"))
    if not isinstance(status, int | float) or not 100 <= status <= 599:
        return None, b"", headers
    content = response.get("content")
    content = content if isinstance(content, Mapping) else {}
    text = content.get("text")
    if text is None:
        if wanted and content.get("size", 0) not in (0, -1, None):
            raise LeftOut("the recorder has left out the body of the answer")
        return int(status), b"", headers
    if not wanted:
        return int(status), str(text).encode(errors="replace")[:_LARGEST], headers
    size = content.get("size")
    body = str(text).encode(errors="surrogatepass")
    if content.get("encoding") == "base64":
        body = _decoded(body, headers)
    elif isinstance(size, int | float) and size > len(body) + 1 and "encoding" not in content:
        raise LeftOut("the recorder has cut the body of the answer")
    if len(body) > _LARGEST:
        raise LeftOut("an answer of more than 16 MB")
    return int(status), body, headers


def _decoded(body: bytes, headers: Mapping[str, str]) -> bytes:
    try:
        raw = base64.b64decode(body)
        if headers.get("content-encoding") in ("gzip", "deflate") and raw[:1] in (b"\x1f", b"\x78"):
            return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(raw, _LARGEST)
    except (binascii.Error, zlib.error, ValueError):
        raise LeftOut("a body in base64 that cannot be decoded") from None
    if headers.get("content-encoding") in ("br", "zstd") and raw[:1] not in b"[{":
        raise LeftOut("a body that is compressed with br or zstd")
    return raw


def _signed(query: str) -> str:
    """What the signature covers; the whole where there is none."""
    covered, signature, _ = query.partition("&signature=")
    return covered if signature else query


def is_within(limit: int | None) -> bool:
    """Whether the documents' sentence on limits speaks of this one."""
    return limit is None or abs(limit) <= _LARGEST_LIMIT
