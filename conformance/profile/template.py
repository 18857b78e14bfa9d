"""Requests of the driver as templates: finds placeholders, and puts values in their place."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

Encoding = Literal["json", "form", "query"]

# Braces around anything else are plain text, so that a text in a body may contain JSON.
_PLACEHOLDER = re.compile(r"\{([\w-]+)\}", re.ASCII)

_LEFT_OUT = object()


class UnfillableError(ValueError):
    """A value would make it another request, for example an empty id in `/orders/{id}`."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A request with its values. `url` is complete, except for what `encoding = "query"` adds. `body` is JSON data."""

    url: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Action:
    """One request of the driver. A `path` is below `base_url` and is sent with credentials; a `url` is sent without.

    `order_id` is a JSON pointer to the id in the answer. `body` is JSON data, None for no body.
    """

    method: str
    path: str | None = None
    url: str | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    encoding: Encoding = "json"
    order_id: str | None = None
    base_url: str = ""

    def fill(self, values: Mapping[str, Any]) -> Filled:
        """Put the values in place of the placeholders.

        A text in the body that is one placeholder becomes the value itself; a Decimal becomes text. A key or a header
        is left out if one of its values is None or not given. Raises UnfillableError if a value in the address would
        make it another address.
        """
        address = _PLACEHOLDER.sub(lambda found: _segment(found[1], values.get(found[1])), self.url or self.path or "")
        headers = {name: _filled(text, values) for name, text in self.headers.items()}
        body = _filled(self.body, values)
        return Filled(
            url=address if self.url is not None else f"{self.base_url}{address}",
            headers={name: _text(value) for name, value in headers.items() if value is not _LEFT_OUT},
            body=None if body is _LEFT_OUT else body,
        )

    def placeholders(self) -> Iterator[tuple[str, str]]:
        """Each placeholder with its place: `("path", "id")`, `("body.order.price", "price")`."""
        for part in ("path", "url", "headers", "body"):
            yield from _placeholders(getattr(self, part), part)


def _placeholders(template: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(template, str):
        yield from ((where, name) for name in _PLACEHOLDER.findall(template))
    elif isinstance(template, Mapping):
        for key, value in template.items():
            yield from _placeholders(value, f"{where}.{key}")
    elif isinstance(template, list):
        for index, value in enumerate(template):
            yield from _placeholders(value, f"{where}[{index}]")


def _filled(template: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(template, str):
        return _filled_text(template, values)
    if isinstance(template, Mapping):
        filled = {key: _filled(value, values) for key, value in template.items()}
        return {key: value for key, value in filled.items() if value is not _LEFT_OUT}
    if isinstance(template, list):
        # An array has no keys to leave out, and later entries must not move: the entry becomes null.
        entries = [_filled(value, values) for value in template]
        return [None if value is _LEFT_OUT else value for value in entries]
    return template


def _filled_text(template: str, values: Mapping[str, Any]) -> Any:
    names = _PLACEHOLDER.findall(template)
    if any(values.get(name) is None for name in names):
        return _LEFT_OUT
    if alone := _PLACEHOLDER.fullmatch(template):
        value = values[alone[1]]
        return _text(value) if isinstance(value, Decimal) else value
    return _PLACEHOLDER.sub(lambda found: _text(values[found[1]]), template)


def _segment(name: str, value: Any) -> str:
    text = "" if value is None else _text(value)
    if text in ("", ".", ".."):
        raise UnfillableError(f"{{{name}}} is {text!r}, which would change the address to that of something else")
    return quote(text, safe="", errors="replace")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
