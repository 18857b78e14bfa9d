"""When lists show what two accounts have traded with each other."""

from dataclasses import replace
from decimal import Decimal

import pytest

from conformance.account.trades import Trades, may_trade
from conformance.orders import Order
from tests.orders import order

SETTLE_S = 2.0


@pytest.mark.parametrize(
    ("buy", "sell", "trade"),
    [("0.5", "0.5", True), ("0.6", "0.5", True), ("0.5", "0.6", False), (None, "0.6", True)],
)
def test_a_buy_meets_a_sell_that_is_not_dearer(buy: str | None, sell: str, trade: bool) -> None:
    bought, sold = order("a", side="buy", price=buy), order("b", side="sell", price=sell)
    assert may_trade(bought, sold) == may_trade(sold, bought) == trade
    assert not may_trade(bought, bought)
    assert not may_trade(bought, order("c", side="sell", price=sell, symbol="OTHER"))


def filled(id: str, side: str, quantity: str, status: str = "filled") -> Order:
    return order(id, side=side, price="0.5", status=status, filled_qty=quantity, quantity="3")


def test_one_side_alone_that_shows_the_trade_is_not_all() -> None:
    trades = Trades(SETTLE_S)
    assert not trades.show([filled("a", "buy", "3")], [filled("b", "sell", "0", "open")], 0.1)
    assert trades.show([filled("a", "buy", "3")], [filled("b", "sell", "3")], 0.4)


def test_two_that_would_trade_do_not_stand_there_for_long() -> None:
    assert not Trades(SETTLE_S).show([filled("a", "buy", "0", "open")], [filled("b", "sell", "0", "open")], 0.1)


def test_a_market_order_is_not_live_for_long() -> None:
    assert not Trades(SETTLE_S).show([order("a", type="market", price=None, tif=None)], [], 0.1)


def test_what_a_stranger_took_is_waited_for_once() -> None:
    trades = Trades(SETTLE_S)
    mine = [filled("a", "buy", "3")]
    assert not trades.show(mine, [], SETTLE_S - 0.1)
    assert trades.show(mine, [], SETTLE_S + 0.1)
    assert trades.show(mine, [], 0.0)
    assert not trades.show([*mine, filled("c", "buy", str(Decimal(1)), "partially_filled")], [], 0.0)


def test_as_much_at_another_price_is_another_trade() -> None:
    """What takes shows its fill at once, on either side; what rested shows none yet."""
    trades = Trades(SETTLE_S, {"DFUSDT": Decimal("0.0001")})
    resting = [order(each, price="0.5", status="open", quantity="3") for each in ("a", "b")]
    took = order("c", price="0.6", status="filled", filled_qty="3", avg_fill_price="0.59", quantity="3")
    was_sold = order("d", side="sell", price="0.4", status="filled", filled_qty="3", avg_fill_price="0.5", quantity="3")
    assert not trades.show([resting[0], took], [resting[1], was_sold], 0.1)
    off_by_one = replace(was_sold, avg_fill_price=Decimal("0.5899"))
    assert trades.show([took], [off_by_one], 0.1)


def test_two_accounts_that_do_not_come_to_agree_are_doubted_and_what_one_sold_itself_is_no_reason() -> None:
    trades = Trades(SETTLE_S)
    bought, sold = [filled("a", "buy", "3")], [filled("b", "sell", "2")]
    assert trades.show(bought, sold, SETTLE_S + 0.1)
    doubted = trades.take_doubted()
    assert {*doubted} == {"DFUSDT"}
    assert not trades.take_doubted()
    assert trades.unbalanced(doubted, bought, sold) == {"DFUSDT"}
    assert not trades.unbalanced(doubted, bought, [filled("b", "sell", "3")])
    itself = [filled("b", "sell", "2"), filled("c", "sell", "1"), filled("d", "buy", "1"), filled("e", "sell", "1")]
    assert not trades.unbalanced(doubted, bought, itself)


def test_values_that_differ_are_doubted_too() -> None:
    trades = Trades(SETTLE_S, {"DFUSDT": Decimal("0.0001")})
    bought, sold = [filled("a", "buy", "3")], [filled("b", "sell", "3")]
    dear = [replace(sold[0], avg_fill_price=Decimal(9))]
    assert trades.show(bought, dear, SETTLE_S + 0.1)
    doubted = trades.take_doubted()
    assert trades.unbalanced(doubted, bought, dear) == {"DFUSDT"}
    assert not trades.unbalanced(doubted, bought, sold)
