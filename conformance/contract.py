"""The contract as validators: strict JSON, the schemas of the wire, and whose requirement each misfit breaks."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from conformance.spelled import named, other_names
from conformance.verdict import Breach

_INSTALLED = Path(__file__).parent / "_contract"
_CHECKOUT = Path(__file__).parent.parent

# Annotations of the order's schema: which requirement a field stands for, and what it should be, in words.
_REQUIREMENT = "x-requirement"
_WANT = "x-want"

_REMEMBERED = 50_000  # values of fields that were held against the schema

_SHOWN = 80  # characters of a value: enough to find it by

# Far beyond the three levels of the documents, and far below Python's own 1,000: whoever walks the value later, from
# however deep a stack, has room.
_DEEPEST = 200
_TOO_DEEP = "nested too deeply"

# What JSON takes for white space, and what stands between two objects of an array.
_SPACE = b" \t\r\n"
_BETWEEN_OBJECTS = re.compile(rb"}[ \t\r\n]*,[ \t\r\n]*{")


class NotJson(ValueError):
    """A body that is no JSON text, with the reason in one line."""


def decode(body: bytes) -> Any:
    """Decode a JSON text strictly: UTF-8, no NaN or Infinity, no key twice, no absurd depth. Fractions become Decimal.

    Raises NotJson.
    """
    try:
        document = _decoder().decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise NotJson(f"no UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise NotJson(_TOO_DEEP) from None
    except InvalidOperation:  # Decimal's exponents end at 18 digits
        raise NotJson("a number whose exponent is out of reach") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"no JSON: {error.msg} at character {error.pos}") from None
    except ValueError as error:
        raise NotJson(str(error).partition(";")[0]) from None
    _check_depth(document, body)
    return document


def objects_of(body: bytes) -> list[bytes] | None:
    """The texts of the objects in a body that is a JSON array of them. None where that cannot be told at a glance.

    Each text may still be no JSON. If all of them are, then the body is the array of them: there is no other way to
    read it.
    """
    array = body.strip(_SPACE)
    inside = array[1:-1].strip(_SPACE)
    if not (array[:1] == b"[" and array[-1:] == b"]" and inside[:1] == b"{" and inside[-1:] == b"}"):
        return None
    between = _BETWEEN_OBJECTS.search(inside)
    if between is None:
        return [inside]
    return [b"{%b}" % each for each in inside[1:-1].split(between[0])]


@cache
def folder() -> Path:
    """Where openapi.yaml and schemas/ are: at the top of a checkout, or inside an installed package."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


