"""The prices between the resting ones: lanes that trade there take turns."""

import threading
from dataclasses import replace
from decimal import Decimal

from conformance.account.ticket import Ticket
from conformance.profile import Market
from conformance.sandbox import Sandbox
from conformance.stage.spread import Spread
from conformance.stage.wishes import Wish
from tests.sandboxes import stage_on

MARKET = Market("DFUSDT", Decimal("0.5"), Decimal("0.6"), Decimal(10), Decimal("0.01"), Decimal(1))


def ticket(side: str, price: str | None) -> Ticket:
    kind = "market" if price is None else "limit"
    return Ticket("DFUSDT", side, kind, None if price is None else Decimal(price), Decimal(10))


def test_what_rests_needs_no_turn() -> None:
    spread = Spread([MARKET], threading.Lock())
    spread.enter_for([ticket("buy", "0.5"), ticket("buy", "0.01"), ticket("sell", "0.6")])
    assert not spread.entered


def test_what_trades_waits_until_the_other_lane_has_left() -> None:
    lock = threading.Lock()
    for price in ("0.51", "0.6", None):
        first, second = Spread([MARKET], lock), Spread([MARKET], lock)
        first.enter_for([ticket("buy", "0.5"), ticket("buy", price)])
        first.enter_for([ticket("sell", "0.55")])  # it is there already
        waits = threading.Thread(target=second.enter_for, args=[[ticket("sell", "0.55")]])
        waits.start()
        waits.join(0.02)
        assert waits.is_alive()
        first.leave()
        waits.join(5)
        assert second.entered
        assert not first.entered
        second.leave()
        second.leave()
        assert not lock.locked()


def test_a_market_that_nobody_knows_is_waited_for() -> None:
    assert Spread([MARKET]).holds(replace(ticket("buy", "0.5"), symbol="OTHER"))


def test_one_lane_alone_waits_for_nobody() -> None:
    spread = Spread([MARKET])
    spread.enter_for([ticket("buy", "0.55")])
    assert not spread.entered


def test_a_market_without_a_price_in_between_has_no_spread() -> None:
    assert MARKET.has_a_spread
    assert not replace(MARKET, tick=Decimal("0.1")).has_a_spread
    assert replace(MARKET, tick=Decimal("0.05")).has_a_spread


def test_a_lane_that_leaves_takes_what_it_has_there_with_it() -> None:
    with stage_on(Sandbox(0)) as stage:
        lock = threading.Lock()
        stage.driver.spread = Spread(stage.markets, lock)
        stage.arrange([Wish(stage.markets[0], "buy")], by="placing")
        assert not lock.locked()
        stage.lane.clear_the_way()
        assert len(stage.view.settled().live()) == 1
        stage.arrange([Wish(stage.markets[0], "sell", fills=1)], by="placing")
        assert lock.locked()
        assert [order.status for order in stage.view.settled().live()] == ["partially_filled"]
        stage.lane.clear_the_way()
        assert not lock.locked()
        assert stage.view.settled().live() == []
