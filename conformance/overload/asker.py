"""Sends requests of one account, each once, and reads what comes back."""

import time
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from conformance import contract
from conformance.account.account import Account
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.oracle.errors import busy_in_the_wild
from conformance.oracle.ledger import Entry, Told
from conformance.overload.job import Job
from conformance.stage.driver import Driver
from conformance.verdict import Unreachable
from conformance.wire.answers import code, decoded, start
from conformance.wire.client import Answer

# The documented operations among what is sent; placing is the driver's.
OPERATIONS: dict[str, Operation] = {"cancel-all": CANCEL_ALL, "list": LIST}

_GATEWAYS = (502, 504)


class Came(NamedTuple):
    """What came of a request, and the answer, if there was one."""

    entry: Entry
    answer: Answer | None


class Asker:
    """Sends the requests of one account. Safe to use from several threads."""

    def __init__(self, account: Account, driver: Driver) -> None:
        self._account = account
        self._driver = driver

    def ask(self, job: Job) -> Came:
        """Send this request once, whatever comes of it. Raises DriverRefused where it was not sent: there may be no
        more orders.
        """
        begun = job.begun()
        try:
            with self._account.counting_as("overload"):
                answer, read = self._asked(job)
        except Unreachable as lost:
            ended_at, wrong = time.monotonic(), lost.exchange.problem or ""
            sent_at = ended_at - lost.exchange.elapsed_ms / 1000  # of the last try: those before it met no target
            sent_at = max(begun.sent_at, sent_at)
            return Came(replace(begun, sent_at=sent_at, ended_at=ended_at, wrong=wrong, exchange=lost.exchange), None)
        ended: dict[str, Any] = {"ended_at": time.monotonic(), "status": answer.status, "exchange": answer.exchange}
        return Came(replace(begun, **ended | read), answer)

    def _asked(self, job: Job) -> tuple[Answer, dict[str, Any]]:
        if job.ticket is not None:
            answer, id = self._driver.place_once(self._account, job.ticket)
            return answer, _of_place(answer, id, named=self._driver.names_orders)
        if job.kind == "list":
            query, read = urlencode(job.query.pairs()), _of_list
        else:
            query, read = "" if job.symbol is None else urlencode({"symbol": job.symbol}), _of_cancel_all
        signed = self._account.signer.authorize(query, job.credential)
        answer = self._account.sent(OPERATIONS[job.kind], *signed, once=True)
        return answer, read(answer)


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
