"""Orders to inject, as JSON objects."""

import random
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from conformance.coverage.moments import telling_moments
from conformance.coverage.population import AGES, MARKET_TYPES, PLAIN_TYPES, TYPES, YOUNG, Kind
from conformance.profile import Market

# A target that refuses a history may only refuse some of it: words that the documents do not show, or what is as old.
# Types and ages, the next where the ones before are refused.
OFFERS: Sequence[tuple[Sequence[str], Sequence[str]]] = (
    (TYPES, tuple(AGES)),
    (PLAIN_TYPES, tuple(AGES)),
    (PLAIN_TYPES, tuple(AGES)[:4]),
    (PLAIN_TYPES, (YOUNG,)),
)

_REASON = "INSUFFICIENT_BALANCE"  # a code; the documents give none

_AT_A_MOMENT = 0.5  # of the older orders that lie behind no other

# So often a part that was filled is ten, which a number without trailing zeros shows as 1E+1, where that is no more
# than so many times the quantity that is safe.
_OFTEN, _TEN, _TIMES = 0.3, Decimal(10), 2
_OF_TENS = 21


def history(
    markets: Mapping[str, Market], kinds: Sequence[Kind], newest: int, oldest: int, rng: random.Random
) -> list[dict[str, Any]]:
    """An order of each kind. The youngest are spread from `oldest` to `newest` (UNIX seconds), some in the same second.

    Older ones are as old as their kind says, some of them created at a moment that tells. Of those that are alike in
    market, status and age each second one is created one second after another one, so that a window that starts or
    ends there shows whether it does so a second too early or too late. Most are updated up to a minute after they were
    created, so that the two times order differently; none after `newest`.
    """
    young = sum(kind.age == YOUNG for kind in kinds)
    span = max(newest - oldest, 1)
    moments = {age: iter(telling_moments(newest - to, newest - since)) for age, (since, to) in AGES.items()}
    made = []
    alone: dict[tuple[str, ...], int] = {}
    places = iter(range(young))
    for kind in kinds:
        if kind.age == YOUNG:
            # Every fifth shares its second with the one before it.
            number = next(places)
            created_at = newest - (number - (number % 5 == 4)) * span // young
        else:
            created_at = newest - rng.randint(*AGES[kind.age])
            if rng.random() < _AT_A_MOMENT:
                created_at = next(moments[kind.age], created_at)
        alike, is_close = (kind.market, kind.status, kind.age), kind.age == YOUNG and span < young
        if alike in alone and not is_close:  # in few seconds all are close to each other anyway
            created_at = min(alone.pop(alike) + 1, newest - AGES[kind.age][0])
        else:
            alone[alike] = created_at
        updated_at = min(created_at + rng.randrange(0, 60), newest)
        made.append(order(markets[kind.market], kind, created_at, updated_at, rng))
    return made


def twin(made: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One more open order, which is like another one in all but its id: rows that are alike are two."""
    return {**next(record for record in made if record["status"] == "open"), "id": _new_id()}


def order(
    market: Market, kind: Kind, created_at: int, updated_at: int, rng: random.Random, price: Decimal | None = None
) -> dict[str, Any]:
    """One order of this kind, at this price, or else one that rests, or rested, near the market's resting prices."""
    lots = int(market.quantity / market.lot)
    quantity = 2 * market.lot if kind.filled == "part" and lots == 1 else market.quantity  # one lot has no part
    part = rng.randrange(1, min(max(lots, 2), 10)) * market.lot
    if kind.filled == "part" and _TIMES * market.quantity >= _TEN and rng.random() < _OFTEN:
        part, quantity = _TEN, quantity + _TEN  # what is left is as much as ever
    filled = {"none": Decimal(0), "part": part, "all": quantity}[kind.filled]
    own = _limit_price(market, kind, rng) if price is None else price
    better = market.tick if kind.side == "sell" else -market.tick
    at_market, by_amount = kind.type in MARKET_TYPES, kind.type == "market by amount"
    if by_amount and kind.filled != "part":
        quantity = _for_whole_tens(quantity, own)
        filled = quantity if kind.filled == "all" else filled
    average = own + better if kind.price == "better" and own > market.tick else own
    return {
        "id": _new_id(),
        "symbol": market.symbol,
        "side": kind.side,
        "type": "market" if at_market else "limit",
        "tif": None if at_market else "gtc" if kind.type == "limit" else kind.type,
        "price": None if at_market else _plain(own),
        "quantity": None if by_amount else _plain(quantity),
        "quote_quantity": _whole(quantity * own) if by_amount else None,
        "filled_qty": _plain(filled),
        "avg_fill_price": _plain(average) if filled else "0",
        "status": kind.status,
        "reject_reason": _REASON if kind.status == "rejected" else None,
        "created_at": created_at,
        "updated_at": created_at if kind.status == "open" else updated_at,
    }


def _new_id() -> str:
    """Not by the seed: two runs of one seed must not take each other's orders for their own."""
    return str(uuid.uuid4())


def _limit_price(market: Market, kind: Kind, rng: random.Random) -> Decimal:
    if kind.type in MARKET_TYPES:
        return market.resting_sell if kind.side == "buy" else market.resting_buy
    away = rng.randrange(0, 5) * market.tick
    return max(market.tick, market.resting_buy - away) if kind.side == "buy" else market.resting_sell + away


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"


def _for_whole_tens(quantity: Decimal, price: Decimal) -> Decimal:
    """The quantity, or some times as much, so that it costs whole tens: who cuts off zeros may cut off those."""
    return next((each for times in range(1, _OF_TENS) if not (each := times * quantity) * price % _TEN), quantity)


def _whole(amount: Decimal) -> str:
    """As `_plain`; without a point where it is whole."""
    return _plain(amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount)
