"""Placing orders so that the run knows them for its own afterwards, and prices at which orders can meet."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from conformance.account.ticket import Placed, Ticket
from conformance.account.view import View
from conformance.profile import Market
from conformance.stage.driver import Driver
from conformance.verdict import CannotJudge, DriverRefused, Misfit
from conformance.wire.signer import Credential


class Placing(NamedTuple):
    """An order to be placed, and in which account."""

    view: View
    ticket: Ticket


def order(
    view: View,
    market: Market,
    side: str,
    price: Decimal | None,
    quantity: Decimal | None,
    quote_quantity: Decimal | None = None,
    credential: Credential | None = None,
    at_once: str | None = None,
) -> Placing:
    """A limit order, or without a price a market order. Amounts in base units, `quote_quantity` in quote units.

    `at_once` as a Ticket has it.
    """
    kind = "market" if price is None else "limit"
    ticket = Ticket(market.symbol, side, kind, price, quantity, quote_quantity, credential, at_once=at_once)
    return Placing(view, ticket)


def place(driver: Driver, *orders: Placing, beside: Sequence[Callable[[], None]] = ()) -> list[str | None]:
    """Place orders, side by side: they must not trade with each other. Their ids, where the target says them.

    `beside`: what else is sent at once with them.
    Each is written down before, and known for this run's own afterwards, also where placing is interrupted. Raises what
    the first that was not taken raised, such as DriverRefused; the others are then known as well.
    """
    driver.spread.enter_for(each.ticket for each in orders)
    heard: list[_Heard] = []
    placing: list[Callable[[], Placed | None]] = [partial(_placed, driver, *each, heard) for each in orders]
    try:
        came = driver.side_by_side([*beside, *placing])
    finally:
        for each in heard:
            each.view.heard(each.ticket, each.number, each.placed, each.asked_at, each.answered_at)
    return [each.id for each in came if each is not None]


class _Heard(NamedTuple):
    view: View
    ticket: Ticket
    number: int
    placed: Placed | None
    asked_at: float
    answered_at: float


def _placed(driver: Driver, view: View, ticket: Ticket, heard: list[_Heard]) -> Placed:
    number, asked_at = view.intend(ticket), time.time()
    try:
        placed = _taken(driver, view, ticket)
    except CannotJudge as lost:
        if not isinstance(lost, DriverRefused | Misfit) or lost.perhaps_done:
            heard.append(_Heard(view, ticket, number, None, asked_at, time.time()))  # it may show
        raise
    heard.append(_Heard(view, ticket, number, placed, asked_at, time.time()))
    return placed


def _taken(driver: Driver, view: View, ticket: Ticket) -> Placed:
    try:
        return driver.place(view.account, ticket)
    except DriverRefused as refusal:
        if ticket.at_once is None or refusal.perhaps_done:
            raise
        return driver.place(view.account, replace(ticket, at_once=None))  # many targets know but one time in force


def prices_between(market: Market, count: int, ticks_apart: int = 1) -> list[Decimal]:
    """So many prices, rising, at which no order of this run rests. Raises DriverRefused where there is no room."""
    span = market.resting_sell - market.resting_buy
    prices = [
        market.resting_buy + span * step / (count + 1) // market.tick * market.tick for step in range(1, count + 1)
    ]
    steps_between = [upper - lower for lower, upper in pairwise([market.resting_buy, *prices, market.resting_sell])]
    if min(steps_between) < ticks_apart * market.tick:
        step = ticks_apart * market.tick
        raise DriverRefused(f"no {count} prices with steps of {step:f} fit between the resting ones of {market.symbol}")
    return prices


def first_with_room(markets: Sequence[Market], count: int) -> Market:
    """The first that has_room for so many prices; the first of all, where none has."""
    return next((market for market in markets if has_room(market, count)), markets[0])


def has_room(market: Market, count: int) -> bool:
    """Whether there are as many prices between those at which orders of this run rest."""
    try:
        prices_between(market, count)
    except DriverRefused:
        return False
    return True
