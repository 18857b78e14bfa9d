"""One account of the target: its two operations, each answer judged as it flows by."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from conformance import contract
from conformance.account import blame
from conformance.account.sender import Asking
from conformance.evidence import Exchange
from conformance.oracle.listing import LISTING, MAX_LIMIT, Listing
from conformance.oracle.records import read
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.profile import AccountProfile
from conformance.verdict import Breach, Inconclusive
from conformance.wire.answers import NOT_JUDGED, Unavailable, cut, decoded, refuses, start, turns_away
from conformance.wire.client import Answer, Client
from conformance.wire.signer import Credential

BAD_INPUT = "error.bad-input"
EVERYTHING = Query()

# What an odd query may not bring about: a list without bounds, or somebody else's orders.
_HARM = ("list.limit-exact", "list.limit-max", "list.own-only")

# What a snapshot may cost: five pages of 200, however long the history is. A run's own orders lie within.
SNAPSHOT_PAGES = 5


@dataclass(frozen=True, slots=True)
class Page:
    """A list's answer that could be read."""

    query: Query
    orders: tuple[Order, ...]
    exchange: Exchange
    credential: Credential

    def __len__(self) -> int:
        return len(self.orders)


@dataclass(frozen=True, slots=True)
class Canceled:
    """A cancel-all's answer that could be read. Times by our clock, UNIX seconds.

    `refused_before`: an attempt was answered 503, or broke off, before. `refused`: a 4xx said there is no such market.
    """

    symbol: str | None
    orders: tuple[Order, ...]
    exchange: Exchange
    refused_before: bool
    sent_at: float
    answered_at: float
    refused: bool = False


