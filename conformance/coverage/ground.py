"""What lists of an account have to show, fast enough to compare thousands of queries: sets of orders as bits."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from conformance.coverage.moments import DAY_S, is_telling
from conformance.oracle.listing import page_size
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query

UNBOUNDED = 2**40  # a limit that stands for having none at all


class Answer(NamedTuple):
    """The orders that a page must show and those that it may, as sets, and how many it shows at least and at most.

    The two sets differ where a page ends within a second, and where a limit below its range allows any page.
    """

    sure: int
    may: int
    least: int
    most: int


class Ground:
    """The orders of a snapshot, newest first. Sets of them are whole numbers, bit by bit in that order."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.orders: list[Order] = sorted(snapshot.orders.values(), key=lambda order: -order.created_at)
        self.all = (1 << len(self.orders)) - 1
        self._symbols: dict[str, int] = {}
        self._statuses: dict[str, int] = {}
        for place, order in enumerate(self.orders):
            self._symbols[order.symbol] = self._symbols.get(order.symbol, 0) | 1 << place
            self._statuses[order.status] = self._statuses.get(order.status, 0) | 1 << place
        self._places: dict[int, list[int]] = {}
        self._is_telling = [is_telling(order.created_at) for order in self.orders]
        self._rising = [-order.created_at for order in self.orders]  # as bisect wants it

    @property
    def after_all(self) -> int:
        """A second after that of the newest order."""
        return self.orders[0].created_at + DAY_S

    @property
    def symbols(self) -> list[str]:
        """The markets that the orders stand in."""
        return sorted(self._symbols)

    def of(self, symbol: str | None, status: str | None) -> int:
        """The orders of this market and this status; None for any."""
        passing = self.all if symbol is None else self._symbols.get(symbol, 0)
        return passing if status is None else passing & self._statuses.get(status, 0)

    def places(self, symbol: str | None, status: str | None) -> list[int]:
        """The places of the orders of this market and this status, the newest first."""
        orders = self.of(symbol, status)
        if orders not in self._places:
            self._places[orders] = [place for place, bit in enumerate(bin(orders)[:1:-1]) if bit == "1"]
        return self._places[orders]

    def telling(self, places: Sequence[int], first: int, last: int) -> list[int]:
        """Which of these places, by number from first to last, are those of orders created at a moment that tells."""
        return [number for number in range(first, last + 1) if self._is_telling[places[number]]]

    def beside(self, places: Sequence[int], first: int, last: int, step: int) -> list[int]:
        """Which of these places, by number from first to last, are those of orders that another one lies beside: so
        many seconds behind it, or before it.
        """
        seconds = {self.orders[place].created_at for place in places}
        return [number for number in range(first, last + 1) if self.orders[places[number]].created_at + step in seconds]

    def answer(self, query: Query) -> Answer:
        """What a list by this query has to show."""
        passing = self.of(query.symbol, query.status)
        if query.start is not None:
            passing &= (1 << self._newer_than(query.start - 1)) - 1
        if query.end is not None:
            passing &= self.all & ~((1 << self._newer_than(query.end)) - 1)
        count = passing.bit_count()
        if query.limit is not None and query.limit < 1:
            return Answer(0, passing, 0, count)
        size = UNBOUNDED if query.limit == UNBOUNDED else page_size(query.limit)
        if count <= size:
            return Answer(passing, passing, count, count)
        floor = self.orders[_place(passing, size)].created_at
        sure, may = (passing & ((1 << self._newer_than(second)) - 1) for second in (floor, floor - 1))
        return Answer(may if may.bit_count() == size else sure, may, size, size)

    def _newer_than(self, second: int) -> int:
        """How many orders were created after this second."""
        return bisect_left(self._rising, -second)


def differ(one: Answer, other: Answer) -> bool:
    """Whether no page can be right by both."""
    counts = one.most < other.least or other.most < one.least
    return counts or bool(one.sure & ~other.may or other.sure & ~one.may)


def _place(orders: int, number: int) -> int:
    """The place of the order of this number in a set, 1 being the newest."""
    bits, place = bin(orders)[:1:-1], -1
    for _ in range(number):
        place = bits.index("1", place + 1)
    return place
