"""One account under load: takes down what is sent in its name, and what came of it."""

import threading
from collections.abc import Sequence

from conformance.account.ticket import Ticket
from conformance.account.view import View
from conformance.operations import Operation
from conformance.oracle.ledger import Entry
from conformance.orders import Query
from conformance.overload.asker import OPERATIONS, Asker, Came
from conformance.overload.job import Job
from conformance.overload.recorder import Recorder
from conformance.stage.driver import Driver
from conformance.verdict import DriverRefused
from conformance.wire.client import Answer


class Actor:
    """Sends the requests of one account; `recorder` takes them down. Safe to use from several threads.

    An order is written down before it is asked for, and known for this run's own behind it, unless a 4xx says that
    there is none.
    """

    def __init__(self, view: View, driver: Driver, recorder: Recorder) -> None:
        self.view = view
        self.name = view.account.name
        self.recorder = recorder
        self._asker = Asker(view.account, driver)
        self._answers: list[tuple[Operation, Answer]] = []
        self._lock = threading.Lock()
        self._named: dict[int, str] = {}

    def __repr__(self) -> str:
        return self.name

    def cancel_all(self, symbol: str | None, phase: str) -> Entry:
        """Cancel all orders, of one market or of all."""
        entry = self.do(Job(self.name, "cancel-all", phase, symbol))
        assert entry is not None
        return entry

    def ask_for_list(self, query: Query, phase: str) -> Entry:
        """Ask for a list. Its orders are not kept."""
        entry = self.do(Job(self.name, "list", phase, query=query))
        assert entry is not None
        return entry

    def intend(self, tickets: Sequence[Ticket]) -> list[int]:
        """Write down orders that are to be placed; the number of each."""
        self.view.changing()
        return self.view.journal.intend(tickets)

    def do(self, job: Job) -> Entry | None:
        """Send it; None where an order was not asked for, since there may be no more."""
        number = self.recorder.begin(job.begun())
        try:
            came = self._asker.ask(job)
        except DriverRefused:
            self.recorder.drop(number)
            return None
        self.ended(number, job, came)
        return came.entry

    def ended(self, number: int, job: Job, came: Came) -> None:
        """Take down what came of a request that the recorder knows by this number, whoever has sent it."""
        entry = came.entry
        with self._lock:
            if came.answer is not None and job.kind in OPERATIONS:
                self._answers.append((OPERATIONS[job.kind], came.answer))
            if job.ticket is not None:
                if entry.status is None or not 400 <= entry.status < 500:
                    self.view.own.ask_for(job.ticket, entry.id)
                if entry.id is not None:
                    self._named[job.number] = entry.id
        self.recorder.end(number, entry)

    def take_down(self) -> list[tuple[Operation, Answer]]:
        """Write down what the target calls the orders; the answers to documented operations since the last call."""
        named, self._named = self._named, {}
        self.view.journal.name_each(named)
        answers, self._answers = self._answers, []
        return answers
