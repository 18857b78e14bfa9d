"""What lists may show while something is done, and what contradicts what was shown before."""

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
