"""Orders that were placed: which they are, and those that no list has shown in time."""

from collections.abc import Set

from conformance.account.account import SNAPSHOT_PAGES
from conformance.account.by_status import newest_by_status
from conformance.naming import count
from conformance.oracle.snapshot import Snapshot
from conformance.orders import STATUSES, Order
from conformance.stage.stage import Stage
from conformance.verdict import Breach, Violation

_REQUIREMENT = "list.limit-default"


def expect_placed_listed(stage: Stage) -> None:
    """Look for each order of which placing has told the id, and that no list has shown in time: in lists without
    filters, and by status. Raises Violation where none of them has it.
    """
    for view in stage.lane.views:
        if not view.own.unshown:
            continue
        plain, others = view.fresh(SNAPSHOT_PAGES), newest_by_status(STATUSES, view.account)
        missing = sorted(view.own.unshown - plain.orders.keys() - others.orders.keys())
        if missing and not plain.unread and not others.unread:
            more = f", nor {count(len(missing) - 1, 'other')} that were placed" if missing[1:] else ""
            got = f"{count(len(plain.orders), 'order')} without it{more}; no list by status has it either"
            want = f"{missing[0]}, which placing an order told, in a list"
            raise Violation(Breach(want, got, _REQUIREMENT), *plain.exchanges[:1])


def placed_since(before: Snapshot, after: Snapshot, ids: Set[str | None]) -> list[Order]:
    """The orders with these ids, if lists know any of them; else what is new, and no older than what was looked at
    before: a deeper look shows older ones as well.
    """
    new = [order for id, order in after.orders.items() if id not in before.orders]
    named = [order for order in new if order.id in ids]
    return named or [order for order in new if before.horizon is None or order.created_at >= before.horizon]
