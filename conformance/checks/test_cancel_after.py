"""Cancel-all: what is canceled stays canceled."""

import contextlib
from dataclasses import replace
from decimal import Decimal

import pytest

from conformance.account.answers import Page
from conformance.account.known import Known
from conformance.declare import alone, cancels, needs, verifies
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import Order, Query
from conformance.profile import Market
from conformance.scenarios import over
from conformance.scenarios.cancellation import cancel_all, expect_listed
from conformance.scenarios.later import expect_unchanged
from conformance.scenarios.trades import meet, take_a_lot
from conformance.stage.book import stand_at_most
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.turns import sleep
from conformance.verdict import DriverRefused

# A state that is taken back is taken back soon: by a job that runs once a second, or by the next order.
LATER_S = 0.5

APART_S = 1  # an order is filled in another second than it was created in

MANY = 60  # of each side: more than 100 in all, where pages often end


@cancels
@verifies("cancel.final", "cancel.visible")
@needs(arrange=True)
def test_nothing_has_changed_later(stage: Stage) -> None:
    """The array's records, half a second after, and after the next order in the market: as they were returned."""
    stage.arrange_in_each_market()
    before = cancel_all(stage, watched=False).after
    sleep(LATER_S)
    expect_unchanged(stage, before)
    if "placing" in stage.ways:
        stage.arranger.arrange(stage.view, [Wish(stage.markets[0], "buy")], by="placing")
        expect_unchanged(stage, before)


@cancels
@verifies("cancel.visible")
@needs(arrange=True)
@pytest.mark.parametrize(
    ("of_one_market", "statuses"),
    [(False, ("open", "partially_filled")), (True, ("canceled", "open"))],
    ids=["all markets", "one market"],
)
def test_lists_by_status_show_what_was_canceled(stage: Stage, of_one_market: bool, statuses: tuple[str, ...]) -> None:
    """Lists by status, of all markets or of one, right after: among the canceled, and no more among the live.

    The same are asked for right before, so that one that is kept is met again: those of one market with the credential
    that does not cancel, and of its canceled those that are as new, so that it shows none before. Those of all
    markets are also asked for right after another account has taken some of an order of the second before.
    """
    market = stage.markets[-1 if of_one_market else 0]
    if of_one_market:
        stage.lane.have_of_this_second()  # of which nothing is canceled yet
    stage.arrange([Wish(market, "buy", price=_met_first(market)), Wish(market, "sell", fills=1)], by="placing")
    queries = [Query(market.symbol if of_one_market else None, status, limit=MAX_LIMIT) for status in statuses]
    if of_one_market:
        new = min((order.created_at for order in stage.view.believed().live(market.symbol)), default=None)
        queries = [replace(each, start=new if each.status == "canceled" else None) for each in queries]
    credential = stage.caller.credentials[-1 if of_one_market else 0]
    with stage.caller.ahead(queries, credential):
        pages = [stage.caller.list(query, credential) for query in queries]
    if not of_one_market and stage.other_view is not None:
        live = (each for each in stage.view.own_live() if each.symbol == market.symbol)
        untouched = next((each for each in live if each.status == "open"), None)
        if untouched is not None:
            with contextlib.suppress(DriverRefused):  # what the list showed before tells something all the same
                pages = _shown_when_some_is_taken(stage, market, untouched)
    cancellation = cancel_all(stage, watched=False)
    with stage.caller.ahead([page.query for page in pages], credential):
        for page in pages:
            expect_listed(stage, cancellation, page)


def _met_first(market: Market) -> Decimal:
    """What is sold for less meets a buy order of this price before all that rest."""
    return market.resting_buy + (market.tick if stand_at_most(market) > 1 else 0)


def _shown_when_some_is_taken(stage: Stage, market: Market, victim: Order) -> list[Page]:
    """What lists show once another account has taken some of this order: those of open orders, and those of partly
    filled ones up to when it was created. The account itself has done nothing that would let them be read anew.
    """
    sleep(APART_S)
    take_a_lot(stage, market, victim)
    known = Known(stage.caller, stage.view.settled, stage.view.believed(), catch_up=stage.view.catch_up)
    queries = (
        Query(status="open", limit=MAX_LIMIT),
        Query(status="partially_filled", end=victim.created_at, limit=MAX_LIMIT),
    )
    with known.ahead(queries):
        for query in queries:
            known.expect(query)
    return [known.page(query) for query in queries]


@cancels
@needs(arrange=True, orders=1)
@pytest.mark.parametrize(
    "statuses",
    [
        pytest.param(("filled", "rejected"), marks=pytest.mark.verifies("cancel.terminal-untouched"), id="terminal"),
        pytest.param(("expired",), marks=pytest.mark.verifies("cancel.expired-untouched"), id="expired"),
    ],
)
def test_what_was_over_is_as_it_was(stage: Stage, statuses: tuple[str, ...]) -> None:
    """Filled, rejected and expired orders, however deep they lie: as lists by status showed them before all
    cancel-alls.
    """
    if stage.over is None:  # no check before this one has kept any
        over.note(stage)
        market = stage.markets[0]
        stage.arrange([Wish(market, "buy"), Wish(market, "sell")] * MANY)
        cancel_all(stage, market.symbol, pages=2)
    over.expect_as_noted(stage, statuses)


@alone
@cancels
@verifies("cancel.final")
@needs(place=True, other=True)
def test_nobody_can_trade_with_what_was_canceled(stage: Stage) -> None:
    """The other account offers to trade at a canceled order's price, and at market price: nothing of it is filled."""
    stage.arrange([Wish(stage.markets[0], "buy"), Wish(stage.markets[-1], "sell", fills=1)], by="placing")
    cancellation = cancel_all(stage, watched=False)
    meet(stage, cancellation.returned)
    expect_unchanged(stage, cancellation.after)
