"""Listing: symbol, status and the time window, alone and together."""

import itertools
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.account.account import Account
from conformance.account.ahead import asked_ahead
from conformance.account.known import Known
from conformance.account.walk import unreached
from conformance.coverage.moments import DAY_S, HOUR_S, is_telling
from conformance.coverage.queries import still_listed
from conformance.coverage.rows import ALTERED
from conformance.declare import asks, needs, verifies
from conformance.hypothesis_seam import DRAWING
from conformance.naming import count
from conformance.oracle.cancel_case import GONE
from conformance.oracle.listing import MAX_LIMIT, due_above
from conformance.orders import LIVE, STATUSES, Query
from conformance.stage.stage import Stage
from conformance.strategies import altered, listed, moments, newest, symbols
from conformance.verdict import Breach, NotObserved, Violation

ATTEMPTS = 3  # an order may be filled between two lists


@verifies("list.symbol")
@needs(markets=2)
@settings(DRAWING, max_examples=6)
@given(data=st.data())
def test_a_symbol_shows_its_market_alone(stage: Stage, known: Known, data: st.DataObject) -> None:
    """Each market by itself: all of its orders, and no other's."""
    symbol = data.draw(symbols(listed(stage, stage.seen)))
    known.expect(Query(symbol=symbol, limit=MAX_LIMIT))


@verifies("list.symbol")
@needs(orders=1)
@pytest.mark.parametrize("how", ALTERED)
@asks(lambda stage, how: Query(altered(min(order.symbol for order in listed(stage, stage.seen)), how), limit=MAX_LIMIT))
def test_a_symbol_is_matched_exactly(known: Known, asked: Query, how: str) -> None:
    """A market's name in another case, cut short, prolonged or with a hyphen is another name, and shows nothing."""
    known.expect(asked, may_reject=True)


@verifies("list.symbol-omitted")
@needs(tradable=2)
def test_without_a_symbol_every_market_is_shown(stage: Stage, known: Known) -> None:
    """What each market shows by itself stands in the list without a symbol."""
    pages = [known.page(Query(symbol=market.symbol, limit=MAX_LIMIT)) for market in stage.markets]
    if sum(bool(page.orders) for page in pages) < 2:
        raise NotObserved("no orders in two markets")
    for page in pages:
        known.explains(page, "list.symbol-omitted")


@verifies("list.status")
@pytest.mark.parametrize("status", [pytest.param(each, marks=pytest.mark.needs(status=each)) for each in STATUSES])
def test_a_status_shows_its_orders_alone(known: Known, status: str) -> None:
    """Each of the six by itself: all orders that are so, and no other."""
    known.expect(Query(status=status, limit=MAX_LIMIT))


@verifies("list.active-is-two-lists")
@needs(status="partially_filled")
def test_the_live_orders_are_two_lists(stage: Stage, known: Known) -> None:
    """The open and the partially filled together are the live orders, as far back as both lists reach."""
    stage.view.catch_up()
    before = after = {order.id for order in known.snapshot.live()}
    for _ in range(ATTEMPTS):
        queries = [Query(status=status, limit=MAX_LIMIT) for status in sorted(LIVE)]
        with known.ahead(queries):
            pages = [known.page(query) for query in queries]
        shown = {order.id for page in pages for order in page.orders}
        orders, reach = known.snapshot.orders, max(due_above(page.listing) for page in pages)
        due = set() if any(page.unread for page in pages) else before & after
        missing = {id for id in due - shown if orders[id].created_at > reach}
        too_many = {id for id in shown - (before | after) if id in orders}
        if not missing | too_many:
            return
        before, after = after, {order.id for order in known.refresh().live()}
    told = f"{len(missing)} of them missing, {count(len(too_many), 'other')}"
    raise Violation(Breach("the live orders from the two lists together", told), *(page.exchange for page in pages))


@verifies("list.start")
@needs(seconds=3)
@settings(DRAWING, max_examples=1)
@given(data=st.data())
def test_start_is_inclusive(stage: Stage, known: Known, data: st.DataObject) -> None:
    """start at a second with orders, or beside one: everything created then or later."""
    start = data.draw(moments(newest(stage.seen)))
    known.expect(Query(start=start, limit=MAX_LIMIT))


@verifies("list.end")
@needs(seconds=3)
@settings(DRAWING, max_examples=1)
@given(data=st.data())
def test_end_is_inclusive(stage: Stage, known: Known, data: st.DataObject) -> None:
    """end at a second with orders, or beside one: everything created then or earlier."""
    end = data.draw(moments(list(stage.seen.orders.values())))
    known.expect(Query(end=end, limit=MAX_LIMIT))


