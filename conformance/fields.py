"""How each field of an order's record is read. Other spellings are accepted, since the contract judges the spelling."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

# A time beyond this is one in no unit; nanoseconds are within it.
_LATEST = 2**63

# What was never filled, nor updated since it was created.
_PERHAPS_NEVER_UPDATED = ("open", "rejected")


class Unreadable(ValueError):
    """A record that cannot be read as an order at all."""


def id_of(record: Mapping[str, Any]) -> str:
    """The id of a record, as text. Raises Unreadable, also where it is empty: it then names no order."""
    value = record.get("id")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(record, "id", least=1)


def _text(record: Mapping[str, Any], name: str, least: int = 0) -> str:
    value = record.get(name)
    if not isinstance(value, str) or len(value) < least:
        raise Unreadable(f"{name} is {value!r}")
    return value


def _optional_text(record: Mapping[str, Any], name: str) -> str | None:
    return None if _is_null(record, name) else _text(record, name)


def _is_null(record: Mapping[str, Any], name: str) -> bool:
    """Whether it is null. Raises Unreadable where it is not given at all."""
    if name not in record:
        raise Unreadable(f"no {name}")
    return record[name] is None


def _amount(record: Mapping[str, Any], name: str, *, nothing: bool = False) -> Decimal:
    """The amount. `nothing`: one that is null, or not given, can only be 0."""
    value = record.get(name)
    if value is None and nothing:
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise Unreadable(f"{name} is {value!r}")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise Unreadable(f"{name} is {value!r}") from None
    if not amount.is_finite():
        raise Unreadable(f"{name} is {value!r}")
    return amount


def _optional_amount(record: Mapping[str, Any], name: str) -> Decimal | None:
    return None if _is_null(record, name) else _amount(record, name)


def _seconds(record: Mapping[str, Any], name: str, otherwise: int | None = None) -> int:
    """The second of a time: a number, or a date as ISO 8601 has it. `otherwise`: if it is null, or not given."""
    value = record.get(name)
    if value is None and otherwise is not None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise Unreadable(f"{name} is {value!r}")
    try:
        if isinstance(value, Decimal):
            value = int(value.quantize(Decimal(1), ROUND_FLOOR))  # it has no more digits than Decimal's precision
        second = _second(value) if isinstance(value, str) else value
    except (ValueError, ArithmeticError):
        raise Unreadable(f"{name} is {value!r}") from None
    if abs(second) > _LATEST:
        raise Unreadable(f"{name} is further off than 2^63 seconds")
    return second


def _second(text: str) -> int:
    if text.isdecimal():
        return int(text)
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


_Known = Mapping[str, Any]

READ: Mapping[str, Callable[[Mapping[str, Any], _Known], Any]] = {
    "id": lambda record, _: id_of(record),
    "created_at": lambda record, _: _seconds(record, "created_at"),
    "symbol": lambda record, _: _text(record, "symbol"),
    "side": lambda record, _: _text(record, "side"),
    "type": lambda record, _: _text(record, "type"),
    "price": lambda record, _: _optional_amount(record, "price"),
    "quantity": lambda record, _: _optional_amount(record, "quantity"),
    "status": lambda record, _: _text(record, "status"),
    "tif": lambda record, _: _optional_text(record, "tif"),
    "quote_quantity": lambda record, _: _optional_amount(record, "quote_quantity"),
    "filled_qty": lambda record, known: _amount(record, "filled_qty", nothing=_is_as_created(known)),
    "avg_fill_price": lambda record, known: _amount(
        record, "avg_fill_price", nothing=known["filled_qty"] == Decimal(0)
    ),
    "reject_reason": lambda record, _: _optional_text(record, "reject_reason"),
    "updated_at": lambda record, known: _seconds(
        record, "updated_at", known["created_at"] if _is_as_created(known) else None
    ),
}
"""How each field is read, from the record and from what was read of it before. Raises Unreadable."""


def _is_as_created(known: _Known) -> bool:
    return known["status"] in _PERHAPS_NEVER_UPDATED
