"""Hypothesis strategies: queries and arrangements, drawn where the boundaries are."""

from collections.abc import Sequence

from hypothesis import strategies as st

from conformance.coverage.asked import Asked
from conformance.coverage.queries import still_listed
from conformance.coverage.rows import ALTERED
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.profile import Market
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import NotObserved
from conformance.wire.signer import Credential

LARGEST_LIMIT = 2**31 - 1  # beyond it a limit is bad input rather than a large limit

limits_within = st.integers(1, MAX_LIMIT)
limits_above = st.integers(MAX_LIMIT + 1, LARGEST_LIMIT)
limits_below = st.integers(-LARGEST_LIMIT, 0)


def moments(orders: Sequence[Order]) -> st.SearchStrategy[int]:
    """A second in which an order was created, or the one before or after it."""
    seconds = sorted({order.created_at for order in orders})
    return st.builds(lambda second, beside: second + beside, st.sampled_from(seconds), st.sampled_from((0, 1, -1)))


def listed(stage: Stage, seen: Snapshot) -> list[Order]:
    """The orders in markets that a list is asked for by name, newest first."""
    symbols = still_listed(seen.symbols(), stage.lane.symbols)
    return [order for order in newest_first(seen) if order.symbol in symbols]


def altered(symbol: str, how: str) -> str:
    """The name of the market, altered. Raises NotObserved where nothing is left: that is odd input."""
    other = ALTERED[how](symbol)
    if not other:
        raise NotObserved(f"the name of the market {symbol} is one letter long")
    return other


def symbols(orders: Sequence[Order]) -> st.SearchStrategy[str]:
    """A market in which an order stands."""
    return st.sampled_from(sorted({order.symbol for order in orders}))


def newest(snapshot: Snapshot) -> list[Order]:
    """The newest orders, as many as the longest page holds: a window that starts among them shows where it starts."""
    return newest_first(snapshot)[:MAX_LIMIT]


def newest_first(snapshot: Snapshot) -> list[Order]:
    """All orders, by the time when they were created."""
    return sorted(snapshot.orders.values(), key=lambda order: -order.created_at)


def chosen_lists(stage: Stage, whose: str, credential: Credential) -> list[Asked]:
    """The lists of the covering array that this account asks for with this credential, the short ones first."""
    return [each for each in stage.lists.all.asked if (each.whose, each.credential) == (whose, credential)]


def first_lists(stage: Stage, whose: str, credential: Credential) -> list[Asked]:
    """Those of the chosen lists that are chosen at once, mostly with one parameter."""
    return [each for each in stage.lists.first if (each.whose, each.credential) == (whose, credential)]


def wishes(markets: Sequence[Market], *, least: int = 0, most: int = 5) -> st.SearchStrategy[list[Wish]]:
    """Live orders to bring about: over all markets, both sides, partly filled or not."""
    wish = st.builds(Wish, st.sampled_from(markets), st.sampled_from(("buy", "sell")), st.sampled_from((0, 1)))
    return st.lists(wish, min_size=least, max_size=most)
