"""Listing: limit."""

from collections.abc import Iterable

from hypothesis import given, settings

from conformance.account.known import Known
from conformance.coverage.rows import ABOVE, BELOW, WITHIN
from conformance.declare import asks, needs, verifies
from conformance.hypothesis_seam import DRAWING, examples
from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import STATUSES, Order, Query
from conformance.strategies import LARGEST_LIMIT, limits_above, limits_below, limits_within
from conformance.verdict import Breach, NoList, NotObserved, Violation


@verifies("list.limit-default")
@needs(orders=DEFAULT_LIMIT + 1)
def test_without_a_limit_the_fifty_newest(known: Known) -> None:
    """No limit, more than 50 orders: exactly the 50 newest."""
    known.expect()


@verifies("list.limit-default")
@needs(orders=1)
def test_a_list_without_filters_hides_no_status(known: Known) -> None:
    """What a status shows, a list without filters shows as well, wherever it lies."""
    for status in STATUSES:
        try:
            page = known.page(Query(status=status, limit=MAX_LIMIT))
        except NoList:
            continue
        if _unknown(known.snapshot, page.orders) and (hidden := _unknown(known.refresh(), page.orders)):
            breach = Breach("lists without filters that show what a list by status shows", f"none with {hidden[0]}")
            known.expect(Query(limit=MAX_LIMIT))  # a page of the wrong length hides orders, too
            if len(known.page(Query(limit=MAX_LIMIT)).orders) > MAX_LIMIT:
                return
            known.expect(page.query)  # what leaves it out may be where a page begins, or that it is cut first
            raise Violation(breach, *known.snapshot.exchanges[:1], page.exchange)


def _unknown(known: Snapshot, orders: Iterable[Order]) -> list[Order]:
    return [order for order in orders if order.id not in known.orders and known.covers(order.created_at)]


@verifies("list.limit-exact")
@needs(orders=2)
@settings(DRAWING, max_examples=1)
@given(limit=limits_within)
@examples(limit=WITHIN)
def test_a_limit_within_range_is_kept(known: Known, limit: int) -> None:
    """limit=k, 1 to 200: exactly the k newest, or all if there are fewer."""
    known.expect(Query(limit=limit))


@verifies("list.limit-exact")
@needs(orders=2)
def test_a_limit_may_end_within_a_second(known: Known) -> None:
    """A limit that shows some of the orders of a second, and not all: exactly so many orders."""
    newest = known.snapshot.stamps[::-1]
    limits = [limit for limit in range(1, min(MAX_LIMIT, len(newest) - 1)) if newest[limit - 1] == newest[limit]]
    # Behind a newer second: a target that leaves the last one out is then left with a page.
    if (limit := next((limit for limit in limits if newest[limit] < newest[0]), min(limits, default=None))) is None:
        raise NotObserved(f"no two of the newest {MAX_LIMIT} orders are of one second")
    known.expect(Query(limit=limit))


@verifies("list.limit-exact")
@needs(orders=MAX_LIMIT + 1)
def test_the_largest_limit_is_kept(known: Known) -> None:
    """limit=200 with more than 200 orders: exactly the 200 newest."""
    known.expect(Query(limit=MAX_LIMIT))


@verifies("list.limit-max")
@needs(orders=MAX_LIMIT + 1)
@settings(DRAWING, max_examples=1)
@given(limit=limits_above)
@examples(limit=ABOVE)
def test_a_limit_above_the_maximum_is_clamped(known: Known, limit: int) -> None:
    """A limit above 200, with more than 200 orders: exactly the 200 newest."""
    known.expect(Query(limit=limit))


@verifies("list.limit-max")
@needs(orders=MAX_LIMIT + 1)
@asks(lambda stage: Query(start=0, end=LARGEST_LIMIT, limit=1000))
def test_it_is_clamped_within_a_window_too(known: Known, asked: Query) -> None:
    """A limit above 200, and a window that lets everything through: exactly the 200 newest."""
    known.expect(asked)


@verifies("list.limit-below")
@needs(orders=1)
@settings(DRAWING, max_examples=1)
@given(limit=limits_below)
@examples(limit=BELOW)
def test_a_limit_below_range_is_clamped(known: Known, limit: int) -> None:
    """0 or less: 200 OK and the newest of what there is, up to 200 of it; how many is left free."""
    known.expect(Query(limit=limit))
