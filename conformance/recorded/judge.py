"""Judges a recording: two passes over the file, and results as a run gives them."""

import heapq
import itertools
import platform
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import conformance
from conformance import requirements
from conformance.judging import verdicts
from conformance.judging.findings import finding
from conformance.judging.traceability import checks_by_requirement
from conformance.judging.verdicts import Outcome
from conformance.observations import Observations
from conformance.operations import CANCEL_ALL, LIST
from conformance.oracle.records import read
from conformance.recorded.accounts import Account, Accounts
from conformance.recorded.answers import Answers
from conformance.recorded.cancels import Clock
from conformance.recorded.census import Census
from conformance.recorded.entry import Entry, LeftOut, entry_of
from conformance.recorded.reasons import untested
from conformance.recorded.source import NotARecording, Source
from conformance.recorded.statuses import Statuses
from conformance.recorded.story import Shown, Terms
from conformance.recorded.who import Names
from conformance.results import Results
from conformance.verdict import Verdict
from conformance.wire.answers import decoded
from conformance.wire.redaction import Redactor

_CHECK = "recorded traffic"
_AHEAD = 96  # answers that are looked at behind the one that is judged
_DISORDER = 256  # entries that may stand in another order than they were sent
_REMEMBERED = 5_000  # orders that were placed

Tell = Callable[[str, int], None]
"""Gets what goes on, and how many bytes of the file have been read."""


class Placed(NamedTuple):
    """When an order was placed, and by whom."""

    asked_at: float
    came_at: float
    account: str


class _Seen(NamedTuple):
    entry: Entry
    shown: Shown | None
    account: Account | None


