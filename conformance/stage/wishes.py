"""Live orders as they are wished for, and the ways to bring them about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any, Literal

from conformance.coverage.population import AGES, YOUNG
from conformance.orders import Order
from conformance.profile import Market
from conformance.wire.signer import Credential

Way = Literal["injecting", "placing"]


@dataclass(frozen=True, slots=True)
class Wish:
    """One live order to bring about; at which price is left to chance, unless it is told.

    `fills`: how often it is partly filled. `age`: how old it is, as in a population; young where that cannot be.
    `credential`: what it is placed with, where that matters. `takes`: it fills by taking from orders that rest there.
    """

    market: Market
    side: str
    fills: int = 0
    price: Decimal | None = None
    age: str = YOUNG
    credential: Credential | None = None
    takes: bool = False

    @property
    def to_be_placed(self) -> bool:
        """Whether injecting would not do: how it came about is what matters."""
        return self.fills > 1 or self.credential is not None or self.takes

    def __repr__(self) -> str:
        filled = {0: "", 1: " partly filled"}.get(self.fills, f" filled {self.fills} times")
        if self.takes:
            filled = f"{filled} by taking"
        aged = "" if self.age == YOUNG else f" of {self.age} ago"
        return f"{self.market.symbol} {self.side}{filled}{aged}{f' by {self.credential}' if self.credential else ''}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))


def fulfilled(wishes: Sequence[Wish], live: Iterable[Order]) -> bool:
    """Whether just such orders are live as are wished for, in any respect that the wishes name."""
    live = list(live)
    plain = all(wish == Wish(wish.market, wish.side, min(wish.fills, 1)) for wish in wishes)
    if not plain or any("filled_qty" in order.unread for order in live):
        return False
    wanted = Counter((wish.market.symbol, wish.side, wish.fills > 0) for wish in wishes)
    return wanted == Counter((order.symbol, order.side, order.filled_qty > 0) for order in live)


def of_all_kinds(markets: Sequence[Market], credentials: Sequence[Credential], ways: Sequence[Way]) -> list[Wish]:
    """Orders of all kinds in each market: on both sides, untouched and filled once or more often, young and old, placed
    with each of these credentials; as far as there are these ways.
    """
    sides = ("buy", "sell")
    wishes = [Wish(market, side, fills) for market in markets for side in sides for fills in (0, 1)]
    if "injecting" in ways:
        wishes += [
            Wish(market, sides[number % 2], number // 2 % 2, age=age)
            for market in markets
            for number, age in enumerate(each for each in AGES if each != YOUNG)
        ]
    if "placing" in ways:
        wishes += [Wish(market, "buy", credential=kind) for market in markets for kind in credentials]
        # Of one side and market, each is placed once the one before is filled: so they are of both, as far as there are
        # markets.
        wishes += [
            Wish(market, sides[(number + turn) % 2], 1, credential=kind, takes=(number // 2 + turn) % 2 > 0)
            for number, market in enumerate(markets)
            for turn, kind in enumerate(credentials)
        ]
        wishes += [
            Wish(market, sides[(number // 2 + fills) % 2], fills, credential=credentials[number % len(credentials)])
            for number, market in enumerate(markets)
            for fills in (2, 3)
        ]
    return wishes


Priced = tuple[str, str, Decimal | None]
"""A market, a side and a price."""


def priced(live: Iterable[Order], wishes: Iterable[Wish]) -> list[Priced]:
    """Where these orders stand that are live, and where those are to stand that are wished for and rest."""
    return [(order.symbol, order.side, order.price) for order in live] + [
        (wish.market.symbol, wish.side, wish.price) for wish in wishes if not wish.fills
    ]


def of_a_bystander(markets: Sequence[Market], beside: Sequence[Priced], ways: Sequence[Way]) -> list[Wish]:
    """Live orders in each market and on both sides: where some stand that they are to be `beside`, at the price of one,
    so that what takes a whole level out of the book takes it too. Beside each untouched one there is one partly filled,
    where it can be injected.
    """
    wishes = []
    for market, side in product(markets, ("buy", "sell")):
        # Between the resting prices it would stand in the way of trades.
        at = [price for *where, price in beside if where == [market.symbol, side] and market.rests(side, price)]
        prices = at or [None]
        wishes.append(Wish(market, side, price=prices[0]))
        if "injecting" in ways:
            wishes.append(Wish(market, side, fills=1, price=prices[-1]))
    if ways and "injecting" not in ways:
        wishes = [*wishes, Wish(markets[0], "buy", fills=1)]
    return wishes
