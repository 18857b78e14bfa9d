"""The ledger of an overload: every request with what came of it, and what lists show of its orders afterwards."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Literal, NamedTuple

from conformance.evidence import Exchange
from conformance.operations import CANCEL_ALL
from conformance.orders import Looks, Order

Kind = Literal["place", "cancel-all", "list"]
KINDS: tuple[Kind, ...] = ("place", "cancel-all", "list")

Ending = Literal["accepted", "refused", "failed", "unknown"]
"""refused: a 503 in its documented form. unknown: no whole answer came, so that it may have been done."""

ENDINGS: tuple[Ending, ...] = ("accepted", "refused", "failed", "unknown")

# The queue was full, so that the request never came to the engine; with the other codes it may have.
FULL, *_ = CANCEL_ALL.errors[503]


class Told(NamedTuple):
    """An order as the answer to a cancel-all tells it."""

    id: str
    symbol: str
    status: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. Times in seconds of a clock that only rises.

    `symbol`: the scope of a cancel-all, None for all markets; or the market of an order. `id`: that of an order that
    was accepted; `looks`: what it is recognized by. `told`: what a cancel-all's answer tells. `code`: of a 503.
    `wrong`: what is wrong with an answer that is neither accepted nor refused; `gateway`: it is not the exchange's.
    """

    account: str
    kind: Kind
    phase: str
    sent_at: float
    ended_at: float
    ending: Ending
    status: int | None = None
    code: str | None = None
    symbol: str | None = None
    id: str | None = None
    looks: Looks | None = None
    told: tuple[Told, ...] = ()
    wrong: str = ""
    gateway: bool = False
    exchange: Exchange | None = field(default=None, repr=False, compare=False)

    @property
    def shown(self) -> tuple[Exchange, ...]:
        """The exchange as evidence, where it was kept."""
        return () if self.exchange is None else (self.exchange,)

    @property
    def may_have_happened(self) -> bool:
        """Whether it may have been done, though no answer says so."""
        return self.ending == "unknown" or (self.ending == "failed" and (self.status or 0) >= 500)

    def reaches(self, symbol: str) -> bool:
        """Whether orders of this market are in the scope."""
        return self.symbol is None or self.symbol == symbol


class Sighting(NamedTuple):
    """When lists were asked for that showed an order live for the last time, and canceled for the first time."""

    live_at: float = -inf
    canceled_at: float = inf


@dataclass(frozen=True, slots=True)
class Seen:
    """The orders of one account as lists show them once all is over.

    `before`: those that were there before. `hidden`: markets of which a second has more orders than lists can show.
    `sightings`: what lists in between had shown of some of them. `foreign`: how many new orders look like none of ours.
    """

    orders: Mapping[str, Order]
    before: Mapping[str, Order] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    sightings: Mapping[str, Sighting] = field(default_factory=dict)
    foreign: int = 0
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Recovery:
    """How one account fared once the load had ended.

    `after_s`: when a cancel-all was accepted again; None: never, and `last` is what came of the last one.
    `asked_later`: Retry-After asked for more time than there was. `answers_lists`: whether lists were answered at the
    end of it.
    """

    account: str
    within_s: float
    after_s: float | None
    attempts: int
    last: Entry | None = None
    asked_later: bool = False
    answers_lists: bool = True

    @property
    def excused(self) -> bool:
        """Whether it may have another cause than overload: the engine is stopped, or the target was not reached."""
        if self.last is None or self.asked_later or self.last.gateway:
            return True
        stopped = self.last.ending == "refused" and self.last.code != FULL
        return stopped or (self.last.ending == "unknown" and not self.answers_lists)


