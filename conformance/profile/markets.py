"""The markets of a profile: prices at which orders stay open, and the steps of prices and quantities."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from conformance.profile import Market, ProfileError

_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_MOST_DIGITS = 27  # one less than the precision of Decimal, so that sums stay exact


def markets(tables: Sequence[Mapping[str, Any]]) -> tuple[Market, ...]:
    """The markets. Raises ProfileError if amounts contradict each other."""
    made: list[Market] = []
    for index, table in enumerate(tables):
        made.append(_market(table, f"markets[{index}]"))
        if any(market.symbol == made[-1].symbol for market in made[:-1]):
            raise ProfileError(f"{made[-1].symbol!r} is listed twice; remove one", f"markets[{index}].symbol")
    return tuple(made)


def _market(table: Mapping[str, Any], key: str) -> Market:
    amounts = {name: _amount(table[name], f"{key}.{name}") for name in table if name != "symbol"}
    buy, sell, quantity = amounts["resting_buy"], amounts["resting_sell"], amounts["quantity"]
    if buy >= sell:
        raise ProfileError(
            f"resting_buy {buy} is not below resting_sell {sell}: the two would trade with each other",
            f"{key}.resting_buy",
        )
    tick = amounts.get("tick", Decimal((0, (1,), int(buy.as_tuple().exponent))))
    lot = amounts.get("lot", quantity / 10)
    tick_source = "" if "tick" in table else " (one unit of resting_buy's last decimal, unless tick is given)"
    for name in ("resting_buy", "resting_sell"):
        _check_multiple(amounts[name], tick, f"the tick {tick:f}{tick_source}", f"{key}.{name}")
    _check_multiple(quantity, lot, f"the lot {lot:f}", f"{key}.quantity")
    return Market(table["symbol"], buy, sell, quantity, tick, lot)


def _amount(text: str, key: str) -> Decimal:
    if not _PLAIN.fullmatch(text):
        raise ProfileError(f'{text[:60]!r} is no plain decimal; write it like "0.5000"', key)
    amount = Decimal(text)
    if amount == 0:
        raise ProfileError("has to be above 0", key)
    if len(amount.as_tuple().digits) > _MOST_DIGITS:
        raise ProfileError(f"has more than {_MOST_DIGITS} digits", key)
    return amount


def _check_multiple(amount: Decimal, step: Decimal, step_name: str, key: str) -> None:
    # The remainder of Decimal fails if the quotient has more digits than its precision.
    if (Fraction(amount) / Fraction(step)).denominator != 1:
        raise ProfileError(f"{amount:f} is no multiple of {step_name}", key)
