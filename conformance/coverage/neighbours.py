"""Lists that differ in one parameter, one right behind the other: who keeps an answer by the others shows it again."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from conformance.coverage.ground import Ground, differ
from conformance.orders import STATUSES, Query

_ORDERS = 3  # as many as the window of the first list has, or more


def neighbours(ground: Ground, symbols: Sequence[str], rng: random.Random) -> list[Query]:
    """A list with all five parameters, and as far as the orders allow one for each parameter that differs from it in
    that alone, and in its answer. None where no market has orders enough of one status.
    """
    first = _with_all(ground, symbols, rng)
    if first is None:
        return []
    found = [first]
    for others in _but_for_one(first, symbols, rng):
        differing = (each for each in others if differ(ground.answer(first), ground.answer(each)))
        found += [query for query in [next(differing, None)] if query is not None]
    return found


def _with_all(ground: Ground, symbols: Sequence[str], rng: random.Random) -> Query | None:
    kinds = [(symbol, status) for symbol in symbols for status in STATUSES]
    for symbol, status in rng.sample(kinds, len(kinds)):
        seconds = sorted({ground.orders[place].created_at for place in ground.places(symbol, status)})
        if len(seconds) >= _ORDERS:
            oldest = rng.randint(0, len(seconds) - _ORDERS)
            return Query(symbol, status, seconds[oldest], seconds[oldest + _ORDERS - 1], limit=rng.randint(10, 49))
    return None


def _but_for_one(first: Query, symbols: Sequence[str], rng: random.Random) -> Iterator[list[Query]]:
    """For each parameter the lists that differ from the first in it alone, the best first."""
    assert first.start is not None
    assert first.end is not None
    yield [replace(first, symbol=symbol) for symbol in rng.sample(symbols, len(symbols))]
    yield [replace(first, status=status) for status in rng.sample(STATUSES, len(STATUSES))]
    yield [replace(first, start=first.end)]
    yield [replace(first, end=first.start)]
    yield [replace(first, limit=1)]
