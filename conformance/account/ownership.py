"""Which orders are this run's own: cancel-all must never meet one that is not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from conformance.orders import LIVE, Order

Intent = tuple[str, str, str, Decimal | None, Decimal | None]
Moment = tuple[int, str, Decimal | None]
"""When an injected order was created, its status, and how much of it was filled then."""


class Ownership:
    """Tells the run's own orders on one account from those that stood there before, and from a stranger's."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self.lost = 0
        self._unseen: set[str] = set()
        self._before: set[str] | None = None
        self._unrecognized: Counter[Intent] = Counter()
        self._injected: dict[str, tuple[Intent, Moment]] = {}
        self._sent_ids: set[str] = set()
        self._takes_ids = False  # whether the target gives injected orders the ids that they were sent with
        self._perhaps: Counter[Intent] = Counter()  # what came of attempts that broke off, if anything did
        self._asked_for: list[Intent] = []  # live orders alone, as the journal has them
        self._left: list[Mapping[str, Any]] = []
        self._left_unnamed: Counter[Intent] = Counter()

    def inherit(self, left: Iterable[Mapping[str, Any]]) -> None:
        """Orders that earlier runs meant to place and did not get to remove: records, with an id where it is known."""
        self._left = list(left)
        self._left_unnamed = Counter(_intent(each) for each in self._left if "id" not in each and "symbol" in each)

    @property
    def inherits(self) -> bool:
        """Whether earlier runs may have left anything."""
        return bool(self._left)

    def begin(self, orders: Iterable[Order]) -> None:
        """What stands in the account before the run touches it."""
        if self._before is not None:
            return
        orders = list(orders)
        self.claim(orders)
        self._before = {order.id for order in orders} - self._ids

    @property
    def begun(self) -> bool:
        """Whether the account has been looked at."""
        return self._before is not None

    def claim(self, orders: Iterable[Order]) -> None:
        """Look for what was inherited; what is found is this run's own from now on."""
        ids = {record["id"] for record in self._left if "id" in record}
        for order in orders:
            intent = _intent_of(order)
            unnamed = order.id not in ids
            if order.live and order.id not in self._ids and not (unnamed and self._left_unnamed[intent] <= 0):
                self._left_unnamed[intent] -= unnamed
                self._ids.add(order.id)

    @property
    def placed_any(self) -> bool:
        """Whether this run, or one that it inherited from, has placed anything."""
        return bool(self._ids or self._sent_ids) or self.lost > 0 or any(self._unrecognized.values()) or self.inherits

    def account_for(self, intended: Iterable[Mapping[str, Any]]) -> None:
        """Expect whatever was about to be asked for and never told of: what broke off may have been taken."""
        unheard = Counter(map(_intent, intended)) - Counter(self._asked_for)
        self._unrecognized += unheard
        self._asked_for += unheard.elements()

    def intend(self, record: Mapping[str, Any], id: str | None, *, perhaps_twice: bool = False) -> None:
        """An order was asked for, perhaps twice; `id` is what the target named it, if it said.

        A record that is injected has an id of its own, which the target may take.
        """
        intent = _intent(record)
        self.inherit([])  # what has not been found by now is gone: another like it may be anybody's
        self._perhaps[intent] += perhaps_twice
        self._asked_for += [intent] * (record.get("status", "open") in LIVE)
        if id is not None:
            self._ids.add(id)
            self._unseen.add(id)
        elif "id" in record:
            self._sent_ids.add(record["id"])
            self._injected[record["id"]] = intent, _moment(record)
        else:
            self._unrecognized[intent] += 1

    def recognize(self, orders: Iterable[Order]) -> None:
        """Look at what a list shows: each order is old, ours by its id or by what was asked for, or a stranger's."""
        # Of two alike, the one that is ours for certain comes first, and the live one must not be missed.
        for order in sorted(orders, key=lambda order: (order.id not in self._sent_ids, not order.live)):
            self._unseen.discard(order.id)
            if order.id in self._ids or (self._before is not None and order.id in self._before):
                continue
            if order.id in self._sent_ids:
                self._takes_ids = True
                self._injected.pop(order.id, None)
                self._ids.add(order.id)
            elif self._is_expected(order):
                self._ids.add(order.id)

    def _is_expected(self, order: Order) -> bool:
        """Whether an order that looks like this was asked for and not seen yet; it is then seen.

        Where the target takes ids, what goes by another one is an injected order only if all else of it is the same.
        """
        intent = _intent_of(order)
        moment = order.created_at, order.status, order.filled_qty
        for expected in (self._unrecognized, self._perhaps):
            if expected[intent] > 0:
                expected[intent] -= 1
                return True
        id = next(
            (
                id
                for id, (looks, stood) in self._injected.items()
                if looks == intent and (stood == moment or not self._takes_ids)
            ),
            None,
        )
        if id is not None:
            del self._injected[id]
        return id is not None

    def owns(self, order: Order) -> bool:
        """Whether this run placed it."""
        return order.id in self._ids

    def all_seen(self) -> bool:
        """Whether lists have shown every order that was asked for."""
        return not self._unseen and not self._injected and not any(self._unrecognized.values())

    def give_up(self) -> None:
        """Wait no longer for what lists have not shown; `lost` counts it."""
        self.lost += len(self._unseen) + len(self._injected) + self._unrecognized.total()
        self._unseen.clear()
        self._perhaps += self._unrecognized  # a list that reaches deeper may show them yet
        if not self._takes_ids:
            self._perhaps += Counter(looks for looks, _ in self._injected.values())
        self._unrecognized.clear()
        self._injected.clear()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the run's own orders, as far as they are known."""
        return frozenset(self._ids)


def _intent(record: Mapping[str, Any]) -> Intent:
    return record["symbol"], record["side"], record["type"], _amount(record["price"]), _amount(record["quantity"])


def _intent_of(order: Order) -> Intent:
    return order.symbol, order.side, order.type, order.price, order.quantity


def _moment(record: Mapping[str, Any]) -> Moment:
    return record["created_at"], record["status"], _amount(record["filled_qty"])


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
