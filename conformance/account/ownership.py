"""Which orders are this run's own: cancel-all must never meet one that is not."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Any

from conformance.account.ticket import Moment, Ticket
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Looks, Order


class Ownership:
    """Tells the run's own orders on one account from those that stood there before, and from a stranger's."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self.lost = 0
        self.unshown: set[str] = set()  # ids of orders that lists have not shown in time, and not since
        self._unseen: set[str] = set()
        self._first: Snapshot | None = None
        self._before: Set[str] = frozenset()
        self._unrecognized: Counter[Looks] = Counter()
        self._injected: dict[str, tuple[Looks, Moment]] = {}
        self._sent_ids: set[str] = set()
        # Injected orders that lists have not shown in time, by the ids that the target takes otherwise.
        self.left_out: dict[str, tuple[Looks, Moment]] = {}
        self._takes_ids = False  # whether the target gives injected orders the ids that they were sent with
        self._whole: set[str] = set()  # ids of injected orders, which trade with nobody
        self._certain: set[str] = set()  # ids that answers told, and of orders that show as they were injected
        self._perhaps: Counter[Looks] = Counter()  # what came of tries that broke off, if anything did
        self._asked_for: list[Looks] = []  # live orders alone, as the journal has them
        self._left: list[Mapping[str, Any]] = []
        self._left_unnamed: Counter[Looks] = Counter()

    def inherit(self, left: Iterable[Mapping[str, Any]]) -> None:
        """Orders that earlier runs meant to place and did not get to remove: records, with an id where it is known."""
        self._left = list(left)
        self._left_unnamed = Counter(
            Ticket.of_record(each).looks for each in self._left if "id" not in each and "symbol" in each
        )

    @property
    def inherits(self) -> bool:
        """Whether earlier runs may have left anything."""
        return bool(self._left)

    def begin(self, first: Snapshot) -> None:
        """What stands in the account before the run touches it, by the first look at it."""
        if self._first is not None:
            return
        self._first = first
        self.claim(first.orders.values())
        self._before = first.orders.keys() - self._ids

    def came_meanwhile(self, order: Order) -> bool:
        """Whether somebody else has brought it into the account since this run began."""
        first = self._first
        return not (first is None or self.owns(order) or order.id in first.orders) and first.covers(order.created_at)

    @property
    def begun(self) -> bool:
        """Whether the account has been looked at."""
        return self._first is not None

    def claim(self, orders: Iterable[Order]) -> None:
        """Look for what was inherited; what is found is this run's own from now on."""
        ids = {record["id"] for record in self._left if "id" in record}
        for order in orders:
            looks = order.looks
            unnamed = order.id not in ids
            if order.live and order.id not in self._ids and not (unnamed and self._left_unnamed[looks] <= 0):
                self._left_unnamed[looks] -= unnamed
                self._ids.add(order.id)

    @property
    def placed_any(self) -> bool:
        """Whether this run, or one that it inherited from, has placed anything."""
        return bool(self._ids or self._sent_ids) or self.lost > 0 or any(self._unrecognized.values()) or self.inherits

    def adopt(self, orders: Iterable[Order]) -> None:
        """These came of this run's requests, though no answer names them."""
        self._ids.update(order.id for order in orders)

    def account_for(self, intended: Iterable[Ticket]) -> None:
        """Expect all that was written down and has not been answered: a request that broke off may have been taken."""
        unheard = Counter(ticket.looks for ticket in intended) - Counter(self._asked_for)
        self._unrecognized += unheard
        self._asked_for += unheard.elements()

    def ask_for(self, ticket: Ticket, id: str | None = None, *, tries_before: int = 0) -> None:
        """An order was asked for; `id` is what the target named it, if it said. Each of so many `tries_before` it may
        have left another one.

        What is injected has an id of its own, which the target may take.
        """
        self.inherit([])  # what has not been found by now is gone: another like it may be anybody's
        self._perhaps[ticket.looks] += tries_before
        self._asked_for += [ticket.looks] * ticket.live
        if id is not None:
            self._ids.add(id)
            self._unseen.add(id)
            self._certain.add(id)
        elif ticket.sent_id is not None:
            self._sent_ids.add(ticket.sent_id)
            self._injected[ticket.sent_id] = ticket.looks, ticket.moment
        else:
            self._unrecognized[ticket.looks] += 1

    def recognize(self, orders: Iterable[Order], unread: Iterable[str | None] = ()) -> None:
        """Look at what a list shows: each order is old, ours by its id or by what was asked for, or a stranger's.

        `unread`: ids of what it shows besides, and cannot be read.
        """
        orders = list(orders)
        shown = {order.id for order in orders}
        self._unseen -= shown.union(id for id in unread if id)
        self.unshown -= shown
        for id in self.left_out.keys() & shown:
            del self.left_out[id]
        news = [order for order in orders if order.id not in self._ids and order.id not in self._before]
        sent = set(self._injected.values())

        def doubt(order: Order) -> tuple[bool, bool, bool]:
            """Of two alike, the one that is ours for certain comes first, and the live one must not be missed."""
            return order.id not in self._sent_ids, (order.looks, _moment(order)) not in sent, not order.live

        for order in sorted(news, key=doubt):
            if order.id in self._sent_ids:
                self._takes_ids = True
                self._injected.pop(order.id, None)
                self._whole.add(order.id)
                self._certain.add(order.id)
                self._ids.add(order.id)
            elif self._is_expected(order):
                self._ids.add(order.id)

    def _is_expected(self, order: Order) -> bool:
        """Whether an order that looks like this was asked for and not seen yet; it is then seen.

        Where the target takes ids, what goes by another one is an injected order only if all else of it is the same.
        """
        looks = order.looks
        for expected in (self._unrecognized, self._perhaps):
            if expected[looks] > 0:
                expected[looks] -= 1
                return True
        now = _moment(order)
        alike = [id for id, (sent, _) in self._injected.items() if sent == looks]
        the_same = next((id for id in alike if self._injected[id][1] == now), None)
        id = the_same if the_same or self._takes_ids else next(iter(alike), None)
        if id is not None:
            del self._injected[id]
            self._whole.add(order.id)
            self._certain |= {order.id} if the_same else set()
        return id is not None

    def owns(self, order: Order) -> bool:
        """Whether this run placed it."""
        return order.id in self._ids

    def owns_for_certain(self, order: Order) -> bool:
        """Whether an answer gave it this id, or it is in all like one that was injected. Another account may have an
        order with the same id that is like it in all.
        """
        return order.id in self._certain or (order.looks, _moment(order)) in self._injected.values()

    def placed(self, order: Order) -> bool:
        """Whether this run placed it, and did not inject it as it is."""
        return order.id in self._ids and order.id not in self._whole

    def all_seen(self, newer_than: int | None = None) -> bool:
        """Whether lists have shown every order that was asked for; `newer_than`: of what was injected, what is so."""
        injected = [at for at in self.expected_at if newer_than is None or at > newer_than]
        return not self._unseen and not injected and not any(self._unrecognized.values())

    @property
    def awaited(self) -> int:
        """How many placed orders no list has shown yet."""
        return len(self._unseen) + self._unrecognized.total()

    @property
    def expected_at(self) -> list[int]:
        """When the injected orders were created that no list has shown yet."""
        return [moment[0] for _, moment in self._injected.values()]

    @property
    def named(self) -> frozenset[str]:
        """The ids of the run's own orders, also of those that no list has shown, and of what earlier runs have left."""
        sent = self._sent_ids if self._takes_ids else self._injected
        return frozenset((*self._ids, *sent, *(each["id"] for each in self._left if "id" in each)))

    def give_up(self) -> None:
        """Wait no longer for what lists have not shown; `lost` counts it."""
        self.lost += len(self._unseen) + len(self._injected) + self._unrecognized.total()
        self.unshown |= self._unseen
        self._unseen.clear()
        self._perhaps += self._unrecognized  # a list that reaches deeper may show them yet
        if self._takes_ids:
            self.left_out |= self._injected
        else:
            self._perhaps += Counter(sent for sent, _ in self._injected.values())
        self._unrecognized.clear()
        self._injected.clear()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the run's own orders, as far as they are known."""
        return frozenset(self._ids)


def _moment(order: Order) -> Moment:
    return order.created_at, order.status, None if "filled_qty" in order.unread else order.filled_qty
