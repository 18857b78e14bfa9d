"""Histories to inject: whole orders of every status and age, as JSON objects."""

import random
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from conformance.orders import STATUSES
from conformance.profile import Market

# Of every twenty orders: mostly live ones, since cancel-all is to be judged past its 200th.
_MIX = ("open",) * 11 + ("partially_filled",) * 4 + STATUSES[2:] + ("filled",)

_REASON = "INSUFFICIENT_BALANCE"  # a code; the documents give none


def history(
    markets: Sequence[Market], count: int, newest: int, oldest: int, rng: random.Random
) -> list[dict[str, Any]]:
    """`count` orders with created_at spread from `oldest` to `newest` (UNIX seconds), some of them in the same second.

    Most are updated up to a minute after they were created, so that the two times order differently; none after
    `newest`.
    """
    span = max(newest - oldest, 1)
    made = []
    for number in range(count):
        # Every fifth shares its second with the one before it.
        created_at = newest - (number - (number % 5 == 4)) * span // count
        updated_at = min(created_at + rng.randrange(0, 60), newest)
        made.append(order(markets[number % len(markets)], _MIX[number % len(_MIX)], created_at, updated_at, rng))
    return made


def order(
    market: Market,
    status: str,
    created_at: int,
    updated_at: int,
    rng: random.Random,
    side: str | None = None,
    price: Decimal | None = None,
) -> dict[str, Any]:
    """One order of this status that rests, or rested, near the market's resting prices; on either side unless told."""
    side = side or rng.choice(("buy", "sell"))
    if status == "filled" and rng.random() < 0.5:
        return _market_order(market, side, created_at, updated_at)
    away = rng.randrange(0, 5) * market.tick
    near = max(market.tick, market.resting_buy - away) if side == "buy" else market.resting_sell + away
    price = near if price is None else price
    part = rng.randrange(1, 10) * market.lot
    filled = {"partially_filled": part, "filled": market.quantity}.get(status, Decimal(0))
    if status in ("canceled", "expired") and rng.random() < 0.5:
        filled = part
    return _record(
        market,
        side=side,
        type="limit",
        tif="gtc",
        price=_plain(price),
        quantity=_plain(market.quantity),
        filled_qty=_plain(filled),
        avg_fill_price=_plain(price) if filled else "0",
        status=status,
        reject_reason=_REASON if status == "rejected" else None,
        created_at=created_at,
        updated_at=created_at if status == "open" else updated_at,
    )


def _market_order(market: Market, side: str, created_at: int, updated_at: int) -> dict[str, Any]:
    bought = side == "buy"
    price = market.resting_sell if bought else market.resting_buy
    return _record(
        market,
        side=side,
        type="market",
        tif=None,
        price=None,
        quantity=None if bought else _plain(market.quantity),
        quote_quantity=_plain(market.quantity * price) if bought else None,
        filled_qty=_plain(market.quantity),
        avg_fill_price=_plain(price),
        status="filled",
        created_at=created_at,
        updated_at=updated_at,
    )


def _record(market: Market, **given: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "symbol": market.symbol, "quote_quantity": None, "reject_reason": None, **given}


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"
