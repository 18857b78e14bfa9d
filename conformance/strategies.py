"""Hypothesis strategies: queries and arrangements, drawn where the boundaries are."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT, matches
from conformance.oracle.snapshot import Snapshot
from conformance.orders import STATUSES, Order, Query
from conformance.profile import Market
from conformance.stage.arranger import Wish

_TRIED = 300  # pairs of orders: where there are orders to tell filters apart, one in ten does

LARGEST_LIMIT = 2**31 - 1  # beyond it a limit is bad input rather than a large limit

limits_within = st.one_of(
    st.sampled_from((1, 2, DEFAULT_LIMIT - 1, DEFAULT_LIMIT, DEFAULT_LIMIT + 1, MAX_LIMIT - 1, MAX_LIMIT)),
    st.integers(1, MAX_LIMIT),
)
limits_above = st.one_of(
    st.sampled_from((MAX_LIMIT + 1, 250, 500, 1000, 1001, LARGEST_LIMIT)),
    st.integers(MAX_LIMIT + 1, LARGEST_LIMIT),
)
limits_below = st.one_of(st.sampled_from((0, -1, -MAX_LIMIT, -LARGEST_LIMIT)), st.integers(-LARGEST_LIMIT, 0))


def moments(orders: Sequence[Order]) -> st.SearchStrategy[int]:
    """A second in which an order was created, or the one before or after it."""
    seconds = sorted({order.created_at for order in orders})
    return st.builds(lambda second, beside: second + beside, st.sampled_from(seconds), st.sampled_from((0, 1, -1)))


def symbols(orders: Sequence[Order]) -> st.SearchStrategy[str]:
    """A market in which an order stands."""
    return st.sampled_from(sorted({order.symbol for order in orders}))


def statuses() -> st.SearchStrategy[str]:
    """One of the six."""
    return st.sampled_from(STATUSES)


def queries(
    snapshot: Snapshot, *, limit: st.SearchStrategy[int | None] | None = None, least_filters: int = 0
) -> st.SearchStrategy[Query]:
    """Filters that the known orders can tell apart, at least so many of them, with this limit (by default any)."""
    orders = list(snapshot.orders.values())
    drawn = {
        "symbol": symbols(orders),
        "status": statuses(),
        "start": moments(orders),
        "end": moments(orders),
    }
    limit = st.one_of(st.none(), limits_within, limits_above) if limit is None else limit

    def query(names: Sequence[str]) -> st.SearchStrategy[Query]:
        return st.builds(Query, limit=limit, **{name: drawn[name] for name in names}).map(_forwards)

    chosen = st.lists(st.sampled_from(sorted(drawn)), unique=True, min_size=least_filters, max_size=len(drawn))
    return chosen.flatmap(query)


def telling(snapshot: Snapshot, names: Sequence[str], count: int) -> list[Query]:
    """Queries with these filters, each of which keeps out orders that the others let through; at most `count`."""
    orders = list(snapshot.orders.values())
    found: list[Query] = []
    for query in _narrow(orders, names):
        passing = sum(matches(query, order) for order in orders)
        others = [replace(query, **{name: None}) for name in names]
        if all(sum(matches(other, order) for order in orders) > passing for other in others):
            found.append(query)
            if len(found) == count:
                break
    return found


def _narrow(orders: Sequence[Order], names: Sequence[str]) -> Iterator[Query]:
    """Queries made from two orders, the one for what it is, both for the window: telling ones, mostly."""
    chance = random.Random(len(orders))  # noqa: S311 - the same ones every time
    for _ in range(_TRIED):
        order, another = chance.choice(orders), chance.choice(orders)
        start, end = sorted((order.created_at, another.created_at))
        values = {"symbol": order.symbol, "status": order.status, "start": start, "end": end}
        yield Query(limit=MAX_LIMIT, **{name: values[name] for name in names})  # type: ignore[arg-type]


def wishes(markets: Sequence[Market], *, least: int = 0, most: int = 5) -> st.SearchStrategy[list[Wish]]:
    """Live orders to bring about: over all markets, both sides, partly filled or not."""
    wish = st.builds(Wish, st.sampled_from(markets), st.sampled_from(("buy", "sell")), st.booleans())
    return st.lists(wish, min_size=least, max_size=most)


def _forwards(query: Query) -> Query:
    """A window that starts after its end may be refused, so it is turned round."""
    if query.start is None or query.end is None or query.start <= query.end:
        return query
    return replace(query, start=query.end, end=query.start)
