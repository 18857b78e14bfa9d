"""What a request must not change if it is rejected, or covers less than it seems to."""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from conformance.oracle.cancel_case import GONE, became, differences, traded
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach


@dataclass(frozen=True, slots=True)
class Attempt:
    """What lists showed of the caller's orders before and after a request.

    `reach`: the markets in which the request may cancel live orders. None: all markets.
    """

    before: Snapshot
    after: Snapshot
    reach: Set[str] | None = frozenset()

    def permits(self, was: Order, now: Order) -> bool:
        """Whether the request was allowed to change the order in this way."""
        reached = self.reach is None or was.symbol in self.reach
        return reached and was.live and now.status == "canceled"


def harm(attempt: Attempt) -> Iterator[Breach]:
    """Each order that the request changed or removed and must not. A change by a trade does not count."""
    for was in attempt.before.standing:
        now = attempt.after.orders.get(was.id)
        if now is None or not attempt.permits(was, now):
            yield from _changed(was, now, attempt.after)


def _changed(was: Order, now: Order | None, after: Snapshot) -> Iterator[Breach]:
    if now is None:
        if after.covers(was.created_at):
            yield Breach(f"{was} as it was", "a list without it", certain=False, changed=GONE)
    elif (changed := was.changes(now)) and not traded(was, now):
        # Only this request, or the owner, can cancel an order. Other changes may come from the market.
        certain = now.status == "canceled" or not was.live
        yield Breach(f"{was} as it was", differences(changed, now), certain=certain, changed=became(changed, now))
