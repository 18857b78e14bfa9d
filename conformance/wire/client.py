"""Sends HTTP requests exactly as given, limits the answers, and keeps every exchange as evidence."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import requests
import urllib3
from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_exponential, wait_random

from conformance.evidence import Exchange
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.profile import Target
from conformance.verdict import Unreachable
from conformance.wire.bounded import Unbounded, read_body
from conformance.wire.breaker import Breaker
from conformance.wire.call import Call, Came, origin
from conformance.wire.counts import APART, PURPOSES, Counts, Latencies, Purpose
from conformance.wire.failures import in_words, is_cut_off, is_dropped, is_refused
from conformance.wire.headers import OWN, all_of
from conformance.wire.kept import kept
from conformance.wire.own import Own
from conformance.wire.pace import Pace
from conformance.wire.redaction import Redactor
from conformance.wire.side_by_side import SideBySide

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 15  # one and a half times as long as the documents' samples wait for a cancel-all
BODY_LIMIT = 2 * 2**20  # bytes; 200 orders take about 70 kB
ATTEMPTS = 6
# With five waits that double, and the jitter on top: never less than 1.8 s in all, so that an engine can recover.
FIRST_WAIT_S = 0.06
JITTER_S = 0.1
THROTTLED = (429, 418)
THROTTLE_WAIT_S = 1.0  # longer than a quota of one second lasts
GENTLE = 100  # a target must not throttle this many requests within a second
THROTTLE_WAITS = 10  # in a whole run: a target that always throttles must not hold it up

Result = TypeVar("Result")


class MayOnlyRead(Exception):
    """A request other than GET was about to be sent in read-only scope. This is a defect of the suite."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `tries_before`: how many attempts before it broke off or were answered 503. `busy`: the 503s."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    exchange: Exchange
    tries_before: int = 0
    busy: tuple[Exchange, ...] = ()
    throttled: tuple[Exchange, ...] = ()


