"""Rules over one order: how its fields must agree. The contract judges how each field is spelled."""

import uuid
from collections.abc import Iterator

from conformance.oracle.rules import RIGHT, Rulebook, Sight
from conformance.orders import Order
from conformance.spelled import named
from conformance.verdict import Breach

LAWS: Rulebook[[Order]] = Rulebook()

_HAS_FILLS = ("partially_filled", "filled")
CARRIES_NO_REASON = ("open", "partially_filled", "filled", "canceled")


@LAWS.rule("order.nullable")
def null_only_where_it_does_not_apply(order: Order) -> Iterator[Sight]:
    """A limit order has a price, a quantity and a tif; only a market buy can do without a quantity.

    A field that is left out altogether breaks the contract.
    """
    given = named(order.sent)
    if order.type == "limit":
        for name in [
            each for each in ("price", "quantity", "tif") if each in given
        ]:  # what is not given breaks the contract
            missing = given[name] is None
            yield Breach(f"a {name} on a limit order", f"null on {order}") if missing else RIGHT
    elif order.type == "market" and order.side == "sell" and "quantity" in given:
        yield Breach("a quantity on a market sell", f"null on {order}") if order.quantity is None else RIGHT


@LAWS.rule("order.timestamps", may_also=["cancel.updated-at"])
def updated_no_earlier_than_created(order: Order) -> Iterator[Sight]:
    """updated_at >= created_at. That of a canceled order is the time of its cancel."""
    if order.updated_at >= order.created_at:
        yield RIGHT
    else:
        want = f"updated_at at or after created_at {order.created_at}"
        charged = "cancel.updated-at" if order.status == "canceled" else None
        yield Breach(want, f"{order.updated_at} on {order}", charged)


@LAWS.rule("order.status-agrees")
def status_agrees_with_the_fills(order: Order) -> Iterator[Sight]:
    """On a limit order open, partially_filled and filled say how much of it is filled."""
    if order.type != "limit" or order.quantity is None:
        return
    agrees = {
        "open": ("filled_qty 0", order.filled_qty == 0),
        "partially_filled": (f"filled_qty between 0 and {order.quantity}", 0 < order.filled_qty < order.quantity),
        "filled": (f"filled_qty {order.quantity}", order.filled_qty == order.quantity),
    }
    if order.status in agrees:
        want, right = agrees[order.status]
        yield (
            RIGHT if right else Breach(f"an order that is {order.status} with {want}", f"{order.filled_qty} on {order}")
        )


@LAWS.rule("order.avg-fill-price", may_also=("order.filled-qty",))
def no_fills_no_average(order: Order) -> Iterator[Sight]:
    """avg_fill_price is exactly "0" without fills, and above it with them. Where the status says as well that there are
    some, the two are right and filled_qty is wrong.
    """
    given = named(order.sent).get("avg_fill_price")
    if given is None:
        return  # the contract says so
    if order.filled_qty == 0 and order.status in _HAS_FILLS and order.avg_fill_price > 0:
        want = f"filled_qty above 0 on an order that is {order.status}, with an average"
        yield Breach(want, f"0 on {order}", "order.filled-qty")
    elif order.filled_qty == 0:
        yield RIGHT if given == "0" else Breach('avg_fill_price "0" without fills', f"{given!r} on {order}")
    else:
        lost = Breach("an average above 0 with fills", f"{given!r} on {order}", changed=("avg_fill_price",))
        yield RIGHT if order.avg_fill_price > 0 else lost


@LAWS.rule("order.quote-quantity")
def quote_quantity_on_market_buys_alone(order: Order) -> Iterator[Sight]:
    """quote_quantity is null on everything but a market buy; on one without a quantity it is the amount asked for."""
    if (order.type, order.side) == ("market", "buy"):
        given = named(order.sent)
        if "quote_quantity" in given and given.get("quantity", order) is None:
            lost = Breach("a quote_quantity on a market buy without a quantity", f"null on {order}")
            yield lost if given["quote_quantity"] is None else RIGHT
        return
    given = order.quote_quantity
    kind = f"{order.type} {order.side}"
    yield RIGHT if given is None else Breach(f"quote_quantity null on a {kind}", f"{given} on {order}")


@LAWS.rule("order.reject-reason")
def a_rejected_order_says_why(order: Order) -> Iterator[Sight]:
    """reject_reason is a code when the order is rejected."""
    if order.status == "rejected":
        reason = order.reject_reason
        yield RIGHT if reason else Breach("a code in reject_reason of a rejected order", f"{reason!r} on {order}")


@LAWS.rule("order.reject-reason-absent")
def no_reason_without_rejection(order: Order) -> Iterator[Sight]:
    """reject_reason is null on an order that is open, partially filled, filled or canceled; expired is left free."""
    if order.status in CARRIES_NO_REASON:
        reason = order.reject_reason
        if reason is None:
            yield RIGHT
        else:
            yield Breach(f"reject_reason null on an order that is {order.status}", f"{reason!r} on {order}")


@LAWS.rule("order.price-respected")
def no_worse_than_its_price(order: Order) -> Iterator[Sight]:
    """A limit buy's average is not above its price, a limit sell's not below."""
    if order.type != "limit" or order.price is None or order.filled_qty == 0 or order.avg_fill_price == 0:
        return  # that there is no average is another defect
    average, price = order.avg_fill_price, order.price
    worse = average > price if order.side == "buy" else average < price
    yield Breach(f"an average no worse than the price {price}", f"{average} on {order}") if worse else RIGHT


@LAWS.rule("order.id-uuid")
def the_id_is_a_uuid(order: Order) -> Iterator[Sight]:
    """Ids in the documents' examples are UUIDs."""
    try:
        uuid.UUID(order.id)
    except ValueError:
        yield Breach("a UUID for an id", repr(order.id))
    else:
        yield RIGHT
