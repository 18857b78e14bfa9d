"""The prices between the resting ones: an order there trades with the next one that comes, whoever places it."""

import threading
from collections.abc import Iterable, Sequence

from conformance.account.ticket import Ticket
from conformance.orders import Order
from conformance.profile import Market
from conformance.turns import waiting


class Spread:
    """Where one lane at a time places orders, and the others wait.

    `lock`: what all lanes of a run share; None where there is one lane alone.
    """

    def __init__(self, markets: Sequence[Market] = (), lock: "threading.Lock | None" = None) -> None:
        self._markets = {market.symbol: market for market in markets}
        self._lock = lock
        self.entered = False

    def enter_for(self, tickets: Iterable[Ticket]) -> None:
        """These orders are about to be placed: wait for the other lanes if any of them is to trade."""
        if self._lock is None or self.entered or not any(map(self.holds, tickets)):
            return
        with waiting():
            self._lock.acquire()
            self.entered = True

    def leave(self) -> None:
        """Nothing of this lane is left there."""
        if self._lock is not None and self.entered:
            self.entered = False
            self._lock.release()

    def holds(self, order: Ticket | Order) -> bool:
        """Whether an order at this price does not rest: it is there, or is to be."""
        market = self._markets.get(order.symbol)
        return market is None or not market.rests(order.side, order.price)
