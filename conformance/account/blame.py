"""What an answer that no valid request may get is charged to: the requirement that speaks of what made it so."""

from collections.abc import Callable
from dataclasses import replace

from conformance.oracle.listing import MAX_LIMIT, limit_requirement
from conformance.orders import Query

_NOTHING_SHOWN = (204, 404)  # how a server may say that nothing matched, where an empty array is due


def of_list(query: Query, status: int, fails: Callable[[Query], bool], market: str | None = None) -> str:
    """The requirement that a list breaks by answering `status`; `fails` tells whether another query fares alike.

    It is the first parameter that fails alone. If none does it is that they stand together. `market`: the name of one.
    """
    if 200 <= status < 300 or status in _NOTHING_SHOWN:
        return "list.array"
    if not query.pairs() or fails(Query()):
        without_symbol = market is not None and not fails(Query(symbol=market))
        return "list.symbol-omitted" if without_symbol else "list.array"
    for name, _ in query.pairs():
        if fails(replace(Query(), **{name: getattr(query, name)})):
            return limit_requirement(query.limit) if name == "limit" else f"list.{name}"
    if query.start is not None and query.end is not None and query.start > query.end:
        return "list.window-empty"
    return "list.conjunctive"


def of_page(query: Query, wrong: Callable[[Query], bool]) -> str:
    """The requirement that a list breaks by holding the wrong orders; `wrong` tells whether another query's does too.

    Where there is room for all that passes the filters and the page is right, it is the limit. Else it is the first
    filter that is wrong alone, or that they stand together.
    """
    filters = [name for name, _ in query.pairs() if name != "limit"]
    if not filters:
        return limit_requirement(query.limit)
    if query.limit != MAX_LIMIT and not wrong(replace(query, limit=MAX_LIMIT)):
        return limit_requirement(query.limit) if wrong(Query(limit=query.limit)) else "list.limit-after-filters"
    for name in filters:
        if wrong(Query(limit=MAX_LIMIT, **{name: getattr(query, name)})):
            return f"list.{name}"
    return "list.conjunctive"
