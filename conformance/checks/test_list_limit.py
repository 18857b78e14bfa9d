"""Listing: limit."""

from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings

from conformance.account.account import Account
from conformance.account.known import Known
from conformance.declare import needs, verifies
from conformance.hypothesis_seam import DRAWING
from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import STATUSES, Order, Query
from conformance.strategies import LARGEST_LIMIT, limits_above, limits_below, limits_within
from conformance.verdict import Breach, Violation


@verifies("list.limit-default")
@needs(orders=DEFAULT_LIMIT + 1)
def test_without_a_limit_the_fifty_newest(caller: Account, known: Known) -> None:
    """No limit, more than 50 orders: exactly the 50 newest."""
    known.explains(caller.list())


@verifies("list.limit-default")
@needs(orders=1)
def test_a_list_without_filters_hides_no_status(caller: Account, known: Known) -> None:
    """What a status shows, a list without filters shows as well, wherever it lies."""
    for status in STATUSES:
        page = caller.list(Query(status=status, limit=MAX_LIMIT))
        if _unknown(known.snapshot, page.orders) and (hidden := _unknown(known.refresh(), page.orders)):
            breach = Breach("lists without filters that show what a list by status shows", f"none with {hidden[0]}")
            raise Violation(breach, *known.snapshot.exchanges[:1], page.exchange)


def _unknown(known: Snapshot, orders: Iterable[Order]) -> list[Order]:
    return [order for order in orders if order.id not in known.orders and known.covers(order.created_at)]


@verifies("list.limit-exact")
@needs(orders=2)
@settings(DRAWING, max_examples=3)
@given(limit=limits_within)
@example(limit=1)
@example(limit=2)
@example(limit=DEFAULT_LIMIT - 1)
@example(limit=DEFAULT_LIMIT)
@example(limit=DEFAULT_LIMIT + 1)
@example(limit=100)
@example(limit=MAX_LIMIT - 1)
@example(limit=MAX_LIMIT)
def test_a_limit_within_range_is_kept(caller: Account, known: Known, limit: int) -> None:
    """limit=k, 1 to 200: exactly the k newest, or all if there are fewer."""
    known.explains(caller.list(Query(limit=limit)))


@verifies("list.limit-exact")
@needs(orders=MAX_LIMIT + 1)
def test_the_largest_limit_is_kept(caller: Account, known: Known) -> None:
    """limit=200 with more than 200 orders: exactly the 200 newest."""
    known.explains(caller.list(Query(limit=MAX_LIMIT)))


@verifies("list.limit-max")
@needs(orders=MAX_LIMIT + 1)
@settings(DRAWING, max_examples=4)
@given(limit=limits_above)
@example(limit=MAX_LIMIT + 1)
@example(limit=250)
@example(limit=501)
@example(limit=1000)
@example(limit=1001)
@example(limit=LARGEST_LIMIT)
def test_a_limit_above_the_maximum_is_clamped(caller: Account, known: Known, limit: int) -> None:
    """A limit above 200, with more than 200 orders: exactly the 200 newest."""
    known.explains(caller.list(Query(limit=limit)))


@verifies("list.limit-max")
@needs(orders=MAX_LIMIT + 1)
@pytest.mark.parametrize(("start", "end"), [(0, None), (None, LARGEST_LIMIT), (0, LARGEST_LIMIT)])
def test_it_is_clamped_within_a_window_too(caller: Account, known: Known, start: int | None, end: int | None) -> None:
    """A limit above 200, and a window that lets everything through: exactly the 200 newest."""
    known.explains(caller.list(Query(start=start, end=end, limit=1000)))


@verifies("list.limit-below")
@needs(orders=1)
@settings(DRAWING, max_examples=3)
@given(limit=limits_below)
@example(limit=0)
@example(limit=-1)
@example(limit=-MAX_LIMIT)
@example(limit=-LARGEST_LIMIT)
def test_a_limit_below_range_is_clamped(caller: Account, known: Known, limit: int) -> None:
    """0 or less: 200 OK and the newest of what there is, up to 200 of it; how many is left free."""
    known.explains(caller.list(Query(limit=limit)))
