"""The order's own laws, each against a record that keeps it and one that breaks it."""

from typing import Any

import pytest

from conformance.oracle.laws import LAWS
from tests.orders import order

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


def test_an_id_that_is_no_uuid_is_only_advised_against() -> None:
    assert [breach.requirement for breach in LAWS.judge(order("17")).breaches] == ["order.id-uuid"]
    uuid = "9f2a1c4e-5b67-4d8a-bf93-2e1f4a6c8d10"
    assert not LAWS.judge(order(uuid)).breaches
