"""Orders that were placed, and that no list has shown in time."""

from conformance.account.account import SNAPSHOT_PAGES
from conformance.account.by_status import newest_by_status
from conformance.naming import count
from conformance.orders import STATUSES
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
