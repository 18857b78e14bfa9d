"""Cancel-all: what is canceled stays canceled."""

import time
from itertools import product

import pytest

from conformance.declare import cancels, needs, verifies
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import Query
from conformance.scenarios.cancellation import cancel_all, expect_listed, expect_unchanged
from conformance.scenarios.trades import meet
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish

# A state that is taken back is taken back soon: by a job that runs once a second, or by the next order.
LATER_S = 0.5


@cancels
@verifies("cancel.final", "cancel.visible")
@needs(arrange=True)
def test_half_a_second_later_nothing_has_changed(stage: Stage) -> None:
    """The array's records, half a second after: as they were returned."""
    stage.arrange_in_each_market()
    before = cancel_all(stage).after
    time.sleep(LATER_S)
    expect_unchanged(stage, before)


@cancels
@verifies("cancel.visible")
@needs(arrange=True)
@pytest.mark.parametrize(
    "statuses", [("open", "partially_filled", "canceled"), ("canceled", "open")], ids=" then ".join
)
def test_lists_by_status_show_what_was_canceled(stage: Stage, statuses: tuple[str, ...]) -> None:
    """Lists by status, of all markets and then of one, right after: among the canceled, and no more among the live."""
    market = stage.markets[0]
    stage.arrange([Wish(market, "buy"), Wish(market, "sell", fills=1)], by="placing")
    cancellation = cancel_all(stage)
    for symbol, status in product((None, market.symbol), statuses):
        expect_listed(stage, cancellation, Query(symbol, status, limit=MAX_LIMIT))


@cancels
@verifies("cancel.final")
@needs(place=True, other=True)
def test_nobody_can_trade_with_what_was_canceled(stage: Stage) -> None:
    """The other account offers to trade at the price of a canceled order: nothing of it is filled."""
    market = stage.markets[0]
    stage.arrange([Wish(market, "buy"), Wish(market, "sell", fills=1)], by="placing")
    cancellation = cancel_all(stage)
    for order in cancellation.returned:
        meet(stage, market, order)
    expect_unchanged(stage, cancellation.after)


@cancels
@verifies("cancel.final")
@needs(place=True)
def test_the_next_order_brings_nothing_back(stage: Stage) -> None:
    """An order placed in the market after the cancel: the canceled ones stay so, and it is live."""
    market = stage.markets[0]
    stage.arrange([Wish(market, "buy"), Wish(market, "sell")])
    after = cancel_all(stage).after
    stage.arranger.arrange(stage.view, [Wish(market, "buy")], by="placing")
    expect_unchanged(stage, after)
