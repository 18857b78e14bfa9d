"""Orders and queries as frozen values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

from conformance.verdict import Unread

STATUSES = ("open", "partially_filled", "filled", "canceled", "rejected", "expired")
LIVE = frozenset({"open", "partially_filled"})

# What was never filled, nor updated since it was created.
_PERHAPS_NEVER_UPDATED = ("open", "rejected")

Looks = tuple[str, str, str, Decimal | None, Decimal | None]
"""Symbol, side, type, price and quantity: what an order can be recognized by before its id is known."""

FIELDS = (
    "id",
    "symbol",
    "side",
    "type",
    "tif",
    "price",
    "quantity",
    "quote_quantity",
    "filled_qty",
    "avg_fill_price",
    "status",
    "reject_reason",
    "created_at",
    "updated_at",
)


# An order can be told from others, and found again, by these.
KNOWN_BY = frozenset(("id", "symbol", "side", "type", "price", "quantity", "created_at"))

# What an order has to have to be judged.
NEEDED = KNOWN_BY | {"status"}

# What is null in orders that do without it: left out, it most likely is.
_PERHAPS_NULL = ("price", "quantity")


class Unreadable(ValueError):
    """A record that cannot be read as an order at all."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order. Amounts are compared by value. Times are UNIX seconds. `sent`: the record as the target sent it."""

    id: str
    symbol: str
    side: str
    type: str
    tif: str | None
    price: Decimal | None
    quantity: Decimal | None
    quote_quantity: Decimal | None
    filled_qty: Decimal
    avg_fill_price: Decimal
    status: str
    reject_reason: str | None
    created_at: int
    updated_at: int
    sent: Mapping[str, Any] = field(compare=False, repr=False)
    unread: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """The fields that cannot be read in the record; there are some in a PartOfOrder alone."""
    unknown: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Those of them that nothing else tells either."""

    # Made once and not at each use: a record is read once, and a run asks millions of times what it is.
    live: bool = field(init=False, compare=False, repr=False)
    """Open or partially filled."""
    identity: tuple[object, ...] = field(init=False, compare=False, repr=False)
    """The fields that never change. The id alone is not enough: two accounts may use the same id."""

    def __post_init__(self) -> None:
        set_once = object.__setattr__
        set_once(self, "live", _plain(self, "status") in LIVE)
        set_once(self, "identity", tuple(_plain(self, name) for name in _IDENTITY))

    @classmethod
    def from_json(
        cls,
        record: object,
        sent: Mapping[str, Any] | None = None,
        otherwise: Mapping[str, Any] | None = None,
        *,
        partly: bool = False,
    ) -> "Order":
        """Read a decoded JSON record. Other spellings are accepted here, since the contract judges the spelling.
        `sent`: the record as the target sent it, if that is another one. `otherwise`: what is known of its fields if
        they cannot be read.

        A PartOfOrder, where a field cannot be read. Raises Unreadable where it is one that an order has to have, and
        the record is not read `partly`.
        """
        if not isinstance(record, Mapping):
            raise Unreadable(f"an order is a JSON object, this is {record!r}")
        known: dict[str, Any] = {}
        unread, supplied = set(), dict(otherwise or {})
        for name, value in _READ.items():
            try:
                known[name] = value(record, known)
            except Unreadable:
                if name in _PERHAPS_NULL and name not in record:
                    supplied.setdefault(name, None)
                if name in NEEDED and name not in supplied and not partly:
                    raise
                known[name] = supplied.get(name)
                unread.add(name)
        known |= {
            "sent": record if sent is None else sent,
            "unread": frozenset(unread),
            "unknown": frozenset(unread - supplied.keys()),
        }
        return (PartOfOrder if unread else cls)(**known)

    @property
    def looks(self) -> Looks:
        """What an order that a list shows can be recognized by."""
        return self.symbol, self.side, self.type, self.price, self.quantity

    def with_status(self, status: str) -> "Order":
        """This order, whose status cannot be read, with a status that is known otherwise."""
        known = {name: _plain(self, name) for name in FIELDS} | {"status": status}
        unknown = self.unknown - {"status"}
        return PartOfOrder(**known, sent=self.sent, unread=self.unread, unknown=unknown)

    def changes(self, other: "Order", fields: Iterable[str] = FIELDS) -> dict[str, tuple[Any, Any]]:
        """Those of `fields` in which the two orders differ, with both values. What cannot be read is left out."""
        if self is other:  # as most are: the same record, read once
            return {}
        if unread := self.unread | other.unread:
            fields = [name for name in fields if name not in unread]
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in fields}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def __str__(self) -> str:
        return f"{self.id} ({self.symbol} {self.side} {self.status}, created {self.created_at})"


class PartOfOrder(Order):
    """An order of which some fields cannot be read: who asks for one that is unknown is told so by Unread.

    It is known all the same: by its id, and by what it looks like.
    """

    def __getattribute__(self, name: str) -> Any:
        if name in _TOLD_BY and _TOLD_BY[name] in object.__getattribute__(self, "unknown"):
            raise Unread(f"{_TOLD_BY[name]} of the order {_plain(self, 'id')} cannot be read")
        return object.__getattribute__(self, name)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PartOfOrder)
            and self.sent == other.sent
            and _plain(self, "status") == _plain(other, "status")
            and _plain(self, "identity") == _plain(other, "identity")
        )

    def __hash__(self) -> int:
        return hash(_plain(self, "id"))

    def __str__(self) -> str:
        id, symbol, side, status, created_at = (
            "?" if name in self.unknown else _plain(self, name)
            for name in ("id", "symbol", "side", "status", "created_at")
        )
        return f"{id} ({symbol} {side} {status}, created {created_at})"


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a list. None: the parameter is not sent. `start` and `end` are UNIX seconds."""

    symbol: str | None = None
    status: str | None = None
    start: int | None = None
    end: int | None = None
    limit: int | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """The given parameters as text, in the order of the documents."""
        named = [(name, getattr(self, name)) for name in ("symbol", "status", "start", "end", "limit")]
        return [(name, str(value)) for name, value in named if value is not None]

    def __repr__(self) -> str:
        return str(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))

    def __str__(self) -> str:
        return "?" + "&".join(f"{name}={value}" for name, value in self.pairs()) if self.pairs() else "no parameters"


