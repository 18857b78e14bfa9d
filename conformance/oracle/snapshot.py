"""What is known of an account at a moment, and of the time between two such moments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from conformance.evidence import Exchange
from conformance.orders import Order


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The orders of one account, by id.

    Complete for every created_at above `horizon` (UNIX seconds); None: complete altogether. At the horizon itself some
    orders may be unknown, since the walk that made the snapshot can have stopped within that second.
    `exchanges` are the lists that it was read from.
    """

    orders: Mapping[str, Order]
    horizon: int | None = None
    exchanges: tuple[Exchange, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, orders: Iterable[Order], horizon: int | None = None) -> Self:
        """A snapshot of these orders."""
        return cls({order.id: order for order in orders}, horizon)

    def covers(self, created_at: int) -> bool:
        """Whether every order of that second is known."""
        return self.horizon is None or created_at > self.horizon

    def live(self, symbol: str | None = None) -> list[Order]:
        """The live orders, of one market or of all."""
        return [order for order in self.orders.values() if order.live and symbol in (None, order.symbol)]

    def over(self, older: Self) -> Self:
        """The two as one: what this one shows, and from `older` what lies beyond its horizon."""
        beyond = {key: order for key, order in older.orders.items() if not self.covers(order.created_at)}
        return replace(older, orders={**beyond, **self.orders}, exchanges=self.exchanges)

    def unknown_to(self, older: Self) -> list[Order]:
        """The orders that are not in the other one, though it would show them had they been there."""
        return [order for id, order in self.orders.items() if id not in older.orders and older.covers(order.created_at)]

    def symbols(self) -> list[str]:
        """The markets that the orders stand in."""
        return sorted({order.symbol for order in self.orders.values()})

    def seconds(self) -> list[int]:
        """The distinct created_at, newest first."""
        return sorted({order.created_at for order in self.orders.values()}, reverse=True)


@dataclass(frozen=True, slots=True)
class Interval:
    """Two snapshots around a moment.

    What is alike in both was so in between; what differs was judged by neither, so any reading of it passes.
    """

    before: Snapshot
    after: Snapshot

    @classmethod
    def still(cls, snapshot: Snapshot) -> Self:
        """An interval in which nothing is expected to change."""
        return cls(snapshot, snapshot)

    def stable(self) -> list[Order]:
        """The orders that are the same in both."""
        if self.before is self.after:
            return list(self.before.orders.values())
        return [order for key, order in self.before.orders.items() if self.after.orders.get(key) == order]

    def unsettled(self, key: str) -> bool:
        """Whether the order came, went or changed in between."""
        return self.before.orders.get(key) != self.after.orders.get(key)

    def covers(self, created_at: int) -> bool:
        """Whether both know every order of that second."""
        return self.before.covers(created_at) and self.after.covers(created_at)
