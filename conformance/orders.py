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


# An order can be told from others, and found again, without these.
_NOT_KNOWN_BY = ("tif", "quote_quantity", "filled_qty", "avg_fill_price", "reject_reason", "updated_at")


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
    """The fields that cannot be read; there are some in a PartOfOrder alone."""

    # Made once and not at each use: a record is read once, and a run asks millions of times what it is.
    live: bool = field(init=False, compare=False, repr=False)
    """Open or partially filled."""
    identity: tuple[object, ...] = field(init=False, compare=False, repr=False)
    """The fields that never change. The id alone is not enough: two accounts may use the same id."""

    def __post_init__(self) -> None:
        identity = (self.id, self.symbol, self.side, self.type, self.price, self.quantity, self.created_at)
        object.__setattr__(self, "live", self.status in LIVE)
        object.__setattr__(self, "identity", identity)

    @classmethod
    def from_json(cls, record: object, sent: Mapping[str, Any] | None = None) -> "Order":
        """Read a decoded JSON record. Other spellings are accepted here, since the contract judges the spelling.
        `sent`: the record as the target sent it, if that is another one.

        A PartOfOrder, where a field cannot be read that an order is not known by. Raises Unreadable where another
        cannot.
        """
        if not isinstance(record, Mapping):
            raise Unreadable(f"an order is a JSON object, this is {record!r}")
        created_at, status = _seconds(record, "created_at"), _text(record, "status")
        known: dict[str, Any] = {
            "id": id_of(record),
            "symbol": _text(record, "symbol"),
            "side": _text(record, "side"),
            "type": _text(record, "type"),
            "price": _optional_amount(record, "price") if "price" in record else None,
            "quantity": _optional_amount(record, "quantity") if "quantity" in record else None,
            "status": status,
            "created_at": created_at,
        }
        unchanged = created_at if status in _PERHAPS_NEVER_UPDATED else None
        rest: dict[str, Callable[[], Any]] = {
            "tif": lambda: _optional_text(record, "tif"),
            "quote_quantity": lambda: _optional_amount(record, "quote_quantity"),
            "filled_qty": lambda: _amount(record, "filled_qty", nothing=status in _PERHAPS_NEVER_UPDATED),
            "avg_fill_price": lambda: _amount(record, "avg_fill_price", nothing=not known.get("filled_qty", True)),
            "reject_reason": lambda: _optional_text(record, "reject_reason"),
            "updated_at": lambda: _seconds(record, "updated_at", unchanged),
        }
        unread = []
        for name, value in rest.items():
            try:
                known[name] = value()
            except Unreadable:
                unread.append(name)
        known |= dict.fromkeys(unread) | {"sent": record if sent is None else sent, "unread": frozenset(unread)}
        return (PartOfOrder if unread else cls)(**known)

    @property
    def looks(self) -> Looks:
        """What an order that a list shows can be recognized by."""
        return self.symbol, self.side, self.type, self.price, self.quantity

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
    """An order of which some fields cannot be read: who asks for one of those is told so by Unread.

    It is known all the same: by its id, and by what it looks like.
    """

    def __getattribute__(self, name: str) -> Any:
        if name in _NOT_KNOWN_BY and name in self.unread:
            raise Unread(f"{name} of the order {self.id} cannot be read")
        return object.__getattribute__(self, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartOfOrder) and self.sent == other.sent

    def __hash__(self) -> int:
        return hash(self.id)


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
