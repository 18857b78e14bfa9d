"""The OpenAPI description: valid, complete, and its examples are those of the documents."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from conformance import contract
from conformance.oracle.laws import LAWS
from conformance.orders import Order

ORDERS = contract.description()["paths"]["/spot/orders"]


def bodies(operation: str) -> list[tuple[str, str, str, Any]]:
    """Status, schema, name and value of each example of the operation."""
    found = []
    for status, answer in ORDERS[operation]["responses"].items():
        for content in answer.get("content", {}).values():
            schema = content["schema"]["$ref"].rpartition("/")[2].removesuffix(".json")
            found += [(status, schema, name, example["value"]) for name, example in content["examples"].items()]
    return found


EXAMPLES = [*bodies("get"), *bodies("delete")]


def test_it_is_a_valid_description() -> None:
    path = contract.folder() / "openapi.yaml"
    validate(contract.description(), base_uri=path.as_uri())
    assert contract.description()["openapi"].startswith("3.1")


def test_both_operations_take_either_credential() -> None:
    assert set(ORDERS) == {"get", "delete"}
    assert contract.description()["security"] == [{"jwt": []}, {"apiKey": []}]
    schemes = contract.description()["components"]["securitySchemes"]
    assert schemes["jwt"]["scheme"] == "bearer"
    assert (schemes["apiKey"]["in"], schemes["apiKey"]["name"]) == ("header", "X-MBX-APIKEY")


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("get", {"symbol", "status", "start", "end", "limit", "timestamp", "signature"}),
        ("delete", {"symbol", "timestamp", "signature"}),
    ],
)
def test_every_documented_parameter_is_there_and_none_is_required(operation: str, names: set[str]) -> None:
    shared = contract.description()["components"]["parameters"]
    given = [
        shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
        for parameter in ORDERS[operation]["parameters"]
    ]
    assert {parameter["name"] for parameter in given} == names
    assert not any(parameter.get("required") for parameter in given)
    limit = [parameter["schema"] for parameter in given if parameter["name"] == "limit"]
    assert all({"minimum", "maximum"}.isdisjoint(schema) and schema["default"] == 50 for schema in limit)


def test_every_documented_answer_is_there() -> None:
    codes = {(status, value["error"]) for status, schema, _, value in EXAMPLES if schema == "error"}
    assert codes == {
        ("500", "DB_ERROR"),
        ("503", "ENGINE_BUSY"),
        ("503", "ENGINE_RESTARTING"),
        ("503", "spot trading disabled"),
    }
    assert {"200", "500"} <= set(ORDERS["get"]["responses"])
    assert {"200", "503"} <= set(ORDERS["delete"]["responses"])


@pytest.mark.parametrize(("status", "schema", "name", "value"), EXAMPLES, ids=lambda each: str(each)[:20])
def test_every_example_keeps_its_schema_and_the_orders_laws(status: str, schema: str, name: str, value: Any) -> None:
    contract.validator(schema).validate(value)
    records = value if schema == "order-list" else value.get("canceled", [])
    for record in records:
        assert contract.order_breaches(record) == ()
        assert LAWS.judge(Order.from_json(record)).breaches == []


def test_the_examples_are_those_of_the_documents() -> None:
    listed = next(value for _, schema, name, value in EXAMPLES if name == "orders")
    assert [(order["id"][:8], order["status"], order["filled_qty"], order["created_at"]) for order in listed] == [
        ("a1b2c3d4", "filled", "200", 1778400200),
        ("9f2a1c4e", "open", "0", 1778400000),
    ]
    canceled = next(value for _, _, name, value in EXAMPLES if name == "canceled")["canceled"]
    assert [(order["id"][:8], order["status"], order["filled_qty"], order["updated_at"]) for order in canceled] == [
        ("9f2a1c4e", "canceled", "0", 1778400300),
        ("a1b2c3d4", "canceled", "50", 1778400300),
    ]
