"""A lane: two accounts that work side by side, the markets that they trade in, and the driver."""

import contextlib
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from conformance.account.account import Account
from conformance.account.answers import Canceled
from conformance.account.clock import TargetClock
from conformance.account.patience import Patience
from conformance.account.trades import Trades
from conformance.account.view import View
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.profile import LaneNames, Market, Profile, Target
from conformance.stage.clearing import Many, judge_answer
from conformance.stage.driver import Driver
from conformance.turns import sleep
from conformance.verdict import CannotJudge, DriverRefused, NotObserved, Violation
from conformance.wire.signer import Credential


class Lane:
    """Where checks take place, one at a time. It holds a view of each account; there may be no other one."""

    def __init__(
        self, caller: Account, other: Account | None, target: Target, markets: Sequence[Market], driver: Driver
    ) -> None:
        self.target = target
        self.markets = tuple(markets)
        self.driver = driver
        self.clock = TargetClock()
        self._cleared = Counter[View]()  # how often
        patience = Patience(target.settle_ms / 1000)
        self.trades = trades = Trades(target.settle_ms / 1000, {market.symbol: market.tick for market in markets})
        if other is not None:
            other.behind = caller.behind  # they are lists of one target
        self.view = View(caller, target, self.clock, patience, trades)
        self.other_view = None if other is None else View(other, target, self.clock, patience, trades)
        if self.other_view is not None:
            self.view.face(self.other_view)
            self.other_view.is_beside = True
        for view in self.views:
            view.account.market = view.account.blame.market = next((market.symbol for market in markets), None)

    @property
    def views(self) -> tuple[View, ...]:
        """The caller's view, and the other account's if there is one."""
        return (self.view,) if self.other_view is None else (self.view, self.other_view)

    @property
    def symbols(self) -> list[str]:
        """The names of the markets."""
        return [market.symbol for market in self.markets]

    @property
    def caller(self) -> Account:
        """The account that asks."""
        return self.view.account

    @property
    def other(self) -> Account | None:
        """The second account: bystander and counterparty."""
        return None if self.other_view is None else self.other_view.account

    def take(self) -> None:
        """Take both accounts, to change them. Raises Inconclusive where another run is at work with one of them."""
        try:
            for view in self.views:
                view.take()
        except BaseException:
            self.leave(clean=False)
            raise

    def leave(self, *, clean: bool) -> None:
        """Let the next run have the accounts; `clean`: nothing that was placed is left in them."""
        for view in self.views:
            view.leave(clean=clean)

    def watch(self, observations: Observations) -> None:
        """From now on, what arrives belongs to this check."""
        for view in self.views:
            view.account.observations = observations

    @contextlib.contextmanager
    def unjudged(self) -> Iterator[None]:
        """Inside, what arrives belongs to no check."""
        observations = self.caller.observations
        self.watch(Observations())
        try:
            yield
        finally:
            self.watch(observations)

    def cancel_unjudged(self, symbol: str | None = None, *, least_s: float = 0) -> Exchange:
        """Let the caller cancel all, and look at nothing but the answer's shape. Raises Declined.

        `least_s`: where less than this is left of a second of the target's clock, as the next one begins, so that what
        follows may be of the same.
        """
        self.view.believed()
        self.view.decline_to_harm()
        self.have_of_this_second(least_s)
        canceled = self.caller.cancel_all(symbol)
        self.view.canceled(canceled.orders)
        return canceled.exchange

    def have_of_this_second(self, least_s: float = math.inf) -> None:
        """Where less than this is left of a second of the target's clock, wait for the next one."""
        now = time.time()
        left_s = (self.clock.next_second(now) or now) - now
        sleep(left_s if left_s < least_s else 0)

    def clear(self, whose: View | None = None) -> None:
        """Cancel whatever is live in the account, by default the caller's; judge nothing but the answer.

        With one credential after the other; once more where that leaves some, and then one by one. One by one alone,
        where somebody else has live orders in the other account. Raises Declined.
        """
        view = whose or self.view
        view.look_apart(None)
        if not view.latest().live():
            return
        try:
            view.decline_to_harm()
        except NotObserved:
            if not self.driver.can_cancel:
                raise
            with self.unjudged(), self.driver.setting_up():
                self.cancel_each(view, view.own_live())
            return
        first, *_ = kinds = view.account.credentials
        turn = kinds[self._cleared[view] % len(kinds)]
        self._cleared[view] += 1
        if turn != first:
            with contextlib.suppress(CannotJudge):
                self.cancel_in_passing(view, None, turn, view.believed() if view.is_believed else None)
        if view.latest().live():
            self.cancel_in_passing(view, None, first, view.believed() if view.is_believed else None)
        with self.unjudged(), self.driver.setting_up():
            if self.driver.can_cancel and view.latest().live():
                self.cancel_each(view, view.settled().live())

    def clear_the_way(self) -> None:
        """Leave nothing where the orders of other lanes would trade with it."""
        spread = self.driver.spread
        if not spread.entered:
            return
        try:
            for view in self.views:
                if any(map(spread.holds, view.own_live())):
                    with contextlib.suppress(CannotJudge):
                        self.clear(view)
        finally:
            spread.leave()

    def cancel_in_passing(
        self,
        view: View,
        symbol: str | None,
        kind: Credential,
        before: Snapshot | None,
        many: Many | None = None,
        then: Callable[[Canceled], object] | None = None,
    ) -> Snapshot | None:
        """Let the account cancel all, where that is not what is tested. The answer alone is judged, where it is known
        what was `before`; `many` as `judge_answer` has it. What the account is then. `then`: what is done with the
        answer before it is judged.
        """
        with self.driver.setting_up():
            try:
                with self.unjudged():
                    answer = view.account.cancel_all(symbol, kind)
            except Violation:
                return None
            view.canceled(answer.orders)
            if then is not None:
                then(answer)
            if before is None:
                return None
            clock = self.clock.window(answer.sent_at, answer.answered_at)
            return judge_answer(view, before, answer, clock, many)

    def cancel_each(self, view: View, orders: Iterable[Order]) -> dict[str, int]:
        """Let the driver cancel these orders of the account, as many as the target lets it.

        By id, what it answered where it did not.
        """
        refused: dict[str, int] = {}

        def cancel(order: Order) -> None:
            try:
                self.driver.cancel(view.account, order.id, order.symbol)
            except DriverRefused as refusal:
                refused[order.id] = refusal.status or 0
            finally:
                view.perhaps_canceled()

        self.driver.side_by_side([partial(cancel, order) for order in orders])
        return refused


def lane_of(profile: Profile, names: LaneNames, accounts: Mapping[str, Account], driver: Driver) -> Lane:
    """The lane of these two accounts of a profile."""
    other = None if names.other is None else accounts[names.other]
    return Lane(accounts[names.caller], other, profile.target, profile.markets, driver)
