"""One account under load: sends a request once, and takes down what came of it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from conformance import contract
from conformance.account.ticket import Ticket
from conformance.account.view import View
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.oracle.errors import busy_in_the_wild
from conformance.oracle.ledger import Entry, Kind, Told
from conformance.orders import Query
from conformance.overload.recorder import Recorder
from conformance.stage.driver import Driver
from conformance.verdict import DriverRefused, Unreachable
from conformance.wire.answers import code, decoded, start
from conformance.wire.client import Answer
from conformance.wire.signer import Credential

_GATEWAYS = (502, 504)


class Actor:
    """Sends the requests of one account; `recorder` takes them down. Safe to use from several threads.

    A request is sent once, whatever comes of it. An order is written down before, and known for this run's own behind
    it, unless a 4xx says that there is none.
    """

    def __init__(self, view: View, driver: Driver, recorder: Recorder) -> None:
        self.view = view
        self.name = view.account.name
        self._answers: list[tuple[Operation, Answer]] = []
        self._account = view.account
        self._driver = driver
        self._recorder = recorder
        self._lock = threading.Lock()
        self._named: dict[int, str] = {}

    def __repr__(self) -> str:
        return self.name

    def cancel_all(self, symbol: str | None, phase: str, credential: Credential | None = None) -> Entry:
        """Cancel all orders, of one market or of all."""
        query = "" if symbol is None else urlencode({"symbol": symbol})
        begun = self._begun("cancel-all", phase, symbol=symbol)
        return self._sent(begun, lambda: self._asked(CANCEL_ALL, query, credential), _of_cancel_all)

    def ask_for_list(self, query: Query, phase: str, credential: Credential | None = None) -> Entry:
        """Ask for a list. Its orders are not kept."""
        begun = self._begun("list", phase)
        return self._sent(begun, lambda: self._asked(LIST, urlencode(query.pairs()), credential), _of_list)

    def intend(self, tickets: Sequence[Ticket]) -> list[int]:
        """Write down orders that are to be placed; the number of each."""
        self.view.changing()
        return self.view.journal.intend(tickets)

    def place(self, ticket: Ticket, number: int, phase: str) -> Entry | None:
        """Ask for an order that was written down; None where it was not sent, since there may be no more."""
        begun = self._begun("place", phase, symbol=ticket.symbol, looks=ticket.looks)
        id: str | None = None

        def asked() -> Answer:
            nonlocal id
            answer, id = self._driver.place_once(self._account, ticket)
            return answer

        def read(answer: Answer) -> dict[str, Any]:
            return _of_place(answer, id, named=self._driver.names_orders)

        try:
            entry = self._sent(begun, asked, read)
        except DriverRefused:
            return None
        with self._lock:
            if entry.status is None or not 400 <= entry.status < 500:
                self.view.own.ask_for(ticket, id)
            if id is not None:
                self._named[number] = id
        return entry

    def take_down(self) -> list[tuple[Operation, Answer]]:
        """Write down what the target calls the orders; the answers to documented operations since the last call."""
        named, self._named = self._named, {}
        self.view.journal.name_each(named)
        answers, self._answers = self._answers, []
        return answers

    def _begun(self, kind: Kind, phase: str, **more: Any) -> Entry:
        now = time.monotonic()
        return Entry(self.name, kind, phase, now, now, "unknown", **more)

    def _asked(self, operation: Operation, query: str, credential: Credential | None) -> Answer:
        answer = self._account.sent(operation, *self._account.signer.authorize(query, credential), once=True)
        self._answers.append((operation, answer))
        return answer

    def _sent(self, begun: Entry, send: Callable[[], Answer], read: Callable[[Answer], dict[str, Any]]) -> Entry:
        number = self._recorder.begin(begun)
        try:
            with self._account.counting_as("overload"):
                answer = send()
        except Unreachable as lost:
            ended_at = time.monotonic()
            ended = replace(begun, ended_at=ended_at, wrong=lost.exchange.problem or "", exchange=lost.exchange)
        except DriverRefused:
            self._recorder.drop(number)
            raise
        else:
            came: dict[str, Any] = {"ended_at": time.monotonic(), "status": answer.status, "exchange": answer.exchange}
            ended = replace(begun, **came | read(answer))
        self._recorder.end(number, ended)
        return ended


def _of_cancel_all(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        return _no(answer)
    document = decoded(answer.body)
    if contract.canceled_breaches(document):
        return {"ending": "failed", "wrong": f"200 {start(answer)}"}
    try:
        told = tuple(Told(*(str(each[name]) for name in Told._fields)) for each in document["canceled"])
    except KeyError as missing:
        return {"ending": "failed", "wrong": f"200 with an order that has no {missing}"}
    return {"ending": "accepted", "told": told}


def _of_list(answer: Answer) -> dict[str, Any]:
    if answer.status != 200 or contract.list_breaches(decoded(answer.body)):
        return _no(answer) | {"ending": "failed"}
    return {"ending": "accepted", "exchange": None}  # there are too many of them to be kept


def _of_place(answer: Answer, id: str | None, *, named: bool) -> dict[str, Any]:
    if not 200 <= answer.status < 300:
        return _no(answer)
    if named and id is None:
        return {"ending": "unknown", "wrong": f"{answer.status} {start(answer)}, which names no order"}
    return {"ending": "accepted", "id": id}


def _no(answer: Answer) -> dict[str, Any]:
    """A documented 503 refuses; anything else has failed. A page of HTML is a gateway's."""
    if answer.status == 503 and not list(busy_in_the_wild(decoded(answer.body))):
        return {"ending": "refused", "code": code(answer)}
    gateway = answer.status in _GATEWAYS or "html" in answer.exchange.header("content-type").lower()
    return {"ending": "failed", "wrong": f"{answer.status} {code(answer)}", "gateway": gateway}