class Recorded:
    """A recording, to be judged. `owners`: who is who, as the user says; the name "" stands for all requests."""

    def __init__(self, path: Path, terms: Terms, owners: Mapping[str, str], base: str | None, tell: Tell) -> None:
        self._source = Source(path)
        self._terms = terms
        self._given = owners
        self._base = base.rstrip("/") if base else None
        self._tell = tell
        self._observations = Observations()
        self._census = Census()
        self._accounts = Accounts(terms, self._observations)
        self._clock = Clock()
        self._placed: OrderedDict[str, Placed] = OrderedDict()
        self._left_out: Counter[str] = Counter()
        self._requests: Counter[str] = Counter()
        self._numbers = itertools.count()

    def judge(self, labels: Mapping[str, str]) -> Results:
        """Judge it. Raises NotARecording where there is nothing in it to judge."""
        started, started_at = time.monotonic(), datetime.now(UTC)
        for entry in self._entries("looking who is who", Counter()):
            self._census.take(entry)
        self._base = self._base or self._census.base
        if self._base is None:
            raise NotARecording(f"{self._source.path}: no request of GET or DELETE /spot/orders in it")
        self._accounts.owners = self._census.owners(self._given)
        good = {self._accounts.name_of(name) for name in self._census.good}
        self._statuses = Statuses(self._observations, self._census.markets, good)
        self._answers = Answers(self._observations, self._accounts, self._census.credentials > 0)
        window: deque[_Seen] = deque()
        for entry in self._in_order(self._entries("judging", self._left_out)):
            window.append(self._seen(entry))
            if len(window) > _AHEAD:
                self._one(window.popleft(), window)
        while window:
            self._one(window.popleft(), window)
        for account in self._accounts.all():
            account.lists.report()
        self._statuses.report()
        return self._results(labels, started_at, round(time.monotonic() - started, 2))

    # -- what is in the file -----------------------------------------------------------------------------------------

    def _entries(self, what: str, left_out: Counter[str]) -> Iterator[Entry]:
        names = Names()
        for raw in self._source.entries(lambda read: self._tell(what, read)):
            try:
                entry = entry_of(raw, names)
            except LeftOut as why:
                left_out[str(why)] += 1
                continue
            if self._base and entry.operation and entry.base != self._base:
                left_out[f"requests of {entry.base}"] += 1
                continue
            if "" in self._given:
                entry = replace(entry, account=self._given[""])
            yield entry

    def _in_order(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """By the time of asking; recorders write an entry once its answer has come."""
        waiting: list[tuple[float, int, Entry]] = []
        for entry in entries:
            heapq.heappush(waiting, (entry.asked_at, next(self._numbers), entry))
            if len(waiting) > _DISORDER:
                yield heapq.heappop(waiting)[2]
        while waiting:
            yield heapq.heappop(waiting)[2]

    def _seen(self, entry: Entry) -> _Seen:
        if entry.operation is not None and entry.answer is not None:
            self._requests[entry.operation.name] += 1
        shown, account = self._answers.shown(entry), self._accounts.of(entry)
        if shown is not None and account is not None:
            account.ahead.add(shown)
        return _Seen(entry, shown, account)

    # -- judging -----------------------------------------------------------------------------------------------------

    def _one(self, seen: _Seen, window: Sequence[_Seen]) -> None:
        entry, shown, account = seen
        for each in self._accounts.all():
            each.story.until(entry.asked_at)
        if shown is None:
            self._other(entry, account)
        if entry.operation is not None and entry.answer is not None:
            query = entry.list_query()
            symbol = query.symbol if query else None
            nothing_live = account is not None and not account.story.has_live(symbol)
            self._statuses.judge(entry, query, nothing_live=nothing_live)
        if shown is None or account is None:
            return
        account.ahead.drop()
        if shown.query is not None:
            account.lists.judge(shown, account.ahead, self._accounts.whose.foreign_to(account.story.name))
            self._accounts.whose.take(account.story.name, shown)
            for order in shown.orders:
                if order.id in self._placed and order.id not in account.story.known:
                    placed = self._placed[order.id]
                    self._clock.learn(order, placed.asked_at, placed.came_at)
        else:
            others = {each.story: each.ahead for each in self._accounts.all() if each is not account}
            until = min((each.entry.asked_at for each in window if _changes(each.entry)), default=float("inf"))
            meanwhile = {
                id: placed.account
                for id, placed in self._placed_soon(window).items()
                if placed.asked_at <= entry.came_at and placed.came_at >= entry.asked_at
            }
            account.cancels.judge(shown, account.ahead, others, self._clock, until, meanwhile)
            account.story.changed_at = max(account.story.changed_at, entry.asked_at - 1e-6)
        account.story.expect(shown)

    def _other(self, entry: Entry, account: Account | None) -> None:
        """Something that may have changed orders, of any account."""
        if entry.operation is LIST or entry.flaw is not None:
            return
        for each in self._accounts.all():
            each.story.changed_at = max(each.story.changed_at, entry.came_at)
        if entry.operation is CANCEL_ALL and account is not None:
            if entry.answer is None or entry.answer.status != 200:
                account.story.refused_at = entry.came_at
        elif entry.account and (id := _confirmed(entry)):
            self._placed[id] = self._placed_by(entry)
            if len(self._placed) > _REMEMBERED:
                self._placed.popitem(last=False)

    def _placed_by(self, entry: Entry) -> Placed:
        return Placed(entry.asked_at, entry.came_at, self._accounts.name_of(entry.account or ""))

    def _placed_soon(self, window: Sequence[_Seen]) -> dict[str, Placed]:
        lately = itertools.islice(reversed(self._placed.items()), _AHEAD)
        soon = ((id, self._placed_by(each.entry)) for each in window if (id := _confirmed(each.entry)))
        return dict(itertools.chain(lately, soon))

    # -- the end -----------------------------------------------------------------------------------------------------

    def _results(self, labels: Mapping[str, str], started_at: datetime, duration_s: float) -> Results:
        present = Redactor().presentable
        seen = self._observations
        outcome = Outcome(
            _CHECK,
            (),
            "passed",
            findings={id: finding(met, _CHECK, present) for id, met in seen.in_passing.items()},
            saw=dict(seen.saw),
            doubts={id: present(doubt) for id, doubt in seen.doubts.items()},
            lapses=tuple((about, finding(met, _CHECK, present)) for about, met in seen.lapses),
            lists=seen.lists,
        )
        judged = verdicts.results(requirements.load(), checks_by_requirement(), [outcome], requirements.consequences())
        return Results(
            catalogue_version=requirements.CATALOGUE_VERSION,
            suite_version=conformance.__version__,
            versions={"python": platform.python_version()},
            seed=0,
            require="none",
            started_at=started_at.isoformat(timespec="seconds"),
            duration_s=duration_s,
            target={
                "name": self._source.path.name,
                "base_url": self._base or "",
                "environment": "unspecified",
                "scope": "read-only",
                "given": str(self._source.path),
            },
            requirements=tuple(
                replace(each, reason=untested(each.id)) if each.verdict is Verdict.NONE else each for each in judged
            ),
            requests={"total": sum(self._requests.values()), "setup": 0, "readers": 0, "retried_503": 0},
            labels=dict(labels),
        )

    def told(self) -> list[str]:
        """What was judged, and what was left out, a line each."""
        accounts = ", ".join(self._accounts.names()) or "of nobody that could be told"
        lines = [f"{sum(self._requests.values())} requests of {self._base}; accounts: {accounts}"]
        if self._source.broken_off:
            lines.append(f"judged as far as it goes: {self._source.broken_off}")
        return lines + [f"left out: {times} × {why}" for why, times in self._left_out.most_common()]


def _changes(entry: Entry) -> bool:
    return entry.operation is not LIST


def _confirmed(entry: Entry) -> str | None:
    """The id of an order that this request has placed, where it looks like one that did."""
    answer = entry.answer
    if entry.method != "POST" or answer is None or not 200 <= answer.status < 300 or not answer.body:
        return None
    order = read(decoded(answer.body)).order
    return order.id if order else None
