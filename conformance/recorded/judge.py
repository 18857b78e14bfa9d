"""Judges a recording: two passes over the file, and results as a run gives them."""

import heapq
import itertools
import platform
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import conformance
from conformance import requirements
from conformance.account import reading
from conformance.account.blame import BAD_INPUT, of_cancel_all, of_odd_input
from conformance.evidence import Exchange
from conformance.judging import verdicts
from conformance.judging.findings import finding
from conformance.judging.traceability import checks_by_requirement
from conformance.judging.verdicts import Outcome
from conformance.observations import Observations
from conformance.operations import CANCEL_ALL, LIST
from conformance.oracle.listing import LISTING, MAX_LIMIT, Listing
from conformance.oracle.records import read
from conformance.orders import Query
from conformance.recorded.cancels import Cancels, Clock
from conformance.recorded.census import Census
from conformance.recorded.entry import Entry, LeftOut, entry_of
from conformance.recorded.lists import Lists
from conformance.recorded.reasons import untested
from conformance.recorded.source import NotARecording, Source
from conformance.recorded.statuses import Statuses
from conformance.recorded.story import Shown, Story, Terms
from conformance.recorded.who import Names
from conformance.results import Results
from conformance.verdict import Breach, Verdict, Violation
from conformance.wire.answers import NOT_JUDGED, decoded, start
from conformance.wire.redaction import Redactor

_CHECK = "recorded traffic"
_AHEAD = 96  # answers that are looked at behind the one that is judged
_DISORDER = 256  # entries that may stand in another order than they were sent

Tell = Callable[[str, int], None]
"""Gets what goes on, and how many bytes of the file have been read."""


