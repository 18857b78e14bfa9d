"""Placing an order so that the run knows it for its own afterwards, and prices at which orders can meet."""

from decimal import Decimal
from itertools import pairwise

from conformance.account.ticket import Ticket
from conformance.account.view import View
from conformance.profile import Market
from conformance.stage.driver import Driver
from conformance.verdict import DriverRefused
from conformance.wire.signer import Credential


def place(
    driver: Driver,
    view: View,
    market: Market,
    side: str,
    price: Decimal | None,
    quantity: Decimal | None,
    quote_quantity: Decimal | None = None,
    credential: Credential | None = None,
) -> str | None:
    """Place a limit order, or without a price a market order. Its id, where the target says it. Raises DriverRefused.

    Amounts in base units, `quote_quantity` in units of the quote currency.
    """
    kind = "market" if price is None else "limit"
    ticket = Ticket(market.symbol, side, kind, price, quantity, quote_quantity, credential)
    return view.place(ticket, lambda: driver.place(view.account, ticket))


def prices_between(market: Market, count: int, ticks_apart: int = 1) -> list[Decimal]:
    """So many prices, rising, at which no order of this run rests. Raises DriverRefused where there is no room."""
    span = market.resting_sell - market.resting_buy
    prices = [
        market.resting_buy + span * step / (count + 1) // market.tick * market.tick for step in range(1, count + 1)
    ]
    steps_between = [upper - lower for lower, upper in pairwise([market.resting_buy, *prices, market.resting_sell])]
    if min(steps_between) < ticks_apart * market.tick:
        raise DriverRefused(
            f"no {count} prices lie {ticks_apart} ticks apart between the resting ones of {market.symbol}"
        )
    return prices
