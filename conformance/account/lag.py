"""How long lists take to show what a cancel-all has told."""

import time
from collections.abc import Iterable, Mapping

from conformance.account.behind import Behind
from conformance.account.patience import Patience
from conformance.evidence import Exchange
from conformance.oracle.lagging import comes_round
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach

# Who shows it later than this does not show it at all. A database that is further behind is out of order.
_AT_MOST_S = 3.0


class Lag:
    """Follows the orders that a cancel-all of one account has told as canceled.

    `behind`: how late lists may show them so. `pending`: those that the last look has shown live. Times are from the
    monotonic clock.
    """

    def __init__(self, behind: Behind) -> None:
        self._behind = behind
        self._after_s = 0.0
        self._patience = Patience(_AT_MOST_S)
        self._told_at: dict[str, float] = {}  # by id
        self._late: tuple[Order, tuple[Exchange, ...]] | None = None
        self._breach: Breach | None = None
        self.pending: frozenset[str] = frozenset()

    def told(self, orders: Iterable[Order]) -> None:
        """A cancel-all's answer has just come, and tells these orders as canceled."""
        now = time.monotonic()
        self._late = self._breach = None
        self._told_at |= {order.id: now for order in orders if order.status == "canceled"}
        self.pending = frozenset(self._told_at)

    def look(self, shown: Snapshot, asked_at: float) -> None:
        """Lists that were asked for at this moment have shown the account so."""
        live = [order for id in self._told_at if (order := shown.orders.get(id)) is not None and order.live]
        self.pending = frozenset(order.id for order in live)
        overdue = {id: at for id, at in self._told_at.items() if asked_at - at > self._behind.lag_s}
        late = [order for order in live if order.id in overdue]
        if not late:
            self._shown(overdue, shown, asked_at)
        elif asked_at - overdue[late[0].id] <= self._behind.lag_s + self._patience.seconds:
            self._late = self._late or (late[0], shown.exchanges[:1])
        else:  # it is no lag
            self._patience.disappointed()
            self._forget(overdue)

    def _shown(self, overdue: Mapping[str, float], shown: Snapshot, asked_at: float) -> None:
        if self._late and self._late[0].id in overdue:
            after_s = asked_at - overdue[self._late[0].id]
            self._patience.rewarded(after_s - self._behind.lag_s)
            self._after_s = after_s
            self._breach = self._said(*self._late, after_s * 1000, shown.exchanges[:1])
        self._forget(overdue)

    def _forget(self, ids: Iterable[str]) -> None:
        for id in list(ids):
            del self._told_at[id]
        self.pending &= self._told_at.keys()

    def breaches(self) -> list[Breach]:
        """What is wrong with how long it took; told once."""
        told, self._breach = self._breach, None
        if told is None:
            return []
        self._behind.found(self._after_s)
        return [told]

    def _said(self, order: Order, late: tuple[Exchange, ...], after_ms: float, shown: tuple[Exchange, ...]) -> Breach:
        allowed_ms = round(self._behind.allowed_s * 1000)
        when = f"{allowed_ms} ms later" if allowed_ms else "right after"
        return Breach(
            f"{order.id} canceled in lists {when}, as the answer to the cancel-all told",
            f"{order.status}; {comes_round(after_ms, self._behind.allowed_s)}",
            "cancel.visible",
            exchanges=(*late, *shown),
        )
