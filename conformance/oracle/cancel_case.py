"""One cancel-all with all that is known around it, and how two records of an order differ."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from conformance.oracle.snapshot import Snapshot
from conformance.orders import LIVE, Order


@dataclass(frozen=True, slots=True)
class Cancellation:
    """One cancel-all: its symbol, the orders that it returned, and what lists showed before and after.

    `other_before` and `other_after` are the other account's; empty if there is none. `clock`: the earliest and the
    latest second of the cancel by the target's clock, both inclusive; None if that clock is not known. `tried_before`:
    an earlier attempt was answered 503, and the documents do not say what such an attempt does. `again`: the same
    cancel-all was sent just before. `rejected`: no market has this symbol, and the answer was a 4xx. `unshown`: ids of
    orders that were placed and that no list has shown; they may be live. `unread`: ids of the records that were
    returned and cannot be read, "" or None where there is no id.
    """

    symbol: str | None
    returned: Sequence[Order]
    before: Snapshot
    after: Snapshot
    other_before: Snapshot
    other_after: Snapshot
    clock: tuple[int, int] | None = None
    tried_before: bool = False
    again: bool = False
    rejected: bool = False
    unshown: Collection[str] = ()
    unread: Sequence[str | None] = ()

    @property
    def scope(self) -> str:
        """The scope, in words."""
        return "every market" if self.symbol is None else self.symbol

    def in_scope(self, order: Order) -> bool:
        """Whether the cancel-all covers the order's market."""
        return self.symbol in (None, order.symbol)

    def to_cancel(self) -> list[Order]:
        """The orders in scope that were live before."""
        return self.before.live(self.symbol)

    def surprises(self) -> list[Order]:
        """The returned orders that lists had to show before, and did not: those that lie deeper may be live."""
        excused = {*self.before.orders, *self.unshown}
        return [each for each in self.returned if each.id not in excused and self.before.covers(each.created_at)]

    def pairs(self) -> Iterator[tuple[Order, Order]]:
        """Each returned order that was known before: as it was, and as it was returned."""
        for order in self.returned:
            was = self.before.orders.get(order.id)
            if was is not None and not is_another(was, order):
                yield was, order


def traded(was: Order, now: Order) -> bool:
    """Whether a trade explains the change: it fills more of a live order, and changes nothing else."""
    fills = {"filled_qty", "avg_fill_price", "status", "updated_at"}
    more = now.filled_qty > was.filled_qty and now.status in LIVE | {"filled"}
    return was.live and more and set(was.changes(now)) <= fills


def differences(changed: dict[str, tuple[object, object]], order: Order) -> str:
    """The changed fields of an order, on one line."""
    return f"{order}: {', '.join(f'{name} {was} became {now}' for name, (was, now) in changed.items())}"


GONE = ("gone",)
"""What an order became that a list does not show any more; as `became` has it."""


def became(changed: Mapping[str, object], now: Order) -> tuple[str, ...]:
    """What an order became, without its values, so that orders can be compared that changed in the same way."""
    return tuple(f"{name} {now.status}" if name == "status" else name for name in changed)


def fixed(order: Order) -> tuple[object, ...]:
    """What never changes of an order, without its id."""
    return order.identity[1:]


def is_another(was: Order, now: Order) -> bool:
    """Whether two records of one id are of two orders: made at another time, and otherwise."""
    return was.created_at != now.created_at and fixed(was)[:-1] != fixed(now)[:-1]


def belongs_to(order: Order, account: Snapshot) -> bool:
    """Whether it is an order of this account."""
    theirs = account.orders.get(order.id)
    return theirs is not None and theirs.identity == order.identity
