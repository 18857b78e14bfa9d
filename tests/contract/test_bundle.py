"""The contract in one file: valid in both versions, and the same contract as the schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from conformance import contract
from conformance.bundle import Version, bundled
from tests.contract.test_openapi import EXAMPLES
from tests.orders import record
from tests.runs import start

VERSIONS: tuple[Version, ...] = ("3.1", "3.0")


def parts(document: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document."""
    if isinstance(document, dict):
        yield document
    for each in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from parts(each)


@pytest.fixture(params=VERSIONS)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return bundled(request.param)


def test_it_is_a_valid_description_in_its_version() -> None:
    OpenAPIV31SpecValidator(bundled("3.1")).validate()
    OpenAPIV30SpecValidator(bundled("3.0")).validate()
    assert [bundled(version)["openapi"][:3] for version in VERSIONS] == ["3.1", "3.0"]


def test_it_refers_to_nothing_outside_and_to_nothing_that_is_not_there(document: dict[str, Any]) -> None:
    references = {part["$ref"] for part in parts(document) if "$ref" in part}
    assert "#/components/schemas/Order" in references
    for reference in references:
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_a_reference_stands_alone(document: dict[str, Any]) -> None:
    assert all(len(part) == 1 for part in parts(document) if "$ref" in part)


def test_status_codes_are_plain_and_patterns_end_in_a_dollar(document: dict[str, Any]) -> None:
    codes = {code for operation in document["paths"]["/spot/orders"].values() for code in operation["responses"]}
    assert {"200", "400", "401", "500", "503"} <= codes
    assert all(code.isdecimal() for code in codes)
    patterns = [part["pattern"] for part in parts(document["components"]["schemas"]) if "pattern" in part]
    assert patterns
    assert all(pattern.endswith("$") and "(?" not in pattern for pattern in patterns)


def test_what_may_be_null_is_said_as_the_version_says_it() -> None:
    newer, older = (bundled(version)["components"]["schemas"]["Order"]["properties"] for version in VERSIONS)
    null = {name for name, schema in newer.items() if "null" in schema["type"]}
    assert null == {"tif", "price", "quantity", "quote_quantity", "reject_reason"}
    assert {name for name, schema in older.items() if schema.get("nullable")} == null
    assert all(isinstance(schema["type"], str) for schema in older.values())


@pytest.mark.parametrize(("status", "schema", "name", "value"), EXAMPLES, ids=lambda each: str(each)[:20])
def test_it_takes_the_examples_of_the_documents(status: str, schema: str, name: str, value: Any) -> None:
    validator("".join(word.title() for word in schema.split("-"))).validate(value)


def validator(name: str) -> Draft202012Validator:
    document = bundled()
    return Draft202012Validator({**document, "$ref": f"#/components/schemas/{name}"})


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"price": None},
        {"price": 0.5},
        {"price": "5e-1"},
        {"price": ""},
        {"side": "BUY"},
        {"status": "done"},
        {"tif": None},
        {"type": None},
        {"created_at": "1778400000"},
        {"created_at": 1_778_400_000_000},
        {"filled_qty": None},
        {"id": ""},
        {"more": 1},
    ],
    ids=str,
)
def test_it_takes_an_order_where_the_schemas_do(changed: dict[str, Any]) -> None:
    given = record(**changed)
    assert validator("Order").is_valid(given) == contract.validator("order").is_valid(given)


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_printed_as_yaml_and_as_json(version: Version, tmp_path: Path) -> None:
    printed = start(tmp_path, "contract", "--version", version).end()
    as_json = start(tmp_path, "contract", "--version", version, "--json").end()
    assert yaml.safe_load(printed.stdout) == json.loads(as_json.stdout) == bundled(version)
    assert "&id" not in printed.stdout, "some tools read no anchors"
