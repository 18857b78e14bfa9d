"""What every list has to show, since lists before it have shown it for long enough."""

import pytest

from conformance.evidence import Exchange
from conformance.oracle.listing import Listing
from conformance.oracle.settled import Settled
from conformance.orders import Order, Query
from tests.orders import order

LAG_S = 2.0
OPEN = order("a")
CANCELED = order("a", status="canceled")
OTHER = order("b", created_at=OPEN.created_at + 1)


def shown(at: float) -> Exchange:
    return Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, "[]", at, 0.0)


def settled(*orders: Order, at: float = 0.0) -> Settled:
    known = Settled(LAG_S)
    known.learn(orders, shown(at))
    return known


def contradictions(known: Settled, at: float, *orders: Order, query: Query = Query()) -> list[str]:  # noqa: B008
    return [breach.got for breach in known.contradictions(Listing(query, orders), at)]


def test_what_is_over_has_to_be_shown_once_it_was_shown_for_long() -> None:
    known = settled(CANCELED, OTHER)
    assert contradictions(known, 1.0, OTHER) == []
    assert contradictions(known, 3.0, OTHER) == ["1 order without it"]
    assert contradictions(known, 3.0, OTHER, CANCELED) == []


def test_as_it_was_shown() -> None:
    [got] = contradictions(settled(CANCELED), 3.0, OPEN)
    assert "open" in got


def test_a_live_one_only_while_nothing_is_done_to_the_account() -> None:
    known = settled(OPEN)
    assert contradictions(known, 3.0)
    known.change(2.5)
    assert contradictions(known, 3.0) == []
    assert contradictions(known, 5.0)


def test_one_that_changes_has_to_be_shown_for_long_again() -> None:
    known = settled(OPEN)
    known.learn([CANCELED], shown(5.0))
    assert contradictions(known, 6.0) == []
    assert contradictions(known, 8.0)
    assert known.ids(["a", "c"], 6.0) == {"a"}


def test_one_that_has_just_changed_may_be_shown_as_it_was_while_lists_lag() -> None:
    known = Settled(LAG_S, told_lag_s=1.0)
    known.learn([OPEN, OTHER], shown(0.0))
    known.learn([CANCELED], shown(5.0))
    assert known.changed(5.5) == {"a"}
    assert known.changed(6.5) == set()
    assert settled(CANCELED, at=5.0).changed(5.5) == set()


def test_one_whose_second_changes_is_missed_once() -> None:
    known = settled(CANCELED)
    moved = order("a", status="canceled", created_at=CANCELED.created_at - 5)
    known.learn([moved], shown(1.0))
    assert contradictions(known, 4.0) == ["0 orders without it"]
    assert contradictions(known, 4.0, query=Query(start=CANCELED.created_at)) == []


@pytest.mark.parametrize("query", [Query(start=OPEN.created_at), Query(end=OPEN.created_at), Query(limit=2)], ids=str)
def test_bounds_are_inclusive(query: Query) -> None:
    assert contradictions(settled(CANCELED), 3.0, query=query) == ["0 orders without it"]


@pytest.mark.parametrize(
    "query",
    [
        Query(symbol="BTCUSDT"),
        Query(status="open"),
        Query(start=CANCELED.created_at + 1),
        Query(end=CANCELED.created_at - 1),
        Query(limit=1),
        Query(limit=0),
    ],
    ids=str,
)
def test_a_list_may_leave_out_what_it_does_not_cover(query: Query) -> None:
    page = () if query.limit == 0 else (OTHER,)
    assert contradictions(settled(CANCELED), 3.0, *page, query=query) == []


def test_what_a_cancel_all_has_told_is_canceled_in_every_list_from_then_on() -> None:
    known = Settled(LAG_S, told_lag_s=0.5)
    known.tell([CANCELED, OTHER], shown(1.0))
    assert contradictions(known, 1.4, OPEN) == []
    assert contradictions(known, 1.6, CANCELED, OTHER) == []
    [breach] = known.contradictions(Listing(Query(), (OPEN,)), 1.6)
    assert breach.requirement == "cancel.visible"
    assert "600 ms after a cancel-all told so" in breach.want
    assert breach.exchanges == (shown(1.0),)


def test_what_no_list_has_shown_may_still_be_on_its_way_there() -> None:
    """It was placed a moment ago: lists have so long to show it, canceled or not."""
    known = Settled(LAG_S)
    known.tell([CANCELED], shown(0.0))
    assert contradictions(known, 1.0) == []
    assert contradictions(known, 3.0)
    known.learn([OPEN], shown(0.0))
    assert contradictions(known, 1.0)
