"""Listing: what any answer is, whatever it is asked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.account.account import Account
from conformance.declare import needs, verifies
from conformance.hypothesis_seam import DRAWING
from conformance.oracle.listing import changed_by_reading
from conformance.orders import STATUSES, Query
from conformance.stage.stage import Stage
from conformance.strategies import queries
from conformance.verdict import Breach, NotObserved, Violation


@verifies("list.array", "list.array-json")
def test_a_plain_list_is_an_array(caller: Account) -> None:
    """Without parameters: 200 and a bare JSON array, served as JSON."""
    page = caller.list()
    served_as = page.exchange.header("content-type")
    if "json" not in served_as:
        raise Violation(Breach("Content-Type application/json", served_as or "none", "list.array-json"), page.exchange)


@verifies("list.array")
@needs(orders=1)
def test_nothing_that_matches_is_an_empty_array(caller: Account, stage: Stage) -> None:
    """A window behind the newest order: 200 and []. A list that ignores windows is judged elsewhere."""
    newest = stage.seen.seconds()[0]
    far_ahead = newest + 10 * 365 * 86400
    page = caller.list(Query(start=far_ahead))
    if page.orders:
        raise NotObserved("no list came out empty: a start ten years ahead let orders through")


@verifies("list.newest-first")
@needs(seconds=2)
@settings(DRAWING, max_examples=10)
@given(data=st.data())
def test_newest_first_under_every_filter_and_limit(caller: Account, stage: Stage, data: st.DataObject) -> None:
    """Any filters, any limit: created_at never rises down the page."""
    caller.list(data.draw(queries(stage.seen)))


@verifies("list.own-only")
@needs(other=True)
@pytest.mark.parametrize("filtered_by", [(), ("symbol",), ("status",), ("start",), ("end",), ("start", "end")], ids=str)
def test_another_accounts_orders_are_never_shown(caller: Account, stage: Stage, filtered_by: tuple[str, ...]) -> None:
    """Filters under which the other account has orders, with either credential: the caller sees none of them."""
    theirs = sorted(stage.other_seen.orders.values(), key=lambda order: order.created_at)
    for order, credential in zip((theirs[-1], theirs[0]), (*caller.credentials, *caller.credentials), strict=False):
        around = Query(order.symbol, order.status, order.created_at, order.created_at)
        caller.list(Query(limit=200, **{name: getattr(around, name) for name in filtered_by}), credential)


@verifies("list.own-only")
@needs(other=True, orders=1)
@settings(DRAWING, max_examples=6)
@given(data=st.data())
def test_the_other_account_does_not_see_the_callers(other: Account, stage: Stage, data: st.DataObject) -> None:
    """The same from the other side, with either credential."""
    other.list(data.draw(queries(stage.seen)), data.draw(st.sampled_from(other.credentials)))


@verifies("list.safe")
@needs(orders=1)
def test_reading_changes_nothing(caller: Account, stage: Stage) -> None:
    """Reads of every kind, between two of the whole: each order is there again, with the same record."""
    stage.renew()
    first = stage.view.latest()
    for query in (*(Query(status=status) for status in STATUSES), Query(stage.seen.symbols()[0]), Query(end=2**31 - 1)):
        caller.list(query)
    again = stage.view.fresh()
    caller.observations.report(changed_by_reading(first, again), *first.exchanges, *again.exchanges, raising=True)
