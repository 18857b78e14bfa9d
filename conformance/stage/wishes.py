"""Live orders as they are wished for, and the ways to bring them about."""

import random
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
Role = Literal["maker", "taker", "both"]
"""How an order fills: it rests and is taken from, it takes what rests, or it takes once and is taken from then."""

SIDES = ("buy", "sell")
ROLES: Sequence[Role] = ("maker", "taker", "both")

_OF_A_BYSTANDER = 4  # ages: older ones would take one page more
_TAKING = 0.1  # of a bystander's orders: what takes has the market for itself meanwhile, which takes time


@dataclass(frozen=True, slots=True)
class Wish:
    """One live order to bring about; at which price is left to chance, unless it is told.

    `fills`: how often it is partly filled. `age`: how old it is, as in a population; young where that cannot be.
    `credential`: what it is placed with, where that matters. `role`: how it fills; one fill is not enough for both.
    """

    market: Market
    side: str
    fills: int = 0
    price: Decimal | None = None
    age: str = YOUNG
    credential: Credential | None = None
    role: Role = "maker"

    @property
    def to_be_placed(self) -> bool:
        """Whether injecting would not do: how it came about is what matters."""
        return self.fills > 1 or self.credential is not None or self.role != "maker"

    def __repr__(self) -> str:
        filled = {0: "", 1: " partly filled"}.get(self.fills, f" filled {self.fills} times")
        if self.role != "maker":
            filled = f"{filled} by taking" if self.role == "taker" else f"{filled} by taking first"
        aged = "" if self.age == YOUNG else f" of {self.age} ago"
        return f"{self.market.symbol} {self.side}{filled}{aged}{f' by {self.credential}' if self.credential else ''}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))


def can_fill(role: Role, fills: int) -> bool:
    """Whether an order that is filled so many times can be filled so."""
    return fills >= {"maker": 0, "taker": 1, "both": 2}[role]


def fulfilled(wishes: Sequence[Wish], live: Iterable[Order]) -> bool:
    """Whether just such orders are live as are wished for, in any respect that the wishes name."""
    live = list(live)
    plain = all(wish == Wish(wish.market, wish.side, min(wish.fills, 1)) for wish in wishes)
    if not plain or any("filled_qty" in order.unread for order in live):
        return False
    wanted = Counter((wish.market.symbol, wish.side, wish.fills > 0) for wish in wishes)
    return wanted == Counter((order.symbol, order.side, order.filled_qty > 0) for order in live)


def of_all_kinds(
    markets: Sequence[Market], credentials: Sequence[Credential], ways: Sequence[Way], turn: int = 0
) -> list[Wish]:
    """Orders of all kinds in each market: on both sides, untouched and filled once or more often, by taking and by
    being taken from, young and old, placed with each of these credentials; as far as there are these ways.

    Any three properties of an order are met in one, or in one of the next `turn`.
    """
    wishes = [Wish(market, side, fills) for market in markets for side in SIDES for fills in (0, 1)]
    if "injecting" in ways:
        wishes += _of_all_ages(markets, turn)
    if "placing" in ways:
        wishes += [
            Wish(market, SIDES[(number + place + turn) % 2], credential=kind)
            for number, market in enumerate(markets)
            for place, kind in enumerate(credentials)
        ]
        wishes += _of_all_fills(markets, credentials, turn)
    return wishes


def _of_all_ages(markets: Sequence[Market], turn: int) -> list[Wish]:
    """Older orders of each age, in each market and on both sides; every second one is partly filled."""
    ages = [age for age in AGES if age != YOUNG]
    return [
        Wish(markets[number], SIDES[side], (number + place + side + turn) % 2, age=age)
        for number, (place, age), side in product(range(len(markets)), enumerate(ages), range(2))
    ]


def _of_all_fills(markets: Sequence[Market], credentials: Sequence[Credential], turn: int) -> list[Wish]:
    """Orders that are filled once, twice and three times, on both sides, by taking and by being taken from, placed with
    each of these credentials: half of all that there are, with this `turn` and the next all. Each market has some.
    """
    half = [
        (side, fills, kind, role)
        for fills, (place, kind), side, (number, role) in product(
            (1, 2, 3), enumerate(credentials), SIDES, enumerate(ROLES)
        )
        if (fills + place + SIDES.index(side) + number + turn) % 2 and can_fill(role, fills)
    ]
    return [
        Wish(markets[(number + turn) % len(markets)], side, fills, credential=kind, role=role)
        for number, (side, fills, kind, role) in enumerate(half)
    ]


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
    for market, side in product(markets, SIDES):
        # Between the resting prices it would stand in the way of trades.
        at = [price for *where, price in beside if where == [market.symbol, side] and market.rests(side, price)]
        prices = at or [None]
        wishes.append(Wish(market, side, price=prices[0]))
        if "injecting" in ways:
            wishes.append(Wish(market, side, fills=1, price=prices[-1]))
    if ways and "injecting" not in ways:
        wishes = [*wishes, Wish(markets[0], "buy", fills=1)]
    return wishes


def of_many_kinds(
    markets: Sequence[Market], credentials: Sequence[Credential], ways: Sequence[Way], turn: int
) -> list[Wish]:
    """What a bystander may have besides: old orders, and such as are placed with each of these credentials and filled
    up to three times, or not at all, on either side; with this `turn` and the next on both.
    """
    wishes = []
    if "injecting" in ways:
        old = [age for age in AGES if age != YOUNG][:_OF_A_BYSTANDER]
        wishes += [
            Wish(market, SIDES[(number + place + turn) % 2], (number + place // 2) % 2, age=age)
            for number, market in enumerate(markets)
            for place, age in enumerate(old)
        ]
    if "placing" in ways:
        kinds = product((0, 1, 2, 3), enumerate(credentials))
        wishes += [
            Wish(markets[number % len(markets)], SIDES[(fills + place + turn) % 2], fills, credential=kind)
            for number, (fills, (place, kind)) in enumerate(kinds)
        ]
    return wishes


def placed_beside(markets: Sequence[Market], credentials: Sequence[Credential], rng: random.Random) -> list[Wish]:
    """What a bystander may have beside a set: in each market an order of either side that rests, and in one of them
    another one that is filled once, twice or three times, each placed with one of these credentials.
    """
    one = rng.choice(markets)
    return [
        Wish(
            market,
            rng.choice(SIDES),
            times,
            credential=rng.choice(credentials),
            role=rng.choice([role for role in ROLES if can_fill(role, times)]) if rng.random() < _TAKING else "maker",
        )
        for market, times in (*((market, 0) for market in markets), (one, rng.choice((1, 2, 3))))
    ]


def of_several_fills(markets: Sequence[Market], credentials: Sequence[Credential], side: str, turn: int) -> list[Wish]:
    """Orders of this side in the last market, filled once, twice and three times; in each other one, of either side,
    one that is filled as often as the `turn` says. They are placed with one credential after the other.
    """
    wishes = [(markets[-1], side, fills) for fills in (1, 2, 3)]
    opposite = SIDES[1 - SIDES.index(side)]
    wishes += [
        (market, side if number % 2 else opposite, 1 + (number + turn) % 3)
        for number, market in enumerate(markets[:-1])
    ]
    return [Wish(*each, credential=credentials[number % len(credentials)]) for number, each in enumerate(wishes)]
