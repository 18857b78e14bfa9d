"""The one place that speaks HTTP: bytes out as given, bytes in within bounds, every exchange kept as evidence."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import requests
import urllib3
from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

from conformance.evidence import Exchange
from conformance.target.credentials import Redactor
from conformance.target.profile import Target
from conformance.verdict import Inconclusive

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 15  # half as long again as the documents' samples wait for a cancel-all
BODY_LIMIT = 4 * 2**20  # bytes; 200 orders take some 70 kB
ATTEMPTS = 6  # with waits of up to 0.1, 0.2, 0.4 … s: two seconds in all for an engine to recover
THROTTLED = (429, 418)
THROTTLE_WAIT_S = 1.0  # longer than a second's quota lasts
THROTTLE_WAITS = 10  # in all: one who throttles for ever is not waited for
_SHOWN = 4000  # characters of a body that are kept as evidence: twelve orders; whole pages of 200 nobody reads


class Unreachable(Inconclusive):
    """No whole answer came back. Carries the exchange as far as it went.

    `dropped`: the peer closed a connection before it answered, as happens to a kept-alive one that went stale.
    """

    def __init__(self, exchange: Exchange, dropped: bool = False) -> None:
        super().__init__(f"{exchange.method} {exchange.url}: {exchange.problem}")
        self.exchange = exchange
        self.dropped = dropped


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `refusals`: how many attempts before it broke off or were answered 503; `busy`: the latter."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    exchange: Exchange
    refusals: int = 0
    busy: tuple[Exchange, ...] = ()


@dataclass(slots=True)
class Counts:
    """Requests sent: in all, those of them that set things up, and those repeated after a 503."""

    total: int = 0
    setup: int = 0
    retried_503: int = 0


class Client:
    """Pooled connections to one target. Safe to use from several threads."""

    def __init__(self, target: Target, redactor: Redactor) -> None:
        self.target = target
        self.counts = Counts()
        self._redactor = redactor
        self._local = threading.local()
        self._lock = threading.Lock()
        self._next_slot = 0.0
        self._throttle_waits = 0

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """Count what is sent inside as set-up."""
        outer = getattr(self._local, "setting_up", False)
        self._local.setting_up = True
        try:
            yield
        finally:
            self._local.setting_up = outer

    def send(
        self,
        account: str,
        method: str,
        url: str,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request; `query` goes out byte for byte. A 503 is retried with exponential back-off and jitter,
        what is throttled once, after a second.

        Returns the last answer, which may still be a 503. Raises Unreachable when no whole answer comes back; a dropped
        connection is tried once more, so that a request may take effect twice: `refusals` is then above 0.
        """
        refusals = 0
        busy: list[Exchange] = []

        def attempt() -> Answer:
            nonlocal refusals
            try:
                answer = self._send_once(account, method, url, query, headers or {}, body)
            except Unreachable as lost:
                if not lost.dropped or refusals:
                    raise
                refusals += 1
                answer = self._send_once(account, method, url, query, headers or {}, body)
            if answer.status in THROTTLED and self._may_wait():
                time.sleep(THROTTLE_WAIT_S)
                answer = self._send_once(account, method, url, query, headers or {}, body)
            if answer.status == 503:
                refusals += 1
                busy.append(answer.exchange)
            return answer

        retrying = Retrying(
            retry=retry_if_result(lambda answer: answer.status == 503),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            before_sleep=lambda _: self._count_retry(),
        )
        try:
            answer = retrying(attempt)
        except RetryError as spent:
            answer = spent.last_attempt.result()
        return Answer(answer.status, answer.headers, answer.body, answer.exchange, refusals, tuple(busy))

    def send_once(
        self, account: str, method: str, url: str, query: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request once, whatever comes back."""
        return self._send_once(account, method, url, query, headers or {}, None)

    def _may_wait(self) -> bool:
        with self._lock:
            self._throttle_waits += 1
            return self._throttle_waits <= THROTTLE_WAITS

    def _count_retry(self) -> None:
        with self._lock:
            self.counts.retried_503 += 1

    def _send_once(
        self, account: str, method: str, url: str, query: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        whole = f"{url}?{query}" if query else url
        session = self._session()
        prepared = session.prepare_request(requests.Request(method, url, headers={**self.target.headers, **headers}))
        prepared.url = whole  # as it is: the bytes that were signed are the bytes that are sent
        if body is not None:
            prepared.prepare_body(body, None)
        self._take_turn()
        sent_at, started = time.time(), time.perf_counter()
        status: int | None = None
        received: Mapping[str, str] = {}
        content, problem, dropped = b"", None, False
        try:
            with session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                verify=self.target.ca_bundle or True,
                proxies={"http": self.target.proxy, "https": self.target.proxy} if self.target.proxy else {},
            ) as response:
                status, received = response.status_code, dict(response.headers)
                content = _read_within_bounds(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, _Unbounded, OSError) as error:
            problem, dropped = _in_words(error), _is_dropped(error) and status is None
        exchange = Exchange(
            account=account,
            method=method,
            url=self._redactor.redact(whole),
            request_headers=self._redactor.redact_headers(headers),
            request_body=self._redactor.redact((body or b"").decode(errors="replace"))[:_SHOWN],
            status=None if problem else status,
            response_headers=self._redactor.redact_headers(received),
            response_body=self._redactor.redact(content.decode(errors="replace"))[:_SHOWN],
            sent_at=sent_at,
            elapsed_ms=(time.perf_counter() - started) * 1000,
            problem=self._redactor.redact(problem) if problem else None,
        )
        if problem or status is None:
            raise Unreachable(exchange, dropped)
        return Answer(status, received, content, exchange)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False  # a .netrc or a proxy variable of the machine would redirect credentials
            session.headers.clear()
            session.headers.update({"Accept": "application/json", "User-Agent": "p99-conformance"})
        return session

    def _take_turn(self) -> None:
        """Count the request, and wait where the profile bounds the rate."""
        with self._lock:
            self.counts.total += 1
            self.counts.setup += getattr(self._local, "setting_up", False)
            rate = self.target.max_requests_per_second
            if not rate:
                return
            now = time.monotonic()
            slot = max(now, self._next_slot)
            self._next_slot = slot + 1 / rate
        time.sleep(slot - now)


class _Unbounded(Exception):
    """The body is longer, or takes longer, than any answer of this API could."""


def _read_within_bounds(response: requests.Response) -> bytes:
    chunks, size = [], 0
    deadline = time.monotonic() + READ_TIMEOUT_S
    for chunk in response.iter_content(2**16):
        chunks.append(chunk)
        size += len(chunk)
        if size > BODY_LIMIT:
            raise _Unbounded(f"a body of more than {BODY_LIMIT} bytes")
        if time.monotonic() > deadline:
            raise _Unbounded(f"a body that took more than {READ_TIMEOUT_S} s")
    return b"".join(chunks)


def _in_words(error: Exception) -> str:
    """What went wrong, for a reader who does not know the libraries."""
    match error:
        case _Unbounded():
            return str(error)
        case requests.exceptions.SSLError():
            return f"TLS failed: {error.args[0].reason if hasattr(error.args[0], 'reason') else error}"
        case requests.exceptions.ConnectTimeout():
            return f"no connection within {CONNECT_TIMEOUT_S} s"
        case requests.exceptions.ReadTimeout():
            return f"no answer within {READ_TIMEOUT_S} s"
        case requests.exceptions.ConnectionError() if _is_dropped(error):
            return "the connection was closed before an answer came"
        case requests.exceptions.ConnectionError():
            return f"no connection: {_innermost(error)}"
    return f"{type(error).__name__}: {error}"


def _is_dropped(error: Exception) -> bool:
    return isinstance(error, requests.ConnectionError) and "Connection aborted" in str(error)


def _innermost(error: BaseException) -> str:
    """The last words of the chain of causes: "Connection refused" rather than what each library wrapped around it."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return str(cause if cause is not None else error).rpartition(": ")[2].rpartition("] ")[2].rstrip(")\"'")
