"""Sets of live orders that are old and young: what is looked at apart is judged by the answer, and looked at again
where the answer lacks some of it. What the opposite account has beside them stays.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from conformance.account.view import View
from conformance.observations import Observations
from conformance.oracle.snapshot import Snapshot
from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.records import Order
from conformance.scenarios.beside import clear_untouched
from conformance.scenarios.cancellation import Following, cancel_all
from conformance.stage.clearing import Many
from conformance.stage.many import arrange_many
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import Violation
from tests.sandboxes import stage_on

DAY_S = 86_400
REQUIREMENTS = ["cancel.complete", "cancel.scope-symbol"]


class LeavesOldOnes(Exchange):
    """Leaves what is over a day old."""

    def concerned(self, account: str, symbol: str | None) -> list[Order]:
        live = super().concerned(account, symbol)
        return [order for order in live if order.created_at > self.clock.now() - DAY_S]


class ReachesOldOnesElsewhere(Exchange):
    """Cancels what is over a day old in all markets."""

    def in_scope(self, order: Order, symbol: str | None) -> bool:
        return super().in_scope(order, symbol) or order.created_at < self.clock.now() - DAY_S


class LeavingOldOnes(Sandbox):
    exchange_class = LeavesOldOnes


class ReachingOldOnesElsewhere(Sandbox):
    exchange_class = ReachesOldOnesElsewhere


def brought_about(stage: Stage) -> Many:
    first, second, *_ = stage.markets
    young = [Wish(first, "buy"), Wish(first, "sell", 2, credential=stage.caller.credentials[-1])]
    old = [*[Wish(first, "buy", age="months")] * 9, Wish(second, "sell", age="months")]
    return arrange_many(stage, stage.view, [*young, *old])


@pytest.fixture
def stage() -> Iterator[Stage]:
    with stage_on(Sandbox()) as stage:
        yield stage


def asked(stage: Stage) -> int:
    return stage.driver._client.counts.total


def test_what_is_old_and_what_is_young_is_seen_apart(stage: Stage) -> None:
    old, young = brought_about(stage).parts
    assert (len(old.live()), len(young.live())) == (10, 2)
    assert old.ceiling is not None
    assert young.ceiling is None
    assert not old.orders.keys() & {order.id for order in young.live()}


def test_one_look_serves_where_the_answer_tells_all(stage: Stage) -> None:
    many = brought_about(stage)
    symbol = stage.markets[0].symbol
    assert not stage.view.foreign_live()  # looked for once
    looks = stage.driver._client.counts.by_purpose["looks"]
    after = cancel_all(stage, symbol, many=many, watched=False).after
    assert stage.driver._client.counts.by_purpose["looks"] == looks + 1
    assert {order.symbol for order in after.live()} == {stage.markets[1].symbol}
    left = stage.lane.cancel_in_passing(stage.view, None, "jwt", after, many)
    assert left is not None
    assert not left.live()


@pytest.mark.parametrize("swapped", [False, True])
def test_what_is_left_apart_is_looked_at_again(swapped: bool) -> None:
    observations = Observations(REQUIREMENTS)
    with stage_on(LeavingOldOnes(), observations) as stage:
        parts = brought_about(stage).parts
        many = Many(parts[::-1] if swapped else parts)
        with pytest.raises(Violation) as violation:
            cancel_all(stage, many=many, watched=False)
    assert violation.value.breach.requirement == "cancel.complete"
    assert "left" in violation.value.breach.got


def test_what_is_left_apart_by_a_cancel_all_in_passing_is_looked_at_again() -> None:
    observations = Observations(REQUIREMENTS)
    with stage_on(LeavingOldOnes(), observations) as stage:
        many = brought_about(stage)
        first, orders = many.parts[0], {order.id: order for part in many.parts for order in part.live()}
        whole = Snapshot(orders, first.horizon, first.exchanges)
        stage.lane.cancel_in_passing(stage.view, None, "jwt", whole, many)
        assert "cancel.complete" in observations.in_passing


def test_the_next_clearing_reaches_for_all_again(stage: Stage) -> None:
    view: View = stage.view
    brought_about(stage)
    assert view.apart is not None
    stage.clear()
    assert view.apart is None
    assert not view.latest().live()


class ReachesTheOppositeAccount(Exchange):
    """Cancels what is partly filled in all accounts."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        for other in [each for each in self.orders if each != account]:
            for order in self.cancelable(other):
                if order.status == "partially_filled":
                    self.cancel(order)
        return super().cancel_all(account, symbol)


