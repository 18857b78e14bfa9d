"""What is known of an account, and whether it explains what a list showed."""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from urllib.parse import urlencode

from conformance.account.account import EVERYTHING, Account
from conformance.account.ahead import Wanted, asked_ahead
from conformance.account.answers import Page
from conformance.account.blame import charge
from conformance.account.contradiction import of_contradiction
from conformance.account.looks import lists_about, told_of
from conformance.operations import LIST
from conformance.oracle.listing import explain, limit_requirement, page_size
from conformance.oracle.snapshot import Interval, Snapshot
from conformance.orders import Query
from conformance.verdict import Breach, Unreachable
from conformance.wire.answers import rejects
from conformance.wire.client import Answer
from conformance.wire.signer import Credential

# A contradiction is looked at again so many times: a defect that shows now and then is met again, and nobody else can
# have caused it between two snapshots that agree.
_CONFIRMATIONS = 3


class Known:
    """A snapshot of one account, renewed when a list contradicts it; and which lists have agreed with it.

    `catch_up`: waits until no list may lag; whether one could that was asked for at this moment of our clock.
    """

    def __init__(
        self,
        account: Account,
        take: Callable[[], Snapshot],
        first: Snapshot | None = None,
        catch_up: Callable[[float], bool] = lambda _: False,
    ) -> None:
        self.snapshot = first or take()
        self._account = account
        self._take = take
        self._catch_up = catch_up
        self._confirmed = False
        self._pages: dict[tuple[Query, Credential], Page | None] = {}
        self._agreed: set[tuple[Query, Credential]] = set()
        self._came: dict[tuple[Query, Credential], Answer] = {}
        self._blamed: dict[tuple[str, tuple[str, ...], str], str] = {}

    def refresh(self) -> Snapshot:
        """Take a new snapshot."""
        self._account.coming.clear()
        self.snapshot = self._take()
        self._confirmed = False
        self._pages.clear()
        self._agreed.clear()
        self._came.clear()
        return self.snapshot

    def keep(self, query: Query, credential: Credential, answer: Answer) -> None:
        """Keep the answer to a list that was asked for ahead, until somebody wants it."""
        self._came[query, credential] = answer

    def page(self, query: Query, credential: Credential | None = None) -> Page:
        """The list by this query, not judged. It is not asked for again until the snapshot is renewed."""
        page = self._shown(query, credential or self._account.credentials[0], may_reject=False)
        assert page is not None
        return page

    def ahead(self, lists: Iterable[Query], credential: Credential | None = None) -> AbstractContextManager[None]:
        """Inside, the lists by these queries need not be asked for any more: they are asked for at once."""
        return asked_ahead(self.wanted(lists, credential))

    def wanted(self, lists: Iterable[Query], credential: Credential | None = None) -> Sequence[Wanted]:
        """Those of the lists by these queries that have to be asked for, to be asked for ahead beside others."""
        kind = credential or self._account.credentials[0]
        return self._account.wanted([query for query in lists if not self.has(query, kind)], kind)

    def foresee(self, lists: Iterable[Query]) -> None:
        """These lists will be wanted one by one. Where that saves time, they are asked for at once, and what comes is
        kept until then.
        """
        kind = self._account.credentials[0]
        queries = [query for query in dict.fromkeys(lists) if not self.has(query, kind)]
        if len(queries) < 2 or self._account.at_once == 1:
            return
        with asked_ahead(self.wanted(queries, kind)):
            for query in queries:
                with contextlib.suppress(Unreachable):  # it is asked for again
                    answer = self._account.ask_once(LIST, urlencode(query.pairs()), kind)
                    if answer.status == 200 or rejects(answer):
                        self.keep(query, kind, answer)

    def has(self, query: Query, credential: Credential) -> bool:
        """Whether this list would not be asked for again."""
        return bool({(query, credential)} & (self._pages.keys() | self._came.keys()))

    def ask(self, query: Query, credential: Credential) -> Page:
        """The list by this query, asked for now, whether it is known or not; not judged."""
        self._agreed.discard((query, credential))
        self._pages[query, credential] = page = self._account.list(query, credential)
        return page

    def expect(
        self,
        query: Query = EVERYTHING,
        credential: Credential | None = None,
        *,
        blamed: str | None = None,
        may_reject: bool = False,
    ) -> None:
        """Hold the list by this query against the snapshot, as `explains` does.

        One that has agreed already is neither asked for nor judged again. A query that `may_reject` may earn a 4xx.
        """
        asked = query, credential or self._account.credentials[0]
        page = self._shown(*asked, may_reject=may_reject)
        if asked in self._agreed or page is None:
            return
        del self._pages[asked]  # where it does not agree, it is asked for again
        if self.explains(page, blamed):
            self._pages[asked] = page
            self._agreed.add(asked)

    def explains(self, page: Page, blamed: str | None = None) -> bool:
        """Whether the page agrees with the snapshot; `blamed` is the requirement that a wrong one breaks, if clear.

        A contradiction counts once it is met between two snapshots that agree; it is then raised as a Violation. One
        that is not met again leaves a doubt.
        """
        breaches = self._breaches(page, Interval.still(self.snapshot))
        if breaches and self._catch_up(page.exchange.sent_at):
            self.refresh()
            page = self._account.list(page.query, page.credential)
            breaches = self._breaches(page, Interval.still(self.snapshot))
        if not breaches:
            return True
        if self._confirmed:
            self._report(breaches, self.snapshot, page, blamed)
        stale = self.snapshot
        fresh = self.refresh()
        between = self._breaches(page, Interval(stale, fresh))
        if not between:
            return False
        for _ in range(_CONFIRMATIONS):
            before = self.snapshot
            again = self._account.list(page.query, page.credential)
            after = self.refresh()
            if breaches := self._breaches(again, Interval(before, after)):
                self._confirmed = True
                self._report(breaches, before, again, blamed)
        self._account.observations.doubt(f"a list of {page.query} contradicted a snapshot, and agreed when asked again")
        return False

    def _shown(self, query: Query, credential: Credential, *, may_reject: bool) -> Page | None:
        asked = query, credential
        if asked not in self._pages:
            came = self._came.pop(asked, None)
            self._pages[asked] = self._account.list_unless_rejected(*asked, may_reject=may_reject, came=came)
        return self._pages[asked]

    def _report(self, breaches: list[Breach], held_against: Snapshot, page: Page, requirement: str | None) -> None:
        # From one place, since Hypothesis tells failures apart by where they are raised.
        if requirement is None:
            page, breaches = self._shortest(page, breaches)
        requirement = breaches[0].requirement or requirement or self._blame(page)
        told = told_of(breaches[0], (*page.orders, *held_against.orders.values()))
        evidence = (*lists_about(told, held_against), page.exchange)
        self._account.observations.report(charge(breaches, requirement), *evidence, raising=True)

    def _shortest(self, page: Page, breaches: list[Breach]) -> tuple[Page, list[Breach]]:
        """The page, or that of a query with fewer parameters that is wrong as well; with what is wrong with it."""
        for name, _ in page.query.pairs():
            shorter = self._account.list(page.query.without(name), page.credential)
            if found := self._breaches(shorter, Interval.still(self.snapshot)):
                page, breaches = shorter, found
        return page, breaches

    def _blame(self, page: Page) -> str:
        """The requirement that is broken; decided once for each kind of query, since shrinking asks again and again."""
        query, credential = page.query, page.credential
        kind = credential, tuple(name for name, _ in query.pairs()), limit_requirement(query.limit)
        if kind not in self._blamed:
            listing, first = page.listing, self._account.credentials[0]
            self._blamed[kind] = of_contradiction(
                listing,
                credential,
                self.snapshot,
                first,
                self._is_wrong,
                self._account.settled.told,
                lambda other: self._account.list(other, credential).listing,
                self._account.otherwise.placed_with,
            )
        return self._blamed[kind]

    def _is_wrong(self, query: Query, credential: Credential) -> bool:
        page = self._account.list(query, credential)
        too_long = len(page) > page_size(query.limit)  # by itself that contradicts no snapshot
        return too_long or bool(self._breaches(page, Interval.still(self.snapshot)))

    def _breaches(self, page: Page, interval: Interval) -> list[Breach]:
        if page.listing.shows_twice:
            return []  # another rule says so, and what it lacks has lost its place to that
        return list(explain(replace(page.listing, foreign=self._account.foreign.keys()), interval))
