"""What is settled in an account: orders that lists have shown for so long that every later list has to show them."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from conformance.evidence import Exchange
from conformance.naming import count
from conformance.oracle.cancel_case import GONE, became
from conformance.oracle.listing import Listing, due_above, matches, must_show
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.verdict import Breach

_LONG_S = 10.0  # longer than any list is behind that comes round


class _Shown(NamedTuple):
    """An order as lists showed it last, since when they do, by the first that did; since when it was listed; and when
    a list came that showed it so, of a time after the account was changed last.
    """

    order: Order
    since: float
    by: Exchange
    listed_since: float
    again_at: float


class Settled:
    """The orders of one account as lists showed them last, and since when. Times in seconds of one clock.

    An order that is over is settled `lag_s` seconds after the first list that shows it so. A live one is settled only
    while nothing was done to the account for as long, since a cancel-all or a trade may change it; and that it is live
    still, only where a list has shown it so that was asked for as long after that: until then it may be as it was. What
    a cancel-all has told as canceled is so for good; lists show it `told_lag_s` seconds later.
    `further_s`: how much longer both take, as has been found.
    """

    def __init__(
        self, lag_s: float = 0.0, told_lag_s: float = 0.0, further_s: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._said_s = lag_s, told_lag_s
        self._further_s = further_s
        self._shown: dict[str, _Shown] = {}
        self._by_second: list[tuple[int, str]] = []  # in which each was created, with its id, in rising order
        self._canceled: dict[str, Exchange] = {}  # by the answer that told it
        self._told: deque[tuple[Order, Exchange]] = deque()  # a moment ago
        self._changed_at = float("-inf")

    @property
    def _lag_s(self) -> float:
        return self._said_s[0] + self._further_s()

    @property
    def _told_lag_s(self) -> float:
        return self._said_s[1] + self._further_s()

    def change(self, at: float) -> None:
        """Something was done to the account then."""
        self._changed_at = at

    def learn(self, orders: Iterable[Order], by: Exchange) -> None:
        """Take in what the list `by` has shown."""
        came_at = by.came_at
        again_at = came_at if by.sent_at >= self._changed_at + self._lag_s else float("-inf")
        for order in orders:
            if not order.id or not order.unread.isdisjoint(("status", "created_at")):
                continue  # it tells no order from another, or not how it is, or in which lists it is
            known = self._shown.get(order.id)
            if known is None or (known.order is not order and known.order != order):
                if known is None or known.order.created_at != order.created_at:
                    insort(self._by_second, (order.created_at, order.id))
                self._shown[order.id] = _Shown(order, came_at, by, known.listed_since if known else came_at, again_at)
            elif known.again_at <= self._changed_at < again_at and order.live:
                self._shown[order.id] = known._replace(again_at=again_at)

    def tell(self, orders: Iterable[Order], by: Exchange) -> None:
        """Take in what the answer `by` to a cancel-all has told."""
        canceled = [order for order in orders if order.status == "canceled"]
        self._canceled.update((order.id, by) for order in canceled)
        self._told.extend((order, by) for order in canceled)

    def shown(self, id: str) -> Order | None:
        """The order of this id as lists have shown it last, if they have."""
        return self._shown[id].order if id in self._shown else None

    def canceled(self, among: Iterable[str]) -> dict[str, str]:
        """The status, by id, of those of these orders that a cancel-all has told as canceled."""
        return {id: "canceled" for id in among if id in self._canceled}

    @property
    def told(self) -> Mapping[str, float]:
        """When a cancel-all was asked for that told an order as canceled, by the order's id."""
        return {id: by.sent_at for id, by in self._canceled.items()}

    def told_over(self, seen: Snapshot) -> frozenset[str]:
        """Those that these lists show live, though a cancel-all that was asked for before told them as canceled."""
        asked_at = min((exchange.sent_at for exchange in seen.exchanges), default=0.0)
        told = {order.id: self._canceled.get(order.id) for order in seen.live()}
        return frozenset(id for id, by in told.items() if by is not None and by.sent_at < asked_at)

    def ids(self, among: Iterable[str], at: float) -> set[str]:
        """Those of these orders that lists had shown for long enough at this moment, in whatever state."""
        return {id for id in among if (one := self._shown.get(id)) and one.listed_since + self._lag_s < at}

    def changed(self, at: float) -> set[str]:
        """The orders that lists showed otherwise, or that a cancel-all has told as canceled, so shortly before this
        moment that a later list still may show them as they were.
        """
        told = {order.id for order, by in self._told if by.came_at + self._told_lag_s > at}
        return told | {id for id, shown in self._shown.items() if shown.since + self._told_lag_s > at}

    def left_out(self, listing: Listing, asked_at: float) -> list[Order]:
        """What a list without a status leaves out, of the orders that lists had shown for long enough when it was asked
        for, in whatever state: none while it may be behind a cancel-all.
        """
        if self._changed_at + self._told_lag_s > asked_at:
            return []
        created = self._created(due_above(listing), listing.query)
        listed = (self._shown[id] for _, id in created if self._shown[id].listed_since + self._lag_s < asked_at)
        return listing.left_out(each.order for each in listed if matches(listing.query, each.order))

    def contradictions(self, listing: Listing, asked_at: float) -> Iterator[Breach]:
        """What the list leaves out or shows otherwise, of the orders that were settled when it was asked for.

        Each breach has the list that showed the order before as its exchange, or the answer that told it as canceled.
        """
        query = listing.query
        page = {order.id: order for order in listing.orders}
        floor = due_above(listing)
        told = self._told_but_left_out(listing, floor, asked_at)
        is_due = self._is_settled if query.status is None else self._stays_so
        created = ((second, self._shown[id]) for second, id in self._created(floor, query) if id not in page)
        left_out = listing.left_out(
            known.order
            for second, known in created
            if known.order.created_at == second and matches(query, known.order) and is_due(known, asked_at)
        )
        missing = {order.id: order for order in (*told, *left_out)}
        lacks_a_market = bool(left_out) and listing.lacks_a_market(missing.values())
        yield from self._not_canceled(listing, page, () if lacks_a_market else told, asked_at)
        for id, now in page.items():
            known = self._shown.get(id)
            if known and known.order.changes(now) and self._stays_so(known, asked_at):
                stale = "cancel.visible" if known.order.status == "canceled" and _is_otherwise(now) else None
                want, other = f"{known.order} as it was, in a list of {query}", became(known.order.changes(now), now)
                yield Breach(want, f"{now}", stale, exchanges=(known.by,), changed=other)
        broken = "list.symbol-omitted" if lacks_a_market else None
        for order in left_out:
            by = self._shown[order.id].by
            got = f"{count(len(page), 'order')} without it"
            want = f"{order} in a list of {query}"
            yield Breach(want, got, broken, certain=not lacks_a_market, exchanges=(by,), changed=GONE)

    def _is_settled(self, known: _Shown, at: float) -> bool:
        if known.order.live and known.order.id in self._canceled:
            return False  # no list has been asked for since a cancel-all has told that it is canceled
        quiet = self._changed_at + self._lag_s < at
        return known.since + self._lag_s < at and (quiet or not known.order.live)

    def _stays_so(self, known: _Shown, at: float) -> bool:
        """Whether it is settled, and as it was shown."""
        return self._is_settled(known, at) and (self._changed_at < known.again_at < at or not known.order.live)

    def _created(self, after: int, query: Query) -> list[tuple[int, str]]:
        """Those that were created later than this second, and in the window of the query."""
        first = after + 1 if query.start is None else max(after + 1, query.start)
        begin = bisect_left(self._by_second, (first, ""))
        end = None if query.end is None else bisect_left(self._by_second, (query.end + 1, ""))
        return self._by_second[begin:end]

    def _told_but_left_out(self, listing: Listing, floor: int, asked_at: float) -> list[Order]:
        """What a cancel-all has told as canceled, no list has shown so, and this list leaves out."""
        query = listing.query
        while self._told and asked_at - self._told[0][1].sent_at > self._lag_s + _LONG_S:
            self._told.popleft()  # by now, lists have shown it
        return listing.left_out(
            order
            for order, _ in self._told
            if must_show(query, floor, order) and not (query.status is None and self._is_over(order))
        )

    def _not_canceled(
        self, listing: Listing, page: Mapping[str, Order], left_out: Iterable[Order], asked_at: float
    ) -> Iterator[Breach]:
        """What a cancel-all has told as canceled, and this list shows otherwise, or leaves out."""
        live = ((id, self._canceled[id], f"{now}", True) for id, now in page.items() if self._contradicts(id, now))
        without = f"{count(len(page), 'order')} of {listing.query} without it"
        # Why a list leaves it out, this list does not tell.
        missing = ((order.id, self._canceled[order.id], without, False) for order in left_out)
        for id, by, got, certain in (*live, *missing):
            after_s = asked_at - by.came_at
            # What no list has shown yet may still be on its way there since it was placed.
            if after_s > (self._told_lag_s if id in page or id in self._shown else self._lag_s):
                want = f"{id} canceled in a list asked for {after_s * 1000:.0f} ms after a cancel-all told so"
                yield Breach(want, got, "cancel.visible", certain=certain, exchanges=(by,))

    def _is_over(self, order: Order) -> bool:
        """Whether a list has shown it canceled: who leaves it out later does not do so because of the cancel-all."""
        known = self._shown.get(order.id)
        return known is not None and known.order.status == "canceled"

    def _contradicts(self, id: str, now: Order) -> bool:
        return id in self._canceled and _is_otherwise(now)


def _is_otherwise(now: Order) -> bool:
    """Whether a list shows it not canceled."""
    return "status" not in now.unknown and now.status != "canceled"
