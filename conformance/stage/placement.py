"""Placing an order so that the run knows it for its own afterwards."""

import time
from decimal import Decimal
from itertools import pairwise

from conformance.account.account import Account
from conformance.profile import Market
from conformance.stage.driver import Refused
from conformance.stage.lane import Lane


def place(
    lane: Lane,
    account: Account,
    market: Market,
    side: str,
    price: Decimal | None,
    quantity: Decimal | None,
    quote_quantity: Decimal | None = None,
) -> str | None:
    """Place a limit order, or without a price a market order. Its id, where the target says it. Raises Refused."""
    record = {
        "symbol": market.symbol,
        "side": side,
        "type": "market" if price is None else "limit",
        "price": _plain(price),
        "quantity": _plain(quantity),
    }
    lane.forget(account)
    journal = lane.journals[account.name]
    [number] = journal.intend([record])
    asked_at = time.time()
    placed = lane.driver.place(
        account,
        market,
        side,
        price=record["price"],
        quantity=record["quantity"],
        type="market" if price is None else "limit",
        tif=None if price is None else "gtc",
        quote_quantity=_plain(quote_quantity),
    )
    lane.own[account.name].intend(record, placed.id, perhaps_twice=placed.perhaps_twice)
    if placed.id is not None:
        journal.name(number, placed.id)
        lane.placed_at[placed.id] = asked_at, time.time()
    return placed.id


def prices_between(market: Market, count: int, ticks_apart: int = 1) -> list[Decimal]:
    """So many prices, rising, at which no order of this run rests. Raises Refused where the tick leaves no room."""
    span = market.resting_sell - market.resting_buy
    prices = [
        market.resting_buy + span * step / (count + 1) // market.tick * market.tick for step in range(1, count + 1)
    ]
    steps_between = [upper - lower for lower, upper in pairwise([market.resting_buy, *prices, market.resting_sell])]
    if min(steps_between) < ticks_apart * market.tick:
        raise Refused(f"no {count} prices lie {ticks_apart} ticks apart between the resting ones of {market.symbol}")
    return prices


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
