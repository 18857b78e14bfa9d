"""How an order may change between two snapshots, whatever happened in between."""

from collections.abc import Iterator

from conformance.oracle.cancel_case import became
from conformance.oracle.rules import RIGHT, Rulebook, Sight
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach

SUCCESSION: Rulebook[[Snapshot, Snapshot]] = Rulebook()


@SUCCESSION.rule("cancel.final")
def canceled_stays_canceled(earlier: Snapshot, later: Snapshot) -> Iterator[Sight]:
    """What was canceled is neither live again nor filled, and nothing more of it is traded."""
    for was, now in _pairs(earlier, later):
        if was.status == "canceled":
            final = now.status == "canceled" and now.filled_qty <= was.filled_qty
            if final:
                yield RIGHT
            else:
                got = f"{now} with filled_qty {now.filled_qty}"
                want = f"{was.id} canceled for good, with filled_qty {was.filled_qty}"
                yield Breach(want, got, changed=became(was.changes(now), now))


@SUCCESSION.rule("order.filled-qty")
def fills_never_shrink(earlier: Snapshot, later: Snapshot) -> Iterator[Sight]:
    """What was filled stays filled: a sum of fills can only grow. What a cancel does to it has a rule of its own."""
    for was, now in _pairs(earlier, later):
        if was.live and now.status != "canceled" and now.filled_qty < was.filled_qty:
            want, told = f"filled_qty {was.filled_qty} or more, as it was", became(was.changes(now), now)
            yield Breach(want, f"{now.filled_qty} on {now}", changed=told)


@SUCCESSION.rule("order.id")
def ids_stay(earlier: Snapshot, later: Snapshot) -> Iterator[Sight]:
    """An order keeps its id: where one is gone, no new one of the same second, market, side, price and size takes its
    place.
    """
    new = {_without_id(order): order for id, order in later.orders.items() if id not in earlier.orders}
    seconds = {order.created_at for order in new.values()}
    for id, was in earlier.orders.items() if new else ():
        if was.created_at not in seconds or id in later.orders:
            continue
        if later.covers(was.created_at) and (other := new.get(_without_id(was))):
            yield Breach(f"{was} under the same id", f"{other}, and none of that id")


def _without_id(order: Order) -> tuple[object, ...]:
    return order.identity[1:]


def _pairs(earlier: Snapshot, later: Snapshot) -> Iterator[tuple[Order, Order]]:
    for id, now in later.orders.items():
        if id in earlier.orders:
            yield earlier.orders[id], now
