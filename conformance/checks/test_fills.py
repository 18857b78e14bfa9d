"""Fills: what several of them add up to, on orders that take and on orders that are taken from."""

import pytest

from conformance.account.known import Known
from conformance.declare import cancels, needs, verifies
from conformance.orders import Query
from conformance.profile import Market
from conformance.scenarios.trades import Trading, add_up
from conformance.stage.stage import Stage
from conformance.verdict import Breach, NotObserved, Violation

DISTURBED = "somebody else traded with the orders each time"


@cancels
@verifies("order.filled-qty", "order.avg-fill-price")
@needs(place=True, other=True)
@pytest.mark.parametrize(("side", "place"), [("buy", 0), ("sell", 1)])
def test_fills_of_one_that_takes(stage: Stage, side: str, place: int) -> None:
    """Three fills of different sizes, each at another price: the sum, and the average weighted by volume."""
    trading = Trading(stage, _market(stage, place))
    if add_up(trading, lambda: trading.take(side)) is None:
        raise NotObserved(DISTURBED)


@cancels
@verifies("order.filled-qty", "order.avg-fill-price")
@needs(place=True, other=True)
@pytest.mark.parametrize(("side", "place"), [("buy", 2), ("sell", 3)])
def test_fills_of_one_that_is_taken_from(stage: Stage, side: str, place: int) -> None:
    """Three orders of the other account take different amounts of a resting one, some of it or all: the sum, and the
    average.
    """
    trading = Trading(stage, _market(stage, place))
    fills = add_up(trading, lambda: trading.make(side, whole=side == "buy"))
    if fills is None:
        raise NotObserved(DISTURBED)
    _expect_orders_counted(stage, fills.order.id)


def _expect_orders_counted(stage: Stage, id: str) -> None:
    """Lists of an order with several fills, without a limit and by its status with one that it is among: it is one
    order, not several trades.
    """
    known = Known(stage.caller, stage.view.settled, stage.view.believed(), catch_up=stage.view.catch_up)
    known.expect(Query())
    order = known.snapshot.orders[id]
    alike = [each for each in known.snapshot.orders.values() if each.status == order.status]
    seconds = sorted((each.created_at for each in alike), reverse=True)
    ends = (number for number in range(2, len(seconds)) if seconds[number - 1] > seconds[number])
    if limit := next((number for number in ends if seconds[number - 1] <= order.created_at), None):
        known.expect(Query(status=order.status, limit=limit))


@cancels
@verifies("order.filled-qty", "order.avg-fill-price")
@needs(place=True, other=True)
def test_fills_of_a_market_order(stage: Stage) -> None:
    """A market sell, filled at two prices."""
    trading = Trading(stage, _market(stage, 4))
    if add_up(trading, trading.sell_at_market) is None:
        raise NotObserved(DISTURBED)


@cancels
@verifies("order.quote-quantity", "order.filled-qty", "order.avg-fill-price")
@needs(place=True, other=True)
def test_an_amount_that_was_asked_for_stays(stage: Stage) -> None:
    """A market buy for an amount that does not come out even: quote_quantity is that amount, whatever was spent."""
    trading = Trading(stage, _market(stage, 5))
    fills = add_up(trading, trading.buy_for_an_amount)
    if fills is None:
        raise NotObserved(DISTURBED)
    if fills.order.quote_quantity != trading.amount:
        raise Violation(
            Breach(
                f"quote_quantity {trading.amount}, as asked for",
                f"{fills.order.quote_quantity} on {fills.order}",
                QUOTE,
            ),
            *trading.steps,
            *stage.view.latest().exchanges[:1],
        )


QUOTE = "order.quote-quantity"


def _market(stage: Stage, number: int) -> Market:
    """The market of a trade: each has its turn, since lots differ from market to market."""
    return stage.markets[number % len(stage.markets)]
