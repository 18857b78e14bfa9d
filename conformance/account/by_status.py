"""Orders that are looked for by their status."""

import contextlib
from collections.abc import Callable, Iterable

from conformance.account.account import Page
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import Order, Query
from conformance.verdict import Violation


def newest_by_status(statuses: Iterable[str], ask: Callable[[Query], Page]) -> dict[str, Order]:
    """The newest orders of each of these statuses, by id, however deep they lie in a list without filters."""
    found: dict[str, Order] = {}
    for status in statuses:
        with contextlib.suppress(Violation):  # that the filter does not work is for its own check to say
            page = ask(Query(status=status, limit=MAX_LIMIT))
            found |= {order.id: order for order in page.orders if order.status == status}
    return found
