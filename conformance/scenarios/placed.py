"""Orders that were placed or injected, and that no list has shown in time."""

from collections.abc import Iterator

from conformance.account.account import SNAPSHOT_PAGES
from conformance.account.by_status import newest_by_status
from conformance.account.view import View
from conformance.naming import count
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import STATUSES, Order, Query
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


def expect_injected_listed(stage: Stage) -> None:
    """Look for injected orders that no list has shown in time, in a list of their second, market and status. Raises
    Violation where it has not what it has to have, as lists show the like of it.

    A test hook may not take each kind of order, and an exchange may keep old ones for a while only. So an order of the
    same kind has to be shown in either account, and in this one an older order of the same status.
    """
    shown = [order for view in stage.lane.views for order in view.latest().orders.values() if view.own.owns(order)]
    kinds = {(order.status, order.tif, *order.looks[:3]) for order in shown}
    for view in stage.lane.views:
        for id, (looks, (created_at, status, _)) in view.own.left_out.items():
            if not view.latest().covers(created_at):
                continue  # nobody has looked so deep
            alike = (order for order in _older(view, created_at) if order.status == status)
            ticket = view.account.otherwise.ticket(id)
            tif = None if ticket is None else ticket.tif
            if (status, tif, *looks[:3]) not in kinds or (like := next(alike, None)) is None:
                continue
            symbol, side, *_ = looks
            page = view.account.list(Query(symbol, status, created_at, created_at, MAX_LIMIT))
            if page.unread or any(order.id == id for order in page.orders):
                continue
            want = f"{id} ({symbol} {side} {status}, created {created_at}), which was injected, in a list"
            got = f"{count(len(page), 'order')} of its second without it; {like} is shown, which is older"
            raise Violation(Breach(want, got, _REQUIREMENT), *view.latest().exchanges[:1], page.exchange)


def _older(view: View, second: int) -> Iterator[Order]:
    return (order for order in view.latest().orders.values() if order.created_at < second and view.own.owns(order))
