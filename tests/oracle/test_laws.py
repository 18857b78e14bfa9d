"""The order's own laws, each against a record that keeps it and one that breaks it."""

from typing import Any

import pytest

from conformance.oracle.laws import LAWS
from conformance.oracle.rules import Judgement
from conformance.orders import Order
from tests.orders import order, record

FILLED = {"status": "filled", "filled_qty": "100", "avg_fill_price": "0.5"}
PARTLY = {"status": "partially_filled", "filled_qty": "40", "avg_fill_price": "0.5"}
MARKET_BUY = {"type": "market", "tif": None, "price": None, "quantity": None, "quote_quantity": "50", **FILLED}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        FILLED,
        PARTLY,
        MARKET_BUY,
        {"status": "canceled", "filled_qty": "40", "avg_fill_price": "0.50000", "updated_at": 1_778_400_300},
        {"status": "rejected", "reject_reason": "INSUFFICIENT_BALANCE"},
        {"status": "expired", "reject_reason": "TIME"},
        {"status": "expired"},
        {"side": "sell", "type": "market", "tif": None, "price": None, **FILLED},
        {"price": "0.5", "filled_qty": "0.000"},
    ],
)
def test_lawful_orders_break_nothing_that_is_required(changed: dict[str, Any]) -> None:
    broken = {breach.requirement for breach in LAWS.judge(order(**changed)).breaches}
    assert broken <= {"order.id-uuid"}


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({"price": None}, "order.nullable"),
        ({"quantity": None}, "order.nullable"),
        ({"tif": None}, "order.nullable"),
        ({**MARKET_BUY, "side": "sell", "quote_quantity": None}, "order.nullable"),
        ({"updated_at": 1_778_399_999}, "order.timestamps"),
        ({"status": "canceled", "updated_at": 1_778_399_999}, "cancel.updated-at"),
        ({"filled_qty": "1", "avg_fill_price": "0.5"}, "order.status-agrees"),
        ({**PARTLY, "filled_qty": "100"}, "order.status-agrees"),
        ({"status": "partially_filled"}, "order.status-agrees"),
        ({**FILLED, "filled_qty": "99"}, "order.status-agrees"),
        ({**FILLED, "filled_qty": "101"}, "order.status-agrees"),
        ({"avg_fill_price": "0.00"}, "order.avg-fill-price"),
        ({"avg_fill_price": "0.5"}, "order.avg-fill-price"),
        ({**FILLED, "avg_fill_price": "0"}, "order.avg-fill-price"),
        ({"quote_quantity": "50"}, "order.quote-quantity"),
        ({**MARKET_BUY, "side": "sell", "quantity": "1"}, "order.quote-quantity"),
        ({"status": "rejected"}, "order.reject-reason"),
        ({"status": "rejected", "reject_reason": ""}, "order.reject-reason"),
        ({"reject_reason": "X"}, "order.reject-reason-absent"),
        ({"status": "canceled", "reject_reason": ""}, "order.reject-reason-absent"),
        ({**FILLED, "avg_fill_price": "0.51"}, "order.price-respected"),
        ({**FILLED, "side": "sell", "avg_fill_price": "0.49"}, "order.price-respected"),
    ],
)
def test_an_unlawful_order_breaks_its_law(changed: dict[str, Any], broken: str) -> None:
    assert {breach.requirement for breach in LAWS.judge(order(**changed)).breaches} - {"order.id-uuid"} == {broken}


ALWAYS = {"order.timestamps": 1, "order.avg-fill-price": 1}
LIMIT = {**ALWAYS, "order.nullable": 3, "order.quote-quantity": 1}
NO_REASON = {"order.reject-reason-absent": 1}
MARKET_SELL = {"side": "sell", "type": "market", "tif": None, "price": None, **FILLED}
UUID = "9f2a1c4e-5b67-4d8a-bf93-2e1f4a6c8d10"


@pytest.mark.parametrize("changed", [PARTLY, FILLED])
def test_an_amount_that_status_and_average_gainsay_is_what_is_wrong(changed: dict[str, Any]) -> None:
    broken = {breach.requirement for breach in LAWS.judge(order(**{**changed, "filled_qty": "0.00"})).breaches}
    assert broken >= {"order.filled-qty"}
    assert "order.avg-fill-price" not in broken


@pytest.mark.parametrize(
    ("changed", "saw"),
    [
        ({}, {**LIMIT, **NO_REASON, "order.status-agrees": 1}),
        (FILLED, {**LIMIT, **NO_REASON, "order.status-agrees": 1, "order.price-respected": 1}),
        ({**FILLED, "side": "sell"}, {**LIMIT, **NO_REASON, "order.status-agrees": 1, "order.price-respected": 1}),
        ({**PARTLY, "filled_qty": "0.5"}, {**LIMIT, **NO_REASON, "order.status-agrees": 1, "order.price-respected": 1}),
        ({"status": "canceled"}, {**LIMIT, **NO_REASON}),
        ({"status": "rejected", "reject_reason": "X"}, {**LIMIT, "order.reject-reason": 1}),
        ({"status": "expired"}, LIMIT),
        (MARKET_BUY, {**ALWAYS, **NO_REASON, "order.quote-quantity": 1}),
        (MARKET_SELL, {**ALWAYS, **NO_REASON, "order.nullable": 1, "order.quote-quantity": 1}),
        ({**MARKET_SELL, "price": "0.6"}, {**ALWAYS, **NO_REASON, "order.nullable": 1, "order.quote-quantity": 1}),
    ],
)
def test_what_is_right_is_counted(changed: dict[str, Any], saw: dict[str, int]) -> None:
    judgement = LAWS.judge(order(UUID, **changed))
    assert judgement.breaches == []
    assert judgement.saw == {**saw, "order.id-uuid": 1}


def test_what_is_not_there_breaks_the_contract_and_is_not_judged_here() -> None:
    def judged(name: str, **changed: Any) -> Judgement:
        return LAWS.judge(
            Order.from_json({key: value for key, value in record(UUID, **changed).items() if key != name})
        )

    assert judged("quantity").saw["order.nullable"] == 2
    assert judged("quantity", **MARKET_SELL).breaches == []
    assert LAWS.judge(order(UUID, side="sell", type="another", quantity=None)).breaches == []
    for name in ("quantity", "price"):
        assert judged(name, **FILLED).breaches == []
        assert LAWS.judge(order(UUID, **{**FILLED, name: None})).saw["order.status-agrees"] == (name == "price")


def test_an_id_that_is_no_uuid_is_only_advised_against() -> None:
    assert [breach.requirement for breach in LAWS.judge(order("17")).breaches] == ["order.id-uuid"]
    assert not LAWS.judge(order(UUID)).breaches
