"""What becomes of an order: from one look to the next, and along the steps of a model."""

from typing import Any

import pytest

from conformance.oracle.model import Model
from conformance.oracle.snapshot import Snapshot
from conformance.oracle.succession import SUCCESSION
from conformance.orders import Order
from conformance.verdict import Breach
from tests.orders import order

PARTLY = {"status": "partially_filled", "filled_qty": "40", "avg_fill_price": "0.5"}
WHOLLY = {"status": "filled", "filled_qty": "100", "avg_fill_price": "0.5"}
OVER = {**PARTLY, "status": "canceled", "updated_at": 1_778_400_300}
LATER = {"updated_at": 1_778_400_900}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({}, {}),
        ({}, PARTLY),
        (PARTLY, WHOLLY),
        (PARTLY, OVER),
        (PARTLY, {**OVER, "filled_qty": "0"}),  # for cancel.keeps-fills to say
        (OVER, OVER),
        (WHOLLY, WHOLLY),
    ],
)
def test_what_may_become_of_an_order(was: dict[str, Any], now: dict[str, Any]) -> None:
    judgement = SUCCESSION.judge(Snapshot.of([order(**was)]), Snapshot.of([order(**now), order("new")]))
    assert judgement.breaches == []
    assert judgement.saw == ({"cancel.final": 1} if was is OVER else {})


@pytest.mark.parametrize(
    ("was", "now", "requirement"),
    [
        (OVER, PARTLY, "cancel.final"),
        (OVER, {}, "cancel.final"),
        (OVER, WHOLLY, "cancel.final"),
        (OVER, {"status": "expired"}, "cancel.final"),
        (OVER, {**OVER, "filled_qty": "41"}, "cancel.final"),
        (PARTLY, {}, "order.filled-qty"),
        (PARTLY, {**PARTLY, "filled_qty": "39"}, "order.filled-qty"),
        (PARTLY, {**PARTLY, "status": "expired", "filled_qty": "0"}, "order.filled-qty"),
    ],
)
def test_what_must_not(was: dict[str, Any], now: dict[str, Any], requirement: str) -> None:
    [breach] = SUCCESSION.judge(Snapshot.of([order(**was)]), Snapshot.of([order(**now)])).breaches
    assert (breach.requirement, breach.certain) == (requirement, True)


def test_an_order_that_is_seen_once_has_no_succession() -> None:
    judgement = SUCCESSION.judge(Snapshot.of([order("a", **OVER)]), Snapshot.of([order("b", side="sell")]))
    assert (judgement.breaches, judgement.saw) == ([], {})


def follow(was: Order, *now: Order, horizon: int | None = None) -> list[Breach]:
    return list(Model(Snapshot.of([was])).follow(Snapshot.of(now, horizon)))


@pytest.mark.parametrize("now", [{}, PARTLY, {**PARTLY, **LATER}, WHOLLY])
def test_a_model_expects_what_was_and_what_a_trade_makes_of_it(now: dict[str, Any]) -> None:
    assert follow(order(), order(**now), order("new")) == []


@pytest.mark.parametrize(
    ("was", "now", "requirement", "certain"),
    [
        (OVER, LATER, "cancel.final", True),
        (OVER, {"status": "open"}, "cancel.final", True),
        (WHOLLY, LATER, "cancel.terminal-untouched", True),
        (WHOLLY, {"status": "canceled"}, "cancel.terminal-untouched", True),
        ({"status": "rejected", "reject_reason": "X"}, {"reject_reason": "Y"}, "cancel.terminal-untouched", True),
        ({"status": "expired"}, LATER, "cancel.expired-untouched", True),
        (PARTLY, {"status": "canceled", **LATER}, "list.safe", True),
        (PARTLY, {"price": "0.51"}, "list.safe", False),
        (PARTLY, LATER, "list.safe", False),
        (PARTLY, {"filled_qty": "30"}, "list.safe", False),
        (PARTLY, {"filled_qty": "50", "price": "0.51"}, "list.safe", False),
    ],
)
def test_a_change_that_no_step_explains(
    was: dict[str, Any], now: dict[str, Any], requirement: str, certain: bool
) -> None:
    [breach] = follow(order(**was), order(**{**was, **now}))
    assert (breach.requirement, breach.certain) == (requirement, certain)


def test_an_order_that_is_gone() -> None:
    [breach] = follow(order())
    assert (breach.requirement, breach.certain) == ("list.safe", False)
    assert follow(order(), horizon=order().created_at) == []


def test_a_model_goes_along() -> None:
    open_, partly, over = (Snapshot.of([order(**each)]) for each in ({}, PARTLY, OVER))
    model = Model(open_)
    assert list(model.follow(partly)) == []
    model.canceled(over)
    assert list(model.follow(over)) == []
    assert [breach.requirement for breach in model.follow(partly)] == ["cancel.final"]
    assert list(model.follow(partly)) == [], "what was told is not told again"


def ids_changed(earlier: list[Order], later: list[Order], horizon: int | None = None) -> list[str | None]:
    judged = SUCCESSION.judge(Snapshot.of(earlier), Snapshot.of(later, horizon))
    return [breach.requirement for breach in judged.breaches]


def test_another_id_of_the_same_order() -> None:
    """An old one that is there still, and one of another second, come first."""
    there, elsewhere, gone = order("there"), order("elsewhere", created_at=1), order("gone")
    assert ids_changed([elsewhere, there, gone], [there, order("GONE")]) == ["order.id"]
    assert ids_changed([there], [there, order("new")]) == []
    assert ids_changed([gone], [order("GONE")], horizon=gone.created_at) == []
    assert ids_changed([gone], []) == []
    assert ids_changed([gone], [order("GONE")]) == ["order.id"]
    assert ids_changed([there, gone], [there]) == []
    for other in (order("other", symbol="BTCUSDT"), order("other", quantity="7"), order("other", created_at=1)):
        assert ids_changed([gone], [other]) == []
