"""Brings the target into a state, by the means that the profile names."""

import itertools
import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from conformance import contract
from conformance.account.account import Account
from conformance.account.sender import PERHAPS_AWAY
from conformance.account.ticket import Placed, Ticket, plain
from conformance.account.unknown_market import market_remedy, names_no_market
from conformance.evidence import Exchange
from conformance.naming import count
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import Query
from conformance.profile import Action, DriverProfile
from conformance.profile.template import UnfillableError
from conformance.stage.spread import Spread
from conformance.stage.throttle import Throttle
from conformance.turns import sleep
from conformance.verdict import DriverRefused, Misfit, Unreachable
from conformance.wire.answers import decoded
from conformance.wire.call import Call
from conformance.wire.client import Answer, Client
from conformance.wire.expired import sent_with_a_good_token
from conformance.wire.signer import Credential

Result = TypeVar("Result")

_INJECTED_AT_MOST = 3  # times, where the target goes away meanwhile
_SHOWN = 8  # names of members of an answer


@dataclass(slots=True)
class Tally:
    """What the drivers of all lanes, and of all rounds of a run, have in common: how many orders they have made."""

    placed: int = 0
    throttle: Throttle = field(default_factory=Throttle)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Driver:
    """Places, cancels and injects orders, and arms errors. What the target refuses raises DriverRefused;
    where the profile has it wrong for certain, Misfit.

    Safe to use from several threads.
    """

    def __init__(
        self, profile: DriverProfile, client: Client, tally: Tally | None = None, spread: Spread | None = None
    ) -> None:
        self.spread = spread or Spread()
        self.can_place = profile.place is not None
        self.names_orders = profile.place is not None and profile.place.order_id is not None
        self.can_cancel = profile.cancel is not None
        self.can_inject = profile.inject is not None
        self.can_fault = profile.fault is not None
        self._profile = profile
        self._client = client
        self._armed: Counter[str] = Counter()  # calls, by the error
        self._tally = tally or Tally()
        self._run = uuid.uuid4().hex[:8]
        self._serial = itertools.count(1)
        self._noted: list[Exchange] | None = None
        self._tells_ids = False  # whether any answer has had an id where the profile says

    def place(self, account: Account, ticket: Ticket) -> Placed:
        """Place one order."""
        action = _given(self._profile.place, "driver.place")
        answer = self._perform(action, account, self._order(account, ticket), ticket.credential)
        return Placed(None if action.order_id is None else self._told_id(answer, action.order_id), answer.tries_before)

    def _told_id(self, answer: Answer, pointer: str) -> str | None:
        """The id in the answer; None where others have had one there. Raises Misfit where none has."""
        try:
            id = _pick(answer, pointer)
        except Misfit:
            if self._tells_ids:
                return None  # such an order is recognized by what it looks like
            raise
        self._tells_ids = True
        return id

    def place_once(self, account: Account, ticket: Ticket) -> tuple[Answer, str | None]:
        """Ask for one order, and do not ask again: whatever is answered, with the order's id where that tells it.

        Raises Unreachable, and DriverRefused where there may be no more orders.
        """
        action = _given(self._profile.place, "driver.place")
        answer = self._sending(action, account, self._order(account, ticket), ticket.credential, once=True)()
        id = None
        if action.order_id is not None and 200 <= answer.status < 300:
            with suppress(DriverRefused, Misfit):
                id = _pick(answer, action.order_id)
        return answer, id

    def _order(self, account: Account, ticket: Ticket) -> dict[str, Any]:
        """What the placeholders of an order stand for. The order is counted."""
        self._count(1)
        return {
            "symbol": ticket.symbol,
            "side": ticket.side,
            "type": ticket.type,
            "tif": ticket.tif,
            "price": plain(ticket.price),
            "quantity": plain(ticket.quantity),
            "quote_quantity": plain(ticket.quote_quantity),
            "client_id": f"p99c-{self._run}-{next(self._serial)}",
            "account": account.name,
        }

    def cancel(self, account: Account, id: str, symbol: str) -> None:
        """Cancel one order."""
        action = _given(self._profile.cancel, "driver.cancel")
        self._perform(action, account, {"id": id, "symbol": symbol, "account": account.name})

    def inject(self, account: Account, tickets: Sequence[Ticket]) -> None:
        """Put whole orders into the account. What they became is for the list to say.

        Where the target was away, a list tells whether they were taken: some targets would take them twice.
        """
        action = _given(self._profile.inject, "driver.inject")
        self._count(len(tickets))
        values = {"account": account.name, "orders": [ticket.record for ticket in tickets]}
        send = self._sending(action, account, values, repeatable=False)
        for tries_left in reversed(range(_INJECTED_AT_MOST)):
            try:
                with self._client.counting_as("set-up"):
                    answer = self._patiently(send)
            except Unreachable as lost:
                if not (tries_left and lost.dropped):
                    raise
                account.was_away()
            else:
                if not tries_left or answer.status not in PERHAPS_AWAY or not account.was_away():
                    self._accepted(action, answer, values)
                    return
            if self._are_listed(account, tickets):
                return

    def _are_listed(self, account: Account, tickets: Sequence[Ticket]) -> bool:
        """Whether any of these orders is listed under the id that it was injected with, once lists show what came."""
        sleep(self._client.target.settle_ms / 1000)
        seconds = {ticket.moment[0] for ticket in tickets}
        with self._client.counting_as("set-up"):
            page = account.look(Query(start=min(seconds), end=max(seconds), limit=MAX_LIMIT))
        return not {order.id for order in page.orders}.isdisjoint(ticket.sent_id for ticket in tickets)

    def fault(self, error: str, times: int) -> None:
        """Let the next `times` calls of the operation concerned answer `error`; 0 disarms."""
        action = _given(self._profile.fault, "driver.fault")
        self._armed[error] = self._armed[error] + times if times else 0
        self._perform(action, None, {"error": error, "times": times})

    def spent(self, error: str) -> None:
        """One of the calls that were armed to answer `error` has done so."""
        self._armed[error] -= 1

    def disarm(self) -> None:
        """Let no call fail any more that was armed to."""
        self.side_by_side([partial(self.fault, error, 0) for error in sorted(+self._armed)])
        self._armed.clear()

    @contextmanager
    def noting(self) -> Iterator[list[Exchange]]:
        """Inside, what the driver does is gathered, as evidence of what led to a finding."""
        before, self._noted = self._noted, []
        try:
            yield self._noted
        finally:
            self._noted = before

    def _count(self, orders: int) -> None:
        most = self._client.target.max_orders
        with self._tally.lock:
            placed = self._tally.placed
            if most is not None and placed + orders > most:
                raise DriverRefused(f"target.max_orders allows {count(most, 'order')}, and {placed} are placed")
            self._tally.placed += orders

    def side_by_side(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """What these calls of the driver return, which may be made at once. Raises what the first of them raised."""
        return self._client.side_by_side(calls)

    def setting_up(self) -> AbstractContextManager[None]:
        """Count what is sent inside as set-up, not as judging."""
        return self._client.counting_as("set-up")

    def cleaning_up(self) -> AbstractContextManager[None]:
        """Count what is sent inside as clean-up at the end of the run."""
        return self._client.counting_as("clean-up")

    def _perform(
        self, action: Action, account: Account | None, values: Mapping[str, Any], credential: Credential | None = None
    ) -> Answer:
        send = partial(self._patiently, self._sending(action, account, values, credential))
        with self._client.counting_as("set-up"):
            answer = send() if account is None else account.outlasting(send)
        return self._accepted(action, answer, values)

    def _patiently(self, send: Callable[[], Answer]) -> Answer:
        return self._tally.throttle.outlasting(send, self._client.go_on)

    def _accepted(self, action: Action, answer: Answer, values: Mapping[str, Any]) -> Answer:
        """The answer, noted. Raises DriverRefused where it is a refusal."""
        if self._noted is not None:
            self._noted.append(answer.exchange)
        if not 200 <= answer.status < 300:
            words = answer.exchange.response_body[:200]
            url, _, _ = answer.exchange.url.partition("?")  # what differs from call to call is no part of the reason
            told = f"the target refused {answer.exchange.method} {url}: {answer.status} {words}"
            if action is self._profile.place:
                told += _remedy(answer, values)
            raise DriverRefused(told, answer.status)
        return answer

    def _sending(
        self,
        action: Action,
        account: Account | None,
        values: Mapping[str, Any],
        credential: Credential | None = None,
        *,
        once: bool = False,
        repeatable: bool = True,
    ) -> Callable[[], Answer]:
        """What sends this request, signed anew each time; `once`: a 503 is not retried. `repeatable`: what the target
        drops is sent again.
        """
        try:
            filled = action.fill(values)
        except UnfillableError as problem:
            raise DriverRefused(str(problem)) from None
        pairs: list[tuple[str, str]] = []
        content: bytes | None = None
        headers = dict(filled.headers)
        if action.encoding == "query":
            pairs = _flat(filled.body)
        elif action.encoding == "form":
            content = urlencode(_flat(filled.body)).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif filled.body is not None:
            content = json.dumps(filled.body).encode()
            headers["Content-Type"] = "application/json"

        def send() -> Answer:
            transmit = self._client.send_once if once else self._client.send
            who = "driver" if account is None else account.name
            call = Call(who, action.method, filled.url, urlencode(pairs), headers, content, repeatable=repeatable)
            if action.url is not None or account is None:
                return transmit(call)
            query, credentials = account.signer.authorize(call.query, credential)
            call = replace(call, query=query, headers=headers | credentials)
            return sent_with_a_good_token(call, account.signer, transmit)

        return send


def _remedy(answer: Answer, values: Mapping[str, Any]) -> str:
    """What to do about an order that was not taken, where that shows. Raises Misfit where nobody serves that path."""
    words = answer.exchange.response_body
    if answer.status in (404, 405) and contract.error_breaches(decoded(answer.body)):
        said = f"{answer.status} to {answer.exchange.method} {answer.exchange.url.partition('?')[0]}"
        raise Misfit(f"no order can be placed: {said}; are driver.place.path and its method right?")
    return f"; {market_remedy(values['symbol'])}" if names_no_market(words) else ""


def _given(action: Action | None, key: str) -> Action:
    if action is None:
        raise DriverRefused(f"the profile has no {key}")
    return action


def _flat(body: Any) -> list[tuple[str, str]]:
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in (body or {}).items()]


def _pick(answer: Answer, pointer: str) -> str:
    try:
        value = contract.decode(answer.body)
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (contract.NotJson, LookupError, TypeError, ValueError):
        document = decoded(answer.body)
        has = f"which has {', '.join(list(document)[:_SHOWN])}" if isinstance(document, dict) else "which is no object"
        told = f"driver.place.order_id {pointer} does not exist in the answer, {has}"
        remedy = "give the JSON pointer of the id there, or leave order_id out"
        raise Misfit(f"{told}; {remedy}", perhaps_done=True) from None
    return str(value)
