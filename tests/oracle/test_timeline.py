"""What lists may show while something is done, and what contradicts what was shown before."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.evidence import Exchange
from conformance.oracle.timeline import LAPSES, TIMELINE, Look, Timeline
from conformance.orders import Order, Query
from tests.orders import order

OPEN = order("a")
PARTLY = order("a", status="partially_filled", filled_qty="40", avg_fill_price="0.5")
CANCELED = order("a", status="canceled", updated_at=1_778_400_300)
FILLED = order("a", status="filled", filled_qty="100", avg_fill_price="0.5")
TAKEN_BACK = order("a", status="canceled", filled_qty="100", avg_fill_price="0.5")
OTHER = order("b", created_at=1_778_400_100)


def look(at: float, *orders: Order, query: Query | None = Query(limit=50), took: float = 1.0) -> Look:  # noqa: B008
    exchange = Exchange("alice", "GET", f"http://127.0.0.1/{at}", {}, "", 200, {}, "[]", at, took * 1000)
    return Look(query, {each.id: each for each in orders}, at, at + took, exchange)


def told(at: float, *orders: Order) -> Look:
    return look(at, *orders, query=None)


def judged(
    *looks: Look,
    before: tuple[Order, ...] = (),
    after: tuple[Order, ...] = (),
    lag_s: float = 0.0,
    settled: bool = True,
    changed: bool = False,
) -> Any:
    first, last = ({each.id: each for each in orders} for orders in (before, after))
    ids = {"a"}
    timeline = Timeline(looks, first, last, ids if settled else set(), ids if changed else set(), lag_s)
    judgement, lapses = TIMELINE.judge(timeline), LAPSES.judge(timeline)
    judgement.breaches += lapses.breaches
    return judgement


@pytest.mark.parametrize(
    ("looks", "requirement"),
    [
        ([told(0, CANCELED), look(2, OPEN)], "cancel.visible"),
        ([told(0, CANCELED), look(2, OTHER)], "cancel.visible"),
        ([told(0, CANCELED), look(2, query=Query(status="canceled", limit=50))], "cancel.visible"),
        ([look(0, CANCELED), look(2, OPEN)], "cancel.final"),
        ([look(0, FILLED), look(2, TAKEN_BACK)], "cancel.final"),
        ([look(0, PARTLY), look(2, OPEN)], "order.filled-qty"),
        ([look(0, PARTLY), look(2, CANCELED)], "cancel.keeps-fills"),
    ],
)
def test_a_contradiction_is_told_with_the_two_answers(looks: list[Look], requirement: str) -> None:
    [breach] = judged(*looks).breaches
    assert breach.requirement == requirement
    assert breach.exchanges == tuple(each.exchange for each in looks)
    assert "1000 ms after the first had come" in breach.want


def test_a_list_that_comes_round_tells_how_late_and_how_to_allow_that() -> None:
    looks, last = [told(0, CANCELED), look(1.2, OPEN)], look(1.5, CANCELED)
    timeline = Timeline(looks, {"a": OPEN}, {"a": CANCELED}, after_by=last.exchange)
    [breach] = TIMELINE.judge(timeline).breaches
    assert "; shown canceled 500 ms later. If lists may lag so far" in breach.got
    assert breach.got.endswith("consistency_ms under [target] in the profile: it is 0")
    [breach] = TIMELINE.judge(replace(timeline, after={"a": OPEN})).breaches
    assert "later" not in breach.got


@pytest.mark.parametrize(
    "looks",
    [
        [told(0, CANCELED), look(0.5, OPEN)],  # they overlap
        [look(0, CANCELED), look(0.5, OPEN)],
        [told(0, CANCELED), look(2, CANCELED)],
        [told(0, CANCELED), look(2, query=Query(status="open", limit=50))],
        [told(0, CANCELED), look(2, OTHER, query=Query(limit=1))],  # a full page of newer ones
        [look(0, OPEN), look(2, PARTLY), look(4, FILLED)],
        [look(0, order("a", status="expired")), look(2, OPEN)],  # whether that is over the documents do not say
    ],
)
def test_what_may_be_either_way_passes(looks: list[Look]) -> None:
    assert judged(*looks).breaches == []


def test_lists_may_lag_as_long_as_the_profile_says() -> None:
    looks = told(0, CANCELED), look(2, OPEN), look(4, CANCELED)
    assert judged(*looks, lag_s=2).breaches == []
    assert [each.requirement for each in judged(*looks, lag_s=0.5).breaches] == ["cancel.visible"]


@pytest.mark.parametrize(
    ("query", "requirement"),
    [(Query(limit=50), "list.limit-exact"), (Query(status="open", limit=50), "list.status")],
)
def test_what_nothing_was_done_to_is_in_every_list_that_covers_it(query: Query, requirement: str) -> None:
    found = judged(look(0, query=query), before=(OPEN,), after=(OPEN,)).breaches
    assert {each.requirement for each in found} == {requirement}
    changed = judged(look(0, PARTLY, query=Query(limit=50)), before=(OPEN,), after=(OPEN,)).breaches
    assert [each.requirement for each in changed] == ["list.limit-exact"]


def test_a_list_meanwhile_that_lacks_a_whole_market_is_about_the_missing_symbol() -> None:
    both = tuple(order(id, symbol="BTCUSDT", created_at=OPEN.created_at + 1) for id in ("c", "d"))
    looks = [look(0, OPEN, query=Query(limit=50)), look(2, OPEN, both[0], query=Query(limit=50))]
    orders = {each.id: each for each in (OPEN, *both)}
    timeline = Timeline(looks, orders, orders, set(orders), set())
    assert [each.requirement for each in LAPSES.judge(timeline).breaches] == [
        *["list.symbol-omitted"] * 2,
        "list.limit-exact",
    ]


def test_what_was_canceled_meanwhile_is_shown_in_one_state_or_the_other() -> None:
    for shown in (OPEN, CANCELED):
        assert judged(look(0, shown), before=(OPEN,), after=(CANCELED,)).breaches == []
    [breach] = judged(look(0, OTHER), before=(OPEN,), after=(CANCELED,)).breaches
    assert breach.requirement == "list.limit-exact"
    assert judged(look(0, query=Query(status="open", limit=50)), before=(OPEN,), after=(CANCELED,)).breaches == []


def test_what_was_canceled_a_moment_before_may_be_shown_live_where_lists_lag() -> None:
    for shown in (OPEN, CANCELED):
        assert judged(look(0, shown), before=(CANCELED,), after=(CANCELED,), changed=True).breaches == []
    [breach] = judged(look(0, OPEN), before=(CANCELED,), after=(CANCELED,)).breaches
    assert breach.requirement == "cancel.visible"


def test_what_was_placed_a_moment_ago_may_be_left_out_still() -> None:
    empty = look(2, query=Query(limit=50))
    for looks in ([told(0, CANCELED), empty], [empty]):
        assert judged(*looks, before=(OPEN,), after=(OPEN,), settled=False).breaches == []
        assert judged(*looks, before=(OPEN,), after=(OPEN,)).breaches


def test_what_is_right_is_counted() -> None:
    assert judged(told(0, CANCELED, OTHER), look(2, CANCELED, OTHER)).saw == {"cancel.visible": 1}
    assert judged(look(0, OTHER, FILLED), look(2, OTHER, FILLED)).saw == {"cancel.final": 1, "order.filled-qty": 1}
    timeline = Timeline([look(0, OPEN), told(1, OPEN)], {"a": OPEN}, {"a": OPEN}, {"a"})
    assert LAPSES.judge(timeline).saw == {"list.limit-exact": 1}


def test_only_what_is_told_as_canceled_has_to_be_shown_so() -> None:
    assert judged(told(0, OPEN), look(2, PARTLY)).breaches == []


@pytest.mark.parametrize(("asked_at", "late"), [(2.9, False), (3.0, False), (3.1, True)])
def test_a_list_is_later_if_it_was_asked_for_after_the_answer_and_the_lag(asked_at: float, late: bool) -> None:
    looks = [look(asked_at), told(asked_at)]
    found = list(Timeline(looks, {}, {}, lag_s=2.0).later_than(told(0)))
    assert found == (looks[:1] if late else [])


@pytest.mark.parametrize(
    ("page", "left_out"),
    [
        (look(0, OTHER), True),
        (look(0, OPEN), False),
        (told(0, OTHER), False),
        (look(0, order("c"), query=Query(limit=1)), False),  # of the same second
        (look(0, OTHER, query=Query(symbol="BTCUSDT")), False),
        (replace(look(0, OTHER), unread=("x",)), False),
    ],
)
def test_what_a_list_leaves_out(page: Look, left_out: bool) -> None:
    assert page.leaves_out(OPEN) is left_out


LONG_AGO, BY_STATUS = float("-inf"), Query(status="open", limit=50)


@pytest.mark.parametrize(
    ("first", "then", "requirement"),
    [
        (look(LONG_AGO, CANCELED), look(2, OPEN, query=BY_STATUS), "cancel.visible"),
        (look(0, CANCELED), look(2, OPEN, query=BY_STATUS), "cancel.final"),
        (look(LONG_AGO, CANCELED), look(2, OPEN), "cancel.final"),
        (
            look(LONG_AGO, FILLED),
            look(2, order("a", filled_qty="100", avg_fill_price="0.5"), query=BY_STATUS),
            "cancel.final",
        ),
        (look(LONG_AGO, CANCELED), look(2, FILLED, query=Query(status="filled", limit=50)), "cancel.final"),
    ],
)
def test_a_list_by_status_that_is_behind(first: Look, then: Look, requirement: str) -> None:
    [breach] = TIMELINE.judge(Timeline([first, then], {}, {})).breaches
    assert breach.requirement == requirement


def test_after_an_order_without_fills_the_next_is_looked_at() -> None:
    more, less = (order("b", status="partially_filled", filled_qty=qty, avg_fill_price="0.5") for qty in ("40", "30"))
    for first, then in (((OPEN, more), (OPEN, less)), ((more, OPEN), (less, OPEN))):
        assert [each.requirement for each in judged(look(0, *first), look(2, *then)).breaches] == ["order.filled-qty"]
    assert judged(look(0, OPEN), look(2, OTHER)).breaches == []


def test_the_fills_of_one_that_was_over_are_not_what_a_cancel_keeps() -> None:
    less = order("a", status="canceled", filled_qty="39", avg_fill_price="0.5")
    over = order("a", status="canceled", filled_qty="40", avg_fill_price="0.5")
    assert [each.requirement for each in judged(look(0, over), look(2, less)).breaches] == ["order.filled-qty"]


def test_what_a_list_shows_instead_is_told() -> None:
    [without] = judged(look(0, OTHER), before=(OPEN,), after=(OPEN,)).breaches
    assert without.got == "1 order without it"
    [other] = judged(look(0, PARTLY), before=(OPEN,), after=(OPEN,)).breaches
    assert other.got == f"{PARTLY}"
    [live] = judged(told(0, CANCELED), look(2, OPEN)).breaches
    assert live.got == f"{OPEN}"
    [left_out] = judged(told(0, CANCELED), look(2, OTHER)).breaches
    assert left_out.got == f"a list of {Query(limit=50)} without it"
    [stale] = judged(look(0, OTHER), before=(CANCELED,), after=(CANCELED,)).breaches
    assert stale.requirement == "list.limit-exact"


def test_what_changes_and_was_placed_a_moment_ago_may_be_left_out_still() -> None:
    assert judged(look(0, OTHER), before=(OPEN,), after=(CANCELED,), settled=False).breaches == []


def test_how_much_later_is_told_by_the_times_of_the_exchanges() -> None:
    [breach] = judged(look(10, CANCELED), look(13, OPEN)).breaches
    assert "asked for 2000 ms after the first had come" in breach.want


def test_after_an_order_that_is_not_over_the_next_is_looked_at() -> None:
    over, again = order("b", status="canceled"), order("b")
    swapped, back = order("a", status="canceled"), order("b")
    for first, then in (((OPEN, over), (OPEN, again)), ((swapped, back), (OPEN, back))):
        assert [each.requirement for each in judged(look(0, *first), look(2, *then)).breaches] == ["cancel.final"]
