"""The schemas: what they refuse, under which requirement, and what they let through."""

from decimal import Decimal
from typing import Any

import pytest
from jsonschema import ValidationError

from conformance import contract, every_answer, requirements
from tests.orders import record

MISSING = object()


@pytest.mark.parametrize(
    ("field", "value", "requirement"),
    [
        ("price", Decimal("0.5"), "order.decimals"),
        ("price", 1, "order.decimals"),
        ("price", "", "order.decimals"),
        ("price", "1e3", "order.decimals"),
        ("price", "1E-3", "order.decimals"),
        ("price", "+1", "order.decimals"),
        ("price", "-1", "order.decimals"),
        ("price", ".5", "order.decimals"),
        ("price", "5.", "order.decimals"),
        ("price", "NaN", "order.decimals"),
        ("price", "0,5", "order.decimals"),
        ("price", " 0.5", "order.decimals"),
        ("price", "0.5\n", "order.decimals"),
        ("price", "٠.٥", "order.decimals"),
        ("filled_qty", 0, "order.decimals"),
        ("avg_fill_price", False, "order.decimals"),
        ("quote_quantity", 5, "order.decimals"),
        ("created_at", 1_778_400_000_000, "order.timestamps"),
        ("created_at", "1778400000", "order.timestamps"),
        ("created_at", Decimal("1778400000.0"), "order.timestamps"),
        ("updated_at", Decimal("1778400000.5"), "order.timestamps"),
        ("updated_at", 0, "order.timestamps"),
        ("updated_at", True, "order.timestamps"),
        ("status", "OPEN", "order.enums"),
        ("status", "cancelled", "order.enums"),
        ("status", "new", "order.enums"),
        ("status", 1, "order.enums"),
        ("side", "BUY", "order.enums-words"),
        ("side", "bid", "order.enums-words"),
        ("type", "LIMIT", "order.enums-words"),
        ("type", "", "order.enums-words"),
        ("tif", "GTC", "order.enums-words"),
        ("tif", 1, "order.enums-words"),
        ("id", "", "order.id"),
        ("id", 17, "order.id"),
        ("symbol", "", "order.fields"),
        ("reject_reason", 3, "order.reject-reason"),
        ("filled_qty", None, "order.nullable"),
        ("avg_fill_price", None, "order.nullable"),
        ("status", None, "order.nullable"),
        ("id", None, "order.nullable"),
        ("side", None, "order.nullable"),
        ("created_at", None, "order.nullable"),
        ("reject_reason", MISSING, "order.fields"),
        ("quote_quantity", MISSING, "order.fields"),
        ("id", MISSING, "order.fields"),
    ],
)
def test_a_record_that_is_misspelt_breaks_a_requirement(field: str, value: Any, requirement: str) -> None:
    wrong = record("one")
    if value is MISSING:
        del wrong[field]
    else:
        wrong[field] = value
    assert [breach.requirement for breach in contract.order_breaches(wrong)] == [requirement]
    assert all(breach.want and breach.got for breach in contract.order_breaches(wrong))


@pytest.mark.parametrize(
    "changed",
    [
        {"engine_seq": 5, "nested": {"a": [None]}},
        {"price": None, "tif": None, "quantity": None, "quote_quantity": "50", "type": "market"},
        {"type": "stop_limit", "tif": "post_only"},
        {"price": "0.500000000000000000000000", "quantity": "100000000000000000000"},
        {"status": "expired", "reject_reason": "TIME"},
        {"id": "17", "symbol": "中文"},
    ],
)
def test_what_the_documents_leave_open_passes(changed: dict[str, Any]) -> None:
    assert contract.order_breaches(record(**{"id": "one", **changed})) == ()


@pytest.mark.parametrize("value", [None, [], "order", 5, True])
def test_what_is_no_object_is_no_order(value: Any) -> None:
    assert [breach.requirement for breach in contract.order_breaches(value)] == ["order.fields"]


@pytest.mark.parametrize("document", [None, {}, {"orders": []}, "[]", 0])
def test_a_list_is_a_bare_array(document: Any) -> None:
    assert [breach.requirement for breach in contract.list_breaches(document)] == ["list.array"]
    with pytest.raises(ValidationError):
        contract.validator("order-list").validate(document)


@pytest.mark.parametrize("document", [None, [], {}, {"canceled": None}, {"canceled": {}}, {"cancelled": []}])
def test_a_cancel_all_has_an_array(document: Any) -> None:
    assert [breach.requirement for breach in contract.canceled_breaches(document)] == ["cancel.envelope"]
    with pytest.raises(ValidationError):
        contract.validator("canceled").validate(document)


def test_envelopes_that_are_as_documented_pass() -> None:
    assert contract.list_breaches([]) == ()
    assert contract.canceled_breaches({"canceled": [], "count": 0}) == ()
    assert contract.error_breaches({"error": "DB_ERROR", "request": "7"}) == ()


@pytest.mark.parametrize("document", [None, {}, {"error": None}, {"error": {"code": 1}}, {"code": "X"}, "DB_ERROR"])
def test_an_error_has_a_string(document: Any) -> None:
    assert [breach.requirement for breach in contract.error_breaches(document)] == ["error.envelope"]


@pytest.mark.parametrize("name", ["order", "order-list", "canceled", "error", "results", "profile"])
def test_every_schema_is_a_valid_schema(name: str) -> None:
    contract.validator(name).check_schema(contract.schema(name))


def test_every_requirement_that_a_schema_names_is_in_the_catalogue() -> None:
    assert set(every_answer.OF_SCHEMAS) <= set(requirements.load())
    named = {field["x-requirement"] for field in contract.schema("order")["properties"].values()}
    # That a rejected order has a reason is counted by its own law, and not for every record that is spelled well.
    assert named - {"order.reject-reason"} <= set(every_answer.OF_RECORDS)