class Account(Asking):
    """What a check sees of an account."""

    def __init__(self, profile: AccountProfile, client: Client) -> None:
        super().__init__(profile, client)
        self.foreign: dict[tuple[object, ...], Sequence[Exchange]] = {}  # by identity, the lists that showed it
        self.market: str | None = None  # the name of one, if any is known
        self._kept_alone: dict[tuple[str, tuple[str, ...]], bool] = {}

    def list(self, query: Query = EVERYTHING, credential: Credential | None = None) -> Page:
        """The list that answers `query`. Its shape, its order, its filters and its owner are judged in passing.

        Raises Violation where the answer is none that a valid query may get, Inconclusive where it cannot be judged.
        """
        page = self.list_or_refusal(query, credential)
        if page is None:
            raise Inconclusive(f"{self.name}: the list {query} was refused")
        return page

    def list_or_refusal(
        self, query: Query, credential: Credential | None = None, *, may_refuse: bool = False
    ) -> Page | None:
        """As `list`; None where the query `may_refuse` and the answer is a 4xx that speaks of the query."""
        kind = credential or self.credentials[0]
        answer = self.ask("GET", urlencode(query.pairs()), kind)
        if may_refuse and refuses(answer):
            return None
        self._expect_ok(answer, "a list", lambda: self._blame(query, answer.status, kind), kind)
        document = self._decoded(answer, "list.array-json")
        if breaches := contract.list_breaches(document):
            self.observations.report(breaches, answer.exchange)
            raise Inconclusive(f"{self.name}: the answer to {query} is no list")
        self.observations.count({"list.array": 1})
        orders = self._read(document, answer.exchange)
        judgement = LISTING.judge(Listing(query, orders, self.foreign.keys()))
        blamed = [self._of_filters(breach, query, kind) for breach in judgement.breaches]
        self.observations.report(blamed, *self._shown_to_its_owner(orders), answer.exchange)
        return Page(query, orders, answer.exchange, kind)

    def probe(self, query: str, credential: Credential | None = None) -> Page | None:
        """The list that answers an odd query, given as it goes over the wire; None where it is refused with a 4xx.

        Judged under error.bad-input: whatever is asked, the answer is a refusal, or a list that is bounded, the
        caller's own and newest first. Raises as `list` does.
        """
        kind = credential or self.credentials[0]
        answer = self.ask("GET", query, kind)
        if turns_away(answer):
            return None
        self._expect_ok(answer, f"a list, or a 4xx, for {cut(query)}", lambda: BAD_INPUT, kind)
        document = self._decoded(answer, BAD_INPUT)
        if contract.list_breaches(document):
            breach = Breach("a list, or a 4xx", f"200 with something else for {cut(query)}", BAD_INPUT)
            self.observations.report([breach], answer.exchange, raising=True)
        orders = self._read(document, answer.exchange)
        judgement = LISTING.judge(Listing(Query(limit=MAX_LIMIT), orders, self.foreign.keys()))
        for breach in judgement.breaches:
            own = breach.requirement in _HARM
            blamed = breach._replace(requirement=BAD_INPUT) if own else breach
            self.observations.report([blamed], *self._shown_to_its_owner(orders), answer.exchange, raising=own)
        self.observations.count({BAD_INPUT: 1})
        return Page(EVERYTHING, orders, answer.exchange, kind)

    def cancel_all(
        self,
        symbol: str | None = None,
        credential: Credential | None = None,
        *,
        nothing_live: bool = False,
        may_refuse: bool = False,
    ) -> Canceled:
        """Cancel all live orders, of one market or of all. The answer's shape is judged in passing.

        `nothing_live`: there is nothing to cancel, so that a wrong answer is one to an empty cancel. `may_refuse`: the
        symbol is that of no market, which may earn a 4xx.
        """
        requirement = "cancel.empty" if nothing_live else "cancel.envelope"
        kind = credential or self.credentials[0]
        sent_at = time.time()
        answer = self.ask("DELETE", "" if symbol is None else urlencode({"symbol": symbol}), kind)
        times = sent_at, time.time()
        if may_refuse and refuses(answer):
            return Canceled(symbol, (), answer.exchange, answer.refusals > 0, *times, refused=True)
        self._expect_ok(answer, "a cancel-all", lambda: requirement, kind)
        document = self._decoded(answer, requirement)
        if breaches := contract.canceled_breaches(document):
            blamed = [breach._replace(requirement=requirement) for breach in breaches]
            self.observations.report(blamed, answer.exchange, raising=True)
        self.observations.count({requirement: 1})
        orders = self._read(document["canceled"], answer.exchange)
        return Canceled(symbol, orders, answer.exchange, answer.refusals > 0, *times)

    def snapshot(self, pages: int = SNAPSHOT_PAGES, limit: int = MAX_LIMIT) -> Snapshot:
        """What the list shows without filters, newest first, stepping back by `end` for at most `pages` pages.

        A page that is not full is not taken for the last: one that is too short would hide what lies behind it.
        """
        orders: dict[str, Order] = {}
        exchanges: list[Exchange] = []
        end: int | None = None
        for _ in range(pages):
            page = self.list(Query(end=end, limit=limit))
            exchanges.append(page.exchange)
            fresh = [order for order in page.orders if order.id not in orders]
            orders.update((order.id, order) for order in fresh)
            if not fresh:
                # More than a page in one second cannot be walked past.
                stuck = len(page) >= limit
                return Snapshot(orders, end if stuck else None, tuple(exchanges))
            end = min(order.created_at for order in fresh)
        return Snapshot(orders, end, tuple(exchanges))

    def _of_filters(self, breach: Breach, query: Query, kind: Credential) -> Breach:
        """The breach, charged to the filters' standing together where the one that it speaks of is kept alone.

        Asked once for each set of filters.
        """
        name = (breach.requirement or "").removeprefix("list.")
        filters = tuple(each for each, _ in query.pairs() if each != "limit")
        if name not in filters or len(filters) < 2:
            return breach
        if (name, filters) not in self._kept_alone:
            self._kept_alone[name, filters] = False  # until it is known, and where it cannot be
            alone = Query(limit=MAX_LIMIT, **{name: getattr(query, name)})
            answer = self.ask("GET", urlencode(alone.pairs()), kind)
            document = decoded(answer.body) if answer.status == 200 else None
            if isinstance(document, list):
                orders = tuple(order for record in document if (order := read(record).order) is not None)
                breaches = LISTING.judge(Listing(alone, orders)).breaches
                self._kept_alone[name, filters] = all(each.requirement != breach.requirement for each in breaches)
        return breach._replace(requirement="list.conjunctive") if self._kept_alone[name, filters] else breach

    def _blame(self, query: Query, status: int, kind: Credential) -> str:
        def fails(other: Query) -> bool:
            return self.ask("GET", urlencode(other.pairs()), kind).status == status

        return blame.of_list(query, status, fails, self.market)

    def _expect_ok(self, answer: Answer, what: str, blamed: Callable[[], str], kind: Credential) -> None:
        if answer.status == 200:
            return
        if answer.status in (401, 403) and self.ask_once("GET", "", kind).status == 200:
            # It is good for a plain list, so it is this request that it was not enough for.
            requirement = f"auth.{kind}"
        elif answer.status in NOT_JUDGED:
            reason = f"{self.name}: {NOT_JUDGED[answer.status]} ({answer.status} to {what})"
            raise Unavailable(reason) if answer.status == 503 else Inconclusive(reason)
        else:
            requirement = blamed()
        breach = Breach(f"200 to {what}", f"{answer.status} {start(answer)}", requirement)
        self.observations.report([breach], answer.exchange, raising=True)

    def _decoded(self, answer: Answer, requirement: str) -> Any:
        try:
            return contract.decode(answer.body)
        except contract.NotJson as problem:
            breach = Breach("a JSON body", f"{problem}: {start(answer)}", requirement)
            self.observations.report([breach], answer.exchange, raising=True)
            raise

    def _shown_to_its_owner(self, orders: Sequence[Order]) -> Sequence[Exchange]:
        """The list in which another account was shown the first of these orders that is its own, if any is."""
        order = next((order for order in orders if order.identity in self.foreign), None)
        lists = self.foreign[order.identity] if order else ()
        return [each for each in lists if order and f'"{order.id}"' in each.response_body][:1]

    def _read(self, records: Sequence[Any], exchange: Exchange) -> tuple[Order, ...]:
        orders: list[Order] = []
        for record in records:
            reading = read(record)
            self.observations.count(reading.saw)
            if reading.breaches:
                self.observations.report(reading.breaches, exchange)
            if reading.order is None:
                raise Inconclusive(f"{self.name}: a record that cannot be read as an order")
            orders.append(reading.order)
        return tuple(orders)
