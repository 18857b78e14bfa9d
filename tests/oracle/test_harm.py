"""What a request that is refused has changed."""

from collections.abc import Set
from typing import Any

import pytest

from conformance.oracle.harm import Attempt, harm
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from tests.orders import order

PARTLY: dict[str, Any] = {"status": "partially_filled", "filled_qty": "40", "avg_fill_price": "0.5"}
WHOLLY: dict[str, Any] = {"status": "filled", "filled_qty": "100", "avg_fill_price": "0.5"}
EXPIRED: dict[str, Any] = {"status": "expired"}
CANCELED: dict[str, Any] = {"status": "canceled", "updated_at": 1_778_400_300}


def done(was: Order, *now: Order, reach: Set[str] | None = frozenset(), horizon: int | None = None) -> list[bool]:
    """Whether each harm that was done is certain."""
    breaches = list(harm(Attempt(Snapshot.of([was]), Snapshot.of(now, horizon), reach)))
    assert {breach.requirement for breach in breaches} <= {None}, "it is for the check to say what is broken"
    return [breach.certain for breach in breaches]


def changed(was: dict[str, Any], *now: dict[str, Any]) -> list[tuple[str, ...]]:
    attempt = Attempt(Snapshot.of([order(**was)]), Snapshot.of(order(**each) for each in now))
    return [breach.changed for breach in harm(attempt)]


def test_harm_says_what_the_order_became() -> None:
    assert changed({}, {"updated_at": 1_778_400_300}) == [("updated_at",)]
    assert changed({}, CANCELED) == [("status canceled", "updated_at")]
    assert changed(WHOLLY, {**WHOLLY, **EXPIRED}) == [("status expired",)]
    assert changed({}) == [("gone",)]


@pytest.mark.parametrize(
    ("was", "now"),
    [({}, {}), ({}, PARTLY), (PARTLY, WHOLLY), (WHOLLY, WHOLLY), (EXPIRED, EXPIRED), ({}, {"price": "0.5"})],
)
def test_what_stays_and_what_is_traded_is_no_harm(was: dict[str, Any], now: dict[str, Any]) -> None:
    assert done(order(**was), order(**now), order("new")) == []


@pytest.mark.parametrize(
    ("was", "now", "certain"),
    [
        ({}, CANCELED, True),
        (PARTLY, {**PARTLY, **CANCELED}, True),
        (WHOLLY, {**WHOLLY, **CANCELED}, True),
        (EXPIRED, CANCELED, True),
        (WHOLLY, {**WHOLLY, "updated_at": 1_778_400_300}, True),
        (WHOLLY, PARTLY, True),
        ({}, {"price": "0.51"}, False),
        ({}, EXPIRED, False),
        (PARTLY, {}, False),
        (PARTLY, {**WHOLLY, "price": "0.51"}, False),
    ],
)
def test_what_is_changed_otherwise_is_harm(was: dict[str, Any], now: dict[str, Any], certain: bool) -> None:
    assert done(order(**was), order(**now)) == [certain]


def test_an_order_that_is_gone() -> None:
    assert done(order()) == [False]
    assert done(order(), reach=None) == done(order(**WHOLLY), reach=None) == [False]
    assert done(order(), horizon=order().created_at) == []
    assert done(order(), horizon=order().created_at - 1) == [False]


@pytest.mark.parametrize(
    ("reach", "permitted"),
    [(None, True), ({"DFUSDT"}, True), ({"BTCUSDT"}, False), ({"dfusdt"}, False), ({"DF"}, False), (set(), False)],
)
def test_a_cancel_within_reach_is_permitted(reach: Set[str] | None, permitted: bool) -> None:
    assert done(order(), order(**CANCELED), reach=reach) == ([] if permitted else [True])


@pytest.mark.parametrize(
    ("was", "now", "certain"),
    [(WHOLLY, {**WHOLLY, **CANCELED}, True), (EXPIRED, CANCELED, True), ({}, {"price": "0.51"}, False)],
)
def test_within_reach_nothing_but_the_cancel_of_a_live_order_is(
    was: dict[str, Any], now: dict[str, Any], certain: bool
) -> None:
    assert done(order(**was), order(**now), reach=None) == [certain]
