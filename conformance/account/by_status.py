"""Orders that are looked for by their status."""

import contextlib
from collections.abc import Iterable

from conformance.account.account import Account
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.verdict import NoList, Violation


def newest_by_status(statuses: Iterable[str], account: Account) -> Snapshot:
    """The newest orders of each of these statuses, however deep they lie in a list without filters."""
    found: dict[str, Order] = {}
    unread: list[str | None] = []
    queries = [Query(status=status, limit=MAX_LIMIT) for status in statuses]
    with account.counting_as("looks"), account.ahead(queries):
        for query in queries:
            with contextlib.suppress(Violation, NoList):  # that the filter does not work is for its own check to say
                page = account.list(query)
                found |= {order.id: order for order in page.orders if order.status == query.status}
                unread += [id for id in page.unread if id is not None]  # the rest has nothing of an order
    return Snapshot(found, unread=tuple(unread))
