"""The known orders of an account at one moment, and between two moments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from operator import attrgetter
from typing import Self

from conformance.evidence import Exchange
from conformance.orders import Order


@dataclass(frozen=True)
class Snapshot:
    """The orders of one account, by id.

    It has every order that is newer than `horizon` (UNIX seconds) and not newer than `ceiling`. None: there is no such
    bound. In the second of the horizon orders may be missing, since the last page may have ended in that second.
    `exchanges`: the lists that were read; `unread`: ids of their records that cannot be read as orders, "" or None if
    there is no id. `told_over`: ids of those that it shows live, though a cancel-all of before told them as canceled.
    """

    orders: Mapping[str, Order]
    horizon: int | None = None
    exchanges: tuple[Exchange, ...] = field(default=(), compare=False, repr=False)
    ceiling: int | None = None
    unread: tuple[str | None, ...] = field(default=(), compare=False, repr=False)
    told_over: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    @classmethod
    def of(cls, orders: Iterable[Order], horizon: int | None = None) -> Self:
        """A snapshot of these orders."""
        return cls({order.id: order for order in orders}, horizon)

    def covers(self, created_at: int) -> bool:
        """Whether every order of that second is known."""
        return self.reaches(created_at) and not self.unread

    def reaches(self, created_at: int) -> bool:
        """Whether the lists have every order of that second, even if not all can be read."""
        above, until = self._span
        return above < created_at <= until

    @cached_property
    def _span(self) -> tuple[float, float]:
        return -inf if self.horizon is None else self.horizon, inf if self.ceiling is None else self.ceiling

    def lacks_of(self, older: Self) -> list[str]:
        """The ids of those orders of `older` that it would show if they were still there, and does not."""
        above, until = self._span
        own, theirs = self.orders, () if self.unread else older.orders.items()
        return [id for id, order in theirs if above < order.created_at <= until and id not in own]

    @property
    def standing(self) -> list[Order]:
        """The orders that are as it shows them, for all that is known: what has changed later, somebody has changed."""
        return [order for id, order in self.orders.items() if id not in self.told_over]

    def live(self, symbol: str | None = None) -> list[Order]:
        """The live orders, of one market or of all."""
        return [order for order in self._live if symbol is None or order.symbol == symbol]

    @cached_property
    def _live(self) -> list[Order]:
        return [order for order in self.orders.values() if order.live]

    @cached_property
    def stamps(self) -> list[int]:
        """When the orders were created, the oldest first."""
        return sorted(map(attrgetter("created_at"), self.orders.values()))

    def until(self, second: int | None) -> Self:
        """This snapshot without what is newer than this second; None: the whole."""
        if second is None:
            return self
        older = {key: order for key, order in self.orders.items() if order.created_at <= second}
        return replace(self, orders=older, ceiling=second)

    def newer_than(self, second: int) -> Self:
        """This snapshot without what is of this second or older."""
        newer = {key: order for key, order in self.orders.items() if order.created_at > second}
        return replace(self, orders=newer, horizon=second if self.horizon is None else max(second, self.horizon))

    def over(self, older: Self, *, is_behind: bool = False) -> Self:
        """This snapshot, with the orders of `older` that it does not cover; and with what was live there, where a list
        that `is_behind` may lack it.
        """
        above, until = self._span
        beyond = {key: order for key, order in older.orders.items() if not above < order.created_at <= until}
        lacking = {order.id: order for order in older.live()} if is_behind else {}
        both = {**beyond, **lacking, **self.orders}
        told_over = self.told_over | (older.told_over - self.orders.keys())
        return replace(older, orders=both, exchanges=self.exchanges, unread=self.unread, told_over=told_over)

    def after(self, first: Self | None) -> Self:
        """Each order of both as it was seen first, with the lists of both."""
        if first is None:
            return self
        return replace(self, orders={**self.orders, **first.orders}, exchanges=(*first.exchanges, *self.exchanges))

    def unknown_to(self, older: Self) -> list[Order]:
        """The orders that are not in `older`, and would be there if they had existed then."""
        new = (order for id, order in self.orders.items() if id not in older.orders)
        return [order for order in new if older.reaches(order.created_at) and order.id not in older.unread]

    def symbols(self) -> list[str]:
        """The markets of the orders."""
        return sorted({order.symbol for order in self.orders.values()})

    def seconds(self) -> list[int]:
        """The distinct values of created_at, newest first."""
        return sorted({order.created_at for order in self.orders.values()}, reverse=True)


@dataclass(frozen=True, slots=True)
class Interval:
    """Two snapshots around a moment.

    What is equal in both was the same in between. What differs is not judged: either state passes.
    """

    before: Snapshot
    after: Snapshot

    @classmethod
    def still(cls, snapshot: Snapshot) -> Self:
        """An interval in which nothing is expected to change."""
        return cls(snapshot, snapshot)

    def stable(self) -> list[Order]:
        """The orders that are equal in both."""
        if self.before is self.after:
            return list(self.before.orders.values())
        return [order for key, order in self.before.orders.items() if self.after.orders.get(key) == order]

    def unsettled(self, key: str) -> bool:
        """Whether the order came, went or changed in between."""
        return self.before.orders.get(key) != self.after.orders.get(key)

    def covers(self, created_at: int) -> bool:
        """Whether both have every order of that second."""
        return self.before.covers(created_at) and self.after.covers(created_at)