@dataclass(slots=True)
class _Account:
    story: Story
    lists: Lists
    cancels: Cancels
    foreign: dict[tuple[object, ...], Exchange] = field(default_factory=dict)


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
        self._accounts: dict[str, _Account] = {}
        self._clock = Clock()
        self._placed: dict[str, tuple[float, float, str]] = {}  # ids, when they were confirmed, and by whom
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
        self._owners = self._census.owners(self._given)
        good = {self._owners.get(name, name) for name in self._census.good}
        self._statuses = Statuses(self._observations, self._census.markets, good)
        window: deque[tuple[Entry, Shown | None]] = deque()
        for entry in self._in_order(self._entries("judging", self._left_out)):
            window.append((entry, self._shown(entry)))
            if len(window) > _AHEAD:
                self._one(*window.popleft(), window)
        while window:
            self._one(*window.popleft(), window)
        for account in self._accounts.values():
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

    def _account(self, entry: Entry) -> _Account | None:
        if entry.account is None or entry.flaw is not None:
            return None
        name = self._owners.get(entry.account, entry.account)
        if name not in self._accounts:
            story = Story(name)
            observations = self._observations
            cancels = Cancels(story, self._terms, observations)
            self._accounts[name] = _Account(story, Lists(story, self._terms, observations), cancels)
        return self._accounts[name]

    def _shown(self, entry: Entry) -> Shown | None:
        """What an answer shows, judged by itself; None where it shows nothing that can be held against others."""
        operation, answer = entry.operation, entry.answer
        if operation is None or answer is None:
            return None
        self._requests[operation.name] += 1
        if entry.flaw is not None or (not entry.has_credentials and self._census.credentials and entry.account is None):
            self._judge_bad_credentials(entry)
            return None
        query = entry.list_query()
        if answer.status != 200:
            return None
        try:
            if operation is LIST and query is not None:
                records = reading.of_list(answer, self._observations, "list.array-json")
                return None if records is None else Shown(entry, query, None, records.orders, records.unread)
            if operation is LIST:
                self._judge_odd(entry)
            elif query is not None and query == Query(query.symbol):
                empty = of_cancel_all(nothing_live=True)
                orders, unread = reading.of_cancel_all(answer, self._observations, "cancel.envelope", empty)
                return Shown(entry, None, query.symbol, orders, unread)
        except Violation as violation:
            self._observations.in_passing.setdefault(violation.breach.requirement or "", violation)
        return None

    # -- judging -----------------------------------------------------------------------------------------------------

    def _one(self, entry: Entry, shown: Shown | None, window: Sequence[tuple[Entry, Shown | None]]) -> None:
        for each in self._accounts.values():
            each.story.until(entry.asked_at)
        account = self._account(entry)
        if entry.operation is None or entry.answer is None or entry.answer.status != 200:
            self._other(entry, account)
        if entry.operation is not None and entry.answer is not None:
            live = account is not None and any(sight.order.live for sight in account.story.known.values())
            self._statuses.judge(entry, entry.list_query(), nothing_live=account is not None and not live)
        if shown is None or account is None:
            return
        later = self._later(window, account)
        if shown.query is not None:
            account.lists.judge(shown, later, account.foreign)
            self._tell_others(account, shown)
            for order in shown.orders:
                if order.id in self._placed and order.id not in account.story.known:
                    self._clock.learn(order, *self._placed[order.id][:2])
        else:
            others = {each.story: self._later(window, each) for each in self._accounts.values() if each is not account}
            until = min((each.asked_at for each, _ in window if _changes(each)), default=float("inf"))
            placed = {
                id: self._owners.get(whose, whose)
                for id, (asked, came, whose) in self._placed_soon(window).items()
                if asked <= entry.came_at and came >= entry.asked_at
            }
            account.cancels.judge(shown, later, others, self._clock, until, placed)
            account.story.changed_at = max(account.story.changed_at, entry.asked_at - 1e-6)
        account.story.expect(shown)

    def _later(self, window: Sequence[tuple[Entry, Shown | None]], account: _Account) -> list[Shown]:
        return [shown for entry, shown in window if shown is not None and self._account(entry) is account]

    def _tell_others(self, account: _Account, shown: Shown) -> None:
        for other in self._accounts.values():
            if other is not account:
                other.foreign.update((order.identity, shown.bare) for order in shown.orders if order.id)

    def _other(self, entry: Entry, account: _Account | None) -> None:
        """Something that may have changed orders, of any account."""
        if entry.operation is LIST or entry.flaw is not None:
            return
        for each in self._accounts.values():
            each.story.changed_at = max(each.story.changed_at, entry.came_at)
        if entry.operation is CANCEL_ALL and account is not None:
            account.story.refused_at = entry.came_at
        elif (id := _confirmed(entry)) and entry.account:
            self._placed[id] = entry.asked_at, entry.came_at, entry.account

    def _placed_soon(self, window: Sequence[tuple[Entry, Shown | None]]) -> dict[str, tuple[float, float, str]]:
        soon = {id: (each.asked_at, each.came_at, each.account or "") for each, _ in window if (id := _confirmed(each))}
        return {**dict(list(self._placed.items())[-_AHEAD:]), **soon}

    def _judge_odd(self, entry: Entry) -> None:
        assert entry.answer is not None
        records = reading.of_list(entry.answer, self._observations, BAD_INPUT)
        account = self._account(entry)
        foreign = account.foreign.keys() if account else frozenset()
        judgement = LISTING.judge(Listing(Query(limit=MAX_LIMIT), records.orders if records else (), foreign))
        self._observations.report(map(of_odd_input, judgement.breaches), entry.exchange)
        if not judgement.breaches:
            self._observations.count({BAD_INPUT: 1})

    def _judge_bad_credentials(self, entry: Entry) -> None:
        answer, flaw = entry.answer, entry.flaw
        assert answer is not None
        requirement, says = flaw or ("auth.required", "no credentials")
        if says.endswith("behind the signature") or (answer.status in NOT_JUDGED and answer.status not in (401, 403)):
            return
        if answer.status >= 500:
            self._observations.doubt(f"{answer.status} to a request with {says}", requirement)
        elif not 400 <= answer.status < 500:
            breach = Breach(f"a 4xx to a request with {says}", f"{answer.status} {start(answer)}", requirement)
            self._observations.report([breach], entry.exchange)
        else:
            self._observations.count({requirement: 1})

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
        accounts = ", ".join(sorted(self._accounts)) or "of nobody that could be told"
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
