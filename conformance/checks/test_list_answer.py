"""Listing: what any answer is, whatever it is asked for."""

import contextlib
from dataclasses import replace

import pytest

from conformance.account.account import Account
from conformance.account.ahead import asked_ahead
from conformance.account.answers import Page
from conformance.account.known import Known
from conformance.declare import asks, early, needs, verifies
from conformance.oracle.listing import MAX_LIMIT, changed_by_reading
from conformance.orders import LIVE, STATUSES, Query
from conformance.scenarios.injected import expect_injected_amounts, expect_injected_listed
from conformance.stage.stage import Stage
from conformance.strategies import listed
from conformance.verdict import Breach, NoList, NotObserved, Violation


@verifies("list.array", "list.array-json")
def test_a_plain_list_is_an_array(known: Known) -> None:
    """Without parameters: 200 and a bare JSON array, served as JSON."""
    page = known.page(Query())
    served_as = page.exchange.header("content-type").lower()
    if "json" not in served_as:
        raise Violation(Breach("Content-Type application/json", served_as or "none", "list.array-json"), page.exchange)


@verifies("list.array")
@needs(orders=1)
@asks(lambda stage: Query(start=stage.seen.seconds()[0] + 10 * 365 * 86400))
def test_nothing_that_matches_is_an_empty_array(known: Known, asked: Query) -> None:
    """A window behind the newest order: 200 and []. A list that ignores windows is judged elsewhere."""
    if known.page(asked).orders:
        raise NotObserved("no list was empty: a list with a start ten years ahead shows orders")


@verifies("list.limit-default")
@needs(orders=1)
def test_what_was_injected_is_listed(stage: Stage) -> None:
    """Orders that were injected, and that no list has shown in time: where lists show the like, a list of their second
    shows them. Finished ones have the amounts that they were injected with, where nearly all of them do.
    """
    expect_injected_listed(stage)
    expect_injected_amounts(stage)
    stage.caller.observations.count({"list.limit-default": 1})


def _as_another_account_has(stage: Stage, filtered_by: tuple[str, ...]) -> Query:
    theirs = listed(stage, stage.other_seen)
    order = theirs[0 if "end" in filtered_by else -1]
    around = Query(order.symbol, order.status, order.created_at, order.created_at)
    return Query(limit=200, **{name: getattr(around, name) for name in filtered_by})


@verifies("list.own-only")
@needs(other=True)
@pytest.mark.parametrize("filtered_by", [(), ("symbol",), ("status",), ("start",), ("end",)], ids=str)
@asks(_as_another_account_has)
def test_another_accounts_orders_are_never_shown(known: Known, asked: Query, filtered_by: tuple[str, ...]) -> None:
    """Filters under which the other account has orders: the caller sees none of them."""
    try:
        known.page(asked)
    except NoList as reason:
        if not filtered_by:
            raise
        raise NotObserved(str(reason)) from None  # a violation by itself; other filters show lists


@early
@verifies("list.safe")
@needs(orders=1)
def test_reading_changes_nothing(caller: Account, stage: Stage) -> None:
    """Reads of every kind, with each credential, between two of the whole: each order is there again, with the same
    record. Live ones that lie deep are looked at by their status.
    """
    first = stage.view.first_since_changed  # lists that came behind it may have changed orders already
    known, others = stage.view.known, caller.credentials[1:]
    queries = [Query(status=each, limit=MAX_LIMIT) for each in STATUSES]
    live = [(query, other) for other in others for query in queries if query.status in LIVE]
    with asked_ahead(each for query, other in live for each in known.wanted([query], other)):
        for query, other in live:
            with contextlib.suppress(NoList):
                known.page(query, other)
    pages: list[Page] = []
    with known.ahead(queries):
        for query in queries:
            with contextlib.suppress(NoList):
                pages.append(known.page(query))
    stage.view.catch_up(placed=False)
    newest = stage.caller.snapshot(pages=1)
    pages.sort(key=lambda page: page.exchange.sent_at)
    deeper = {each.id: each for page in pages for each in page.orders if not newest.covers(each.created_at)}
    if any(was.id in deeper and was.changes(deeper[was.id]) for was in first.orders.values()):
        # Another sort of list may show another record of an order that nothing has changed.
        same = stage.caller.snapshot(len(first.exchanges)).orders
        deeper |= {id: same[id] for id in deeper.keys() & same.keys()}
    again = replace(newest, orders={**deeper, **newest.orders})
    caller.observations.report(changed_by_reading(first, again), *first.exchanges, *again.exchanges, raising=True)
