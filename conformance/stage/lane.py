"""A lane: two accounts that work side by side, the markets they trade in, and what is known of them."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from conformance.account.account import SNAPSHOT_PAGES, Account
from conformance.account.clock import TargetClock
from conformance.account.journal import Journal, Taken
from conformance.account.known import Known
from conformance.account.ownership import Ownership
from conformance.observations import Observations
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.oracle.succession import SUCCESSION
from conformance.orders import LIVE, Order, Query
from conformance.profile import Market, Target
from conformance.stage.driver import Driver, Refused
from conformance.verdict import Inconclusive, Violation

POLL_S = 0.05


class ForeignOrders(Inconclusive):
    """Cancel-all is not called: it would cancel live orders that this run did not place."""


class Patience:
    """How long to wait for orders to show: as long as allowed, until that was in vain once; then a little longer than
    it ever took.
    """

    _AT_LEAST_S = 0.2

    def __init__(self, allowed_s: float) -> None:
        self.seconds = allowed_s
        self._longest = 0.0

    def rewarded(self, after_s: float) -> None:
        """They showed."""
        self._longest = max(self._longest, after_s)

    def disappointed(self) -> None:
        """They did not."""
        self.seconds = min(self.seconds, max(3 * self._longest, self._AT_LEAST_S))


class Lane:
    """Where checks take place, one at a time."""

    def __init__(
        self, caller: Account, other: Account | None, target: Target, markets: Sequence[Market], driver: Driver
    ) -> None:
        self.caller = caller
        self.other = other
        for account in self.accounts:
            account.market = next((market.symbol for market in markets), None)
        self.target = target
        self.markets = tuple(markets)
        self.driver = driver
        self.clock = TargetClock()
        self.placed_at: dict[str, tuple[float, float]] = {}  # when the driver asked and was answered, by our clock
        self.own = {account.name: Ownership() for account in self.accounts}
        self.journals = {account.name: Journal(target.base_url, account.name) for account in self.accounts}
        self._patience = Patience(target.settle_ms / 1000)
        self._known: dict[str, Known] = {}
        self._first: dict[str, Snapshot] = {}
        self._latest: dict[str, Snapshot] = {}
        self._looked_for_live: set[str] = set()
        self.consistent_from = 0.0  # when lists show what the last cancel-all did, by the monotonic clock
        # What the last cancel-all left behind in each account, while nothing has been changed since.
        self._remembered: dict[str, Snapshot] = {}

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The caller, and the other account if there is one."""
        return (self.caller,) if self.other is None else (self.caller, self.other)

    def take(self) -> None:
        """Take both accounts, to change them: no other run on this machine may, and what killed ones left is known.

        Raises Inconclusive where another run is at work with one of them.
        """
        for name, journal in self.journals.items():
            try:
                self.own[name].inherit(journal.open())
            except Taken:
                self.leave(clean=False)
                raise Inconclusive(
                    f"another run on this machine is at work with {name}: wait for its end, or take other accounts"
                ) from None

    def leave(self, *, clean: bool) -> None:
        """Let the next run have the accounts; `clean`: nothing that was placed is left in them."""
        for name, journal in self.journals.items():
            journal.close(clean=clean and self.own[name].begun)

    def watch(self, observations: Observations) -> None:
        """From now on, what flows by belongs to this check."""
        for account in self.accounts:
            account.observations = observations

    @contextlib.contextmanager
    def unjudged(self) -> Iterator[None]:
        """Inside, what flows by belongs to nobody."""
        observations = self.caller.observations
        self.watch(Observations())
        try:
            yield
        finally:
            self.watch(observations)

    def known(self, account: Account) -> Known:
        """What is known of the account; the first call takes the snapshot that tells old orders from the run's own."""
        if account.name not in self._known:
            self._known[account.name] = Known(account, lambda: self.snapshot(account))
        return self._known[account.name]

    def latest(self, account: Account) -> Snapshot:
        """All that was last seen of the account; the first call takes a snapshot."""
        return self._latest[account.name] if account.name in self._latest else self.known(account).snapshot

    def snapshot(self, account: Account, pages: int = SNAPSHOT_PAGES, limit: int = MAX_LIMIT) -> Snapshot:
        """A snapshot of the account, its orders told apart from the other account's and from strangers'."""
        snapshot = account.snapshot(pages, limit)
        own = self.own[account.name]
        self._first.setdefault(account.name, snapshot)
        own.begin(snapshot.orders.values())
        own.recognize(snapshot.orders.values())
        for id in self.placed_at.keys() & snapshot.orders.keys():
            self.clock.learn(snapshot.orders[id], *self.placed_at.pop(id))
        self._compare(account, snapshot)
        self._latest[account.name] = snapshot.over(self._latest.get(account.name, snapshot))
        for opposite in self.accounts:
            if opposite is not account:
                opposite.foreign.update((order.identity, snapshot.exchanges) for order in snapshot.orders.values())
        return snapshot

    def reaching(self, account: Account, pages: int) -> Snapshot:
        """A snapshot of so many pages, or of more where what was last seen live is on a later one by now: other orders
        have been placed since, or those of the same second come in another order.
        """
        while True:
            snapshot = self.snapshot(account, pages)
            reached = all(order.id in snapshot.orders for order in self.latest(account).live())
            needed = max(self._depth(account), pages + (not reached))  # by what is known now, whatever luck there was
            if needed <= pages or pages >= SNAPSHOT_PAGES:
                return snapshot
            pages = min(needed, SNAPSHOT_PAGES)

    def forget(self, account: Account) -> None:
        """The account is being changed; what is known of it is taken anew when it is next asked for."""
        self._known.pop(account.name, None)
        self._remembered.clear()

    def settled(self, account: Account, pages: int = 1) -> Snapshot:
        """A snapshot that shows all that was placed, however many pages that takes, or the last one when time is up."""
        started = time.monotonic()
        own = self.own[account.name]
        pages = max(pages, self._depth(account))
        while True:
            snapshot = self.reaching(account, pages)
            waited = time.monotonic() - started
            if own.all_seen():
                self._patience.rewarded(waited)
                return snapshot
            if pages < SNAPSHOT_PAGES:
                pages += 1
            elif waited > self._patience.seconds:
                self._patience.disappointed()
                own.give_up()
                return snapshot
            else:
                time.sleep(POLL_S)

    def _depth(self, account: Account) -> int:
        """How many pages it takes to come by all that was last seen live."""
        latest = self.latest(account)
        oldest = min((order.created_at for order in latest.live()), default=None)
        if oldest is None:
            return 1
        newer = sum(order.created_at >= oldest for order in latest.orders.values())
        return min(newer // MAX_LIMIT + 1, SNAPSHOT_PAGES)

    def opposite(self, account: Account) -> Account | None:
        """The account on the other side."""
        return self.other if account is self.caller else self.caller

    def clear(self, whose: Account | None = None) -> None:
        """Cancel whatever is live in the account, by default the caller's; judge nothing.

        One by one where cancel-all leaves some. Raises ForeignOrders.
        """
        account = whose or self.caller
        if not self.latest(account).live():
            return
        self.refuse_to_harm(account)
        with self.unjudged(), self.driver.setting_up():
            with contextlib.suppress(Violation):
                account.cancel_all()
            self.canceled(account)
            for order in self.settle(whose=account).live() if self.driver.can_cancel else ():
                with contextlib.suppress(Refused):
                    self.driver.cancel(account, order.id, order.symbol)

    def not_reached(self, account: Account, limit: int, shown: Iterable[Order]) -> list[str]:
        """Ids of orders that stepping back by `end`, `limit` at a time, does not come by: the run's own, and those that
        other lists have `shown`; without those that are too old for so many pages.
        """
        seen = {order.id: order for order in (*self.latest(account).orders.values(), *shown)}
        pages = SNAPSHOT_PAGES * MAX_LIMIT // limit + 1
        fullest = max(Counter(order.created_at for order in seen.values()).values(), default=0)
        newest_first = sorted(seen.values(), key=lambda order: -order.created_at)
        deeper = {order.id for order in newest_first[pages * max(limit - fullest, 0) :]}
        reached = self.snapshot(account, pages, limit).orders.keys()
        return sorted((self.own[account.name].ids | {order.id for order in shown}) - deeper - reached)

    def foreign_live(self, whose: Account | None = None) -> list[Order]:
        """Live orders of the account (by default the caller's), as last seen, that this run did not place.

        A cancel-all would destroy them. One that lies deeper than any snapshot reaches is found by its status, the
        first time that this is asked.
        """
        account = whose or self.caller
        if account.name not in self._looked_for_live:
            self._looked_for_live.add(account.name)
            self.look_for_live(account)
        own = self.own[account.name]
        return [order for order in self.latest(account).live() if not own.owns(order)]

    def look(self, whose: Account | None = None, pages: int = 1) -> Snapshot:
        """An account, by default the caller's, once lists are consistent: as it was remembered, or a fresh snapshot."""
        account = whose or self.caller
        return self._remembered[account.name] if account.name in self._remembered else self.settle(pages, account)

    def remember(self, seen: Snapshot, whose: Account | None = None) -> None:
        """The account has just been seen so, by lists that are consistent; nothing has been changed since."""
        self._remembered[(whose or self.caller).name] = seen
        self.consistent_from = 0.0

    def settle(self, pages: int = 1, whose: Account | None = None) -> Snapshot:
        """An account, by default the caller's, once lists show all that was placed and canceled."""
        time.sleep(max(0.0, self.consistent_from - time.monotonic()))
        return self.settled(whose or self.caller, pages)

    def canceled(self, whose: Account | None = None) -> None:
        """A cancel-all of the account, by default the caller's, may have taken effect just now."""
        self.forget(whose or self.caller)
        self.consistent_from = time.monotonic() + self.target.consistency_ms / 1000

    def _compare(self, account: Account, snapshot: Snapshot) -> None:
        """Judge in passing what became of each order since it was last seen; lists that may lag tell nothing."""
        if account.name in self._latest and time.monotonic() > self.consistent_from:
            judgement = SUCCESSION.judge(self._latest[account.name], snapshot)
            account.observations.count(judgement.saw)
            account.observations.report(judgement.breaches, *snapshot.exchanges[:1])

    def look_for_live(self, account: Account) -> None:
        """Look for live orders by their status: what a list without filters does not reach, or does not show."""
        latest = self.latest(account)
        for status in sorted(LIVE):
            with contextlib.suppress(Violation):  # that the filter does not work is for its own check to say
                page = account.list(Query(status=status, limit=MAX_LIMIT))
                live = {order.id: order for order in page.orders if order.live}
                self.own[account.name].recognize(live.values())
                latest = replace(latest, orders={**live, **latest.orders})
        self._latest[account.name] = latest

    def refuse_to_harm(self, whose: Account | None = None) -> None:
        """Raise where a cancel-all would meet somebody else's order: ForeignOrders if one stood there before this run,
        Inconclusive if all have come since, as they do where two runs meet.
        """
        account = whose or self.caller
        foreign = self.foreign_live(account)
        if not foreign or self.target.disposable:
            return
        markets = ", ".join(sorted({order.symbol for order in foreign}))
        first = self._first[account.name]
        if all(order.id not in first.orders and first.covers(order.created_at) for order in foreign):
            raise Inconclusive(
                f"{_count(foreign)} that this run did not place came into {account} meanwhile, in {markets}: somebody "
                "else is at work with the account, another run perhaps"
            )
        raise ForeignOrders(
            f"{account} has {_count(foreign)} that this run did not place, in {markets}, and cancel-all would destroy "
            "them: take another account, or say --cancel-existing, or disposable = true under [target]"
        )


def cancel_unjudged(lane: Lane, symbol: str | None = None) -> None:
    """Let the caller cancel all, and look at nothing but the answer's shape."""
    lane.settle()
    lane.refuse_to_harm()
    lane.caller.cancel_all(symbol)
    lane.canceled()


def _count(orders: Sequence[Order]) -> str:
    return "a live order" if len(orders) == 1 else f"{len(orders)} live orders"
