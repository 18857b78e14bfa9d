"""Writes a profile as TOML that explains itself: each key with what the schema says of it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance import contract

_HEAD = """\
#:schema ./{schema}
# A profile: what a run must know of a target. Keys behind a "# " are optional; their values are examples.
# Examine it:      p99-conformance doctor --target {name}
# Test the target: p99-conformance run --target {name}
"""


def commented(document: Mapping[str, Any], *, name: str, schema: str) -> str:
    """The profile as a file called `name`, with the keys that it does not use as comments.

    `schema`: the file beside it that has the JSON Schema, for editors.
    """
    blocks = [_HEAD.format(name=name, schema=schema), *_tables(document)]
    return "\n".join(blocks)


def _tables(document: Mapping[str, Any]) -> Iterator[str]:
    tables = _resolved(contract.schema("profile"))["properties"]
    yield _table("[target]", document["target"], tables["target"])
    accounts = tables["accounts"]["properties"]
    for key in accounts:
        yield _table(f"[accounts.{key}]", document["accounts"].get(key), accounts[key])
    for market in document.get("markets") or [None]:
        yield _table("[[markets]]", market, tables["markets"]["items"])
    driver = document.get("driver", {})
    for key, schema in tables["driver"]["properties"].items():
        yield _table(f"[driver.{key}]", driver.get(key), schema)


def _table(header: str, values: Mapping[str, Any] | None, schema: Mapping[str, Any]) -> str:
    """One table; as comments where it is not given, since then its values are examples."""
    optional = values is None
    example = next(iter(schema.get("examples", ())), None)
    properties: Mapping[str, Any] = schema["properties"]
    if values is None:
        values = example or {key: each["examples"][0] for key, each in properties.items() if key in _first(schema)}
    lines = [header, *(_line(key, values[key], properties[key]) for key in properties if key in values)]
    if not optional:
        rest = (key for key in properties if key not in values and not _either(key, values))
        lines += [f"# {_line(key, properties[key]['examples'][0], properties[key])}" for key in rest]
    lines = [f"# {line}" for line in lines] if optional else lines
    return "\n".join([f"# {schema['description']}", *lines]) + "\n"


def _first(schema: Mapping[str, Any]) -> list[str]:
    """The keys that an example of this table shows: those that it needs, and those by which it is used."""
    return [*schema.get("required", ()), "name", "jwt", "path", "body", "order_id"]


def _either(key: str, values: Mapping[str, Any]) -> bool:
    """Whether the key says in another way what is said already."""
    return {"path": "url", "url": "path"}.get(key) in values


def _line(key: str, value: Any, schema: Mapping[str, Any]) -> str:
    return f"{key} = {toml(value)}  # {schema['description']}"


def toml(value: Any) -> str:
    """A value in TOML, on one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {toml(each)}" for key, each in value.items()) + " }" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    # JSON spells texts, numbers and truth as TOML does, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if name.replace("-", "_").isidentifier() and name.isascii() else toml(name)


def _resolved(schema: Any) -> Any:
    """The schema with what its references name in their place."""
    definitions: Mapping[str, Any] = contract.schema("profile")["$defs"]
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            schema = definitions[schema["$ref"].rpartition("/")[2]] | {k: v for k, v in schema.items() if k != "$ref"}
        return {key: value if key == "examples" else _resolved(value) for key, value in schema.items()}
    return [_resolved(each) for each in schema] if isinstance(schema, list) else schema
