"""One account of the target: its two operations. Each answer is judged as it arrives."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from functools import partial
from urllib.parse import urlencode

from conformance.account import reading
from conformance.account.ahead import Wanted, asked_ahead
from conformance.account.answers import Canceled, Page
from conformance.account.behind import Behind
from conformance.account.blame import BAD_INPUT, Blame, of_cancel_all, of_lapse, of_odd_input
from conformance.account.forgotten import Lately
from conformance.account.misread import Misread
from conformance.account.otherwise import Otherwise
from conformance.account.sender import Sender
from conformance.account.skipped import skipped
from conformance.account.unknown_market import market_remedy, names_no_market
from conformance.evidence import Exchange
from conformance.operations import CANCEL_ALL, LIST
from conformance.oracle.lagging import comes_round
from conformance.oracle.listing import FILTERED, LISTING, MAX_LIMIT, Listing, limit_requirement
from conformance.oracle.settled import Settled
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.profile import AccountProfile
from conformance.verdict import Breach, Busy, Inconclusive, Misfit, NoList, Rejected
from conformance.wire.answers import NOT_JUDGED, code, cut, rejects, start, turns_away
from conformance.wire.client import Answer, Client
from conformance.wire.signer import Credential

EVERYTHING = Query()

# What a snapshot may cost: five pages of 200, however long the history is. A run's own orders lie within.
SNAPSHOT_PAGES = 5

# A list that contradicts what is settled is asked for again so often; and where that helps none, for so many lists of
# its kind: what is wrong each time is for the checks to judge.
_ASKED_AGAIN, _LOOKED_INTO = 2, 2


class Account(Sender):
    """What a check sees of an account. `foreign`: orders of others by identity, with the lists that showed them.

    `owns`: whether an order is certain to be the account's own, though another may have one of the same identity.
    """

    def __init__(self, profile: AccountProfile, client: Client) -> None:
        super().__init__(profile, client)
        self.foreign: dict[tuple[object, ...], Sequence[Exchange]] = {}
        self.owns: Callable[[Order], bool] = lambda _: False
        self.blame, self.misread = Blame(self._ask, self.credentials), Misread(self._ask)
        self.behind, settle_s = Behind(client.target.consistency_ms / 1000), client.target.settle_ms / 1000
        self.settled = Settled(settle_s + self.behind.lag_s, self.behind.lag_s, lambda: self.behind.further_s)
        self.otherwise = Otherwise(self.settled, lambda query: self.look(query).orders, self.credentials[0])
        self._markets: set[str] = set()  # of orders that lists have shown
        self._always_wrong: Counter[tuple[object, ...]] = Counter()
        self._lately = Lately()

    def list(self, query: Query = EVERYTHING, credential: Credential | None = None) -> Page:
        """The list that answers `query`. Its shape, its order, its filters and its owner are judged in passing.

        Raises Violation where no good query may get such an answer, another CannotJudge where it cannot be judged.
        """
        kind = credential or self.credentials[0]
        return self._steady(self.page(query, kind, self._ask(query, kind)))

    def look(self, query: Query) -> Page:
        """As `list`; asked for to see how the account stands, not to judge the list."""
        with self.counting_as("looks"):
            return self.list(query)

    def list_unless_rejected(
        self,
        query: Query,
        credential: Credential | None = None,
        *,
        may_reject: bool = True,
        came: Answer | None = None,
    ) -> Page | None:
        """As `list`; None where the query `may_reject` and the answer is a 4xx that speaks of the query.

        `came`: the answer, if it has come already.
        """
        kind = credential or self.credentials[0]
        answer = came or self._ask(query, kind)
        return None if may_reject and rejects(answer) else self._steady(self.page(query, kind, answer))

    def page(self, query: Query, kind: Credential, answer: Answer) -> Page:
        """The list that this answer to `query` shows, judged by itself alone. Raises as `list` does."""
        self._expect_ok(answer, "a list", lambda: self.blame.of_status(query, answer.status, kind), kind, query)
        complete = partial(self.otherwise.complete, status=query.status)
        records = reading.of_list(answer, self.observations, "list.array-json", complete)
        if records is None:
            raise NoList(f"{self.name}: the answer to {query} is no list")
        orders = records.orders
        self._markets.update(order.symbol for order in orders)
        for name in (each for each in query.filters if each != "symbol"):
            self._expect_told(orders, FILTERED[name], f"list.{name}")
        self._expect_told(orders[1:], ("created_at",), "list.newest-first")
        judgement = LISTING.judge(Listing(query, orders, self._foreign_to(orders)))
        page = Page(query, orders, answer.exchange, kind, records.unread)
        if judgement.breaches:
            alone, of_record = f"list.{self._lately.forgotten_by(page)}", partial(self.misread.of_record, page=orders)
            wrong = [each if each.requirement == alone else of_record(each, query, kind) for each in judgement.breaches]
            self.observations.report(wrong, *self._shown_to_its_owner(orders), answer.exchange)
        else:
            self._lately.add(page)
        return page

    def probe(self, query: str, credential: Credential | None = None) -> Page | None:
        """The list that answers an odd query, given as it goes over the wire; None where it is rejected with a 4xx.

        Judged under error.bad-input: the answer is a 4xx, or a list that is bounded, the caller's own and newest first.
        Raises as `list` does.
        """
        kind = credential or self.credentials[0]
        with self.counting_as("odd input"):
            answer = self.ask(LIST, query, kind)
        if turns_away(answer):
            return None
        self._expect_ok(answer, f"a list, or a 4xx, for {cut(query)}", lambda: BAD_INPUT, kind, EVERYTHING)
        records = reading.of_list(answer, self.observations, BAD_INPUT, self.otherwise.complete)
        if records is None:
            breach = Breach("a list, or a 4xx", f"200 with something else for {cut(query)}", BAD_INPUT)
            self.observations.report([breach], answer.exchange, raising=True)
        orders, unread = records or reading.Records(())
        judgement = LISTING.judge(Listing(Query(limit=MAX_LIMIT), orders, self._foreign_to(orders)))
        for breach in map(of_odd_input, judgement.breaches):
            evidence = (*self._shown_to_its_owner(orders), answer.exchange)
            self.observations.report([breach], *evidence, raising=breach.requirement == BAD_INPUT)
        self.observations.count({BAD_INPUT: 1})
        return Page(EVERYTHING, orders, answer.exchange, kind, unread)

    def ahead(
        self, queries: Iterable[Query | str], credential: Credential | None = None
    ) -> AbstractContextManager[None]:
        """Inside, these lists have been asked for at once. Odd queries are given as they go over the wire."""
        return asked_ahead(self.wanted(queries, credential))

    def wanted(self, queries: Iterable[Query | str], credential: Credential | None = None) -> Sequence[Wanted]:
        """These lists, to be asked for ahead beside others."""
        kind = credential or self.credentials[0]
        return [
            Wanted(self, query, kind, "odd input")
            if isinstance(query, str)
            else Wanted(self, urlencode(query.pairs()), kind, "lists")
            for query in queries
        ]

    def page_until(self, end: int | None = None, limit: int = MAX_LIMIT) -> Wanted:
        """The page of a snapshot that ends there; by default the one that it begins with."""
        return Wanted(self, urlencode(Query(end=end, limit=limit).pairs()), self.credentials[0], "looks")

    def cancel_all(
        self,
        symbol: str | None = None,
        credential: Credential | None = None,
        *,
        nothing_live: bool | None = False,
        may_reject: bool = False,
        came: Answer | None = None,
    ) -> Canceled:
        """Cancel all live orders, of one market or of all. The answer's shape is judged in passing.

        `nothing_live`: there is nothing to cancel, so that a wrong answer is one to an empty cancel; None: in a race
        there may be, so that it is where a wrong answer has no orders. `may_reject`: the symbol is that of no market,
        which may earn a 4xx. `came`: the answer, if it has come already.
        """
        requirement = of_cancel_all(nothing_live=bool(nothing_live))
        empty = of_cancel_all(nothing_live=nothing_live is not False)
        kind = credential or self.credentials[0]
        sent_at = time.time() if came is None else came.exchange.sent_at
        answer = came or self.ask(CANCEL_ALL, "" if symbol is None else urlencode({"symbol": symbol}), kind)
        times = sent_at, time.time()
        if may_reject and rejects(answer):
            return Canceled(symbol, (), answer.exchange, answer.tries_before > 0, *times, rejected=True)
        self._expect_ok(answer, "a cancel-all", lambda: requirement, kind, Query(symbol))
        complete = partial(self.otherwise.complete, status="canceled")
        orders, unread = reading.of_cancel_all(answer, self.observations, requirement, empty, complete)
        self._expect_told(orders, ("status",), "cancel.status")
        self.settled.tell(orders, answer.exchange)
        return Canceled(symbol, orders, answer.exchange, answer.tries_before > 0, *times, unread=unread)

    def snapshot(
        self, pages: int = SNAPSHOT_PAGES, limit: int = MAX_LIMIT, ends: Sequence[int | None] = ()
    ) -> Snapshot:
        """What the list shows without filters, newest first, stepping back by `end` for at most `pages` pages.

        The first page ends at the first of `ends`, if it is given; each further one at the next of them that the pages
        so far reach.

        A page that is not full is not taken for the last: one that is too short would hide what lies behind it.
        """
        orders: dict[str, Order] = {}
        exchanges: list[Exchange] = []
        unread: dict[str | None, None] = {}
        ceiling = end = oldest = ends[0] if ends else None
        for _ in range(pages):
            page = self.look(Query(end=end, limit=limit))
            exchanges.append(page.exchange)
            unread |= dict.fromkeys(page.unread)
            fresh = [order for order in page.orders if order.id not in orders]
            orders.update((order.id, order) for order in fresh)
            orders.update(self._skipped_by(page))
            if not fresh and end == oldest:
                # More than a page in one second cannot be walked past.
                stuck = len(page) + len(page.unread) >= limit
                oldest = end if stuck else None
                break
            oldest = min((order.created_at for order in fresh), default=oldest)
            assert oldest is not None
            reached = [each for each in ends if each is not None and each >= oldest and (end is None or each < end)]
            end = min(reached, default=oldest)
        known = self.otherwise.with_statuses(orders)
        unread |= dict.fromkeys(orders.keys() - known.keys())
        return Snapshot(known, oldest, tuple(exchanges), ceiling, tuple(unread))

    def _skipped_by(self, page: Page) -> Mapping[str, Order]:
        """What the page skips: it is there all the same. That the page is wrong is noted in passing."""
        found = list(skipped(page, self.settled, self.look))
        self.observations.report([breach for _, breach in found[:1]])
        return {order.id: order for order, _ in found}

    def _ask(self, query: Query, kind: Credential) -> Answer:
        return self.ask(LIST, urlencode(query.pairs()), kind)

    def _steady(self, page: Page) -> Page:
        """The page. Where it contradicts what is settled, and not when it is asked for again, the later one: that the
        first contradicts the lists before and after it is noted as a lapse. What another account was shown is none.
        """
        query, kind = page.query, page.credential
        self.observations.lists += 1
        sort = tuple(name for name, _ in query.pairs()), limit_requirement(query.limit), kind
        tries = _ASKED_AGAIN if self._always_wrong[sort] < _LOOKED_INTO else 0
        lapses: list[tuple[Breach, Exchange]] = []
        while (wrong := self._unsteady(page)) and len(lapses) < tries and not self._shown_to_its_owner(page.orders):
            lapses.append((wrong, page.exchange))
            page = self.page(query, kind, self._ask(query, kind))
        self.settled.learn(page.orders, page.exchange)
        if wrong:
            self._always_wrong[sort] += 1
            return page
        for breach, exchange in lapses:
            shown = (*breach.exchanges, exchange, page.exchange)
            if breach.requirement and breach.certain:
                self.observations.report([self._come_round(breach, page)._replace(exchanges=shown)])
            else:
                self.observations.lapse(of_lapse(query, breach), breach, *shown)
        return page

    def _come_round(self, breach: Breach, page: Page) -> Breach:
        """The breach, and how late this page shows what a cancel-all has told, if that is what a list did not show."""
        told = next((each for each in breach.exchanges if each.method == CANCEL_ALL.method), None)
        if told is None or breach.requirement != "cancel.visible":
            return breach
        after_ms = (page.exchange.sent_at - told.came_at) * 1000
        self.behind.found(after_ms / 1000)
        return breach._replace(got=f"{breach.got}; {comes_round(after_ms, self.behind.allowed_s)}")

    def _unsteady(self, page: Page) -> Breach | None:
        return next(self.settled.contradictions(page.listing, page.exchange.sent_at), None)

    def _expect_ok(self, answer: Answer, what: str, blamed: Callable[[], str], kind: Credential, query: Query) -> None:
        if answer.status == 200:
            return
        turned_away = self.blame.turns_credential_away(query, answer.status, kind)
        requirement = self.blame.of_credential(kind) if turned_away else None
        if requirement is None and (turned_away or answer.status in NOT_JUDGED):
            words = NOT_JUDGED.get(answer.status, NOT_JUDGED[401])
            reason = f"{self.name}: {words} ({answer.status} {code(answer)} to {what})"
            if answer.status == 503:
                raise Busy(reason, *answer.busy)
            raise (Rejected if answer.status < 500 else Inconclusive)(reason)
        symbol = query.symbol if query.symbol not in self._markets else None
        if symbol and rejects(answer) and names_no_market(code(answer)):
            raise Misfit(f"{answer.status} {code(answer)} to {what}; {market_remedy(symbol)}")
        requirement = requirement or blamed()
        if answer.status == 500 and self.was_away():  # what was asked for to find that out may have met the same
            raise Inconclusive(f"{self.name}: the target was away for a moment (500 to {what})")
        breach = Breach(f"200 to {what}", f"{answer.status} {start(answer)}", requirement)
        self.observations.report([breach], answer.exchange, raising=True)

    def _expect_told(self, orders: Sequence[Order], fields: Iterable[str], requirement: str) -> None:
        if any(not order.unread.isdisjoint(fields) for order in orders):
            self.observations.doubt(f"{', '.join(fields)} of orders in an answer cannot be read", requirement)

    def _foreign_to(self, orders: Sequence[Order]) -> Set[tuple[object, ...]]:
        """What is foreign, without what is the account's own among these orders as well."""
        own = {order.identity for order in orders if order.identity in self.foreign and self.owns(order)}
        return self.foreign.keys() - own if own else self.foreign.keys()

    def _shown_to_its_owner(self, orders: Sequence[Order]) -> Sequence[Exchange]:
        """The list in which another account was shown the first of these orders that is its own, if any is."""
        foreign = self._foreign_to(orders)
        order = next((order for order in orders if order.identity in foreign), None)
        lists = self.foreign[order.identity] if order else ()
        return [each for each in lists if order and f'"{order.id}"' in each.response_body][:1]
