"""What a recording has shown of one account so far: each order as it was last seen."""

import heapq
import itertools
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from conformance.evidence import Exchange
from conformance.oracle.snapshot import Snapshot
from conformance.oracle.timeline import Look
from conformance.orders import Order, Query
from conformance.recorded.entry import Entry

_MOST_ORDERS = 20_000  # of one account that are remembered: those that were seen last
_LATELY = 20  # cancel-alls whose answers later lists have to show
_NO_HORIZON = 2**62  # what was put together from several lists covers no second for certain


@dataclass(frozen=True, slots=True)
class Terms:
    """What is assumed of the target and of the recording. `alone`: nobody else has used these accounts meanwhile.

    `consistency_s`: how long lists may be behind a change; `settle_s`: how long until lists show a new order.
    """

    alone: bool = False
    consistency_s: float = 0.0
    settle_s: float = 2.0


@dataclass(slots=True)
class Shown:
    """An answer of 200 that could be read: a list, or what a cancel-all canceled. `symbol`: of a cancel-all."""

    entry: Entry
    query: Query | None
    symbol: str | None
    orders: tuple[Order, ...]
    unread: tuple[str | None, ...] = ()
    raced: bool = False  # whether a cancel-all that overlaps this one has been judged together with it
    by_id: dict[str, Order] = field(default_factory=dict)
    bare: Exchange = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {order.id: order for order in self.orders}
        self.bare = replace(self.entry.exchange, response_body="…")

    def look(self, orders: Mapping[str, Order] | None = None) -> Look:
        """The answer as the timeline takes it; `orders`: of a list that is long gone, those that are still known."""
        entry = self.entry
        return Look(
            self.query,
            self.by_id if orders is None else orders,
            entry.asked_at,
            entry.came_at,
            entry.exchange if orders is None else self.bare,
            self.unread,
        )


@dataclass(slots=True)
class Sight:
    """An order as an answer showed it last, since when it is shown so, and since when it is listed at all."""

    order: Order
    by: "Told"
    since: float
    listed_since: float


@dataclass(frozen=True, slots=True)
class Told:
    """The answer that showed an order, without its body."""

    query: Query | None
    asked_at: float
    came_at: float
    exchange: Exchange

    def look(self, orders: Mapping[str, Order]) -> Look:
        """The answer as the timeline takes it, with these of its orders."""
        return Look(self.query, orders, self.asked_at, self.came_at, self.exchange)


class Story:
    """One account. Answers are taken in once they have come: who asks at a moment knows what had come by then."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known: OrderedDict[str, Sight] = OrderedDict()
        self.live: set[str] = set()  # those that were live when they were seen last
        self.lately: deque[Shown] = deque(maxlen=_LATELY)  # cancel-alls
        self.changed_at = float("-inf")  # when something was last done that may change orders, or the last of it came
        self.refused_at = float("-inf")  # when a cancel-all was last refused, or got no answer
        self._coming: list[tuple[float, int, Shown]] = []
        self._numbers = itertools.count()

    def expect(self, shown: Shown) -> None:
        """This was asked for; it is known once it has come."""
        heapq.heappush(self._coming, (shown.entry.came_at, next(self._numbers), shown))

    def until(self, moment: float) -> None:
        """Take in what had come before this moment."""
        while self._coming and self._coming[0][0] < moment:
            self._take(heapq.heappop(self._coming)[2])

    def _take(self, shown: Shown) -> None:
        told = Told(shown.query, shown.entry.asked_at, shown.entry.came_at, shown.bare)
        for order in shown.orders:
            if not order.id:
                continue
            was = self.known.get(order.id)
            if was is not None and told.asked_at < was.by.came_at and _is_before(order, was.order):
                continue  # it was asked for before that had come
            same = was is not None and (was.order is order or was.order == order)
            since = was.since if was is not None and same else told.came_at
            listed = was.listed_since if was is not None else told.came_at
            self.known[order.id] = Sight(order, told, since, listed)
            self.known.move_to_end(order.id)
            (self.live.add if order.live else self.live.discard)(order.id)
        while len(self.known) > _MOST_ORDERS:
            self.live.discard(self.known.popitem(last=False)[0])
        if shown.query is None:
            self.lately.append(shown)

    def snapshot(self, ids: Iterable[str], *exchanges: Exchange) -> Snapshot:
        """These orders as they are known now; what is not among them may be anything."""
        return snapshot({id: self.known[id].order for id in ids if id in self.known}, *exchanges)

    def has_live(self, symbol: str | None) -> bool:
        """Whether any order of this market, or of all, was live when it was seen last."""
        return any(symbol in (None, self.known[id].order.symbol) for id in self.live)

    def evidence(self, id: str) -> Exchange:
        """The answer that showed the order last, with its record alone."""
        sight = self.known[id]
        return with_record(sight.by.exchange, sight.order)


def snapshot(orders: Mapping[str, Order], *exchanges: Exchange) -> Snapshot:
    """A snapshot of orders that were seen here and there: it does not tell what else there is."""
    return Snapshot(orders, _NO_HORIZON, exchanges)


def with_record(exchange: Exchange, order: Order) -> Exchange:
    """The exchange with this record in place of the whole body."""
    if exchange.response_body != "…":
        return exchange
    return replace(exchange, response_body=f"… {dict(order.sent)} …")


def _is_before(order: Order, other: Order) -> bool:
    """Whether an order that is so becomes the other, and never the other way round, as far as both can be read."""
    told = "filled_qty" not in order.unread | other.unread
    return (order.live and not other.live) or (told and order.filled_qty < other.filled_qty)
