"""The lists that readers ask for while something is done to an account."""

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from conformance.coverage.array import combinations_of, cover
from conformance.coverage.rows import ABSENT
from conformance.orders import Query

# What is being done concerns the newest orders, so that short pages tell.
_LIMIT = 25
_PLAIN = tuple(Query(status=status, limit=_LIMIT) for status in (None, "open", "canceled", None, "partially_filled"))

_STATUSES = ("open", "partially_filled", "filled", "canceled")
_LIMITS = (1, 12, 50, 100, 200, 1000)
_TRIPLES = 3

Kind = TypeVar("Kind", bound=str)


@lru_cache(maxsize=16)  # for each account of each lane
def watches(symbols: tuple[str, ...], credentials: tuple[Kind, ...], seed: int) -> Sequence[tuple[Query, Kind]]:
    """Lists with the credential to ask with, for readers to ask for in turn. Every second one is short and of one
    parameter; the others are all triples of parameters: of what this run has placed, no other list is asked for by so
    many.
    """
    rng = random.Random(~seed)  # noqa: S311 - variety, not secrecy
    by = {f"{each}": each for each in credentials}
    parameters: dict[str, Sequence[str]] = {
        "symbol": (ABSENT, *symbols),
        "status": (ABSENT, *_STATUSES),
        "limit": (ABSENT, *map(str, _LIMITS)),
        "credential": list(by),
    }
    rows = cover(parameters, combinations_of(parameters, _TRIPLES), rng, lambda _: True)
    rng.shuffle(rows)
    lists = []
    for number, row in enumerate(rows):
        plain = divmod(number, len(credentials))
        lists.append((_PLAIN[plain[0] % len(_PLAIN)], credentials[plain[1]]))
        symbol, status, limit = (None if row[name] == ABSENT else row[name] for name in ("symbol", "status", "limit"))
        lists.append((Query(symbol, status, limit=None if limit is None else int(limit)), by[row["credential"]]))
    return lists
