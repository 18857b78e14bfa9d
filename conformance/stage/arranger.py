"""Brings orders about on a lane, by whatever means its driver has."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.account.account import SNAPSHOT_PAGES, Account
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import LIVE
from conformance.profile import Market
from conformance.stage import history
from conformance.stage.driver import Refused
from conformance.stage.lane import ForeignOrders, Lane, cancel_unjudged
from conformance.stage.placement import place

# Injected histories end a minute ago, so that a clock a few seconds off does not put them into the future, and reach
# back far enough for some hundred orders to lie in distinct seconds; for few of them, in an account that was just used.
_HISTORY_ENDS_S = 60
_HISTORY_SPANS_S = 900
_HISTORY_SPANS_AT_LEAST_S = 4
_NO_CLOCK_IS_AHEAD_BY_S = 86400

# A tenth of them is older than an hour, and some of that older than a day: where jobs and caches tend to draw a line.
_OLD_SINCE_S = 3600
_OLD_SPANS_S = 86400

# Those must not lie behind more than so many others, since each snapshot has to come by what is live: pages of a list.
_OLD_BEHIND = 1
_AGED_BEHIND = SNAPSHOT_PAGES - 2

# How old, in seconds, live orders are that are injected for one check: not so old that hundreds of others are newer.
_AGED_S = (3, 9)

# No second may hold more than 200 placed orders, or no walk by `end` gets past it.
_PER_SECOND = 100

# How many ticks away from the resting price an order may be placed, so that prices differ.
_DEPTH = 5


_INTENT = ("symbol", "side", "type", "price", "quantity")


@dataclass(frozen=True, slots=True)
class Wish:
    """One live order to bring about; at which price is left to chance, unless it is told."""

    market: Market
    side: str
    partly_filled: bool = False
    price: Decimal | None = None

    def __repr__(self) -> str:
        return f"{self.market.symbol} {self.side}{' partly filled' if self.partly_filled else ''}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))


class Staging:
    """Places, crosses and injects. What the target refuses is kept in `refusals`, in its own words."""

    def __init__(self, lane: Lane, seed: int) -> None:
        self.lane = lane
        self.refusals: list[str] = []
        self._injects = lane.driver.can_inject  # until the target refuses to
        self._rng = random.Random(seed)  # noqa: S311 - variety, not secrecy

    @property
    def possible(self) -> bool:
        """Whether the profile offers any way at all."""
        return bool(self.lane.markets) and bool(self.ways)

    @property
    def ways(self) -> tuple[bool, ...]:
        """Whether orders can be injected, as the values that `inject` may take."""
        return (True,) * self._injects + (False,) * self.lane.driver.can_place

    @property
    def injects(self) -> bool:
        """Whether the target takes whole orders."""
        return self._injects

    def history(self, account: Account, count: int) -> None:
        """Bring `count` orders of this run or more into the account, of as many statuses as the driver can."""
        if self._injects:
            self._injects = self._attempt(lambda: self._inject_history(account, count))
        if not self._injects and self.lane.driver.can_place:
            self._attempt(lambda: self._trade_history(account))
            self._attempt(lambda: self._place_many(account, count))
        self.lane.forget(account)

    def renew(self, account: Account, count: int) -> None:
        """Inject so many orders of all statuses, as new as can be. Raises Refused."""
        newest = self._now(account)
        oldest = newest - _HISTORY_SPANS_AT_LEAST_S
        self._inject(account, history.history(self.lane.markets, count, newest, oldest, self._rng))
        self.lane.settled(account)
        self.lane.forget(account)

    def arrange(self, account: Account, wishes: Sequence[Wish], *, inject: bool) -> None:
        """Bring about live orders in the account. Raises Refused with the target's words.

        An order that was to be partly filled rests unfilled where nobody is there to trade with.
        """
        self.lane.latest(account)
        self.lane.forget(account)
        if inject:
            self._inject(account, [self._aged(account, wish) for wish in wishes])
            return
        for wish in wishes:
            if wish.partly_filled and self.lane.other is not None:
                self.cross(account, wish.market, wish.side, share=Decimal("0.5"))
            else:
                self._rest(account, wish.market, wish.side, wish.price)

    def arrange_aged(self, account: Account, seconds: int) -> None:
        """Live orders, most of them so many seconds old or more; one is placed now, to learn the target's clock."""
        market = self.lane.markets[0]
        self.arrange(account, [Wish(market, "buy")], inject=False)
        if self._injects:
            self.lane.settled(account)
            within_reach = self._now(account) - self._reach(account, _AGED_BEHIND)
            ages = ((_HISTORY_ENDS_S, _HISTORY_SPANS_S), (_OLD_SINCE_S, _OLD_SPANS_S))
            young = (seconds, seconds + 9)
            each = (young, *((since, min(to, within_reach)) if since < within_reach else young for since, to in ages))
            wishes = (Wish(market, "buy"), Wish(market, "sell", partly_filled=True), Wish(market, "sell"))
            self._inject(account, [self._aged(account, wish, by_s) for wish, by_s in zip(wishes, each, strict=True)])
            self.lane.forget(account)
        else:
            self.arrange(account, [Wish(market, "sell")], inject=False)
            self.lane.settled(account)
            time.sleep(seconds)

    def cross(self, maker: Account, market: Market, side: str, share: Decimal) -> None:
        """Let `share` of an order of `maker` be filled by the lane's other account, at a price where neither rests."""
        taker = next((account for account in self.lane.accounts if account is not maker), None)
        if taker is None:
            raise Refused("one account alone cannot fill its own orders")
        price = _between(market)
        taken = max(market.lot, market.quantity * share // market.lot * market.lot)
        place(self.lane, maker, market, side, price, market.quantity)
        place(self.lane, taker, market, "sell" if side == "buy" else "buy", price, taken)

    def _inject_history(self, account: Account, count: int) -> None:
        oldest, newest = self._unused(account)
        old_since = newest - _OLD_SINCE_S
        old_until = max(old_since - _OLD_SPANS_S, self._reach(account, _OLD_BEHIND))
        old = count // 10 if old_until < old_since else 0
        made = history.history(self.lane.markets, count - old, newest, oldest, self._rng)
        made += history.history(self.lane.markets, old, old_since, old_until, self._rng)
        self._inject(account, made)
        self.lane.settled(account)

    def _unused(self, account: Account) -> tuple[int, int]:
        """The first and the last of some seconds that are past on the target and newer than all that is in the account.

        Else the orders of one run would lie among those of the last, and every snapshot would page through both.
        """
        newest = int(time.time()) - _HISTORY_ENDS_S
        used = self._used_until(account)
        if used + _HISTORY_SPANS_AT_LEAST_S <= newest:
            return max(newest - _HISTORY_SPANS_S, used + 1), newest
        # The target's clock had come to the newest order when it was seen, whatever ours says.
        seen_at = min(exchange.sent_at for exchange in self.lane.latest(account).exchanges)
        time.sleep(max(0.0, seen_at + _HISTORY_SPANS_AT_LEAST_S - time.time()))
        return used + 1, used + _HISTORY_SPANS_AT_LEAST_S

    def _used_until(self, account: Account) -> int:
        """When the account's newest order was created; 0 where there is none, or no clock could be so far ahead."""
        newest = max((order.created_at for order in self.lane.latest(account).orders.values()), default=0)
        return newest if newest < time.time() + _NO_CLOCK_IS_AHEAD_BY_S else 0

    def _reach(self, account: Account, pages: int) -> int:
        """The second behind which more than so many full pages of the account's orders are newer."""
        return self._older_than(account, pages * MAX_LIMIT)

    def _older_than(self, account: Account, count: int) -> int:
        """When the newest order of the account was created that so many are newer than; 0 where there is none."""
        stamps = sorted((order.created_at for order in self.lane.latest(account).orders.values()), reverse=True)
        return stamps[count] if len(stamps) > count else 0

    def _trade_history(self, account: Account) -> None:
        """Two orders canceled, two filled and one partly filled in the first market, another one of those in the last.

        What is partly filled comes last, since the rest of it stays in the book for the next order to meet.
        """
        market = self.lane.markets[0]
        if account is self.lane.caller and not self.lane.foreign_live():
            for side in ("buy", "sell"):
                self._rest(account, market, side)
            cancel_unjudged(self.lane, market.symbol)
        if self.lane.other is not None:
            for side in ("buy", "sell"):
                self.cross(account, market, side, share=Decimal(1))
            self.cross(account, market, "buy", share=Decimal("0.5"))
            if self.lane.markets[1:]:
                self.cross(account, self.lane.markets[-1], "sell", share=Decimal("0.5"))
        self.lane.settled(account)

    def _place_many(self, account: Account, count: int) -> None:
        self.lane.latest(account)
        # The caller's lie in three seconds or more, so that there is an order to tell; a bystander's may share one.
        at_once = min(_PER_SECOND, count // 3 + 1) if account is self.lane.caller else _PER_SECOND
        for number in range(count):
            if number and number % at_once == 0:
                time.sleep(1)
            market = self.lane.markets[number % len(self.lane.markets)]
            self._rest(account, market, ("buy", "sell")[number // len(self.lane.markets) % 2])
        self.lane.settled(account)

    def _rest(self, account: Account, market: Market, side: str, price: Decimal | None = None) -> None:
        if price is None:
            away = self._rng.randrange(_DEPTH) * market.tick
            price = max(market.tick, market.resting_buy - away) if side == "buy" else market.resting_sell + away
        place(self.lane, account, market, side, price, market.quantity)

    def _inject(self, account: Account, records: Sequence[dict[str, Any]]) -> None:
        self.lane.latest(account)
        live = [record for record in records if record["status"] in LIVE]
        self.lane.journals[account.name].intend([{name: record[name] for name in _INTENT} for record in live])
        self.lane.driver.inject(account, records)
        for record in records:
            self.lane.own[account.name].intend(record, None)

    def _aged(self, account: Account, wish: Wish, by_s: tuple[int, int] | None = None) -> dict[str, Any]:
        """A live order so many seconds old; by default so old that its cancel falls into a later second.

        By default it lies on the first page as well, where a run comes by it with one request.
        """
        now = self._now(account)
        created_at = now - self._rng.randrange(*(by_s or _AGED_S))
        if by_s is None:
            created_at = min(max(created_at, self._older_than(account, MAX_LIMIT // 2)), now - 1)
        status = "partially_filled" if wish.partly_filled else "open"
        return history.order(wish.market, status, created_at, created_at, self._rng, wish.side, wish.price)

    def _now(self, account: Account) -> int:
        """A second that is not in the target's future."""
        known = self.lane.clock.now_at_least(time.time())
        return max(int(time.time()) - _HISTORY_ENDS_S, self._used_until(account)) if known is None else known

    def _attempt(self, bring: Callable[[], None]) -> bool:
        try:
            bring()
        except (Refused, ForeignOrders) as refused:
            self.refusals.append(str(refused))
            return False
        return True


def _between(market: Market) -> Decimal:
    """A price between the two resting ones, on the tick; the buy's own where there is none between."""
    half = (market.resting_sell - market.resting_buy) / 2 // market.tick * market.tick
    return market.resting_buy + half
