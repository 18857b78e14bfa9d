"""Orders that were injected, and that no list has shown in time, or that lists show otherwise than most of them."""

from collections.abc import Iterator
from decimal import Decimal

from conformance.account.looks import lists_about
from conformance.account.view import View
from conformance.naming import count
from conformance.oracle.listing import MAX_LIMIT
from conformance.orders import Order, Query
from conformance.stage.stage import Stage
from conformance.verdict import Breach, Violation

_REQUIREMENT = "list.limit-default"

# Amounts that orders are injected with, each with the requirement for it; how many have to show it as it was injected,
# and how many of these for each that shows another one. A test hook may work out some amounts anew, but then it does so
# for all orders, or for those of one kind, which are more. The amount that a market buy was to spend is what was given.
_AMOUNTS = (
    ("filled_qty", "order.filled-qty", 20, 10),
    ("avg_fill_price", "order.avg-fill-price", 20, 10),
    ("quote_quantity", "order.quote-quantity", 3, 0),
)

_ROUNDED = Decimal("1e-6")  # a part of the amount; an average may be rounded to a tick


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


def expect_injected_amounts(stage: Stage) -> None:
    """Raise a Violation where a finished order shows another amount than it was injected with, as hardly any other does
    in this account: what injecting does to all orders, or to those of a kind, is left to the target.
    """
    ticks = {market.symbol: market.tick for market in stage.markets}
    for view in stage.lane.views:
        for name, requirement, least, for_each in _AMOUNTS:
            alike: list[tuple[Order, Decimal]] = []
            others: list[tuple[Order, Decimal]] = []
            for order, sent in _injected(view, name):
                shown, off = getattr(order, name), sent * _ROUNDED
                if name == "avg_fill_price":
                    off = max(off, ticks.get(order.symbol, sent))
                is_alike = shown is not None and abs(shown - sent) <= off
                (alike if is_alike else others).append((order, sent))
            if others and len(alike) >= max(least, for_each * len(others)):
                order, sent = others[0]
                want = f"{name} {sent:f}, as it was injected, like {count(len(alike), 'order')} that show theirs"
                breach = Breach(want, f"{getattr(order, name)} on {order}", requirement)
                raise Violation(breach, *lists_about(order, view.latest()))
            if alike and not others:
                stage.caller.observations.count({requirement: len(alike)})


def _injected(view: View, name: str) -> Iterator[tuple[Order, Decimal]]:
    """The finished orders of the account that are known by the id that they were injected with, and this amount."""
    for id, order in view.latest().orders.items():
        ticket = view.account.otherwise.ticket(id)
        record = None if ticket is None else ticket.record
        if record is None or order.live or order.status != record["status"] or name in order.unread:
            continue
        sent = None if record[name] is None else Decimal(record[name])
        if sent:
            yield order, sent
