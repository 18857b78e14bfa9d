"""The stage of a check: a lane, the means to bring orders about on it, and the facts that can be observed there."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.oracle.snapshot import Snapshot
from conformance.results import Missing
from conformance.stage.arranger import Staging, Wish
from conformance.stage.clean_up import clean_up
from conformance.stage.lane import Lane

# Of an injected history three orders in four are live.
_LIVE_SHARE = 3 / 4
# The bystander: enough to stand in every market, on both sides, in every status that can be brought about.
_BYSTANDER_ORDERS = 40
# Facts that hold once there is a history, and how long it is at the least: twice the mix of statuses.
_SHOWN_BY_A_HISTORY = {"orders", "seconds", "status", "markets", "live"}
_LEAST_HISTORY = 40
_RENEWED = 20  # each status once
_BROUGHT_ABOUT = _SHOWN_BY_A_HISTORY | {"other", "arrange"}


@dataclass(frozen=True, slots=True)
class Stage:
    """One lane, set up once.

    `full_scope`: whether anything but reading is allowed; `explicit`: somebody has said so.
    """

    lane: Lane
    staging: Staging
    full_scope: bool
    explicit: bool = True

    def __repr__(self) -> str:
        return f"stage of {self.lane.caller}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))

    @property
    def seen(self) -> Snapshot:
        """What is known of the caller's account."""
        return self.lane.known(self.lane.caller).snapshot

    @property
    def other_seen(self) -> Snapshot:
        """What is known of the other account; nothing where there is none."""
        other = self.lane.other
        return Snapshot({}) if other is None else self.lane.known(other).snapshot

    def prepare(self, wants: Mapping[str, Any]) -> None:
        """Bring about what the selected checks want, as far as the driver can: once, before the first of them.

        `wants` has the greatest value that any of them gives for each fact.
        """
        for account in self.lane.accounts:
            self.lane.known(account)
        if not self.full_scope:
            return
        if any(own.inherits for own in self.lane.own.values()):
            clean_up(self.lane)
        if not self.staging.possible:
            return
        if wants.get("other") and self.lane.other is not None:
            self.staging.history(self.lane.other, _BYSTANDER_ORDERS)
        if _SHOWN_BY_A_HISTORY & wants.keys():
            live = wants.get("live", 0)
            standing = int(live / _LIVE_SHARE) if self.lane.driver.can_inject else live
            self.staging.history(self.lane.caller, max(wants.get("orders", 0), standing, _LEAST_HISTORY))

    def renew(self) -> None:
        """Give the caller a few more orders, newer than those that there are, where that is possible."""
        if self.full_scope and self.staging.injects:
            self.staging.renew(self.lane.caller, _RENEWED)

    def expect_own_alone(self) -> None:
        """Raise ForeignOrders where the caller has live orders that this run did not place.

        Where nobody has said that the target may be changed, cancel-all is then simply not judged.
        """
        if self.full_scope and self.explicit:
            self.lane.refuse_to_harm()

    def arrange(self, wishes: Sequence[Wish], *, inject: bool) -> None:
        """Bring about exactly these live orders in the caller's account, whatever was live there before."""
        self.lane.clear()
        self.staging.arrange(self.lane.caller, wishes, inject=inject)

    def arrange_in_each_market(self) -> None:
        """Bring about a live order in each market, and no other."""
        self.arrange([Wish(market, "buy") for market in self.lane.markets], inject=self.staging.ways[-1])

    def have_live(self) -> None:
        """See to it that the caller has live orders, bought and sold, of which some may be partly filled."""
        if len({order.side for order in self.lane.look().live()}) < 2:
            market = self.lane.markets[0]
            wishes = [Wish(market, "buy"), Wish(market, "sell", partly_filled=True), Wish(self.lane.markets[-1], "buy")]
            self.arrange(wishes, inject=self.staging.ways[-1])

    def have_live_again(self, count: int) -> None:
        """See to it that so many live orders of this run stand there: they did, before the check was begun."""
        missing = count - _own_live(self)
        if missing > 0:
            wishes = [Wish(market, side) for market in self.lane.markets for side in ("buy", "sell")]
            each = [wishes[number % len(wishes)] for number in range(missing)]
            self.staging.arrange(self.lane.caller, each, inject=self.staging.ways[0])

    def arrange_aged(self, seconds: int) -> None:
        """Bring about live orders of the caller that are at least so many seconds old."""
        self.lane.clear()
        self.staging.arrange_aged(self.lane.caller, seconds)

    def arrange_bystander(self) -> None:
        """See to it that the other account has live orders, none of this very second: beside each of the caller's one
        at the same price, so that what takes a whole level out of the book takes it too.
        """
        other = self.lane.other
        assert other is not None
        everywhere = [Wish(market, side) for market in self.lane.markets for side in ("buy", "sell")]
        markets = {market.symbol: market for market in self.lane.markets}
        live = [order for order in self.lane.look().live() if order.symbol in markets]
        beside = [Wish(markets[order.symbol], order.side, price=order.price) for order in live]
        wishes = beside[: len(everywhere)] or everywhere
        inject = self.staging.ways[0]
        self.staging.arrange(other, wishes, inject=inject)
        if not inject:
            time.sleep(1)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a check needs to have been observed. `says` and `enable` are for the report."""

    says: str
    enable: str
    holds: Callable[[Stage, Any], bool]


def _own_live(stage: Stage) -> int:
    own = stage.lane.own[stage.lane.caller.name]
    return sum(own.owns(order) for order in stage.lane.latest(stage.lane.caller).live())


def _may_cancel(stage: Stage) -> bool:
    if not stage.full_scope:
        return False
    return stage.explicit or stage.lane.target.disposable or not stage.lane.foreign_live()


FACTS: Mapping[str, Fact] = {
    "orders": Fact(
        "{} orders of the caller are known",
        "a driver (place or inject), or an account with a longer history",
        lambda stage, count: len(stage.seen.orders) >= count,
    ),
    "seconds": Fact(
        "the caller's orders were created in {} different seconds",
        "a driver (place or inject), or an account with a longer history",
        lambda stage, count: len(stage.seen.seconds()) >= count,
    ),
    "status": Fact(
        "an order of the caller that is {} is known",
        "driver.inject, or an account that holds one",
        lambda stage, status: any(order.status == status for order in stage.seen.orders.values()),
    ),
    "markets": Fact(
        "orders of the caller in {} markets are known",
        "a second [[markets]] and a driver, or an account with orders in several",
        lambda stage, count: len({order.symbol for order in stage.seen.orders.values()}) >= count,
    ),
    "tradable": Fact(
        "orders can be brought about in {} markets",
        "a second [[markets]]",
        lambda stage, count: len(stage.lane.markets) >= count,
    ),
    "other": Fact(
        "another account with orders of its own is known",
        "[accounts.other], and a driver or orders of its own",
        lambda stage, _: stage.lane.other is not None and bool(stage.lane.latest(stage.lane.other).orders),
    ),
    "jwt": Fact(
        "the caller has a token",
        "jwt under [accounts.caller]",
        lambda stage, _: "jwt" in stage.lane.caller.credentials,
    ),
    "api_key": Fact(
        "the caller has a signed key",
        "api_key and api_secret under [accounts.caller]",
        lambda stage, _: "api-key" in stage.lane.caller.credentials,
    ),
    "cancel": Fact(
        "cancel-all may be called",
        "full scope, and a caller without live orders of somebody else (or --cancel-existing)",
        lambda stage, _: _may_cancel(stage),
    ),
    "arrange": Fact(
        "live orders can be brought about",
        "[[markets]] with driver.place or driver.inject",
        lambda stage, _: stage.staging.possible,
    ),
    "place": Fact(
        "orders can be placed",
        "[[markets]] with driver.place",
        lambda stage, _: bool(stage.lane.markets) and stage.lane.driver.can_place,
    ),
    "fault": Fact(
        "errors can be armed",
        "driver.fault",
        lambda stage, _: stage.full_scope and stage.lane.driver.can_fault,
    ),
    "unthrottled": Fact(
        "{} requests may be sent within a second",
        "target.max_requests_per_second of more, or none",
        lambda stage, rate: (stage.lane.target.max_requests_per_second or rate) >= rate,
    ),
    "live": Fact(
        "{} live orders of this run stand in the caller's account",
        "a driver whose target allows as many",
        lambda stage, count: _own_live(stage) >= count,
    ),
}


def missing(stage: Stage, needs: Mapping[str, Any]) -> tuple[Missing, ...]:
    """Which of the facts do not hold on the stage."""
    return tuple(
        Missing(FACTS[name].says.format(value) + _words(stage, name), FACTS[name].enable)
        for name, value in needs.items()
        if not FACTS[name].holds(stage, value)
    )


def _words(stage: Stage, fact: str) -> str:
    """Why the driver did not bring the fact about, in the target's own words."""
    refusals = stage.staging.refusals if fact in _BROUGHT_ABOUT else []
    return f" (the target refused: {refusals[0]})" if refusals else ""
