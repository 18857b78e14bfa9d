"""Orders that are looked for by their status."""

import contextlib
from collections.abc import Iterable

from conformance.account.account import Account
from conformance.account.known import Known
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import Order, Query
from conformance.verdict import Violation


def newest_by_status(statuses: Iterable[str], account: Account, known: Known | None = None) -> dict[str, Order]:
    """The newest orders of each of these statuses, by id, however deep they lie in a list without filters.

    `known`: lists that need not be asked for again.
    """
    found: dict[str, Order] = {}
    queries = [Query(status=status, limit=MAX_LIMIT) for status in statuses]
    with account.counting_as("looks") if known is None else contextlib.nullcontext(), (known or account).ahead(queries):
        for query in queries:
            with contextlib.suppress(Violation):  # that the filter does not work is for its own check to say
                page = account.list(query) if known is None else known.page(query)
                found |= {order.id: order for order in page.orders if order.status == query.status}
    return found