@verifies("list.start", "list.end")
@needs(seconds=3)
@settings(DRAWING, max_examples=1)
@given(data=st.data())
def test_a_window_of_one_second(stage: Stage, known: Known, data: st.DataObject) -> None:
    """start = end: the orders of that very second, and those of one status, in one market as well."""
    moment = data.draw(moments(list(stage.seen.orders.values())))
    one = data.draw(st.sampled_from(listed(stage, stage.seen)))
    second = Query(start=one.created_at, end=one.created_at)
    queries = [
        Query(start=moment, end=moment, limit=MAX_LIMIT),
        replace(second, status=one.status),
        replace(second, symbol=one.symbol, status=one.status, limit=MAX_LIMIT),
    ]
    kinds = list(zip(queries, itertools.cycle(stage.caller.credentials), strict=False))
    with asked_ahead(each for query, kind in kinds for each in known.wanted([query], kind)):
        for query, kind in kinds:
            known.expect(query, kind)


def _in_the_first_hour_of_a_day(stage: Stage) -> Query:
    early = [order.created_at for order in stage.seen.orders.values() if order.created_at % DAY_S < HOUR_S]
    if not early:
        raise NotObserved("no order of the first hour of a day in UTC")
    return Query(start=early[0], end=early[0], limit=MAX_LIMIT)


@verifies("list.start")
@needs(orders=1)
@asks(_in_the_first_hour_of_a_day)
def test_the_first_hour_of_a_day_belongs_to_it(known: Known, asked: Query) -> None:
    """start at an order of the first hour after midnight UTC, which by another clock belongs to the day before."""
    known.expect(asked)


def _in_an_hour_that_comes_twice(stage: Stage, hour: int) -> Query:
    seconds = (order.created_at for order in stage.seen.orders.values())
    second = max((each for each in seconds if is_telling(each) and each % DAY_S // HOUR_S == hour), default=None)
    if second is None:
        raise NotObserved("no order of an hour that local time has twice")
    return Query(start=second, end=second, limit=MAX_LIMIT)


@verifies("list.start", "list.end")
@needs(orders=1)
@pytest.mark.parametrize("hour", [1, 6], ids=("europe", "america"))
@asks(_in_an_hour_that_comes_twice)
def test_an_hour_that_comes_twice_is_two_hours(known: Known, asked: Query, hour: int) -> None:
    """start and end at a second of the second of two hours that local time calls the same, as clocks go back."""
    known.expect(asked)


@verifies("list.start")
@needs(orders=1)
@asks(lambda stage: Query(start=0, limit=MAX_LIMIT))
def test_a_start_of_zero_is_a_value(known: Known, asked: Query) -> None:
    """start=0 lets everything through."""
    known.expect(asked)


@verifies("list.end")
@needs(orders=1)
@asks(lambda stage: Query(end=0, limit=MAX_LIMIT))
def test_an_end_of_zero_is_a_value(known: Known, asked: Query) -> None:
    """end=0 is long before the first order, so nothing is shown."""
    known.expect(asked)


@verifies("list.window-empty")
@needs(seconds=2)
@settings(DRAWING, max_examples=1)
@given(data=st.data())
def test_a_window_that_ends_before_it_starts_shows_nothing(caller: Account, stage: Stage, data: st.DataObject) -> None:
    """start > end: an empty list, or a refusal."""
    end = data.draw(moments(list(stage.seen.orders.values())))
    alone = Query(start=end + data.draw(st.sampled_from((1, 60, 86400))), end=end, limit=MAX_LIMIT)
    one = data.draw(st.sampled_from(listed(stage, stage.seen)))  # in the window, were it turned round
    beside = Query(one.symbol, one.status, one.created_at + 1, one.created_at - 1, MAX_LIMIT)
    for query, credential in ((alone, caller.credentials[0]), (beside, caller.credentials[-1])):
        page = caller.list_unless_rejected(query, credential)
        if page is not None and page.orders:
            raise Violation(Breach(f"no orders for {query}", count(len(page), "order")), page.exchange)


@verifies("list.page-walk")
@needs(orders=2, arrange=True)
@settings(DRAWING, max_examples=1)
@given(data=st.data())
def test_stepping_back_reaches_every_order_of_this_run(stage: Stage, data: st.DataObject) -> None:
    """Page after page, each from the end of the last: every order comes by that this run placed, or that lists show."""
    fullest = max(Counter(order.created_at for order in stage.seen.orders.values()).values())
    if fullest >= MAX_LIMIT:
        raise NotObserved(f"{fullest} orders or more of one second, so that end reaches no earlier order")
    limit = data.draw(st.integers(min(max(fullest + 1, MAX_LIMIT * 9 // 10), MAX_LIMIT), MAX_LIMIT), label="limit")
    symbols = still_listed(stage.seen.symbols(), stage.lane.symbols)
    pages = [stage.view.known.page(Query(symbol, limit=MAX_LIMIT)) for symbol in symbols]
    missed, walk = unreached(stage.view, limit, [order for page in pages for order in page.orders])
    if missed:
        shown = [page.exchange for page in pages if any(order.id == missed[0] for order in page.orders)]
        got = f"{len(missed)} on no page, for example {missed[0]}"
        breach = Breach("every order of this run on one of the pages", got, changed=GONE)
        raise Violation(breach, *shown, *walk)
