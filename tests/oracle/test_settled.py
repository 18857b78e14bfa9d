"""What every list has to show, since lists before it have shown it for long enough."""

from dataclasses import replace

import pytest

from conformance.evidence import Exchange
from conformance.oracle.listing import Listing
from conformance.oracle.settled import Settled
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from tests.orders import order

LAG_S = 2.0
OPEN = order("a")
CANCELED = order("a", status="canceled")
OTHER = order("b", created_at=OPEN.created_at + 1)


def shown(at: float, took_ms: float = 0.0) -> Exchange:
    return Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, "[]", at, took_ms)


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


def test_which_of_those_that_a_list_shows_live_were_told_as_canceled_before_it_was_asked_for() -> None:
    known = settled(OPEN)
    known.tell([CANCELED], shown(1.0))
    assert known.told_over(Snapshot({"a": OPEN, "b": OTHER}, exchanges=(shown(2.0),))) == {"a"}
    assert known.told_over(Snapshot({"a": OPEN}, exchanges=(shown(0.5),))) == set()
    assert known.told_over(Snapshot({"a": CANCELED}, exchanges=(shown(2.0),))) == set()


def test_a_live_one_only_while_nothing_is_done_to_the_account() -> None:
    known = settled(OPEN)
    assert contradictions(known, 3.0)
    known.change(2.5)
    assert contradictions(known, 3.0) == []
    assert contradictions(known, 5.0) == ["0 orders without it"]


def test_what_was_done_may_have_changed_it_until_a_list_shows_that_it_did_not() -> None:
    """However long nobody has looked."""
    known = settled(OPEN)
    assert contradictions(known, 3.0, CANCELED)
    known.change(3.5)
    assert contradictions(known, 9.0, CANCELED) == []
    assert contradictions(known, 9.0, query=Query(status="open")) == []
    known.learn([OPEN], shown(5.0))  # it may be as old as that
    assert contradictions(known, 9.0, CANCELED) == []
    known.learn([OPEN], shown(5.5))
    assert contradictions(known, 9.0, CANCELED)
    assert contradictions(known, 9.0, query=Query(status="open"))


def test_one_that_was_told_as_canceled_need_not_be_shown_as_it_was() -> None:
    known = settled(OPEN)
    known.change(1.0)
    known.tell([CANCELED], shown(1.0))
    assert contradictions(known, 9.0, CANCELED) == []
    assert contradictions(known, 9.0, query=Query(status="open")) == []


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


def test_what_a_cancel_all_has_told_may_be_shown_as_it_was_for_as_long() -> None:
    known = Settled(LAG_S, told_lag_s=1.0)
    known.learn([OPEN], shown(0.0))
    known.tell([CANCELED], shown(5.0, took_ms=500))
    assert known.changed(6.4) == {"a"}
    assert known.changed(6.6) == set()


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
    assert breach.certain
    assert "600 ms after a cancel-all told so" in breach.want
    assert breach.exchanges == (shown(1.0),)


def test_why_a_list_leaves_out_what_was_told_as_canceled_it_does_not_tell() -> None:
    known = Settled(LAG_S)
    known.tell([CANCELED], shown(0.0))
    known.learn([OPEN], shown(0.0))
    [breach] = known.contradictions(Listing(Query(), (OTHER,)), 1.0)
    assert (breach.requirement, breach.certain) == ("cancel.visible", False)


def test_what_no_list_has_shown_may_still_be_on_its_way_there() -> None:
    """It was placed a moment ago: lists have so long to show it, canceled or not."""
    known = Settled(LAG_S)
    known.tell([CANCELED], shown(0.0))
    assert contradictions(known, 1.0) == []
    assert contradictions(known, 3.0)
    known.learn([OPEN], shown(0.0))
    assert contradictions(known, 1.0)


@pytest.mark.parametrize(("at", "long"), [(3.5, False), (3.501, True)])
def test_a_list_shows_something_since_it_came(at: float, long: bool) -> None:
    known = Settled(LAG_S)
    known.learn([CANCELED], shown(0.0, took_ms=1500))
    assert bool(contradictions(known, at)) is long
    assert bool(contradictions(known, at, OPEN)) is long
    assert known.ids(["a"], at) == ({"a"} if long else set())


def test_an_order_without_an_id_is_passed_by() -> None:
    assert contradictions(settled(replace(OPEN, id=""), CANCELED), 3.0) == ["0 orders without it"]


def test_what_is_shown_again_is_shown_since_the_first_time() -> None:
    known = settled(CANCELED)
    known.learn([order("a", status="canceled")], shown(2.0))
    assert contradictions(known, 3.0) == ["0 orders without it"]
    assert contradictions(known, 3.0, order("a", status="canceled")) == []


