"""Fills: what several of them add up to, on orders that take and on orders that are taken from."""

from collections.abc import Callable, Mapping
from functools import partial

import pytest

from conformance.account.known import Known
from conformance.declare import cancels, needs, verifies
from conformance.orders import Query
from conformance.scenarios.trades import Steps, Trading, add_up
from conformance.stage.stage import Stage
from conformance.verdict import Breach, NotObserved, Violation

KINDS: Mapping[str, Callable[[Trading], Steps]] = {
    "a buy that takes": lambda trading: trading.take("buy"),
    "a sell that takes": lambda trading: trading.take("sell"),
    "a buy that is taken from": lambda trading: trading.make("buy", whole=True),
    "a sell that is taken from": lambda trading: trading.make("sell"),
    "a market sell": Trading.sell_at_market,
    "a market buy for an amount": lambda trading: trading.buy_for(trading.uneven_amount()),
}
QUOTE = "order.quote-quantity"


@cancels
@verifies("order.filled-qty", "order.avg-fill-price", QUOTE)
@needs(place=True, other=True)
@pytest.mark.parametrize("first", [0, 3])
def test_fills_add_up(stage: Stage, first: int) -> None:
    """Orders with three fills, or two, of different sizes and where it can be at different prices: those that take and
    those that are taken from, at a limit and at market price. The sum, and the average weighted by volume.

    What a market buy was to spend does not come out even: quote_quantity is that amount, whatever was spent. Lists show
    an order with several fills once.
    """
    # Side by side, each in a market of its own, where there are as many: lots differ from market to market.
    waiting = [(Trading(stage, stage.markets[n % len(stage.markets)]), kind) for n, kind in enumerate(KINDS)]
    waiting = waiting[first : first + 3]
    at_once = min(len(stage.markets), len(waiting))
    for start in range(0, len(waiting), at_once):
        trades = dict(waiting[start : start + at_once])
        made = add_up(stage, {trading: partial(KINDS[kind], trading) for trading, kind in trades.items()})
        for trading, fills in made.items():
            if trades[trading].endswith("taken from"):
                _expect_orders_counted(stage, fills.order.id)
            if trades[trading].endswith("amount") and fills.order.quote_quantity != (due := trading.uneven_amount()):
                breach = Breach(
                    f"quote_quantity {due}, as asked for", f"{fills.order.quote_quantity} on {fills.order}", QUOTE
                )
                raise Violation(breach, *trading.evidence, *stage.view.latest().exchanges[:1])
        if len(made) < len(trades):
            raise NotObserved("somebody else traded with the orders each time")


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
