"""What a request must leave alone that is refused, or that means less than it seems to."""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from conformance.oracle.cancellation import differences, traded
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach


@dataclass(frozen=True, slots=True)
class Attempt:
    """What lists showed of the caller before and after a request.

    `reach`: the markets in which it may have canceled the caller's live orders; None: in all.
    """

    before: Snapshot
    after: Snapshot
    reach: Set[str] | None = frozenset()

    def permits(self, was: Order, now: Order) -> bool:
        """Whether the request may have made this of the caller's order."""
        reached = self.reach is None or was.symbol in self.reach
        return reached and was.live and now.status == "canceled"


def harm(attempt: Attempt) -> Iterator[Breach]:
    """Each order that the request changed or removed though it must not; a trade is not its doing."""
    for was in attempt.before.orders.values():
        now = attempt.after.orders.get(was.id)
        if now is None or not attempt.permits(was, now):
            yield from _changed(was, now, attempt.after)


def _changed(was: Order, now: Order | None, after: Snapshot) -> Iterator[Breach]:
    if now is None:
        if after.covers(was.created_at):
            yield Breach(f"{was} as it was", "a list without it", certain=False)
    elif (changed := was.changes(now)) and not traded(was, now):
        # Nobody but the request, or its owner, cancels an order; what else changes may be the market's doing.
        yield Breach(f"{was} as it was", differences(changed, now), certain=now.status == "canceled" or not was.live)
