"""A history of orders that are placed, where none can be injected."""

from decimal import Decimal
from itertools import cycle, islice

from conformance.account.view import View
from conformance.stage.book import Book
from conformance.stage.lane import Lane
from conformance.stage.seen import seen_in_known_markets
from conformance.turns import sleep

# No second may hold more than 200 placed orders, or no walk by `end` gets past it.
_PER_SECOND = 100


def trade(lane: Lane, book: Book, view: View) -> None:
    """Two orders canceled, two filled and one partly filled in the first market, another one of those in the last.

    What is partly filled comes last, since the rest of it stays in the book for the next order to meet. Raises
    DriverRefused.
    """
    market = lane.markets[0]
    if view is lane.view and not view.foreign_live():
        book.rest([book.resting(view, market, side) for side in ("buy", "sell")])
        lane.cancel_unjudged(market.symbol)
    if view.opposite is not None:
        for side in ("buy", "sell"):
            book.cross(view, market, side, share=Decimal(1))
        book.cross(view, market, "buy", share=Decimal("0.5"))
        if lane.markets[1:]:
            book.cross(view, lane.markets[-1], "sell", share=Decimal("0.5"))
    seen_in_known_markets(view)


def place_many(lane: Lane, book: Book, view: View, count: int) -> None:
    """So many live orders, in each market and on both sides. Raises DriverRefused."""
    view.latest()
    # The caller's lie in three seconds or more, so that there is an order to tell; a bystander's may share one.
    at_once = min(_PER_SECOND, count // 3 + 1) if view is lane.view else _PER_SECOND
    kinds = cycle((market, side) for side in ("buy", "sell") for market in lane.markets)
    orders = [book.resting(view, *kind) for kind in islice(kinds, count)]
    for first in range(0, count, at_once):
        sleep(min(first, 1))
        book.rest(orders[first : first + at_once])
    view.settled()
