"""The contract in one file, for mock servers and generators: openapi.yaml with the schemas put in.

What is written for people and for validators has what many such tools do not take: references to other files, ranges of
status codes, look-ahead in patterns, and types that may be null beside a reference. Here it is spelled out.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

from conformance import contract

Version = Literal["3.1", "3.0"]

_OPENAPI = {"3.1": "3.1.0", "3.0": "3.0.3"}

# The schemas by their files, and what the bundle calls them.
_NAMES = {"order": "Order", "order-list": "OrderList", "canceled": "Canceled", "error": "Error"}

# Which 4xx comes, the documents leave open: these are the usual ones.
_REFUSED = ("400", "401", "403")

_END = r"(?![\s\S])"  # the very end of a text, which $ is to most tools
_LEFT_OUT = {"$schema", "$id", "$defs", "x-requirement", "x-want"}


def bundled(version: Version = "3.1") -> dict[str, Any]:
    """The OpenAPI description in this version, without references to other files."""
    document = json.loads(json.dumps(contract.description()))
    for operation in document["paths"]["/spot/orders"].values():
        responses = operation["responses"]
        operation["responses"] = {
            code: answer for given in responses for code, answer in _plain_codes(given, responses[given]).items()
        }
    document["components"]["schemas"] = {name: _standalone(contract.schema(file)) for file, name in _NAMES.items()}
    rewritten: dict[str, Any] = _walk(document, lambda part: _schema_for_tools(part, version))
    return {**rewritten, "openapi": _OPENAPI[version]}


def _plain_codes(given: str, answer: Any) -> dict[str, Any]:
    codes = _REFUSED if given == "4XX" else (given,)
    return {code: json.loads(json.dumps(answer)) for code in codes}  # a copy each: YAML would refer to the first


def _standalone(schema: Mapping[str, Any]) -> Any:
    defs: Mapping[str, Any] = schema.get("$defs", {})
    return _walk(schema, lambda part: _inlined(part, defs))


def _walk(part: Any, rewrite: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """A copy of a document in which each object is rewritten, the outer ones first."""
    if isinstance(part, Mapping):
        return {name: _walk(value, rewrite) for name, value in rewrite(dict(part)).items()}
    if isinstance(part, list):
        return [_walk(value, rewrite) for value in part]
    return part


def _inlined(part: dict[str, Any], defs: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with the definitions that it refers to put in: older versions know nothing beside a reference."""
    if str(part.get("$ref", "")).startswith("#/$defs/"):
        rest = {name: value for name, value in part.items() if name != "$ref"}
        return _inlined({**defs[part["$ref"].rpartition("/")[2]], **rest}, defs)
    if part.get("anyOf", [])[1:] == [{"type": "null"}]:
        one = _inlined(part["anyOf"][0], defs)
        rest = {name: value for name, value in part.items() if name != "anyOf"}
        return {**one, **rest, "type": [one["type"], "null"]}
    return part


def _schema_for_tools(part: dict[str, Any], version: Version) -> dict[str, Any]:
    said = {name: value for name, value in part.items() if name not in _LEFT_OUT}
    reference = said.get("$ref")
    if isinstance(reference, str) and reference.endswith(".json"):
        said["$ref"] = f"#/components/schemas/{_NAMES[reference.rpartition('/')[2].removesuffix('.json')]}"
    if isinstance(said.get("pattern"), str):
        said["pattern"] = said["pattern"].replace(_END, "$")
    if isinstance(said.get("enum"), list):
        said = {"type": "string", **said}
    if version == "3.0" and isinstance(said.get("type"), list):
        said = {**said, "type": said["type"][0], "nullable": True}
    return said
