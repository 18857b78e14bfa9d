"""What a list must show: rules over one answer alone, and a comparison with snapshots."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

from conformance.naming import count
from conformance.oracle.cancel_case import GONE, became, is_another
from conformance.oracle.laws import CARRIES_NO_REASON
from conformance.oracle.rules import RIGHT, Rulebook, Sight
from conformance.oracle.snapshot import Interval, Snapshot
from conformance.orders import Order, Query
from conformance.verdict import Breach

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Listing:
    """A query and the orders in its answer. `foreign`: identities of orders that belong to another account.

    `unread`: ids of the records beside them that cannot be read, "" or None where there is no id. Those may be any.
    """

    query: Query
    orders: Sequence[Order]
    foreign: Set[tuple[object, ...]] = frozenset()
    unread: Sequence[str | None] = ()

    def left_out(self, due: Iterable[Order]) -> list[Order]:
        """Those of these orders that are not shown; none where records that cannot be read may be all of them."""
        shown = {order.id for order in self.orders}.union(self.unread)
        missing = [order for order in due if order.id not in shown]
        return missing if len(missing) > sum(not id for id in self.unread) else []

    @property
    def shows_twice(self) -> bool:
        """Whether it shows an order more than once."""
        return len({order.id for order in self.orders}) < len(self.orders)

    def lacks_a_market(self, left_out: Iterable[Order]) -> bool:
        """Whether it is asked for all markets, and shows some, and nothing of others: what it leaves out among the
        orders that it shows is all of those, and of one more than one order. What lies below them may be cut off.
        """
        if self.query.symbol is not None or not self.orders:
            return False
        oldest = min(order.created_at for order in self.orders)
        missing = [order.symbol for order in left_out if order.created_at > oldest]
        return len(missing) > len(set(missing)) and {order.symbol for order in self.orders}.isdisjoint(missing)


LISTING: Rulebook[[Listing]] = Rulebook()

FILTERED = {"symbol": (), "status": ("status",), "start": ("created_at",), "end": ("created_at",)}
"""What a record has to tell before a filter is judged by it. Its market is the same wherever it is known from."""


def matches(query: Query, order: Order) -> bool:
    """Whether the order passes all filters of the query. `start` and `end` are inclusive."""
    return (
        (query.symbol is None or order.symbol == query.symbol)
        and (query.status is None or order.status == query.status)
        and (query.start is None or order.created_at >= query.start)
        and (query.end is None or order.created_at <= query.end)
    )


def must_show(query: Query, above: int, order: Order) -> bool:
    """Whether a page that has all matching orders that are newer than this second has this one. When it was created is
    not known to the second where that cannot be read.
    """
    if "created_at" in order.unread and (above != _BEFORE_ALL or query.start is not None or query.end is not None):
        return False
    return order.created_at > above and matches(query, order)


def page_size(limit: int | None) -> int:
    """The largest page with this limit. Below 1 the documents name no size, so any size up to 200 passes."""
    if limit is None:
        return DEFAULT_LIMIT
    return limit if 1 <= limit <= MAX_LIMIT else MAX_LIMIT


# The requirements on limits, except the one on a limit within range.
LIMITS = ("list.limit-default", "list.limit-below", "list.limit-max")


def limit_requirement(limit: int | None) -> str:
    """The requirement on this limit."""
    if limit is None:
        return "list.limit-default"
    if limit < 1:
        return "list.limit-below"
    return "list.limit-exact" if limit <= MAX_LIMIT else "list.limit-max"


@LISTING.rule("list.newest-first")
def created_at_never_rises(listing: Listing) -> Iterator[Sight]:
    """Each order is at most as new as the one above it; among equals the order is free."""
    told = [order for order in listing.orders if "created_at" not in order.unread]
    for upper, lower in pairwise(told):
        if upper.created_at < lower.created_at:
            yield Breach("created_at descending", f"{upper} above {lower}")
        elif upper.created_at > lower.created_at:
            yield RIGHT


@LISTING.rule("list.limit-exact", may_also=LIMITS)
def no_more_than_the_limit(listing: Listing) -> Iterator[Sight]:
    """A page is never longer than its limit."""
    limit, shown = listing.query.limit, len(listing.orders)
    if shown > page_size(limit):
        asked = "no limit" if limit is None else f"limit={limit}"
        yield Breach(f"at most {count(page_size(limit), 'order')} for {asked}", f"{shown}", limit_requirement(limit))


@LISTING.rule("list.symbol")
def that_market_alone(listing: Listing) -> Iterator[Sight]:
    """A symbol shows exactly that market."""
    yield from _all(listing, "symbol", lambda order, symbol: order.symbol == symbol)


@LISTING.rule("list.status")
def that_status_alone(listing: Listing) -> Iterator[Sight]:
    """A status shows exactly that status."""
    yield from _all(listing, "status", lambda order, status: order.status == status)


@LISTING.rule("list.start")
def nothing_older_than_start(listing: Listing) -> Iterator[Sight]:
    """created_at >= start."""
    yield from _all(listing, "start", lambda order, start: order.created_at >= start)


@LISTING.rule("list.end")
def nothing_newer_than_end(listing: Listing) -> Iterator[Sight]:
    """created_at <= end."""
    yield from _all(listing, "end", lambda order, end: order.created_at <= end)


@LISTING.rule("list.own-only")
def nobody_elses(listing: Listing) -> Iterator[Sight]:
    """No order of another account, whatever the filters."""
    for order in listing.orders:
        if order.identity in listing.foreign:
            yield Breach("only the caller's orders", f"{order}, which is another account's")


@LISTING.rule("order.id")
def no_id_twice(listing: Listing) -> Iterator[Sight]:
    """An id names one order, so a page shows it once."""
    seen: set[str] = set()
    for order in listing.orders:
        if order.id in seen:
            yield Breach("each id once in a list", f"{order} twice")
        seen.add(order.id)


def explain(listing: Listing, known: Interval) -> Iterator[Breach]:
    """What the page shows and should not, and what it should show and does not, according to the snapshots.

    Older than the horizon, the page may show orders that are not known. The rest must match exactly, but for foreign
    orders: they break another requirement.
    """
    query, page = listing.query, listing.orders
    shown = {order.id: order for order in page}
    floor = due_above(listing)
    stable = known.stable()
    passing = [order for order in stable if matches(query, order)]
    due = min(page_size(query.limit), len(passing))
    for order in stable:
        if order.id in shown and (changed := order.changes(shown[order.id])):
            want = f"the same record of {order} in every list"
            now = shown[order.id]
            broken, told = _of_records(order, now), became(changed, now)
            yield Breach(want, _differences(changed), broken, certain=False, changed=told)
    unknown = [each for each in page if each.identity not in listing.foreign and each.id not in known.before.orders]
    renamed = {order.identity[1:]: order for order in unknown}
    for order in listing.left_out(order for order in passing if must_show(query, floor, order)):
        want, got = f"{count(due, 'order')}, {order} among them", f"{count(len(page), 'order')} without it"
        if other := renamed.get(order.identity[1:]):
            unknown = [each for each in unknown if each is not other]
            yield Breach(f"{order} under the same id in every list", f"{other}", "order.id", certain=False)
        else:
            yield Breach(want, got, certain=False)
    for order in unknown:
        if not known.unsettled(order.id) and known.covers(order.created_at):
            yield Breach(
                "orders that a list without filters shows too",
                f"{order}, which such a list does not show",
                certain=False,
            )


_OF_FIELDS = {
    "filled_qty": "order.filled-qty",
    "avg_fill_price": "order.avg-fill-price",
    "quote_quantity": "order.quote-quantity",
    "reject_reason": "order.reject-reason",
}


def _of_records(order: Order, shown: Order) -> str | None:
    """The requirement that two records of one id break, where it is clear: they are of two orders, one list does not
    show it canceled, or a field that has a requirement of its own is not the same.
    """
    if is_another(order, shown):
        return "order.id"
    if order.status != shown.status:
        return "cancel.visible" if "canceled" in (order.status, shown.status) else None
    broken = next((_OF_FIELDS[name] for name in order.changes(shown) if name in _OF_FIELDS), None)
    absent = broken == "order.reject-reason" and order.status in CARRIES_NO_REASON
    return "order.reject-reason-absent" if absent else broken


def cut_before_filtering(
    listing: Listing, known: Snapshot, behind: Iterable[str] | None = None, *, finds_some: bool = False
) -> bool:
    """Whether the target applied the limit first, and these filters `behind` it, by default all: the page has those of
    the newest orders that pass them.

    A page without orders may also be of a filter that finds nothing, unless a longer one `finds_some`.
    """
    query = listing.query
    first = reduce(Query.without, query.filters if behind is None else behind, query)
    newest = sorted((each.created_at for each in known.orders.values() if matches(first, each)), reverse=True)
    size = page_size(query.limit)
    if len(newest) <= size or first == query:
        return False
    floor = newest[size - 1]
    if not any(order.created_at < floor and matches(query, order) for order in known.orders.values()):
        return False  # all that pass the filters are among the newest
    shown = {order.id for order in listing.orders}
    above = {order.id for order in known.orders.values() if order.created_at > floor and matches(query, order)}
    within = {order.id for order in known.orders.values() if order.created_at >= floor and matches(query, order)}
    return (bool(shown) or finds_some) and len(shown) < size and above <= shown <= within


def ends_too_soon(listing: Listing, known: Snapshot) -> bool:
    """Whether the page has the newest orders that pass the filters, and not as many as it should before it is full."""
    query, page = listing.query, listing.orders
    passing = [order for order in known.orders.values() if matches(query, order)]
    if not 0 < len(page) < page_size(query.limit) < len(passing):
        return False
    floor = min(order.created_at for order in page)
    return not listing.left_out(order for order in passing if order.created_at > floor)


def changed_by_reading(first: Snapshot, again: Snapshot) -> Iterator[Breach]:
    """Orders whose record changed between two reads, if no fill explains the change."""
    for order in first.orders.values():
        later = again.orders.get(order.id)
        if later is None and again.covers(order.created_at):
            yield Breach(f"{order} when read again", "a list without it", certain=False, changed=GONE)
        changed = order.changes(later) if later is not None else {}
        if later is not None and changed and not (order.live and "filled_qty" in changed):
            # Nobody can change a finished order. Somebody may have canceled a live one, and nothing else ends it.
            certain = not order.live or later.status in ("expired", "rejected")
            want = f"the same record of {order} when read again"
            yield Breach(want, _differences(changed), certain=certain, changed=became(changed, later))


def due_above(listing: Listing) -> int:
    """The page must show all matching orders that are newer than this second.

    A full page may end in the middle of a second. With a limit below 1 any number of the newest orders passes, also
    none: the page may end wherever it ends.
    """
    query, page = listing.query, listing.orders
    below = query.limit is not None and query.limit < 1
    if below or len(page) + len(listing.unread) >= page_size(query.limit):
        return min((order.created_at for order in page), default=_END_OF_TIME)
    return _BEFORE_ALL


_BEFORE_ALL, _END_OF_TIME = -(2**63), 2**63


def _all(listing: Listing, name: str, holds: Callable[[Order, Any], bool]) -> Iterator[Sight]:
    value = getattr(listing.query, name)
    if value is None:
        return
    for order in listing.orders:
        if not order.unread.isdisjoint(FILTERED[name]):
            continue
        if holds(order, value):
            yield RIGHT
        else:
            # Of what is filtered by, the status alone may have changed since.
            told = became({name: value}, order) if name == "status" else ()
            yield Breach(f"only orders with {name}={value}", str(order), changed=told)


def _differences(changed: dict[str, tuple[object, object]]) -> str:
    return ", ".join(f"{name} {was} and then {now}" for name, (was, now) in changed.items())