def test_a_change_is_over_at_the_very_lag() -> None:
    assert settled(CANCELED, at=0.0).changed(0.0) == set()
    known = settled(OPEN)
    known.change(1.0)
    assert contradictions(known, 3.0) == []
    assert contradictions(known, 3.001)
    over = settled(CANCELED)
    over.change(2.5)
    assert contradictions(over, 3.0)


@pytest.mark.parametrize(
    ("was", "now", "requirement"),
    [
        (CANCELED, OPEN, "cancel.visible"),
        (CANCELED, order("a", status="canceled", price="0.6"), None),
        (OPEN, order("a", status="expired"), None),
        (OPEN, CANCELED, None),
    ],
)
def test_what_a_list_that_shows_it_otherwise_breaks(was: Order, now: Order, requirement: str | None) -> None:
    [breach] = settled(was).contradictions(Listing(Query(), (now,)), 3.0)
    assert (breach.requirement, breach.exchanges) == (requirement, (shown(0.0),))


@pytest.mark.parametrize("start", [None, OPEN.created_at - 5])
@pytest.mark.parametrize(("second", "due"), [(0, False), (-1, True)])
def test_a_full_page_covers_what_is_newer_than_its_last_second(start: int | None, second: int, due: bool) -> None:
    last = order("last", created_at=CANCELED.created_at + second)
    assert bool(contradictions(settled(CANCELED), 3.0, last, query=Query(start=start, limit=1))) is due
    told = Settled(LAG_S)
    told.tell([CANCELED], shown(10.0))
    assert bool(contradictions(told, 13.0, last, query=Query(start=start, limit=1))) is due


@pytest.mark.parametrize(("asked_at", "due"), [(2.0, False), (2.0004, True)])
def test_lists_show_what_was_told_so_long_after_the_answer_came(asked_at: float, due: bool) -> None:
    known = Settled(LAG_S, told_lag_s=0.5)
    known.learn([OPEN], shown(0.9))
    known.tell([CANCELED], shown(1.0, took_ms=500))
    assert contradictions(known, asked_at) == (["0 orders of no parameters without it"] if due else [])
    assert contradictions(known, asked_at, query=Query(symbol="BTCUSDT")) == []


def test_what_was_told_long_ago_lists_have_shown_by_now() -> None:
    """It is LAG_S and 10 s ago."""
    for asked_at, missed in ((112.0, 2), (112.1, 1), (120.0, 0)):
        known = Settled(LAG_S)
        known.tell([CANCELED], shown(100.0))
        known.tell([replace(CANCELED, id="later")], shown(105.0))
        assert len(contradictions(known, asked_at)) == missed


@pytest.mark.parametrize(("by_list", "due"), [(CANCELED, False), (OPEN, True)])
def test_who_leaves_out_what_a_list_has_shown_canceled_does_not_do_so_because_of_the_cancel(
    by_list: Order, due: bool
) -> None:
    known = Settled(LAG_S)
    known.tell([CANCELED], shown(10.0))
    known.learn([by_list], shown(10.1))
    assert bool(contradictions(known, 10.5)) is due
    assert contradictions(known, 10.5, query=Query(status="canceled"))


ELSEWHERE = [
    order(id, symbol="BTCUSDT", status="canceled", created_at=OPEN.created_at + later)
    for later, id in enumerate(("c", "d", "e"), start=2)
]


def test_a_list_that_lacks_a_whole_market_is_about_the_missing_symbol() -> None:
    old = order("old", status="canceled", created_at=OPEN.created_at - 9)
    known = settled(old, CANCELED, OTHER, *ELSEWHERE)

    def named(*shown: Order, query: Query = Query()) -> set[str | None]:  # noqa: B008
        return {each.requirement for each in known.contradictions(Listing(query, shown), 3.0)}

    assert named(OTHER, CANCELED, old) == {"list.symbol-omitted"}
    assert named(OTHER, CANCELED) == {"list.symbol-omitted"}  # what lies below may be cut off with the market
    assert named(OTHER, old) == named(CANCELED, OTHER, ELSEWHERE[0]) == named() == {None}
    assert named(query=Query(symbol="BTCUSDT")) == {None}


def test_a_market_that_is_missing_altogether_is_not_held_against_the_cancel_all_as_well() -> None:
    *elsewhere, told = ELSEWHERE
    known = settled(CANCELED, *elsewhere)
    known.tell([told], shown(0.5))
    found = list(known.contradictions(Listing(Query(), [CANCELED]), 3.0))
    assert {each.requirement for each in found} == {"list.symbol-omitted"}
    others = known.contradictions(Listing(Query(), [CANCELED, *elsewhere]), 3.0)
    assert {each.requirement for each in others} == {"cancel.visible"}
