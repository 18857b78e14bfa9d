"""Requests of one account, and what any answer says whatever was asked: how long it took, how an error is spelled."""

import contextlib
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

from conformance import contract
from conformance.account.blame import charge
from conformance.account.sent import Came, Coming, Good, Signed
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.operations import LIST, Operation
from conformance.oracle import errors
from conformance.profile import AccountProfile
from conformance.turns import waiting
from conformance.verdict import Breach, Inconclusive, Unreachable
from conformance.wire.answers import GATEWAY, NOT_JUDGED, decoded, rejects
from conformance.wire.call import Call
from conformance.wire.client import Answer, Client
from conformance.wire.counts import Purpose
from conformance.wire.expired import sent_with_a_good_token
from conformance.wire.signer import Credential, Signer

Result = TypeVar("Result")

# A server fault is a documented answer, and may pass, as a gateway's may: one that stays is the request's doing.
_ASKED_AGAIN = 2

# How a target answers that is away for a moment, or the gateway before it.
PERHAPS_AWAY = (500, 502, 503, 504)

_REMEMBERED = 20  # good lists at most: all that checks ask for alike, one after the other, with each credential


class Sender:
    """Signs, sends and times the requests of an account; `observations` take in what is seen in passing.

    `whenever_changed` is called behind each request that may have changed the account's orders, whatever came of it.
    `coming`: lists that were asked for ahead, by query and credential. Who asks for one of them gets what comes.
    """

    def __init__(self, profile: AccountProfile, client: Client) -> None:
        self.name = profile.name
        self.observations = Observations()
        self.signer = Signer(profile)
        self.whenever_changed: Callable[[], None] = lambda: None
        self.market: str | None = None  # the name of one, if any is known
        self.good: deque[Good] = deque(maxlen=_REMEMBERED)  # the last lists that it was shown
        self.coming: dict[tuple[str, Credential], Coming] = {}
        self._client = client

    def __repr__(self) -> str:
        return self.name

    @property
    def credentials(self) -> tuple[Credential, ...]:
        """The kinds of credential that the profile gives; the first is used unless told otherwise."""
        return self.signer.kinds

    def hide(self, headers: Mapping[str, str]) -> None:
        """Show nowhere what these headers carry as credentials."""
        for value in headers.values():
            self._client.hide(value.rpartition(" ")[2])

    def counting_as(self, purpose: Purpose) -> AbstractContextManager[None]:
        """Count what this thread sends inside under this purpose."""
        return self._client.counting_as(purpose)

    def send(
        self,
        operation: Operation,
        query: str,
        headers: Mapping[str, str],
        *,
        once: bool = False,
        forged: str | None = None,
    ) -> Answer:
        """Send a request with exactly this query string and these headers; `once`: as `sent_once`. `forged`: what its
        credentials are, where they are not good.
        """
        sent = self.sent_once if once else self.sent
        return self.received(operation, sent(operation, query, headers, forged=forged))

    def sent(
        self,
        operation: Operation,
        query: str,
        headers: Mapping[str, str],
        *,
        once: bool = False,
        forged: str | None = None,
    ) -> Answer:
        """As `send`, but nothing is judged: this may be done side by side. `once`: whatever comes, not sent again."""
        url = f"{self._client.target.base_url}{operation.path}"
        call = Call(self.name, operation.method, url, query, headers, operation=operation.name, forged=forged)
        try:
            return sent_with_a_good_token(call, self.signer, self._client.send_once if once else self._client.send)
        finally:
            if operation.changes:
                self.whenever_changed()

    def sent_once(
        self, operation: Operation, query: str, headers: Mapping[str, str], *, forged: str | None = None
    ) -> Answer:
        """As `sent`, but a 503 is not retried. What is lost with a connection that was kept is sent again, once: the
        target may close it behind any answer, while the next request is on its way (RFC 9112, 9.5). `tries_before` says
        so.
        """
        try:
            return self.sent(operation, query, headers, once=True, forged=forged)
        except Unreachable as lost:
            if not lost.stale:
                raise
            return replace(self.sent(operation, query, headers, once=True, forged=forged), tries_before=1)

    def received(self, operation: Operation, answer: Answer) -> Answer:
        """The answer to a request that was `sent`, judged by itself."""
        self._client.timed(operation, answer.exchange.elapsed_ms)
        return self._judged_in_passing(operation, answer)

    @property
    def at_once(self) -> int:
        """How many requests that do not depend on each other are sent at once."""
        return self._client.at_once

    def side_by_side(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """What these calls return, which may send requests at once. Raises what the first of them raised."""
        return self._client.side_by_side(calls)

    def under_way(self, calls: Sequence[Callable[[], Result]]) -> AbstractContextManager[list[Future[Result]]]:
        """Inside, these calls, which may send requests, are being made at once."""
        return self._client.under_way(calls)

    def send_each(self, operation: Operation, requests: Sequence[Signed]) -> list[Answer]:
        """As `send` for each of these requests, side by side; again where the target failed for a moment."""
        sends = [partial(self.sent, operation, query, headers, forged=forged) for query, headers, forged in requests]
        came = self.side_by_side(sends)

        def judged(first: Answer, send: Callable[[], Answer]) -> Answer:
            answers = [first]

            def ask() -> Answer:
                return self.outlasting(lambda: self.received(operation, answers.pop() if answers else send()))

            return self._passed(operation, ask(), ask)

        return [judged(*each) for each in zip(came, sends, strict=True)]

    def ask(self, operation: Operation, query: str, kind: Credential) -> Answer:
        """The answer to a query that is signed, or comes with a token. A server fault is asked for again.

        Raises Inconclusive where no new token is to be had, or the target is away.
        """

        def ask() -> Answer:
            return self.outlasting(lambda: self.ask_once(operation, query, kind))

        return self._passed(operation, ask(), ask)

    def _passed(self, operation: Operation, answer: Answer, ask: Callable[[], Answer]) -> Answer:
        """The answer; where it may pass, what comes when it is asked for again. It may have taken effect before."""
        for _ in range(_ASKED_AGAIN):
            if _is_a_gateways(answer) or (answer.status == 500 and not operation.changes):
                before, answer = answer.tries_before + 1, ask()
                answer = replace(answer, tries_before=answer.tries_before + before)
        return answer

    def outlasting(self, send: Callable[[], Answer]) -> Answer:
        """What comes back; sent again where the target was away for a moment, as `tries_before` then says.

        Raises Inconclusive where it stays away.
        """
        answer = send()
        for _ in range(_ASKED_AGAIN):
            if answer.status not in PERHAPS_AWAY or not self.was_away():
                break
            before = answer.tries_before + 1
            answer = send()
            answer = replace(answer, tries_before=answer.tries_before + before)
        return answer

    def was_away(self) -> bool:
        """Whether the target answers no list just now, with any credential; where so, it is back when this returns.

        Raises Inconclusive where it stays away.
        """
        answers: list[Answer] = []
        if self._answers_lists(answers):
            return False
        started = time.monotonic()
        if self._client.breaker.outlast(lambda: self._answers_lists(answers)):
            return True
        last = answers[-1] if answers else None
        if last and last.status not in NOT_JUDGED and contract.error_breaches(decoded(last.body)):
            return False  # this is no documented answer: it is judged
        told = f"was answered {last.status}" if last else "broke off"
        raise Inconclusive(
            f"{self.name}: the target was away: every list {told}, for {time.monotonic() - started:.0f} s"
        )

    def _answers_lists(self, answers: list[Answer]) -> bool:
        """Whether any list is answered, since a sort of list or a credential may be what is broken."""
        market = {} if self.market is None else {"symbol": self.market}
        queries = ("", "limit=1", urlencode({**market, "status": "open"}))
        for kind, query in itertools.product(self.credentials, queries):
            with contextlib.suppress(Unreachable):
                answers.append(self.send(LIST, *self.signer.authorize(query, kind), once=True))
                if answers[-1].status not in PERHAPS_AWAY:
                    return True
        return False

    def ask_once(self, operation: Operation, query: str, kind: Credential) -> Answer:
        """As `ask`, and whatever comes back is the answer."""
        ahead = self.coming.pop((query, kind), None) if operation is LIST else None
        try:
            if ahead is None:
                came = self.asked_now(operation, query, kind)
            else:
                with waiting():
                    came = ahead.came.result()
        except CancelledError:  # it was not asked for, since another one had failed
            came = self.asked_now(operation, query, kind)
        if isinstance(came.answer, Unreachable):
            raise came.answer
        answer = self.received(operation, came.answer)
        if answer.status == 200 and not operation.changes:
            self.good.append(Good(self.name, query, kind, came.signed_at_ms, answer.exchange, came.at))
        return answer

    @property
    def asked_since(self) -> float:
        """When what is shown next was asked for at the earliest, by the monotonic clock."""
        return min((each.asked_since for each in self.coming.values()), default=time.monotonic())

    def asked_now(self, operation: Operation, query: str, kind: Credential) -> "Came":
        """What comes back for a query that is signed now, not judged."""
        at_ms = self.signer.timestamp_ms()
        try:
            answer: Answer | Unreachable = self.sent(operation, *self.signer.at(at_ms).authorize(query, kind))
        except Unreachable as lost:
            answer = lost
        return Came(answer, at_ms, time.monotonic())

    def _judged_in_passing(self, operation: Operation, answer: Answer) -> Answer:
        exchange = answer.exchange
        if late := list(errors.slow(operation, exchange.elapsed_ms)):
            self.observations.report(late, exchange)
        else:
            self.observations.count({"latency": 1})
        for early in answer.throttled:
            told = f"{early.status}, and {answer.status} a second later"
            self.observations.report(
                [Breach("no throttling, with 100 requests a second or fewer", told, "weight.zero")], early
            )
        for busy in filter(_is_of_the_exchange, answer.busy if 503 in operation.errors else ()):
            self._report_or_count(errors.busy_in_the_wild(decoded(busy.response_body)), "cancel.busy-code", busy)
        if rejects(answer):
            self._report_or_count(contract.error_breaches(decoded(answer.body)), "error.envelope-4xx", exchange)
        return answer

    def _report_or_count(self, breaches: Iterable[Breach], requirement: str, exchange: Exchange) -> None:
        found = charge(breaches, requirement)
        self.observations.report(found, exchange)
        if not found:
            self.observations.count({requirement: 1})


def _is_a_gateways(answer: Answer) -> bool:
    return answer.status in GATEWAY or (answer.status == 503 and not _is_of_the_exchange(answer.exchange))


def _is_of_the_exchange(busy: Exchange) -> bool:
    """Whether this 503 is the exchange's own: a page of HTML is a gateway's."""
    return "html" not in busy.header("content-type").lower()
