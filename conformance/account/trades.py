"""Trades between two accounts of this run: lists show them once both sides tell the same."""

from collections.abc import Iterable
from decimal import Decimal

from conformance.account.patience import Patience
from conformance.account.ticket import Ticket
from conformance.orders import Order

Side = Order | Ticket


def may_trade(one: Side, other: Side) -> bool:
    """Whether the two would trade with each other, were both in the book."""
    if one.symbol != other.symbol or one.side == other.side:
        return False
    if one.price is None or other.price is None:
        return True
    buy, sell = (one.price, other.price) if one.side == "buy" else (other.price, one.price)
    return buy >= sell


class Trades:
    """What the orders of two accounts have traded with each other, as far as lists show it.

    It shows once what was bought is what was sold, no two orders stand there that would trade, and none at market
    price. Strangers may come in between: what has not come to agree in time is taken as it is from then on.
    """

    def __init__(self, settle_s: float) -> None:
        self._patience = Patience(settle_s)
        self._bought: dict[str, Decimal] = {}  # more than was sold, by market: as it was taken for settled
        self._standing: frozenset[str] = frozenset()

    def show(self, ones: Iterable[Order], others: Iterable[Order], waited_s: float) -> bool:
        """Whether these lists of the two accounts' placed orders show all trades, or the time for that is up."""
        ones, others = list(ones), list(others)
        bought, standing = _bought((*ones, *others)), _standing(ones, others)
        if bought == self._bought and standing <= self._standing:
            self._patience.rewarded(waited_s)
            return True
        if waited_s <= self._patience.seconds:
            return False
        self._patience.disappointed()
        self._bought, self._standing = bought, standing
        return True


def _bought(orders: Iterable[Order]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for order in (each for each in orders if "filled_qty" not in each.unread):
        signed = order.filled_qty if order.side == "buy" else -order.filled_qty
        total[order.symbol] = total.get(order.symbol, Decimal(0)) + signed
    return {symbol: more for symbol, more in total.items() if more}


def _standing(ones: Iterable[Order], others: Iterable[Order]) -> frozenset[str]:
    """Ids of the live orders of `ones` that would trade with one of `others`, and of those at market price."""
    live_ones, live_others = [each for each in ones if each.live], [each for each in others if each.live]
    crossed = {one.id for one in live_ones if any(may_trade(one, other) for other in live_others)}
    return frozenset(crossed | {each.id for each in (*live_ones, *live_others) if each.price is None})
