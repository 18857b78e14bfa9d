"""What is known of an order beside what a record of it says: a field that cannot be read need not hide the order."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from conformance.account.ticket import Ticket
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.records import Reading
from conformance.oracle.settled import Settled
from conformance.orders import KNOWN_BY, LIVE, STATUSES, Order, Query
from conformance.verdict import NoList, Violation
from conformance.wire.signer import Credential

# As many pages as a snapshot may have.
_PAGES = 5
_FINISHED = [status for status in STATUSES if status not in LIVE]


class Otherwise:
    """Of the orders of one account. What never changes is known from what was asked for, and from other records of the
    order; its status from the lists by status that show it, and from what cancel-alls have told.

    When an order was created that was placed is known as far as it was updated then: no rule asks more of that.
    """

    def __init__(self, settled: Settled, look: Callable[[Query], Sequence[Order]], placing: Credential) -> None:
        self._settled = settled
        self._look = look
        self._placing: Credential = placing  # unless a ticket names another one
        self._asked_for: dict[str, Ticket] = {}  # by id
        self._updated: dict[str, int] = {}  # when what was placed had been updated last as it was first seen, by id
        self._finished: dict[str, str] = {}  # the status of what is over, by id
        self._looked_for: set[str] = set()  # among what is over

    def asked_for(self, id: str | None, ticket: Ticket) -> None:
        """This was asked for; `id`: that of the order, if it is known."""
        if id is not None:
            self._asked_for[id] = ticket

    def ticket(self, id: str) -> Ticket | None:
        """What was asked for under this id, if anything was."""
        return self._asked_for.get(id)

    def placed_with(self, id: str) -> Credential | None:
        """The credential that this order was placed with; None where it is not one that was placed, as far as known."""
        ticket = self._asked_for.get(id)
        return None if ticket is None or ticket.record is not None else ticket.credential or self._placing

    def complete(self, reading: Reading, status: str | None = None) -> Order | None:
        """The order of a record, with what is known otherwise of what cannot be read; None where that is not enough.

        `status`: what the answer says that all of its orders are. Without it, the status may be unknown.
        """
        if not reading.lacks:
            return reading.order
        values = self._fixed(reading) | ({} if status is None else {"status": status})
        return reading.order_with(values)

    def _fixed(self, reading: Reading) -> dict[str, Any]:
        values: dict[str, Any] = {}
        id, part = reading.id or "", reading.part
        if (ticket := self._asked_for.get(id)) is not None:
            values = dict(zip(("symbol", "side", "type", "price", "quantity"), ticket.looks, strict=True))
            if ticket.record is not None:
                values["created_at"] = ticket.moment[0]
            elif part and "updated_at" not in part.unread:
                values["created_at"] = self._updated.setdefault(id, part.updated_at)
        if (order := self._settled.shown(id)) is not None:
            values |= {name: getattr(order, name) for name in KNOWN_BY - order.unread}
        return values

    def with_statuses(self, orders: Mapping[str, Order]) -> dict[str, Order]:
        """The orders by id, those whose status cannot be read with what is known of it; without those of which nothing
        is. Lists by status are asked for.
        """
        lacking = {id: order for id, order in orders.items() if "status" in order.unknown}
        if not lacking:
            return dict(orders)
        oldest = min(order.created_at for order in lacking.values())
        live = self._by_lists(sorted(LIVE), oldest)
        over = self._settled.canceled(lacking) | dict(_by_themselves(lacking.values()))
        missing = lacking.keys() - live.keys() - over.keys() - self._looked_for
        if missing:
            self._looked_for |= missing
            self._finished |= self._by_lists(_FINISHED, oldest)
        statuses = over | self._finished | live
        known = {id: order.with_status(statuses[id]) for id, order in lacking.items() if statuses.get(id)}
        return {id: known.get(id, order) for id, order in orders.items() if id in known or id not in lacking}

    def _by_lists(self, statuses: Iterable[str], oldest: int) -> dict[str, Any]:
        """The status by which an order is shown, by id; None where it is shown by several."""
        found: dict[str, str | None] = {}
        for status in statuses:
            for id in self._shown_by(status, oldest):
                found[id] = status if found.get(id, status) == status else None
        return found

    def _shown_by(self, status: str, oldest: int) -> Iterator[str]:
        """The ids of the orders that lists by this status show, back to this second."""
        end: int | None = None
        with contextlib.suppress(Violation, NoList):  # that the filter does not work is for its own check to say
            for _ in range(_PAGES):
                orders = self._look(Query(status=status, end=end, limit=MAX_LIMIT))
                yield from (order.id for order in orders)
                last = min((order.created_at for order in orders), default=oldest)
                if len(orders) < MAX_LIMIT or last < oldest or last == end:
                    return
                end = last


def _by_themselves(orders: Iterable[Order]) -> Iterator[tuple[str, str]]:
    """The statuses that follow from the rest of an order."""
    for order in orders:
        if order.unread.isdisjoint(("filled_qty", "quantity")) and 0 < order.filled_qty == order.quantity:
            yield order.id, "filled"
        elif "reject_reason" not in order.unread and order.reject_reason:
            yield order.id, "rejected"
