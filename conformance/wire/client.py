"""The one place that speaks HTTP: bytes out as given, bytes in within bounds, every exchange kept as evidence."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import urllib3
from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_random_exponential

from conformance.evidence import Exchange
from conformance.operations import Operation
from conformance.profile import Target
from conformance.verdict import Unreachable
from conformance.wire.bounded import BoundedAdapter, Unbounded
from conformance.wire.breaker import Breaker
from conformance.wire.counts import Counts, Latencies
from conformance.wire.failures import in_words, is_dropped
from conformance.wire.headers import all_of
from conformance.wire.redaction import Redactor

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 15  # half as long again as the documents' samples wait for a cancel-all
BODY_LIMIT = 2 * 2**20  # bytes; 200 orders take some 70 kB
ATTEMPTS = 6  # with waits of up to 0.1, 0.2, 0.4 … s: two seconds in all for an engine to recover
THROTTLED = (429, 418)
THROTTLE_WAIT_S = 1.0  # longer than a second's quota lasts
GENTLE = 100  # requests within a second that must not be throttled
THROTTLE_WAITS = 10  # in all: one who throttles for ever is not waited for
_KEPT = 2**17  # characters of a body that are kept as evidence, more than a page of 200 orders takes
_SHOWN_IN_A_LINE = 500  # of a header, or of what went wrong: a target can make either as long as it likes


class MayOnlyRead(Exception):
    """Something else than GET was about to be sent to a target that may only be read: a defect of the suite."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes out. `query` is sent byte for byte; `account` is who asks, for the evidence.

    `operation`: the documented operation that it asks for, if any. `forged`: what its credentials are, if not good.
    What can hold a credential stays out of its repr: a traceback would show it.
    """

    account: str
    method: str
    url: str
    query: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    operation: str | None = None
    forged: str | None = None

    @property
    def whole_url(self) -> str:
        """The URL with its query."""
        return f"{self.url}?{self.query}" if self.query else self.url


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `tries_before`: how many tries broke off, or were answered 503, before it; `busy`: the latter."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    exchange: Exchange
    tries_before: int = 0
    busy: tuple[Exchange, ...] = ()
    throttled: tuple[Exchange, ...] = ()


@dataclass(slots=True)
class _Came:
    """What came back of a request, as far as it went; `problem`: why that is no whole answer."""

    sent_at: float
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    problem: str | None = None
    dropped: bool = False


class Client:
    """Pooled connections to one target, through which nothing but GET goes where it is `read_only`.

    Safe to use from several threads.
    """

    def __init__(self, target: Target, redactor: Redactor, *, read_only: bool = False) -> None:
        self.target = target
        self._read_only = read_only
        self._origin = origin(target.base_url)
        self.counts = Counts()
        self.latencies = Latencies()
        self._redactor = redactor
        self._local = threading.local()
        self._lock = threading.Lock()
        self._next_slot = 0.0
        self._throttle_waits = 0
        self._sent: deque[float] = deque(maxlen=GENTLE)  # when, by the monotonic clock
        self.breaker = Breaker()

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """Count what is sent inside as set-up."""
        outer = getattr(self._local, "setting_up", False)
        self._local.setting_up = True
        try:
            yield
        finally:
            self._local.setting_up = outer

    def send(self, call: Call) -> Answer:
        """Send a request; retry a 503 with exponential back-off and jitter, and what is throttled once, after a second.

        Returns the last answer, which may still be a 503. Raises Unreachable when no whole answer comes back, and
        without sending where the target was given up; a dropped connection is tried once more, so that a request may
        take effect twice: `tries_before` is then above 0.
        """
        tries_before = 0
        busy: list[Exchange] = []
        throttled: list[Exchange] = []

        def attempt() -> Answer:
            nonlocal tries_before
            try:
                answer = self.send_once(call)
            except Unreachable as lost:
                if not lost.dropped or tries_before:
                    raise
                tries_before += 1
                answer = self.send_once(call)
            if answer.status in THROTTLED and self._may_wait():
                early, gently = answer.exchange, self._sent_gently()
                time.sleep(THROTTLE_WAIT_S)
                answer = self.send_once(call)
                if gently and answer.status not in THROTTLED:
                    throttled.append(early)
            if answer.status == 503:
                tries_before += 1
                busy.append(answer.exchange)
            return answer

        retrying = Retrying(
            retry=retry_if_result(lambda answer: answer.status == 503),
            stop=stop_after_attempt(self.breaker.retries(ATTEMPTS)),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            before_sleep=lambda _: self._count_retry(),
        )
        try:
            answer = retrying(attempt)
        except RetryError as spent:
            answer = spent.last_attempt.result()
        self.breaker.busy(to_the_last=answer.status == 503)
        return Answer(
            answer.status, answer.headers, answer.body, answer.exchange, tries_before, tuple(busy), tuple(throttled)
        )

    def _sent_gently(self) -> bool:
        """Whether no more was sent within the last second than the documents' weights allow in any case."""
        with self._lock:
            return len(self._sent) < GENTLE or time.monotonic() - self._sent[0] > 1

    def _may_wait(self) -> bool:
        with self._lock:
            self._throttle_waits += 1
            return self._throttle_waits <= THROTTLE_WAITS

    def _count_retry(self) -> None:
        with self._lock:
            self.counts.retried_503 += 1

    def send_once(self, call: Call) -> Answer:
        """Send a request once, whatever comes back."""
        if self._read_only and call.method != "GET":
            raise MayOnlyRead(f"{call.method} {call.url}")
        given_up = self.breaker.given_up()
        came = _Came(time.time(), problem=given_up) if given_up else self._ask(call)
        exchange = Exchange(
            account=call.account,
            method=call.method,
            url=self._redactor.redact(call.whole_url),
            request_headers=self._redactor.redact_headers(call.headers),
            request_body=self._redactor.redact((call.body or b"").decode(errors="replace"))[:_KEPT],
            status=None if came.problem else came.status,
            response_headers=_cut(self._redactor.redact_headers(came.headers)),
            response_body=self._redactor.redact(came.body.decode(errors="replace"))[:_KEPT],
            sent_at=came.sent_at,
            elapsed_ms=came.seconds * 1000,
            problem=self._redactor.redact(came.problem)[:_SHOWN_IN_A_LINE] if came.problem else None,
            operation=call.operation,
            forged=call.forged,
        )
        if came.problem or came.status is None:
            raise Unreachable(exchange, came.dropped)
        return Answer(came.status, came.headers, came.body, exchange)

    def _ask(self, call: Call) -> "_Came":
        session = self._session()
        own = self.target.headers if origin(call.url) == self._origin else {}  # they may be a gateway's credentials
        prepared = session.prepare_request(requests.Request(call.method, call.url, headers={**own, **call.headers}))
        prepared.headers = all_of(call.headers, prepared.headers)
        prepared.url = call.whole_url  # as it is: the bytes that were signed are the bytes that are sent
        if call.body is not None:
            prepared.prepare_body(call.body, None)
        self._take_turn()
        patience_s = self.breaker.patience_s(READ_TIMEOUT_S)
        came, started = _Came(time.time()), time.monotonic()
        try:
            with session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_TIMEOUT_S, patience_s),
                verify=self.target.ca_bundle or True,
                proxies={"http": self.target.proxy, "https": self.target.proxy} if self.target.proxy else {},
            ) as response:
                came.status, came.headers = response.status_code, dict(response.headers)
                came.body = _read_within_bounds(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, Unbounded, OSError) as error:
            came.problem = in_words(error, CONNECT_TIMEOUT_S, patience_s)
            came.dropped = is_dropped(error) and came.status is None
        came.seconds = time.monotonic() - started
        self.breaker.ended(started, came.problem or f"{came.status}", answered=came.problem is None)
        return came

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = _Session()
            for scheme in ("http://", "https://"):
                session.mount(scheme, BoundedAdapter())
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # one would be a credential too
            session.trust_env = False  # a .netrc or a proxy variable of the machine would redirect credentials
            session.headers.clear()
            session.headers.update({"Accept": "application/json", "User-Agent": "p99-conformance"})
        return session

    def hide(self, credential: str) -> None:
        """Show this nowhere, from now on."""
        self._redactor.add(credential)

    def timed(self, operation: Operation, elapsed_ms: float) -> None:
        """Count how long an operation took to answer."""
        with self._lock:
            self.latencies.add(operation.name, elapsed_ms)

    def _take_turn(self) -> None:
        """Count the request, and wait where the profile bounds the rate."""
        with self._lock:
            self.counts.total += 1
            self._sent.append(time.monotonic())
            self.counts.setup += getattr(self._local, "setting_up", False)
            rate = self.target.max_requests_per_second
            if not rate:
                return
            now = time.monotonic()
            slot = max(now, self._next_slot)
            self._next_slot = slot + 1 / rate
        time.sleep(slot - now)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None at all: to follow one, or to prepare for it, the whole body of the redirect would be read."""


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: what credentials are for."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _cut(headers: Mapping[str, str]) -> dict[str, str]:
    return {name[:_SHOWN_IN_A_LINE]: value[:_SHOWN_IN_A_LINE] for name, value in headers.items()}


def _read_within_bounds(response: requests.Response) -> bytes:
    chunks, size = [], 0
    for chunk in response.iter_content(2**16):
        chunks.append(chunk)
        size += len(chunk)
        if size > BODY_LIMIT:
            raise Unbounded(f"a body of more than {BODY_LIMIT} bytes")
    return b"".join(chunks)
