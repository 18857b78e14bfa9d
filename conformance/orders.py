"""Orders and queries as frozen values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from conformance.fields import READ, Unreadable
from conformance.verdict import Unread

STATUSES = ("open", "partially_filled", "filled", "canceled", "rejected", "expired")
LIVE = frozenset({"open", "partially_filled"})

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
        for name, value in READ.items():
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
        return (LackingOrder if known["unknown"] else PartOfOrder if unread else cls)(**known)

    @property
    def looks(self) -> Looks:
        """What an order that a list shows can be recognized by."""
        return self.symbol, self.side, self.type, self.price, self.quantity

    def with_status(self, status: str) -> "Order":
        """This order, whose status cannot be read, with a status that is known otherwise."""
        known = {name: _plain(self, name) for name in FIELDS} | {"status": status}
        unknown = self.unknown - {"status"}
        kind = LackingOrder if unknown else PartOfOrder
        return kind(**known, sent=self.sent, unread=self.unread, unknown=unknown)

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
    """An order of which some fields cannot be read."""

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


class LackingOrder(PartOfOrder):
    """One of which nothing else tells some of them: who asks for such a field is told so by Unread.

    It is known all the same: by its id, and by what it looks like.
    """

    def __getattribute__(self, name: str) -> Any:
        if name in _TOLD_BY and _TOLD_BY[name] in object.__getattribute__(self, "unknown"):
            raise Unread(f"{_TOLD_BY[name]} of the order {_plain(self, 'id')} cannot be read")
        return object.__getattribute__(self, name)


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a list. None: the parameter is not sent. `start` and `end` are UNIX seconds.

    `turned`: they are sent in reverse order, which asks for the same list.
    """

    symbol: str | None = None
    status: str | None = None
    start: int | None = None
    end: int | None = None
    limit: int | None = None
    turned: bool = field(default=False, compare=False)

    def pairs(self) -> list[tuple[str, str]]:
        """The given parameters as text, in the order of the documents, or in reverse order."""
        named = [(name, getattr(self, name)) for name in ("symbol", "status", "start", "end", "limit")]
        given = [(name, str(value)) for name, value in named if value is not None]
        return given[::-1] if self.turned else given

    @property
    def filters(self) -> list[str]:
        """The names of the given parameters, without the limit."""
        return [name for name, _ in self.pairs() if name != "limit"]

    @property
    def is_backwards(self) -> bool:
        """Whether its window ends before it starts."""
        return self.start is not None and self.end is not None and self.start > self.end

    def without(self, name: str) -> "Query":
        """This query without the parameter of this name."""
        nothing: dict[str, Any] = {name: None}
        return replace(self, **nothing)

    def __repr__(self) -> str:
        return str(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))

    def __str__(self) -> str:
        return "?" + "&".join(f"{name}={value}" for name, value in self.pairs()) if self.pairs() else "no parameters"


def _plain(order: Order, name: str) -> Any:
    """What stands under this name, whether it is known or not."""
    return object.__getattribute__(order, name)


_IDENTITY = ("id", "symbol", "side", "type", "price", "quantity", "created_at")
_TOLD_BY = {name: name for name in FIELDS} | {"live": "status"}
"""What cannot be told without a field, by the field."""
