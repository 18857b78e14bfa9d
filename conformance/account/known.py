"""What is known of an account, and whether it explains what a list showed."""

from collections.abc import Callable

from conformance.account import blame
from conformance.account.account import Account, Page
from conformance.oracle.listing import Listing, cut_before_filtering, explain, limit_requirement
from conformance.oracle.snapshot import Interval, Snapshot
from conformance.orders import Query
from conformance.verdict import Breach

# A contradiction is looked at this many times with fresh eyes: a defect that shows now and then is met again, and
# between two snapshots that agree nobody else can have caused it.
_CONFIRMATIONS = 3


class Known:
    """A snapshot of one account, renewed when a list contradicts it."""

    def __init__(self, account: Account, take: Callable[[], Snapshot], first: Snapshot | None = None) -> None:
        self.snapshot = first or take()
        self._account = account
        self._take = take
        self._confirmed = False
        self._blamed: dict[tuple[str, tuple[str, ...], str], str] = {}

    def refresh(self) -> Snapshot:
        """Take a new snapshot."""
        self.snapshot = self._take()
        self._confirmed = False
        return self.snapshot

    def explains(self, page: Page, blamed: str | None = None) -> None:
        """Hold the page against the snapshot; `blamed` is the requirement that it breaks where it is wrong, if clear.

        A contradiction counts once it is met between two snapshots that agree; it is then raised as a Violation.
        One that is not met again leaves a doubt, unless the account has changed in a way that explains it.
        """
        breaches = self._breaches(page, Interval.still(self.snapshot))
        if not breaches:
            return
        if self._confirmed:
            self._report(breaches, self.snapshot, page, blamed)
        stale = self.snapshot
        fresh = self.refresh()
        if not self._breaches(page, Interval(stale, fresh)):
            return
        for _ in range(_CONFIRMATIONS):
            before = self.snapshot
            again = self._account.list(page.query, page.credential)
            after = self.refresh()
            if breaches := self._breaches(again, Interval(before, after)):
                self._confirmed = True
                self._report(breaches, before, again, blamed)
        self._account.observations.doubt(f"a list of {page.query} contradicted a snapshot, and agreed when asked again")

    def _report(self, breaches: list[Breach], held_against: Snapshot, page: Page, requirement: str | None) -> None:
        # From one place, since Hypothesis tells failures apart by where they are raised.
        evidence = (*held_against.exchanges[:1], page.exchange)
        requirement = requirement or self._blame(page)
        blamed = [breach._replace(requirement=requirement) for breach in breaches]
        self._account.observations.report(blamed, *evidence, raising=True)

    def _blame(self, page: Page) -> str:
        """The requirement that is broken; once for each kind of query, since shrinking asks for it again and again."""
        query, credential = page.query, page.credential
        kind = credential, tuple(name for name, _ in query.pairs()), limit_requirement(query.limit)
        if kind not in self._blamed:
            # The snapshot was taken with the account's first credential.
            if credential != self._account.credentials[0] and self._is_stranger(page) and not self._is_wrong(query):
                self._blamed[kind] = "auth.same-account"
            elif cut_before_filtering(Listing(query, page.orders), self.snapshot):
                self._blamed[kind] = "list.limit-after-filters"
            else:
                self._blamed[kind] = blame.of_page(query, self._is_wrong)
        return self._blamed[kind]

    def _is_stranger(self, page: Page) -> bool:
        """Whether the page shows none of the account's orders."""
        return not any(order.id in self.snapshot.orders for order in page.orders)

    def _is_wrong(self, query: Query) -> bool:
        return bool(self._breaches(self._account.list(query), Interval.still(self.snapshot)))

    def _breaches(self, page: Page, interval: Interval) -> list[Breach]:
        return list(explain(Listing(page.query, page.orders), interval))
