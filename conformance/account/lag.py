"""How long lists take to show what a cancel-all has told."""

import time
from collections.abc import Iterable

from conformance.account.patience import Patience
from conformance.evidence import Exchange
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach

# Who shows it later than this does not show it at all. A database that is further behind is out of order.
_AT_MOST_S = 3.0


class Lag:
    """Follows the orders that a cancel-all of one account has told as canceled.

    `allowed_s`: how late lists may show them so. `pending`: those that the last look has shown live. Times are from the
    monotonic clock.
    """

    def __init__(self, allowed_s: float) -> None:
        self._allowed_s = allowed_s
        self._patience = Patience(_AT_MOST_S)
        self._told_at = 0.0
        self._late: tuple[Order, tuple[Exchange, ...]] | None = None
        self._breach: Breach | None = None
        self._told: frozenset[str] = frozenset()
        self.pending: frozenset[str] = frozenset()

    def told(self, orders: Iterable[Order]) -> None:
        """A cancel-all's answer has just come, and tells these orders as canceled."""
        self._told_at, self._late, self._breach = time.monotonic(), None, None
        self._told = frozenset(order.id for order in orders if order.status == "canceled")
        self.pending = self._told

    def look(self, shown: Snapshot, asked_at: float) -> None:
        """Lists that were asked for at this moment have shown the account so."""
        if not self._told:
            return
        after_s = asked_at - self._told_at
        live = [order for id in self._told if (order := shown.orders.get(id)) is not None and order.live]
        self.pending = frozenset(order.id for order in live)
        if after_s <= self._allowed_s:
            return
        if not live:
            self._told = frozenset()
            if self._late:
                self._patience.rewarded(after_s - self._allowed_s)
                self._breach = self._said(*self._late, after_s * 1000, shown.exchanges[:1])
        elif after_s <= self._allowed_s + self._patience.seconds:
            self._late = self._late or (live[0], shown.exchanges[:1])
        else:  # it is no lag
            self._patience.disappointed()
            self._told = self.pending = frozenset()

    def breaches(self) -> list[Breach]:
        """What is wrong with how long it took; told once."""
        told, self._breach = self._breach, None
        return [] if told is None else [told]

    def _said(self, order: Order, late: tuple[Exchange, ...], after_ms: float, shown: tuple[Exchange, ...]) -> Breach:
        allowed_ms = round(self._allowed_s * 1000)
        when = f"{allowed_ms} ms later" if allowed_ms else "right after"
        return Breach(
            f"{order.id} canceled in lists {when}, as the answer to the cancel-all told",
            f"{order.status}; shown canceled {after_ms:.0f} ms later. If lists may lag so far, say so by "
            f"consistency_ms under [target] in the profile: it is {allowed_ms}",
            "cancel.visible",
            exchanges=(*late, *shown),
        )
