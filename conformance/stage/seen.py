"""Whether what was placed came to what it was placed for, by what lists show of it."""

from collections.abc import Sequence

from conformance.account.unknown_market import market_remedy, names_no_market
from conformance.account.view import View
from conformance.oracle.snapshot import Snapshot
from conformance.stage.wishes import Wish
from conformance.verdict import Inconclusive, Misfit


def seen_in_known_markets(view: View) -> Snapshot:
    """What lists show once all shows that was placed. Raises Misfit where an order was rejected for its market, and
    none was accepted there: a reason may also speak of what is wrong in a market.
    """
    seen = view.believed()
    accepted = {order.symbol for order in seen.orders.values() if order.status != "rejected"}
    for order in seen.orders.values():
        if order.status != "rejected" or order.symbol in accepted or "reject_reason" in order.unread:
            continue
        if names_no_market(order.reject_reason or "") and view.own.placed(order):
            said = f"an order in {order.symbol} was rejected: {order.reject_reason}"
            raise Misfit(f"{said}; {market_remedy(order.symbol)}")
    return seen


def expect_readable(view: View, wishes: Sequence[Wish]) -> None:
    """Raise Inconclusive where lists show none of these live orders, and records that cannot be read."""
    seen = view.believed()
    if wishes and seen.unread and not seen.live():
        raise Inconclusive(f"lists show no live order of {view} in a form that can be read")
