"""The reference exchange's rules, without HTTP."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.sandbox.clock import Clock
from conformance.sandbox.exchange import Exchange, Filters, Ticket
from conformance.sandbox.records import Market, Order, from_record
from tests.orders import record

MARKETS = (Market("DFUSDT", Decimal("0.0001"), Decimal(1)), Market("DFUSDT2", Decimal("0.01"), Decimal("0.4")))


class Hands(Clock):
    """A clock that is set by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.second = 1_778_400_000

    def now(self) -> int:
        return self.second


def exchange() -> Exchange:
    return Exchange(MARKETS, Hands(), seed=1)


def ticket(side: str, price: str | None, quantity: str | None = "10", **named: Any) -> Ticket:
    given = {"symbol": "DFUSDT", "type": "limit", "tif": "gtc", **named}
    of, to = (Decimal(amount) if amount is not None else None for amount in (price, quantity))
    return Ticket(given["symbol"], side, given["type"], given["tif"], of, to, named.get("quote_quantity"))


def shown(order: Order, at: Exchange) -> tuple[str, str, str]:
    made = at.record(order)
    return made["status"], made["filled_qty"], made["avg_fill_price"]


def test_the_best_price_trades_first_and_then_the_oldest() -> None:
    at = exchange()
    dear, first, second = (at.place("alice", ticket("sell", price)) for price in ("0.6000", "0.5500", "0.5500"))
    taker = at.place("bob", ticket("buy", "0.6000", "15"))
    assert shown(first, at) == ("filled", "10", "0.55")
    assert shown(second, at) == ("partially_filled", "5", "0.55")
    assert shown(dear, at) == ("open", "0", "0")
    assert shown(taker, at) == ("filled", "15", "0.55")


def test_the_average_is_weighted_by_volume_at_the_makers_prices() -> None:
    at = exchange()
    for price, quantity in (("0.5000", "1"), ("0.5100", "2"), ("0.5300", "4")):
        at.place("alice", ticket("sell", price, quantity))
    taker = at.place("bob", ticket("buy", "0.6000", "10"))
    assert shown(taker, at) == ("partially_filled", "7", "0.52")
    at.place("alice", ticket("sell", "0.5900", "2"))
    assert shown(taker, at) == ("partially_filled", "9", "0.53777778")


def test_nobody_trades_with_himself() -> None:
    at = exchange()
    resting = at.place("alice", ticket("sell", "0.5000"))
    taker = at.place("alice", ticket("buy", "0.6000"))
    assert {resting.status, taker.status} == {"open"}


def test_a_market_buy_by_amount_spends_no_more_than_that() -> None:
    at = exchange()
    at.place("alice", ticket("sell", "0.5000", "100"))
    bought = at.place("bob", ticket("buy", None, None, type="market", quote_quantity=Decimal("10.2")))
    made = at.record(bought)
    assert (made["status"], made["filled_qty"], made["quote_quantity"]) == ("filled", "20", "10.2")
    assert made["price"] is made["quantity"] is made["tif"] is None


def test_what_may_not_rest_expires() -> None:
    at = exchange()
    at.place("alice", ticket("sell", "0.5000", "4"))
    assert shown(at.place("bob", ticket("buy", "0.5000", tif="ioc")), at) == ("expired", "4", "0.5")
    assert shown(at.place("bob", ticket("buy", "0.4000", tif="ioc")), at) == ("expired", "0", "0")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (ticket("buy", "0.50001"), "BAD_PRICE"),
        (ticket("buy", "0"), "BAD_PRICE"),
        (ticket("buy", "0.5", "1.5"), "BAD_QUANTITY"),
        (ticket("buy", "0.5", symbol="NONE"), "UNKNOWN_MARKET"),
        (ticket("buy", None, type="market"), "NO_LIQUIDITY"),
    ],
)
def test_what_the_market_does_not_take_is_rejected_with_a_code(wrong: Ticket, reason: str) -> None:
    at = exchange()
    order = at.place("alice", wrong)
    assert (order.status, at.record(order)["reject_reason"]) == ("rejected", reason)
    assert at.cancel_all("alice", None) == []


def test_cancel_all_takes_the_callers_live_orders_in_scope() -> None:
    at = exchange()
    here, there = (
        at.place("alice", ticket("buy", "0.4")),
        at.place("alice", ticket("buy", "0.4", "4", symbol="DFUSDT2")),
    )
    theirs = at.place("bob", ticket("buy", "0.4"))
    assert at.cancel_all("alice", "dfusdt") == []
    at.clock.second += 5  # type: ignore[attr-defined]
    assert at.cancel_all("alice", "DFUSDT") == [here]
    assert (here.status, here.created_at + 5) == ("canceled", here.updated_at)
    assert (there.status, theirs.status) == ("open", "open")
    assert at.cancel_all("alice", None) == [there]
    assert at.cancel_all("alice", None) == []


def test_a_canceled_order_trades_no_more() -> None:
    at = exchange()
    order = at.place("alice", ticket("sell", "0.5"))
    at.cancel_all("alice", None)
    assert at.place("bob", ticket("buy", "0.5")).status == "open"
    assert shown(order, at) == ("canceled", "0", "0")


def test_lists_filter_and_page() -> None:
    at = exchange()
    for number in range(300):
        status = ("open", "canceled")[number % 2]
        at.inject(from_record("alice", record(str(number), created_at=1_778_400_000 + number // 2, status=status)))
    nothing = Filters()
    assert [len(at.listed("alice", nothing, limit)) for limit in (None, 1, 200, 201, 10**9, 0, -5)] == [
        50, 1, 200, 200, 200, 1, 1,
    ]  # fmt: skip
    newest = [order.created_at for order in at.listed("alice", nothing, 200)]
    assert newest == sorted(newest, reverse=True)
    window = at.listed("alice", Filters(status="open", start=1_778_400_010, end=1_778_400_012), None)
    assert [order.created_at - 1_778_400_000 for order in window] == [12, 11, 10]
    assert at.listed("alice", Filters(symbol="DFUSD"), None) == []
    assert at.listed("bob", nothing, None) == []


def test_equal_seconds_come_in_another_order_now_and_then() -> None:
    at = exchange()
    for number in range(10):
        at.inject(from_record("alice", record(str(number))))
    assert len({tuple(order.id for order in at.listed("alice", Filters(), None)) for _ in range(5)}) > 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("alice", "bob")), st.sampled_from(("buy", "sell")), st.integers(1, 5), st.integers(1, 9)
        ),
        max_size=30,
    )
)
def test_quantity_is_conserved_whatever_is_placed(orders: list[tuple[str, str, int, int]]) -> None:
    at = exchange()
    for account, side, price, quantity in orders:
        at.place(account, ticket(side, f"0.{price}", str(quantity)))
    everything = [order for account in at.orders.values() for order in account.values()]
    bought, sold = (sum(each.filled for each in everything if each.side == side) for side in ("buy", "sell"))
    assert bought == sold
    for order in everything:
        assert order.quantity is not None
        assert 0 <= order.filled <= order.quantity
        assert (order.status == "filled") is (order.filled == order.quantity)
        if order.filled:
            assert order.price is not None
            average = Decimal(at.average_price(order))
            tolerance = Decimal("0.00000001")
            assert average <= order.price + tolerance if order.side == "buy" else average >= order.price - tolerance
    for account in ("alice", "bob"):
        at.cancel_all(account, None)
    assert not any(order.live for order in everything)
