"""Prices and amounts of trades, chosen so that every way to get a sum or an average wrong shows."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import permutations

from conformance.profile import Market
from conformance.stage.placement import prices_between
from conformance.verdict import DriverRefused

# Fills of 1, 2 and 4 lots: mean, last, first and true average all differ, and so do their sums. Where others tell more,
# these are not taken.
_LOTS = (1, 2, 4)
_LEAST_LOTS = 9
_MOST_LOTS = 12  # of a larger quantity no more is looked at

# Prices between the resting ones, of which none is in the very middle, where strangers tend to meet.
_PRICES = 6

# So many ticks apart, a wrong average differs from the right one by more than a tick. Nearer to each other they are
# where there is no room: sums can still be judged.
_APART = (3, 2)


def telling_lots(lot: Decimal, most: int) -> tuple[int, ...]:
    """Three different numbers of lots whose sum has a tail where it is added up in binary floats, as 0.1 + 0.2 has;
    if there are such, also one that leaves a residue where they are taken from their sum one by one.

    Fewer than `most` in all, so that some of the order is left. Where no three do, as with whole lots: the plain ones.
    """
    telling = [
        lots for lots in permutations(range(1, most - 2), 3) if sum(lots) < most and _float_error(lot, lots, added=True)
    ]
    return next((lots for lots in telling if _float_error(lot, lots, added=False) > 0), (telling or [_LOTS])[0])


def trade_prices(market: Market) -> list[Decimal]:
    """Six prices, rising, at which no order of this run rests; orders are taken at the second to the fourth of them.

    Raises DriverRefused where there is no room for them, or no room in the quantity for several fills.
    """
    if market.quantity < _LEAST_LOTS * market.lot:
        raise DriverRefused(f"{market.quantity} are too few lots of {market.lot} to be filled in parts")
    with suppress(DriverRefused):
        return prices_between(market, _PRICES, _APART[0])
    with suppress(DriverRefused):
        return _near_prices(market, _APART[0])
    return _near_prices(market, _APART[1])


def _near_prices(market: Market, ticks_apart: int) -> list[Decimal]:
    """Prices of a market that has room for four only: what is beyond those that are taken may be near, and the same."""
    first, second, third, beyond = prices_between(market, 4, ticks_apart)
    return [first - market.tick, first, second, third, beyond, beyond]


def are_tradable(market: Market) -> bool:
    """Whether an order can have several fills at different prices there."""
    try:
        trade_prices(market)
    except DriverRefused:
        return False
    return True


def tells_doubles_apart(market: Market) -> bool:
    """Whether some of its lots have another sum where they are added up in binary floats."""
    return _float_error(market.lot, telling_lots(market.lot, most_lots(market)), added=True) != 0


def most_lots(market: Market) -> int:
    """How many lots of the usual quantity are looked at, at most."""
    return min(int(market.quantity / market.lot), _MOST_LOTS)


def _float_error(lot: Decimal, lots: Sequence[int], *, added: bool) -> Decimal:
    """By how much binary floats are wrong about so many lots: `added` up, or else taken from their sum."""
    exact = sum(lots) * lot
    amount = 0.0 if added else float(exact)
    for each in lots:
        amount += float(each * lot) if added else -float(each * lot)
    return Decimal(repr(amount)) - (exact if added else 0)