@dataclass(frozen=True)
class Ledger:
    """All requests, and how the accounts stand after them. Accounts that could not be looked at are not in `seen`.

    `settle_s`: how long an order that was accepted may take to show; so long a cancel-all may miss it, too. `lag_s`:
    how long lists may be behind a cancel-all.
    """

    entries: Sequence[Entry]
    seen: Mapping[str, Seen] = field(default_factory=dict)
    recoveries: Sequence[Recovery] = ()
    settle_s: float = 0.0
    lag_s: float = 0.0

    def of(self, *kinds: Kind) -> list[Entry]:
        """The requests of these kinds."""
        return [entry for entry in self.entries if entry.kind in kinds]

    @cached_property
    def placed(self) -> Mapping[str, Entry]:
        """The orders that were accepted, by id."""
        return {entry.id: entry for entry in self.of("place") if entry.ending == "accepted" and entry.id is not None}

    @cached_property
    def tellers(self) -> Mapping[str, Sequence[Entry]]:
        """The answers that tell an order as canceled, by its id."""
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.of("cancel-all"):
            for told in entry.told:
                found[told.id].append(entry)
        return found

    @cached_property
    def accepted_cancels(self) -> Mapping[str, "Cancels"]:
        """The cancel-alls of each account that were accepted."""
        return {account: Cancels(entries) for account, entries in self._cancels("accepted").items()}

    def perhaps_canceled(self, account: str, symbol: str) -> bool:
        """Whether a cancel-all that got no answer, or none to rely on, may have canceled orders of this market."""
        return any(entry.account == account and entry.reaches(symbol) for entry in self._doubtful_cancels)

    @cached_property
    def _doubtful_cancels(self) -> list[Entry]:
        return [entry for entry in self.of("cancel-all") if entry.may_have_happened]

    def refusals(self, account: str, symbol: str) -> list[Entry]:
        """The cancel-alls of the account that were refused, of this market or of all."""
        return [entry for entry in self._refused_cancels.get(account, ()) if entry.reaches(symbol)]

    @cached_property
    def _refused_cancels(self) -> Mapping[str, Sequence[Entry]]:
        return self._cancels("refused")

    def _cancels(self, ending: Ending) -> Mapping[str, Sequence[Entry]]:
        """The cancel-alls that ended so, by account."""
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.of("cancel-all"):
            if entry.ending == ending:
                found[entry.account].append(entry)
        return found

    @cached_property
    def surplus(self) -> Mapping[tuple[str, Looks], Sequence[Order]]:
        """Orders that no answer has named, by account and looks: of requests whose answer is not known, or more."""
        found: defaultdict[tuple[str, Looks], list[Order]] = defaultdict(list)
        for account, seen in self.seen.items():
            for order in seen.orders.values():
                if order.id not in seen.before and order.id not in self.placed:
                    found[account, order.looks].append(order)
        return found

    @cached_property
    def may_have_placed(self) -> Mapping[tuple[str, Looks], int]:
        """How many orders may have come about without an answer that names them, by account and looks."""
        return Counter(
            (entry.account, entry.looks)
            for entry in self.of("place")
            if entry.looks and (entry.may_have_happened or (entry.ending == "accepted" and entry.id is None))
        )

    @cached_property
    def excess(self) -> Sequence["Excess"]:
        """Orders that neither an answer names nor a request without an answer explains."""
        found = []
        for (account, looks), orders in self.surplus.items():
            most = self.may_have_placed.get((account, looks), 0)
            if len(orders) > most:
                like = [each for each in self.of("place") if (each.account, each.looks) == (account, looks)]
                found.append(Excess(account, orders, most, like))
        return found


class Excess(NamedTuple):
    """More orders that look alike than there may be: `unnamed` ones, of which `most` may be those of requests without
    an answer. `like`: all requests for such an order.
    """

    account: str
    unnamed: Sequence[Order]
    most: int
    like: Sequence[Entry]

    @property
    def refused(self) -> Sequence[Entry]:
        """The requests that were refused."""
        return [each for each in self.like if each.ending == "refused"]

    @property
    def can_be_argued(self) -> bool:
        """Whether requests may explain it that were answered with no order, but not since the queue was full."""
        no = [each for each in self.like if each.ending in ("refused", "failed") and not each.may_have_happened]
        return len(self.unnamed) <= self.most + sum(each.code != FULL for each in no)


class Cancels:
    """Accepted cancel-alls of one account, to be asked which of them came after an order."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._sent = sorted(entries, key=lambda entry: entry.sent_at)
        self._times = [entry.sent_at for entry in self._sent]

    def between(self, symbol: str, sent_from: float, ended_before: float) -> Entry | None:
        """One in whose scope the market is, that was sent at this moment or later, and answered before that one."""
        first, last = bisect_left(self._times, sent_from), bisect_left(self._times, ended_before)
        for entry in self._sent[first:last]:
            if entry.ended_at < ended_before and entry.reaches(symbol):
                return entry
        return None

    def beside(self, symbol: str, after: float, until: float) -> Entry | None:
        """One in whose scope the market is, and that was under way at some time between these moments."""
        for entry in reversed(self._sent[: bisect_left(self._times, until)]):
            if entry.ended_at > after and entry.reaches(symbol):
                return entry
        return None
