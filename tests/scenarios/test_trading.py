from decimal import Decimal
from itertools import pairwise

import pytest

from conformance.profile import Market
from conformance.scenarios.amounts import are_tradable, telling_lots, trade_prices
from conformance.verdict import DriverRefused


@pytest.mark.parametrize("lot", ["0.4", "0.1", "0.01", "0.0001"])
def test_floats_are_wrong_about_the_sum_and_leave_a_residue(lot: str) -> None:
    each = [float(lots * Decimal(lot)) for lots in telling_lots(Decimal(lot), 10)]
    exact = sum(telling_lots(Decimal(lot), 10)) * Decimal(lot)
    assert Decimal(repr(sum(each))) != exact
    left = float(exact)
    for filled in each:
        left -= filled
    assert left > 0


def test_where_none_leaves_a_residue_the_sum_is_wrong() -> None:
    lots = telling_lots(Decimal("0.001"), 10)
    assert Decimal(repr(sum(float(each * Decimal("0.001")) for each in lots))) != sum(lots) * Decimal("0.001")


def test_whole_lots_are_the_plain_ones() -> None:
    assert telling_lots(Decimal(1), 10) == (1, 2, 4)


def _market(ticks: int, quantity: str = "10") -> Market:
    tick = Decimal("0.00000001")
    lowest = Decimal("0.0000005")
    return Market("PEPEUSDT", lowest, lowest + ticks * tick, Decimal(quantity), tick, Decimal(1))


@pytest.mark.parametrize("ticks", [10, 14, 15, 20, 21, 100])
def test_trades_have_prices_of_their_own_however_narrow_the_market_is(ticks: int) -> None:
    market = _market(ticks)
    prices = trade_prices(market)
    assert prices == sorted(prices)
    assert market.resting_buy < prices[0] < prices[1] < prices[2] < prices[3] < prices[5] < market.resting_sell
    assert (market.resting_buy + market.resting_sell) / 2 not in prices
    steps = {later - earlier for earlier, later in pairwise(prices[1:4])}
    assert min(steps) >= (3 if ticks >= 15 else 2) * market.tick


@pytest.mark.parametrize("market", [_market(9), _market(100, quantity="8")], ids=["narrow", "few lots"])
def test_where_there_is_no_room_nothing_is_traded(market: Market) -> None:
    assert not are_tradable(market)
    with pytest.raises(DriverRefused):
        trade_prices(market)