@cache
def schema(name: str) -> Mapping[str, Any]:
    """The JSON Schema of this name, say "order"."""
    document: Mapping[str, Any] = json.loads((folder() / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    return document


@cache
def description() -> Mapping[str, Any]:
    """openapi.yaml."""
    document: Mapping[str, Any] = yaml.safe_load((folder() / "openapi.yaml").read_text(encoding="utf-8"))
    return document


@cache
def validator(name: str) -> Draft202012Validator:
    """A validator of this schema. A fraction is a number to it and nothing else, even where it is whole, as 1.0 is."""
    resources = [(path.name, _resource(path.stem)) for path in (folder() / "schemas").glob("*.json")]
    registry: Registry[Any] = Registry().with_resources(resources)
    return _Strict(schema(name), registry=registry)  # type: ignore[no-any-return]


def order_breaches(record: Any) -> tuple[Breach, ...]:
    """What is wrong with the spelling of one record, a breach for each field that is."""
    found = _breaches_by_field(record)
    meant = named(record)
    if meant is not record:  # what stands under another name is to be spelled right all the same
        found |= {field: breach for field, breach in _breaches_by_field(meant).items() if field}
    id = meant.get("id") if found and isinstance(meant, Mapping) else None
    if not (isinstance(id, str) and id):
        return tuple(found.values())
    return tuple(each._replace(got=f'in the order with id "{_cut(id)}": {each.got}') for each in found.values())


def _breaches_by_field(record: Any) -> dict[str, Breach]:
    """By the field that is spelled wrong; under "" what is wrong with the record as a whole."""
    if not isinstance(record, Mapping):
        return {"": Breach("a JSON object for an order", shown(record), "order.fields")}
    missing = [name for name in schema("order")["required"] if name not in record]
    found = {"": _missing(missing, record)} if missing else {}
    for name in schema("order")["properties"]:
        if name in record and not _is_right(name, record[name]):
            found[name] = _wrong(name, record[name])
    return found


def _missing(names: Iterable[str], record: Mapping[str, Any]) -> Breach:
    others = ", ".join(other_names(record).values())
    got = f"no {', '.join(names)}" + (f", but {others}" if others else "")
    return Breach("all fields of an order, null where one does not apply", got, "order.fields")


def _wrong(name: str, value: Any) -> Breach:
    field = schema("order")["properties"][name]
    requirement = "order.nullable" if value is None else field[_REQUIREMENT]
    return Breach(f"{name}: {field[_WANT]}", shown(value), requirement)


def _is_right(name: str, value: Any) -> bool:
    """Whether the schema accepts this value of a field. What many orders have in common is asked of it once."""
    long = isinstance(value, dict | list) or (isinstance(value, str) and len(value) > _SHOWN)
    return _accepts(name, value) if long else _accepted(name, value)


def _accepts(name: str, value: Any) -> bool:
    return _validator_of(name).is_valid(value)


_accepted = lru_cache(_REMEMBERED, typed=True)(_accepts)


@cache
def _validator_of(name: str) -> Draft202012Validator:
    return validator("order").evolve(schema=schema("order")["properties"][name])  # type: ignore[return-value]


def list_breaches(document: Any) -> tuple[Breach, ...]:
    """What is wrong with a list apart from its records."""
    if not isinstance(document, list):
        return (Breach("a bare array", shown(document), "list.array"),)
    return _no_objects(document, "list.array")


def canceled_breaches(document: Any) -> tuple[Breach, ...]:
    """What is wrong with a cancel-all's envelope apart from its records."""
    if not isinstance(document, Mapping):
        return (Breach('an object {"canceled": […]}', shown(document), "cancel.envelope"),)
    if not isinstance(document.get("canceled"), list):
        got = shown(document["canceled"]) if "canceled" in document else f"{shown(document)} without it"
        return (Breach('an array under "canceled"', got, "cancel.envelope"),)
    return _no_objects(document["canceled"], "cancel.envelope")


def _no_objects(records: list[Any], requirement: str) -> tuple[Breach, ...]:
    others = [record for record in records if not isinstance(record, Mapping)]
    return (Breach("an array of orders", f"{shown(others[0])} in it", requirement),) if others else ()


def error_breaches(document: Any) -> tuple[Breach, ...]:
    """What is wrong with the body of a documented error. `document` is None if the body is not JSON."""
    if validator("error").is_valid(document):
        return ()
    got = "a body that is not a JSON object" if document is None else shown(document)
    return (Breach('an object with a string under "error"', got, "error.envelope"),)


def shown(value: Any) -> str:
    """A value as one short line, with its JSON type."""
    # JSON's encoder knows no Decimal, and as a text in quotes it would look like what it is not.
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    return text if value is None else f"{_cut(text)} ({_type_of(value)})"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _type_of(value: Any) -> str:
    named = {list: "an array", dict: "an object", bool: "a boolean", str: "a string"}
    return named.get(type(value), "a number")


def _resource(name: str) -> Resource[Any]:
    return Resource.from_contents(schema(name), default_specification=DRAFT202012)


def _is_integer(_checker: Any, instance: Any) -> bool:
    return isinstance(instance, int) and not isinstance(instance, bool)


def _is_number(_checker: Any, instance: Any) -> bool:
    return isinstance(instance, int | float | Decimal) and not isinstance(instance, bool)


_Strict = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_number}),
)


def _check_depth(document: Any, body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:  # it is no deeper than it has brackets
        return
    level = [document] if isinstance(document, dict | list) else []
    for _ in range(_DEEPEST + 1):
        children = [each.values() if isinstance(each, dict) else each for each in level]
        level = [child for each in children for child in each if isinstance(child, dict | list)]
        if not level:
            return
    raise NotJson(_TOO_DEEP)


@cache
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {_cut(repr(twice))} twice in one object")
    return made