class ReachingTheOppositeAccount(Sandbox):
    exchange_class = ReachesTheOppositeAccount


class TellsOtherIds(Exchange):
    """Tells bob what it has canceled in capitals."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        canceled = super().cancel_all(account, symbol)
        return [replace(each, id=each.id.upper()) for each in canceled] if account == "bob" else canceled


class TellingOtherIds(Sandbox):
    exchange_class = TellsOtherIds


@pytest.mark.parametrize("age", ["minutes", "months"])
@pytest.mark.parametrize("sandbox", [Sandbox, TellingOtherIds, ReachingTheOppositeAccount])
def test_what_the_opposite_account_has_beside_a_set_stays(sandbox: type[Sandbox], age: str) -> None:
    observations = Observations(["cancel.own-only"])
    with stage_on(sandbox(), observations) as stage:
        assert stage.other_view is not None
        market = stage.markets[0]
        theirs = [Wish(market, "sell", fills, age=age) for fills in (0, 1)]
        many = arrange_many(stage, stage.view, [Wish(market, "buy", age="days")], theirs)
        assert many.beside is not None
        assert len(many.beside.live()) == 2
        cancel_all(stage, many=many, watched=False)
        if sandbox is not ReachingTheOppositeAccount:
            clear_untouched(stage, stage.other_view, many.beside)
            assert observations.saw["cancel.own-only"]
        else:
            with pytest.raises(Violation) as violation:
                clear_untouched(stage, stage.other_view, many.beside)
            assert violation.value.breach.requirement == "cancel.own-only"


class TellsBobOneTooFew(Exchange):
    """Leaves one out of what it tells bob."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return super().cancel_all(account, symbol)[account == "bob" :]


class TellingBobOneTooFew(Sandbox):
    exchange_class = TellsBobOneTooFew


@pytest.mark.parametrize("age", ["minutes", "months"])
def test_what_an_accounts_own_cancel_all_does_not_tell_is_not_the_others(age: str) -> None:
    with stage_on(TellingBobOneTooFew(), Observations(["cancel.own-only"])) as stage:
        other, market = stage.other_view, stage.markets[0]
        assert other is not None
        theirs = [Wish(market, "sell", fills, age=age) for fills in (0, 1)]
        many = arrange_many(stage, stage.view, [Wish(market, "buy", age="days")], theirs)
        assert many.beside is not None
        cancel_all(stage, many=many, watched=False)
        alone = partial(lambda view: cancel_all(stage, by=view, many=arrange_many(stage, view, theirs)), other)
        with pytest.raises(Violation) as violation:
            clear_untouched(stage, other, many.beside, alone=alone)
        assert violation.value.breach.requirement == "cancel.exact"


class TellsMoreThanItCancels(Exchange):
    """Tells the sells of a market as canceled, and leaves them."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        left = [order for order in self.concerned(account, symbol) if order.side == "sell" and symbol is not None]
        told = [replace(order, status="canceled", updated_at=self.clock.now()) for order in left]
        kept = {order.id for order in left}
        for order in self.concerned(account, symbol):
            if order.id not in kept:
                self.cancel(order)
        return told


class TellingMoreThanItCancels(Sandbox):
    exchange_class = TellsMoreThanItCancels


@pytest.mark.parametrize("sandbox", [Sandbox, TellingMoreThanItCancels])
def test_a_list_behind_each_that_follows_shows_what_was_told(sandbox: type[Sandbox]) -> None:
    observations = Observations(["cancel.visible"])
    with stage_on(sandbox(), observations) as stage:
        first, second, *_ = stage.markets
        many = arrange_many(stage, stage.view, [Wish(market, "sell", age="months") for market in (first, second)])
        following = Following(stage, stage.view, many.parts[0])
        for market in (first, second):
            following.cancel(market.symbol, "jwt", many)
        if sandbox is Sandbox:
            assert len(following.judged()) == 2
            assert stage.lists_of_readers == 2
        else:
            with pytest.raises(Violation) as violation:
                following.judged()
            assert violation.value.breach.requirement == "cancel.visible"
            assert "ms later" not in violation.value.breach.got