def id_of(record: Mapping[str, Any]) -> str:
    """The id of a record, as text. Raises Unreadable."""
    value = record.get("id")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(record, "id")


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
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
            return int(value.quantize(Decimal(1), ROUND_FLOOR))  # it has no more digits than a time can have
        return _second(value) if isinstance(value, str) else value
    except (ValueError, ArithmeticError):
        raise Unreadable(f"{name} is {value!r}") from None


def _second(text: str) -> int:
    if text.isdecimal():
        return int(text)
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _plain(order: Order, name: str) -> Any:
    """What stands under this name, whether it is known or not."""
    return object.__getattribute__(order, name)


_IDENTITY = ("id", "symbol", "side", "type", "price", "quantity", "created_at")
_TOLD_BY = {name: name for name in FIELDS} | {"live": "status"}
"""What cannot be told without a field, by the field."""

_Known = Mapping[str, Any]

# How each field is read, from the record and from what was read of it before.
_READ: Mapping[str, Callable[[Mapping[str, Any], _Known], Any]] = {
    "id": lambda record, _: id_of(record),
    "symbol": lambda record, _: _text(record, "symbol"),
    "side": lambda record, _: _text(record, "side"),
    "type": lambda record, _: _text(record, "type"),
    "price": lambda record, _: _optional_amount(record, "price"),
    "quantity": lambda record, _: _optional_amount(record, "quantity"),
    "status": lambda record, _: _text(record, "status"),
    "created_at": lambda record, _: _seconds(record, "created_at"),
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


def _is_as_created(known: _Known) -> bool:
    return known["status"] in _PERHAPS_NEVER_UPDATED
