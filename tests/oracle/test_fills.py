"""What fills add up to: three of 1, 2 and 4 at 0.50, 0.53 and 0.56, so that the average is 0.542857 and so on."""

from decimal import Decimal

import pytest

from conformance.oracle.fills import FILLS, Fills
from conformance.orders import Order
from tests.orders import order

TICK = Decimal("0.01")
SUM, AVERAGE = "7", "0.542857142857"


def taken(quantity: str, price: str) -> Order:
    return order(price, side="sell", status="filled", quantity=quantity, filled_qty=quantity, avg_fill_price=price)


BY = (taken("1", "0.50"), taken("2", "0.53"), taken("4", "0.56"))


def fills(filled: str = SUM, average: str = AVERAGE, by: tuple[Order, ...] = BY, tick: Decimal = TICK) -> Fills:
    status = "partially_filled" if by else "open"
    return Fills(order(price="0.60", status=status, filled_qty=filled, avg_fill_price=average), by, tick)


def broken(judged: Fills) -> list[str | None]:
    return [breach.requirement for breach in FILLS.judge(judged).breaches]


@pytest.mark.parametrize(
    "average",
    [
        AVERAGE,
        "0.5428571428571428571428571428571428571429",  # more digits than Decimal works with
        "0.54286",  # rounded half up
        "0.54285",  # cut off
        "0.543",
        "0.54",  # rounded to the tick
        "0.55",  # rounded up to it
        "0.542857000000",
        "0.540000",
    ],
)
def test_an_average_may_be_rounded_within_the_decimals_it_shows(average: str) -> None:
    judgement = FILLS.judge(fills(average=average))
    assert judgement.breaches == []
    assert judgement.saw == {"order.filled-qty": 1, "order.avg-fill-price": 1}


@pytest.mark.parametrize(
    ("average", "what"),
    [
        ("0.53", "the mean of the prices"),
        ("0.56", "the last price"),
        ("0.50", "the first price"),
        ("0.60", "the limit price"),
        ("3.80", "what was paid in all"),
        ("0", "none"),
        ("0.5", "coarser than the tick"),
        ("0.6", "coarser than the tick, rounded up"),
        ("0.5427", "more than a unit of the last decimal too low"),
        ("0.5431", "more than a unit of the last decimal too high"),
        ("0.54285714286100", "wrong in the twelfth decimal"),
    ],
)
def test_another_price_than_the_weighted_average(average: str, what: str) -> None:
    assert broken(fills(average=average)) == ["order.avg-fill-price"], what


@pytest.mark.parametrize("filled", ["7", "7.0", "7.00000000"])
def test_zeros_at_the_end_are_free(filled: str) -> None:
    assert broken(fills(filled=filled)) == []


@pytest.mark.parametrize(("average", "right"), [("0.50", True), ("0.5000", True), ("0.5", True), ("0.51", False)])
def test_an_average_that_ends_is_exact(average: str, right: bool) -> None:
    by = (taken("3", "0.5"), taken("4", "0.50"))
    assert broken(fills(average=average, by=by)) == ([] if right else ["order.avg-fill-price"])


@pytest.mark.parametrize(
    ("filled", "what"),
    [
        ("4", "the last fill alone"),
        ("3", "the number of the fills"),
        ("93", "what is left"),
        ("3.8", "what was paid"),
        ("6.993", "the sum after fees"),
        ("0", "nothing"),
    ],
)
def test_filled_is_the_sum_of_all_fills(filled: str, what: str) -> None:
    assert broken(fills(filled=filled)) == ["order.filled-qty"], what


def test_without_fills_no_average_is_judged() -> None:
    judgement = FILLS.judge(fills(filled="0", average="0", by=()))
    assert judgement.breaches == []
    assert judgement.saw == {"order.filled-qty": 1}
    assert broken(fills(filled="1", average="0.5", by=())) == ["order.filled-qty"]


@pytest.mark.parametrize(("average", "right"), [("30001.4", True), ("30001", False), ("30000", False)])
def test_prices_far_above_one_are_held_to_the_tick(average: str, right: bool) -> None:
    by = (taken("0.001", "30000.0"), taken("0.002", "30000.5"), taken("0.004", "30002.25"))
    found = broken(fills("0.007", average, by, tick=Decimal("0.1")))
    assert found == ([] if right else ["order.avg-fill-price"])


def test_a_filled_order_took_what_it_asked_for_and_another_one_its_filled_qty() -> None:
    filled = order("filled", side="sell", status="filled", quantity="3", filled_qty="2", avg_fill_price="0.5")
    rest = order("rest", side="sell", status="canceled", quantity="9", filled_qty="4", avg_fill_price="0.5")
    by_value = order("by value", side="sell", status="filled", quantity=None, filled_qty="5", avg_fill_price="0.5")
    assert Fills(order(), (filled, rest, by_value), TICK).quantity == 3 + 4 + 5


@pytest.mark.parametrize(
    ("average", "by", "right"),
    [
        ("5", (taken("1", "5"), taken("1", "6")), True),  # cut off to a whole number
        ("100", (taken("1", "100"), taken("1", "110")), False),  # cut off to tens, which no zeros at the end show
    ],
)
def test_the_last_decimal_of_a_whole_number_is_one(average: str, by: tuple[Order, ...], right: bool) -> None:
    assert broken(fills("2", average, by, tick=Decimal(10))) == ([] if right else ["order.avg-fill-price"])
