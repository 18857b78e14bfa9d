"""Markets of the profile that the target does not know, by what becomes of orders that are placed there."""

from conformance.account.unknown_market import market_remedy, names_no_market
from conformance.account.view import View
from conformance.oracle.snapshot import Snapshot
from conformance.verdict import Misfit


def seen_in_known_markets(view: View) -> Snapshot:
    """What lists show once all shows that was placed. Raises Misfit where an order was rejected for its market."""
    seen = view.believed()
    for order in seen.orders.values():
        if order.status == "rejected" and names_no_market(order.reject_reason or "") and view.own.placed(order):
            said = f"an order in {order.symbol} was rejected: {order.reject_reason}"
            raise Misfit(f"{said}; {market_remedy(order.symbol)}")
    return seen
