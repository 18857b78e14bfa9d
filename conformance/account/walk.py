"""Stepping back through an account by `end`, page by page."""

from collections import Counter
from collections.abc import Iterable

from conformance.account.account import SNAPSHOT_PAGES
from conformance.account.view import View
from conformance.evidence import Exchange
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import Order


def unreached(view: View, limit: int, shown: Iterable[Order]) -> tuple[list[str], tuple[Exchange, ...]]:
    """Ids of orders that stepping back by `end`, `limit` at a time, does not reach: the run's own, and those that
    other lists have `shown`; without those that are too old for so many pages. With the lists that were walked by.
    """
    shown = list(shown)
    seen = {order.id: order for order in (*view.latest().orders.values(), *shown)}
    pages = SNAPSHOT_PAGES * MAX_LIMIT // limit + 1
    fullest = max(Counter(order.created_at for order in seen.values()).values(), default=0)
    newest_first = sorted(seen.values(), key=lambda order: -order.created_at)
    deeper = {order.id for order in newest_first[pages * max(limit - fullest, 0) :]}
    walked = view.look(pages, limit)
    missed = (view.own.ids | {order.id for order in shown}) - deeper - walked.orders.keys()
    return sorted(missed), walked.exchanges
