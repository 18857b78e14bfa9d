"""Lists that differ in one parameter, one right behind the other: who keeps an answer by the others shows it again.

Lists of each market, and with each limit, stand right behind one another anyway.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from conformance.coverage.ground import Ground, differ
from conformance.orders import STATUSES, Query

_ORDERS = 3  # as many as the window of the first list has, or more


def neighbours(ground: Ground, symbols: Sequence[str], rng: random.Random) -> list[Query]:
    """A list with all five parameters, and three that differ from it in its status, its start or its end alone, as far
    as their answers differ too. None where no market has orders enough of one status.
    """
    first = _with_all(ground, symbols, rng)
    if first is None:
        return []
    status = next(each for each in rng.sample(STATUSES, len(STATUSES)) if each != first.status)
    others = replace(first, status=status), replace(first, start=first.end), replace(first, end=first.start)
    return [first, *(each for each in others if differ(ground.answer(first), ground.answer(each)))]


def _with_all(ground: Ground, symbols: Sequence[str], rng: random.Random) -> Query | None:
    kinds = [(symbol, status) for symbol in symbols for status in STATUSES]
    for symbol, status in rng.sample(kinds, len(kinds)):
        seconds = sorted({ground.orders[place].created_at for place in ground.places(symbol, status)})
        if len(seconds) >= _ORDERS:
            oldest = rng.randint(0, len(seconds) - _ORDERS)
            return Query(symbol, status, seconds[oldest], seconds[oldest + _ORDERS - 1], limit=rng.randint(10, 49))
    return None
