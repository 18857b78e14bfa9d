"""The orders that an account should hold: a population in whose corners defects hide, as kinds of orders."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache

from conformance.coverage.array import Combination, combinations_of, cover, within
from conformance.orders import LIVE, STATUSES, Order

# How old an order is, from and to, in seconds: on either side of where caches, jobs and searches tend to draw a line.
# One lies in the other half of the year, where clocks change.
AGES = {
    "minutes": (0, 900),
    "hours": (3_600, 23 * 3_600),
    "days": (25 * 3_600, 7 * 86_400 - 3_600),
    "weeks": (7 * 86_400 + 3_600, 28 * 86_400 - 3_600),
    "months": (31 * 86_400 + 3_600, 120 * 86_400),
    "half a year": (150 * 86_400, 215 * 86_400),
    "years": (370 * 86_400, 700 * 86_400),
}

YOUNG = "minutes"

PAIRS, TRIPLES = 2, 3

_ALMOST = 1.2


@dataclass(frozen=True, slots=True)
class Kind:
    """What an order is, apart from its amounts. `type`: a limit order that is in force for a moment alone is told by
    that. `filled`: none, part or all of it; `price`: of its fills, at its own limit or better.
    """

    status: str
    side: str
    type: str
    market: str
    filled: str
    price: str
    age: str

    @classmethod
    def of(cls, order: Order, now: int) -> "Kind | None":
        """The kind that an order of an account is at this UNIX second; None where it fits none."""
        age_s = now - order.created_at
        age = next((name for name, (least, most) in AGES.items() if least <= age_s <= most), None)
        if age is None or order.unknown:
            return None
        by_amount = order.type == "market" and order.quote_quantity is not None
        for_a_moment = order.type == "limit" and order.tif in FOR_A_MOMENT
        whole = order.status == "filled"
        better = order.filled_qty > 0 and order.price is not None and order.avg_fill_price != order.price
        return cls(
            order.status,
            order.side,
            "market by amount" if by_amount else f"{order.tif}" if for_a_moment else order.type,
            order.symbol,
            "all" if whole else "part" if order.filled_qty else "none",
            "better" if better else "at",
            age,
        )

    def combinations(self, strength: int) -> set[Combination]:
        """The combinations of so many of its properties."""
        return within({each.name: getattr(self, each.name) for each in fields(self)}, strength)


_ANY_PART = {"none", "part", "all"}
_FILLED = {
    "open": {"none"},
    "partially_filled": {"part"},
    "filled": {"all"},
    "canceled": {"none", "part"},
    "rejected": {"none"},
    "expired": {"none", "part"},
}
# Limit orders of which at once all that can be is filled, or all or nothing: words for a tif that many exchanges have.
FOR_A_MOMENT = ("ioc", "fok")

MARKET_TYPES = ("market", "market by amount")
PLAIN_TYPES = ("limit", *MARKET_TYPES)
TYPES = ("limit", *FOR_A_MOMENT, *MARKET_TYPES)


def parameters(markets: Sequence[str], ages: Sequence[str], types: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The properties of an order and their values."""
    return {
        "status": STATUSES,
        "side": ("buy", "sell"),
        "type": tuple(types),
        "market": tuple(markets),
        "filled": ("none", "part", "all"),
        "price": ("at", "better"),
        "age": tuple(ages),
    }


def possible(kind: Mapping[str, str]) -> bool:
    """Whether there can be an order of this kind, or of this part of one."""
    status, type = kind.get("status"), kind.get("type", "limit")
    filled = _ANY_PART if status is None else _FILLED[status]
    if type == "fok":
        filled = filled - {"part"}
    if "filled" in kind:
        filled = filled & {kind["filled"]}
    if not filled or (type == "market by amount" and kind.get("side", "buy") != "buy"):
        return False
    if kind.get("price") == "better" and (filled == {"none"} or type in MARKET_TYPES):
        return False  # without a fill there is no price of one; a market order has no limit to compare it with
    return type == "limit" or status not in LIVE


def wanted(markets: Sequence[str], ages: Sequence[str], types: Sequence[str], strength: int) -> set[Combination]:
    """All combinations of so many properties that an order can have."""
    return {each for each in combinations_of(parameters(markets, ages, types), strength) if possible(dict(each))}


def population(
    markets: Sequence[str],
    ages: Sequence[str],
    counts: Mapping[str, int],
    rng: random.Random,
    types: Sequence[str] = TYPES,
) -> list[Kind]:
    """Orders of so many of each status, that show all pairs of their properties, and all triples where they are enough
    for that; in no order.

    Every second of the plain ones is of the same market, so that a long limit can cut a list by symbol too.
    """
    often = [rng.choice(markets)] * (len(markets) - 2)
    values = parameters(markets, ages, types)
    kinds = _showing(TRIPLES, values, rng)
    # Rows come by how much they show: where a few are too many, what the last of them show is all that is missed.
    if any(sum(kind.status == status for kind in kinds) > _ALMOST * count for status, count in counts.items()):
        kinds = _showing(PAIRS, values, rng)
    made: list[Kind] = []
    for status, count in counts.items():
        alike = [kind for kind in kinds if kind.status == status][:count]
        # The rest are plain. Live ones are young too, so that they stand together at the top of a list.
        old = ages[:1] if status in LIVE else ages
        plain = [
            Kind(status, side, "limit", market, min(_FILLED[status]), "at", age)
            for age in old
            for side in ("buy", "sell")
            for market in (*markets, *often)
        ]
        made += alike + [plain[number % len(plain)] for number in range(max(0, count - len(alike)))]
    rng.shuffle(made)
    return made


def _showing(strength: int, values: Mapping[str, Sequence[str]], rng: random.Random) -> list[Kind]:
    """Kinds that show all combinations of so many properties."""

    @cache
    def is_possible(kind: frozenset[tuple[str, str]]) -> bool:
        return possible(dict(kind))

    combinations = {each for each in combinations_of(values, strength) if is_possible(frozenset(each))}
    rows = cover(values, combinations, rng, lambda kind: is_possible(frozenset(kind.items())))
    return [Kind(**row) for row in rows]
