"""A lane: two accounts that work side by side, the markets they trade in, and what is known of them."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace

from conformance.observations import Observations
from conformance.oracle.cancelling import CANCELLING, Cancellation
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import LIVE, Order, Query
from conformance.target.account import SNAPSHOT_PAGES, Account, Credential
from conformance.target.clock import TargetClock
from conformance.target.driver import Driver, Refused
from conformance.target.known import Known
from conformance.target.ownership import Ownership
from conformance.target.profile import Market, Target
from conformance.verdict import Inconclusive, Violation

NOTHING = Snapshot({})
_POLL_S = 0.05


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
        self.target = target
        self.markets = tuple(markets)
        self.driver = driver
        self.clock = TargetClock()
        self.placed_at: dict[str, tuple[float, float]] = {}  # when the driver asked and was answered, by our clock
        self.own = {account.name: Ownership() for account in self.accounts}
        self._patience = Patience(target.settle_ms / 1000)
        self._known: dict[str, Known] = {}
        self._latest: dict[str, Snapshot] = {}
        self._looked_for_live = False
        self._consistent_from = 0.0  # when lists show what the last cancel-all did, by the monotonic clock
        # What the last cancel-all left behind, while nothing has been changed since.
        self._before: tuple[Snapshot, Snapshot] | None = None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The caller, and the other account if there is one."""
        return (self.caller,) if self.other is None else (self.caller, self.other)

    def watch(self, observations: Observations) -> None:
        """From now on, what flows by belongs to this check."""
        for account in self.accounts:
            account.observations = observations

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
        own.begin(snapshot.orders.values())
        own.recognize(snapshot.orders.values())
        for id in self.placed_at.keys() & snapshot.orders.keys():
            self.clock.learn(snapshot.orders[id], *self.placed_at.pop(id))
        self._latest[account.name] = snapshot.over(self._latest.get(account.name, snapshot))
        for opposite in self.accounts:
            if opposite is not account:
                opposite.foreign.update(order.identity for order in snapshot.orders.values())
        return snapshot

    def forget(self, account: Account) -> None:
        """The account is being changed; what is known of it is taken anew when it is next asked for."""
        self._known.pop(account.name, None)
        self._before = None

    def settled(self, account: Account, pages: int = 1) -> Snapshot:
        """A snapshot that shows all that was placed, however many pages that takes, or the last one when time is up."""
        started = time.monotonic()
        own = self.own[account.name]
        while True:
            snapshot = self.snapshot(account, pages)
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
                time.sleep(_POLL_S)

    def leftovers(self) -> list[Order]:
        """The caller's live orders, as last seen."""
        return self.latest(self.caller).live()

    def clear(self) -> None:
        """Cancel whatever is live in the caller's account, one by one where cancel-all leaves some; judge nothing."""
        if not self.leftovers():
            return
        observations = self.caller.observations
        self.watch(Observations())
        try:
            with contextlib.suppress(Violation):
                self.caller.cancel_all()
            self._canceled()
            for order in self._settled_caller(SNAPSHOT_PAGES).live() if self.driver.can_cancel else ():
                with contextlib.suppress(Refused):
                    self.driver.cancel(self.caller, order.id, order.symbol)
        finally:
            self.watch(observations)

    def not_reached(self, account: Account, limit: int) -> list[str]:
        """Ids of the run's own orders that stepping back by `end`, `limit` at a time, does not come by."""
        walk = self.snapshot(account, SNAPSHOT_PAGES * MAX_LIMIT // limit + 1, limit)
        return sorted(self.own[account.name].ids - walk.orders.keys())

    def foreign_live(self) -> list[Order]:
        """Live orders of the caller, as last seen, that this run did not place: a cancel-all would destroy them.

        One that lies deeper than any snapshot reaches is found by its status, the first time that this is asked.
        """
        if not self._looked_for_live:
            self._looked_for_live = True
            self._look_for_live()
        own = self.own[self.caller.name]
        return [order for order in self.leftovers() if not own.owns(order)]

    def cancel_unjudged(self, symbol: str | None = None) -> None:
        """Let the caller cancel all, and look at nothing but the answer's shape."""
        self._settled_caller()
        self._refuse_to_harm()
        self.caller.cancel_all(symbol)
        self._canceled()

    def cancel_all(
        self,
        symbol: str | None = None,
        *,
        credential: Credential | None = None,
        pages: int = 1,
        again: bool = False,
        may_refuse: bool = False,
    ) -> Cancellation:
        """Let the caller cancel all, and judge it by what lists show before and after, on both accounts.

        `pages` is how deep the lists have to be read for the orders that matter; `again` says that the same was asked
        just before, `may_refuse` that the symbol is that of no market. Raises Violation for the first breach of any
        cancel requirement, ForeignOrders where it would meet somebody else's.
        """
        before, other_before = self._before or (self._settled_caller(pages), self._bystander())
        self._refuse_to_harm()
        nothing_live = not before.live(symbol)
        answer = self.caller.cancel_all(symbol, credential, nothing_live=nothing_live, may_refuse=may_refuse)
        self._canceled()
        while True:
            asked_at = time.monotonic()
            after = self.snapshot(self.caller, len(before.exchanges))
            other_after = self._bystander()
            cancellation = Cancellation(
                symbol=symbol,
                returned=answer.orders,
                before=before,
                after=after,
                other_before=other_before,
                other_after=other_after,
                clock=self.clock.window(answer.sent_at, answer.answered_at),
                refused_before=answer.refused_before,
                again=again,
                refused=answer.refused,
            )
            judgement = CANCELLING.judge(cancellation)
            if not judgement.breaches or asked_at > self._consistent_from:
                break
            time.sleep(_POLL_S)
        self._before = after, other_after
        self._consistent_from = 0.0
        observations = self.caller.observations
        observations.count(judgement.saw)
        lists_before = (*before.exchanges[:1], *other_before.exchanges[:1])
        evidence = (*lists_before, answer.exchange, *after.exchanges[:1], *other_after.exchanges[:1])
        observations.report(judgement.breaches, *evidence, raising=True)
        return cancellation

    def _settled_caller(self, pages: int = 1) -> Snapshot:
        time.sleep(max(0.0, self._consistent_from - time.monotonic()))
        return self.settled(self.caller, pages)

    def _canceled(self) -> None:
        self.forget(self.caller)
        self._consistent_from = time.monotonic() + self.target.consistency_ms / 1000

    def _bystander(self) -> Snapshot:
        return NOTHING if self.other is None else self.settled(self.other)

    def _look_for_live(self) -> None:
        latest = self.latest(self.caller)
        for status in sorted(LIVE):
            with contextlib.suppress(Violation):  # that the filter does not work is for its own check to say
                page = self.caller.list(Query(status=status, limit=MAX_LIMIT))
                live = {order.id: order for order in page.orders if order.live}
                latest = replace(latest, orders={**live, **latest.orders})
        self._latest[self.caller.name] = latest

    def _refuse_to_harm(self) -> None:
        foreign = self.foreign_live()
        if foreign and not self.target.disposable:
            markets = ", ".join(sorted({order.symbol for order in foreign}))
            raise ForeignOrders(f"{len(foreign)} live orders that this run did not place stand in {markets}")
