"""Lists that are asked for while something is done to an account, on connections of their own."""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from conformance.account.account import EVERYTHING
from conformance.account.answers import Canceled
from conformance.account.blame import of_lapse
from conformance.account.view import View
from conformance.coverage.watches import watches
from conformance.evidence import Exchange
from conformance.operations import LIST
from conformance.oracle.snapshot import Snapshot
from conformance.oracle.timeline import LAPSES, TIMELINE, Look, Timeline
from conformance.orders import Query
from conformance.stage.stage import READERS, Stage
from conformance.turns import waiting
from conformance.verdict import Breach, CannotJudge
from conformance.wire.client import Answer
from conformance.wire.signer import Credential

EACH = 10  # lists at most that a reader asks for beside one thing that is done, the last of them behind it
_FIRST_WAIT_S = 0.004
IN_A_RUN = 600

# Every second list that is not plain has a start, without an end: a server that has them end at a moment that it keeps
# leaves out what is newer.
_OF, _WITH_START, _NEWEST = 4, 1, 25

_MOST_OFTEN = 3  # about so many each reader asks for, where an answer comes within milliseconds


class _Came(NamedTuple):
    query: Query
    credential: Credential
    answer: Answer
    asked_at: float
    came_at: float


class Readers:
    """The readers of one account, and what they were shown while something was done."""

    def __init__(self, stage: Stage, view: View) -> None:
        self._stage, self._view = stage, view
        self._came: list[_Came] = []
        self._told: list[Look] = []
        self._running: list[Future[None]] = []
        self._last: list[tuple[Query, Credential]] = []  # what each reader asks for behind it
        self._done = threading.Event()
        self._began_at = time.monotonic()
        self._asked_at = time.time()
        self._changed = view.account.settled.changed(self._asked_at)

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Inside, lists are asked for until it is `done`. Behind, all of them have come."""
        stage = self._stage
        readers = stage.effort.times(READERS)
        if not self._may_ask(readers * EACH):
            yield
            return
        round_ = watches(tuple(stage.lane.symbols), tuple(self._view.account.credentials), stage.seed)
        each = itertools.islice(enumerate(itertools.cycle(round_)), stage.watches, stage.watches + readers * EACH)
        since = self._since()
        lists = [
            (replace(query, start=since) if number % _OF == _WITH_START else query, kind)
            for number, (query, kind) in each
        ]
        stage.watches += readers * _MOST_OFTEN
        self._last = lists[-readers:]
        self._running = [stage.apart.submit(self._read, lists[each:-readers:readers]) for each in range(readers)]
        try:
            yield
        finally:
            self.done()
            self.wait()
            stage.lists_of_readers += len(self._came)

    def _since(self) -> int | None:
        """The second from which on a list shows the newest orders, about as many as a short page holds."""
        newest = sorted((order.created_at for order in self._view.latest().orders.values()), reverse=True)
        return newest[min(_NEWEST, len(newest)) - 1] if newest else None

    def done(self) -> None:
        """It is done: each reader asks for one list more, now, also where another one has not come yet."""
        self._done.set()
        last, self._last = self._last, []
        self._running += [self._stage.apart.submit(self._read, [each]) for each in last]

    def note(self, answer: Canceled, asked_at: float, came_at: float) -> None:
        """Note what a cancel-all has told meanwhile."""
        orders = {order.id: order for order in answer.orders}
        self._told.append(Look(None, orders, asked_at, came_at, answer.exchange))

    def ask_meanwhile(self, query: Query, credential: Credential) -> None:
        """Ask for one list more, while whatever comes next is done."""
        if self._may_ask(1):
            self._running.append(self._stage.apart.submit(self._read, [(query, credential)]))
            self._stage.lists_of_readers += 1

    def wait(self) -> None:
        """All lists have come."""
        with waiting():
            for each in self._running:
                each.result()

    def _may_ask(self, lists: int) -> bool:
        """Whether so many more may be asked for: the profile does not limit the rate, and it was not enough yet."""
        enough = self._stage.effort.times(IN_A_RUN)
        return not self._stage.target.max_requests_per_second and self._stage.lists_of_readers + lists <= enough

    def look(self, query: Query) -> None:
        """Ask for one list more, here and now."""
        with self._view.account.counting_as("readers"):
            self._ask(query, self._view.account.credentials[0])

    @property
    def exchanges(self) -> list[Exchange]:
        """All lists that were asked for."""
        return [came.answer.exchange for came in self._came]

    def judge(
        self,
        before: Snapshot,
        after: Snapshot,
        evidence: Sequence[Exchange] = (),
        charged: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Hold what was shown against itself. Raises Violation for the first contradiction.

        `evidence`: what shows it, if not the contradicting answers alone. `charged`: what a requirement that is broken
        is told as, where that is what happens meanwhile.
        """
        looks = sorted([*self._told, *self._looks()], key=lambda look: look.asked_at)
        behind = self._view.account.behind
        if not behind.lag_s and before.exchanges:  # what lists showed before is held against what they show now
            looks.insert(0, Look(EVERYTHING, before.orders, float("-inf"), self._began_at, before.exchanges[0]))
        settled = self._view.account.settled.ids(before.orders, self._asked_at)
        shown_by = next(iter(after.exchanges), None)
        timeline = Timeline(
            looks, before.orders, after.orders, settled, self._changed, behind.lag_s, shown_by, behind.allowed_s
        )
        observations = self._view.account.observations
        lapses = LAPSES.judge(timeline)
        observations.count(lapses.saw)
        observations.lists += len(self._came)
        for breach in {id(breach.exchanges[0]): breach for breach in lapses.breaches}.values():
            if again := self._right_again(breach, after, settled):
                shown = (*before.exchanges[:1], *breach.exchanges, again)
                if breach.requirement == "cancel.visible":
                    behind.found(again.sent_at - breach.exchanges[0].came_at)
                    observations.report([breach._replace(exchanges=shown)])
                else:  # the parameters tell what it is about, unless a whole market is missing
                    broken = "list.symbol-omitted" if breach.requirement == "list.symbol-omitted" else None
                    self._lapse(breach._replace(requirement=broken), shown)
            elif self._concerns_placed_alone(breach, timeline):
                # It is wrong each time, about what was placed since the checks of lists have asked.
                came = self._list_of(breach)
                self._view.known.expect(came.query, came.credential)
        judgement = TIMELINE.judge(timeline)
        observations.count(judgement.saw)
        breaches = []
        for breach in judgement.breaches:
            if not breach.certain and (again := self._right_again(breach, after, settled)):
                self._lapse(breach, (*breach.exchanges, again))
            else:
                if breach.requirement == "cancel.visible" and self._all_shown_canceled(after):
                    behind.found()
                broken = charged.get(breach.requirement or "", breach.requirement)
                shown = tuple(evidence) or breach.exchanges
                breaches.append(breach._replace(requirement=broken, exchanges=shown, certain=True))
        observations.report(breaches, raising=True)

    def _all_shown_canceled(self, after: Snapshot) -> bool:
        told = (after.orders.get(id) for look in self._told for id in look.orders)
        return not any(order.live for order in told if order is not None)

    def _concerns_placed_alone(self, breach: Breach, timeline: Timeline) -> bool:
        """Whether this list is wrong about no order but such as this run has placed."""
        others = {id: order for id, order in timeline.before.items() if not self._view.own.placed(order)}
        wrong = LAPSES.judge(replace(timeline, before=others)).breaches
        return all(each.exchanges != breach.exchanges for each in wrong)

    def _lapse(self, breach: Breach, shown: Sequence[Exchange]) -> None:
        query = self._list_of(breach).query
        self._view.account.observations.lapse(of_lapse(query, breach), breach, *shown)

    def _list_of(self, breach: Breach) -> _Came:
        """The list that a contradiction is about, its last answer."""
        return next(each for each in self._came if each.answer.exchange is breach.exchanges[-1])

    def _right_again(self, breach: Breach, after: Snapshot, settled: Set[str]) -> Exchange | None:
        """The same list, asked for again; None where it is wrong again, which the checks of lists judge."""
        came = self._list_of(breach)
        page = self._view.account.list(came.query, came.credential)
        look = Look(came.query, {order.id: order for order in page.orders}, 0.0, 0.0, page.exchange, page.unread)
        wrong_again = LAPSES.judge(Timeline([look], after.orders, after.orders, settled)).breaches
        return None if wrong_again else page.exchange

    def _read(self, lists: Sequence[tuple[Query, Credential]]) -> None:
        with self._view.account.counting_as("readers"):
            for number, (query, credential) in enumerate(lists):
                self._ask(query, credential)
                # Ever more slowly: a cancel-all may take a millisecond or a second.
                if self._done.wait(_FIRST_WAIT_S * 2**number):
                    return

    def _ask(self, query: Query, credential: Credential) -> None:
        asked_at = time.monotonic()
        with contextlib.suppress(CannotJudge):
            answer = self._view.account.ask_once(LIST, urlencode(query.pairs()), credential)
            self._came.append(_Came(query, credential, answer, asked_at, time.monotonic()))

    def _looks(self) -> Sequence[Look]:
        looks = []
        for came in self._came:
            if came.answer.status >= 500:
                continue  # it may have passed
            try:
                page = self._view.account.page(came.query, came.credential, came.answer)
            except CannotJudge:
                continue
            orders = {order.id: order for order in page.orders}
            if len(orders) < len(page.orders):
                continue  # what it leaves out had to make room for what it shows twice
            looks.append(Look(came.query, orders, came.asked_at, came.came_at, page.exchange, page.unread))
        return looks
