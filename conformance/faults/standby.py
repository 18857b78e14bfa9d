"""Lists from a database that is behind, and nobody says so."""

import copy
import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from conformance.faults import fault
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order

BEHIND_S = 0.3


class Standby(Exchange):
    """Answers lists from a second database, which follows the first one 300 ms later."""

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.versions: defaultdict[str, list[tuple[float, Order]]] = defaultdict(list)

    def behind_s(self, what: str) -> float:
        """How much later lists show that an order was placed, filled or ended."""
        return BEHIND_S

    def enter(self, order: Order) -> None:
        super().enter(order)
        self.copied(order, "placed")

    def fill(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        super().fill(order, price, quantity)
        self.copied(order, "filled")

    def _end(self, order: Order, status: str) -> None:
        super()._end(order, status)
        self.copied(order, "ended")

    def copied(self, order: Order, what: str) -> None:
        """Let lists show the order as it is now, once they are so far."""
        self.versions[order.id].append((time.monotonic() + self.behind_s(what), copy.copy(order)))

    def seen_at(self) -> float:
        """The moment that a list shows, by the monotonic clock."""
        return time.monotonic()

    def visible_to(self, account: str) -> Iterable[Order]:
        at = self.seen_at()
        for order in super().visible_to(account):
            yield from self.shown(order, at)

    def shown(self, order: Order, at: float) -> Iterable[Order]:
        """The order as a list shows it that shows this moment; nothing if it was not there."""
        return [version for since, version in self.versions[order.id] if since <= at][-1:]


@fault(breaks="cancel.visible")
class StandbyUnsaid(Standby):
    """Answers lists from a database that is 300 ms behind, and says nothing of it in its profile."""


class ByTurns(Standby):
    """Answers lists from two databases by turns, one of them behind."""

    by_turns: Sequence[bool] = (False, True)  # whether a list is up to date

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self.turns = itertools.cycle(BEHIND_S if is_fresh else 0.0 for is_fresh in self.by_turns)

    def seen_at(self) -> float:
        return super().seen_at() + next(self.turns)


@fault(breaks="cancel.visible")
class EveryThirdListIsBehindUnsaid(ByTurns):
    """Answers every third list from a database that is 300 ms behind, and says nothing of it in its profile."""

    by_turns = (True, True, False)


class RowByRow(Standby):
    """Answers lists in which each order by itself is up to date or behind."""

    def shown(self, order: Order, at: float) -> Iterable[Order]:
        return super().shown(order, at + self.rng.choice((BEHIND_S, 0.0)))


@fault(breaks="cancel.visible")
class SomeRowsAreBehindUnsaid(RowByRow):
    """Answers lists in which each order is up to date or 300 ms behind, and says nothing of it in its profile."""