class Client:
    """Sends requests to one target, over pooled connections. `read_only`: it sends only GET. `connections`: how many
    requests that do not depend on each other it sends at once; None: as many as help.

    Safe to use from several threads.
    """

    def __init__(
        self, target: Target, redactor: Redactor, *, read_only: bool = False, connections: int | None = 1
    ) -> None:
        self.target = target
        self._read_only = read_only
        self._origin = origin(target.base_url)
        self.counts = Counts()
        self.latencies = Latencies()
        self.pace = Pace()
        self._side_by_side = SideBySide(1 if target.max_requests_per_second else connections, self.pace.is_far)
        self.go_on = self._side_by_side.go_on  # raises where what this thread sends is not wanted any more
        self._redactor = redactor
        self._own = Own()
        self.lock = threading.Lock()
        self._next_slot = 0.0
        self._throttle_waits = 0
        self._answers = False  # whether any answer has come
        self._accepted_at = float("-inf")  # when it last answered a request with 200, by the monotonic clock
        self._sent: deque[float] = deque(maxlen=GENTLE)  # times of the last requests, by the monotonic clock
        self.breaker = Breaker()

    @contextmanager
    def counting_as(self, purpose: Purpose) -> Iterator[None]:
        """Count what this thread sends inside under this purpose, or under one around it that PURPOSES names first."""
        outer = self._own.purposes
        self._own.purposes = (*outer, purpose)
        try:
            yield
        finally:
            self._own.purposes = outer

    @property
    def at_once(self) -> int:
        """How many requests go out at once."""
        return self._side_by_side.at_once

    def side_by_side(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """What these calls return, which may send requests at once. What they send counts as what this thread sends.

        Raises what the first of them raised, as if they were made one after the other.
        """
        return self._side_by_side.results([partial(self._counted, self._own.purposes, call) for call in calls])

    def under_way(self, calls: Sequence[Callable[[], Result]]) -> AbstractContextManager[list[Future[Result]]]:
        """Inside, these calls are being made at once. What they send counts as what this thread sends."""
        return self._side_by_side.under_way([partial(self._counted, self._own.purposes, call) for call in calls])

    def _counted(self, purposes: tuple[Purpose, ...], call: Callable[[], Result]) -> Result:
        self._own.purposes = purposes
        return call()

    def send(self, call: Call) -> Answer:
        """Send a request. Retry a 503 with exponential back-off and jitter; a throttled operation once, a second later.

        Returns the last answer, which may still be a 503. Raises Unreachable if no whole answer comes back, and,
        without sending, if the target was given up. If the target drops the connection, the request is sent again and
        may take effect more than once; `tries_before` is then above 0.
        """
        tries_before = 0
        busy: list[Exchange] = []
        throttled: list[Exchange] = []

        def attempt() -> Answer:
            nonlocal tries_before
            answer, dropped = self._sent_until_not_dropped(call)
            tries_before += dropped
            if answer.status in THROTTLED and call.operation and self._may_wait():
                early, gently = answer.exchange, self._sent_gently()
                time.sleep(THROTTLE_WAIT_S)
                answer = self.send_once(call)
                if gently and not call.forged and (answer.status not in THROTTLED or self._accepts_others()):
                    throttled.append(early)
            if answer.status == 503:
                tries_before += 1
                busy.append(answer.exchange)
            return answer

        answer = attempt()
        if answer.status == 503:
            answer = self._until_not_busy(answer, attempt)
        self.breaker.busy(to_the_last=answer.status == 503)
        return Answer(
            answer.status, answer.headers, answer.body, answer.exchange, tries_before, tuple(busy), tuple(throttled)
        )

    def _sent_until_not_dropped(self, call: Call) -> tuple[Answer, int]:
        """The answer, and how many tries before it the target dropped: one on a connection that may have gone stale,
        and one more where the target was away, as a port is that is forwarded to nobody.
        """
        dropped = 0
        while True:
            try:
                return self.send_once(call), dropped
            except Unreachable as lost:
                if not (lost.dropped and call.repeatable) or dropped == 2 or (dropped == 1 and not self._is_back(call)):
                    raise
            dropped += 1

    def _is_back(self, dropped: Call) -> bool:
        """Wait for a target that has answered before; False if it stays away. What was dropped is not sent for that: it
        may have taken effect.
        """
        with self.counting_as("looks"):
            return self._answers and self.breaker.outlast(lambda: self._ask(dropped.root).status is not None)

    def _until_not_busy(self, first: Answer, attempt: Callable[[], Answer]) -> Answer:
        """The first answer that is no 503, or the last of so many attempts, of which `first` is one."""
        came = [first]
        retrying = Retrying(
            retry=retry_if_result(lambda answer: answer.status == 503),
            stop=stop_after_attempt(self.breaker.retries(ATTEMPTS)),
            wait=wait_exponential(multiplier=FIRST_WAIT_S) + wait_random(0, JITTER_S),
            before_sleep=lambda _: self._count_retry(),
        )
        try:
            return retrying(lambda: came.pop() if came else attempt())
        except RetryError as spent:
            answer: Answer = spent.last_attempt.result()
            return answer

    def _sent_gently(self) -> bool:
        """Whether the last second had no more requests than the documents' weights allow."""
        with self.lock:
            return len(self._sent) < GENTLE or time.monotonic() - self._sent[0] > 1

    def _accepts_others(self) -> bool:
        """Whether the target has answered another request just now: it is then not shut to all that comes from here."""
        return time.monotonic() - self._accepted_at < 3 * THROTTLE_WAIT_S

    def _may_wait(self) -> bool:
        with self.lock:
            self._throttle_waits += 1
            return self._throttle_waits <= THROTTLE_WAITS

    def _count_retry(self) -> None:
        with self.lock:
            self.counts.retried_503 += 1

    def send_once(self, call: Call) -> Answer:
        """Send a request once. The answer may have any status.

        A target that has answered before and accepts no connection now is waited for: nothing has been sent.
        """
        if self._read_only and call.method != "GET":
            raise MayOnlyRead(f"{call.method} {call.url}")
        given_up = self.breaker.given_up()
        came = Came(time.time(), problem=given_up) if given_up else self._ask(call)
        if came.refused and self._answers:
            came = self._once_it_accepts(call, came)
        exchange = kept(call, came, self._redactor)
        if came.problem or came.status is None:
            raise Unreachable(exchange, came.dropped, came.stale)
        if came.status == 200:
            self._accepted_at = time.monotonic()
        return Answer(came.status, came.headers, came.body, exchange)

    def _ask(self, call: Call) -> Came:
        return self._side_by_side.in_turn(partial(self._counted, self._own.purposes, partial(self._ask_here, call)))

    def _ask_here(self, call: Call) -> Came:
        # Only to the target: these headers may be credentials of a gateway.
        own = self.target.headers if origin(call.url) == self._origin else {}
        prepared = requests.Request(call.method, call.url, headers={**OWN, **own, **call.headers}).prepare()
        prepared.headers = all_of(call.headers, prepared.headers)
        prepared.url = call.whole_url  # unchanged: the signature is over these bytes
        if call.body is not None:
            prepared.prepare_body(call.body, None)
        self._take_turn(call)
        connect_s = CONNECT_TIMEOUT_S
        patience_s = self.breaker.patience_s(READ_TIMEOUT_S)
        came, started = Came(time.time()), time.monotonic()
        was_kept, self._own.kept = self._own.kept, False
        self.pace.sent(apart=not APART.isdisjoint(self._own.purposes))
        try:
            # Not by a session: that would follow redirects, keep cookies, and take proxies from this machine.
            with self._own.connections.send(
                prepared,
                stream=True,
                timeout=(connect_s, patience_s),
                verify=self.target.ca_bundle or True,
                proxies={"http": self.target.proxy, "https": self.target.proxy} if self.target.proxy else {},
            ) as response:
                came.status, came.headers = response.status_code, dict(response.headers)
                came.body = read_body(response, BODY_LIMIT)
        except (requests.RequestException, urllib3.exceptions.HTTPError, Unbounded, OSError) as error:
            came.problem = in_words(error, connect_s, patience_s)
            came.dropped = is_dropped(error) if came.status is None else is_cut_off(error)
            came.stale = was_kept and came.dropped and came.status is None
            came.refused = is_refused(error)
        self._own.kept = came.problem is None
        came.seconds = time.monotonic() - started
        self.pace.ended(started, is_list=call.operation == LIST.name and came.status == 200)
        self._answers |= came.problem is None
        self.breaker.ended(started, came.problem or f"{came.status}", answered=came.problem is None)
        return came

    def _once_it_accepts(self, call: Call, came: Came) -> Came:
        """What comes back once the target accepts connections again, or the refusal."""
        tries = [came]

        def is_accepted() -> bool:
            tries.append(self._ask(call))
            return not tries[-1].refused

        self.breaker.outlast(is_accepted)
        return tries[-1]

    def hide(self, credential: str) -> None:
        """From now on, never show this credential."""
        self._redactor.add(credential)

    def timed(self, operation: Operation, elapsed_ms: float) -> None:
        """Count how long the answer to an operation took."""
        with self.lock:
            self.latencies.add(operation.name, elapsed_ms)

    def _take_turn(self, call: Call) -> None:
        """Count the request, and wait if the profile limits the rate."""
        with self.lock:
            unless: Purpose = "cancel-alls" if call.operation == CANCEL_ALL.name else "lists"
            self.counts.by_purpose[min((*self._own.purposes, unless), key=PURPOSES.index)] += 1
            self._sent.append(time.monotonic())
            rate = self.target.max_requests_per_second
            if not rate:
                return
            now = time.monotonic()
            slot = max(now, self._next_slot)
            self._next_slot = slot + 1 / rate
        time.sleep(slot - now)
