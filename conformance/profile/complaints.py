"""From an error of JSON Schema to a sentence for the person who edits the profile."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from conformance.profile import ProfileError

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_UNKNOWN = "unknown key"
_MISSING = "missing"
_INTEGER_BITS = 63  # and a sign bit: TOML requires 64 bits
_SHOWN = 60  # characters of a value, enough to find it in the file

_TYPES = {
    "string": "text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a table",
    "array": "an array",
}


def first_complaint(validator: Draft202012Validator, document: Mapping[str, Any]) -> ProfileError | None:
    """The most useful complaint about the form of the document. None if there is none.

    Unknown keys come first and missing keys last: a misspelt key causes both, and the unknown key shows the typo.
    """
    if complaint := next(_beyond_json(document, []), None):
        return complaint
    complaints = [_complaint(error) for error in validator.iter_errors(document)]
    return min(complaints, key=_rank, default=None)


def _rank(complaint: ProfileError) -> int:
    return 0 if complaint.what.startswith(_UNKNOWN) else 2 if complaint.what.startswith(_MISSING) else 1


def _beyond_json(value: Any, path: Sequence[str | int]) -> Iterator[ProfileError]:
    """Values that TOML has and JSON does not have. No key of a profile takes one."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _beyond_json(member, [*path, key])
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _beyond_json(member, [*path, index])
    elif isinstance(value, date | time):
        yield ProfileError("is a date or a time; write it in quotes", _dotted(path))
    elif isinstance(value, float) and not math.isfinite(value):
        yield ProfileError(f"is {value}, which is no number to work with", _dotted(path))
    elif isinstance(value, int) and value.bit_length() > _INTEGER_BITS:
        yield ProfileError("is a number of more than 64 bits", _dotted(path))


def _complaint(error: ValidationError) -> ProfileError:
    path = list(error.absolute_path)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties":
            known = _keys(error)
            unknown = next((name for name in instance if name not in known), "")
            return ProfileError(f"{_UNKNOWN}; {_suggestion(unknown, known)}", _dotted([*path, unknown]))
        case "required":
            missing = next(name for name in wanted if name not in instance)
            return ProfileError(_MISSING + _described(error, missing), _dotted([*path, missing]))
        case "dependentRequired":
            given, missing = next(
                (given, name)
                for given, names in wanted.items()
                for name in names
                if given in instance and name not in instance
            )
            return ProfileError(f"{_MISSING}, though {given} is given", _dotted([*path, missing]))
        case "oneOf" | "anyOf":
            return _no_alternative(error, path)
        case _:
            return ProfileError(_wants(error), _dotted(path))


def _wants(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    instance: Any = error.instance
    got = _shown(error)
    match error.validator:
        case "type":
            types = [wanted] if isinstance(wanted, str) else wanted
            quoted = "string" in types and isinstance(instance, int | float) and not _is_secret(error)
            hint = f'; write "{instance}"' if quoted and not isinstance(instance, bool) else ""
            if types == ["array"] and isinstance(instance, Mapping):
                hint = f"; begin each with [[{_dotted(error.absolute_path)}]]"
            if types == ["object"] and isinstance(instance, list):
                hint = "; write its name in single brackets, not in [[…]]"
            return f"has to be {_either(_TYPES.get(each, each) for each in types)}, not {got}{hint}"
        case "enum":
            words = {str(each).lower(): each for each in wanted}
            near = get_close_matches(str(instance).lower(), words, n=1)
            hint = f"; did you mean {words[near[0]]!r}?" if near else ""
            return f"has to be {_either(repr(each) for each in wanted)}, not {got}{hint}"
        case "const":
            return f"has to be {wanted!r}, not {got}"
        case "minLength" | "minItems" | "minProperties" if not instance:
            return "is empty; give one at least" if error.validator == "minItems" else "is empty"
        case "minProperties" | "maxProperties":
            return f"needs one of {', '.join(_keys(error))}, and only one"
        case "minimum":
            return f"has to be {wanted} or more, not {got}"
        case "exclusiveMinimum":
            return f"has to be above {wanted}, not {got}"
        case "maximum":
            return f"has to be {wanted} or less, not {got}"
        case "pattern" | "format":
            form = error.schema.get("x-want") if isinstance(error.schema, dict) else None
            return f"has to be {form or 'of another form'}, not {got}"
        case "uniqueItems":
            return "holds the same entry twice"
        case _:
            return f"is not valid in a profile ({error.validator})"


def _no_alternative(error: ValidationError, path: Sequence[str | int]) -> ProfileError:
    """The complaint about a value for which no alternative fits, or more than one."""
    branches = list(error.context or ())
    # If all errors of an alternative are deeper in the value, the author meant that alternative.
    missed = {each.relative_schema_path[0] for each in branches if not each.relative_path}
    meant = next((each for each in branches if each.relative_schema_path[0] not in missed), None)
    if meant is not None:
        return _complaint(meant)
    if isinstance(error.instance, dict):
        known = list(dict.fromkeys(name for each in branches for name in _keys(each)))
        unknown = next((name for name in error.instance if known and name not in known), None)
        if unknown is not None:
            return ProfileError(f"{_UNKNOWN}; {_suggestion(unknown, known)}", _dotted([*path, unknown]))
        alternatives: Any = error.validator_value
        names = known or [name for each in alternatives for name in each.get("required", ())]
        return ProfileError(f"needs one of {', '.join(dict.fromkeys(names))}, and only one", _dotted(path))
    # Take the first alternative that allows this type; its error says what is wrong with the value.
    fitting = [each for each in branches if each.validator != "type"]
    if fitting:
        return _complaint(fitting[0])
    types = [each.validator_value for each in branches if isinstance(each.validator_value, str)]
    wanted = _either(dict.fromkeys(_TYPES.get(each, each) for each in types))
    return ProfileError(f"has to be {wanted}, not {_shown(error)}", _dotted(path))


def _keys(error: ValidationError) -> list[str]:
    return list(error.schema.get("properties", {})) if isinstance(error.schema, dict) else []


def _described(error: ValidationError, name: str) -> str:
    """The description of a key in the schema, to be put after a word."""
    members = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    sentence = members.get(name, {}).get("description", "").removesuffix(".")
    return f": {sentence[0].lower()}{sentence[1:]}" if sentence else ""


def _suggestion(unknown: str, known: Sequence[str]) -> str:
    near = get_close_matches(unknown, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"


def _either(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _is_secret(error: ValidationError) -> bool:
    """Whether the value may be a credential, in its own key or in a wrong one."""
    path = list(error.absolute_path)
    return path[:1] == ["accounts"] and path[-1] != "name"


def _shown(error: ValidationError) -> str:
    value = error.instance
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an array"
    if _is_secret(error):
        return "this"
    text = str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _dotted(path: Iterable[str | int]) -> str:
    dotted = ""
    for step in path:
        if isinstance(step, int):
            dotted += f"[{step}]"
        else:
            key = step if _BARE_KEY.fullmatch(step) else f'"{step}"'
            dotted += f".{key}" if dotted else key
    return dotted
